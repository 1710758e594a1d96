"""Identifiers of the field: henkilötunnus, business id, temporary ids; and uuid7, which the server makes.

Sources: decree 128/2010 2 § with the separators added by 690/2022 (henkilötunnus); the OID guide for business ids."""

import os
import re
import time
from datetime import UTC, date, datetime
from uuid import UUID

from asyncpg.pgproto import pgproto

PERSONAL_IDENTITY_CODE = "urn:oid:1.2.246.21"
_CHECK = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_CENTURIES = {"+": 1800, **dict.fromkeys("-YXWVU", 1900), **dict.fromkeys("ABCDEF", 2000)}
_HETU = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})([-+YXWVUABCDEF])([0-9]{3})([0-9A-Y])")
_TEMPORARY_SYSTEM = re.compile(r"urn:oid:1\.2\.246\.10\.[0-9]{7,8}(\.10\.[0-9]{1,6})?\.22\.[0-9]{4}")
_TEMPORARY = re.compile(r"[0-9A-Za-z+-]{11}")
ANYWHERE = re.compile(r"(?<![0-9A-Za-z])[0-9]{6}[-+YXWVUABCDEFyxwvuabcdef][0-9]{3}[0-9A-Ya-y](?![0-9A-Za-z])")
"""What looks like a personal identity code inside longer text."""


def personal_identity_code(text: str) -> str | None:
    """The canonical form of a henkilötunnus, or None when it is not one. The separator is part of the identity."""
    canonical = text.strip().upper()
    found = _HETU.fullmatch(canonical)
    if found is None:
        return None
    day, month, year, separator, individual, check = found.groups()
    try:
        date(_CENTURIES[separator] + int(year), int(month), int(day))
    except ValueError:
        return None
    if int(individual) < 2 or check_character(day + month + year + individual) != check:
        return None
    return canonical


def check_character(digits: str) -> str:
    """The check character for day, month, year and individual number (nine digits)."""
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
    """Y-tunnus with its check digit (weights 7, 9, 10, 5, 8, 4, 2 modulo 11)."""
    if not re.fullmatch(r"[0-9]{7}-[0-9]", text):
        return False
    remainder = sum(int(d) * w for d, w in zip(text, (7, 9, 10, 5, 8, 4, 2), strict=False)) % 11
    return remainder != 1 and int(text[-1]) == (11 - remainder) % 11


def uuid7s(count: int) -> list[UUID]:
    """New time-ordered ids (RFC 9562); the random bytes are drawn once for the whole batch. They are the driver's UUIDs, which
    are the standard library's, but made, hashed, sent and written out in C."""
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
