"""The ids that the server makes: time-ordered UUIDs (RFC 9562, version 7)."""

import os
import time
from datetime import UTC, datetime
from uuid import UUID

from asyncpg.pgproto import pgproto

_LAYOUT = (0x7 << 76) | (0x2 << 62)
"""Version and variant, at their places in the 128 bits."""
_FREE = ~((0xF << 76) | (0x3 << 62))
"""The bits around them: 48 of milliseconds, 74 of chance."""


def _at(milliseconds: int, chance: bytes) -> UUID:
    """The driver's UUID, which is the standard library's, but made, hashed, sent and written out in C."""
    bits = (milliseconds << 80) | int.from_bytes(chance)
    created: UUID = pgproto.UUID((bits & _FREE | _LAYOUT).to_bytes(16))
    return created


def uuid7() -> UUID:
    """A new time-ordered id (RFC 9562)."""
    return _at(time.time_ns() // 1_000_000, os.urandom(10))


def uuid7s(count: int) -> list[UUID]:
    """New time-ordered ids; the random bytes are drawn once for the whole batch."""
    milliseconds, chance = time.time_ns() // 1_000_000, os.urandom(10 * count)
    return [_at(milliseconds, chance[start : start + 10]) for start in range(0, 10 * count, 10)]


def instant_of(created: UUID) -> datetime:
    """When an id was made."""
    return datetime.fromtimestamp((created.int >> 80) / 1000, tz=UTC)
