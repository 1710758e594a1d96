"""The ids that the server makes: time-ordered UUIDs (RFC 9562, version 7)."""

import os
import time
from datetime import UTC, datetime
from uuid import UUID

from asyncpg.pgproto import pgproto


def uuid7s(count: int) -> list[UUID]:
    """New time-ordered ids (RFC 9562); the random bytes are drawn once for the whole batch. They are the
    driver's UUIDs, which are the standard library's, but made, hashed, sent and written out in C."""
    stamp = time.time_ns() // 1_000_000
    head = (stamp << 80) | (0x7 << 76) | (0x2 << 62)
    chaos = os.urandom(10 * count)
    ids: list[UUID] = []
    for at in range(0, 10 * count, 10):
        bits = int.from_bytes(chaos[at : at + 10])
        created = head | ((bits >> 62 & 0xFFF) << 64) | (bits & 0x3FFFFFFFFFFFFFFF)
        ids.append(pgproto.UUID(created.to_bytes(16)))
    return ids


def uuid7() -> UUID:
    return uuid7s(1)[0]


def instant_of(created: UUID) -> datetime:
    """When an id was made."""
    return datetime.fromtimestamp((created.int >> 80) / 1000, tz=UTC)
