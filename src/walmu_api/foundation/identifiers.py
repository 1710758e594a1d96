"""Identifiers of the field: henkilötunnus, business id, temporary ids; and uuid7, which the server makes.

Sources: decree 128/2010 2 § with the separators added by 690/2022 (henkilötunnus, checked by python-stdnum);
the OID guide for business ids."""

import os
import re
import time
from datetime import UTC, datetime
from uuid import UUID

from asyncpg.pgproto import pgproto
from stdnum.fi import hetu, ytunnus

PERSONAL_IDENTITY_CODE = "urn:oid:1.2.246.21"
_CHECK = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_TEMPORARY_SYSTEM = re.compile(r"urn:oid:1\.2\.246\.10\.[0-9]{7,8}(\.10\.[0-9]{1,6})?\.22\.[0-9]{4}")
_TEMPORARY = re.compile(r"[0-9A-Za-z+-]{11}")
ANYWHERE = re.compile(r"(?<![0-9A-Za-z])[0-9]{6}[-+YXWVUABCDEFyxwvuabcdef][0-9]{3}[0-9A-Ya-y](?![0-9A-Za-z])")
"""What looks like a personal identity code inside longer text."""


def personal_identity_code(text: str) -> str | None:
    """The canonical form of a henkilötunnus, or None when it is not one. The separator is part of the
    identity."""
    canonical = text.strip().upper()
    # The library also reads digits and dashes of other alphabets; what is stored and compared is ASCII.
    return canonical if canonical.isascii() and hetu.is_valid(canonical, allow_temporary=True) else None


def check_character(digits: str) -> str:
    """The check character for nine digits (day, month, year, individual number); makes synthetic codes."""
    return _CHECK[int(digits) % 31]


def is_synthetic(code: str) -> bool:
    """The 900 series is never given to a person: the only one for examples, tests and demonstrations."""
    return code[7] == "9"


def identity(system: str, value: str) -> str | None:
    """The canonical value of a person's identifier in its system, or None."""
    if system == PERSONAL_IDENTITY_CODE:
        return personal_identity_code(value)
    if _TEMPORARY_SYSTEM.fullmatch(system) and _TEMPORARY.fullmatch(value):
        return value.upper()
    return None


def is_business_id(text: str) -> bool:
    """Y-tunnus with its check digit, spelled as the register spells it; the library also takes others."""
    return ytunnus.is_valid(text) and ytunnus.format(text) == text


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
