"""Personal identity codes (henkilötunnus), temporary identifiers of persons, and business ids (Y-tunnus).

Sources: decree 128/2010 2 § with the separators added by 690/2022 (henkilötunnus, checked by python-stdnum);
the OID guide for business ids."""

import re
from datetime import date

PERSONAL_IDENTITY_CODE = "urn:oid:1.2.246.21"
_CHECK = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_TEMPORARY_SYSTEM = re.compile(r"urn:oid:1\.2\.246\.10\.[0-9]{7,8}(\.10\.[0-9]{1,6})?\.22\.[0-9]{4}")
_TEMPORARY = re.compile(r"[0-9A-Za-z+-]{11}")
ANYWHERE = re.compile(r"(?<![0-9A-Za-z])[0-9]{6}[-+YXWVUABCDEFyxwvuabcdef][0-9]{3}[0-9A-Ya-y](?![0-9A-Za-z])")
"""What looks like a personal identity code inside longer text."""


def personal_identity_code(text: str) -> str | None:
    """The canonical form of a henkilötunnus, or None when it is not one. The separator is part of it."""
    from stdnum.fi import hetu  # noqa: PLC0415 - no start waits for it

    canonical = text.strip().upper()
    # The library also reads digits and dashes of other alphabets; what is stored and compared is ASCII.
    return canonical if canonical.isascii() and hetu.is_valid(canonical, allow_temporary=True) else None


_CENTURIES = {"+": 1800} | dict.fromkeys("-YXWVU", 1900) | dict.fromkeys("ABCDEF", 2000)


def born_on(code: str) -> date:
    """The day of birth that a canonical personal identity code tells."""
    return date(_CENTURIES[code[6]] + int(code[4:6]), int(code[2:4]), int(code[:2]))


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


def business_id(text: str) -> str | None:
    """The canonical form of a Y-tunnus (1234567-1), however it is spelled, as a VAT number (FI12345671) too; None when it
    is none or its check digit is wrong."""
    from stdnum.fi import ytunnus  # noqa: PLC0415 - no start waits for it

    canonical: str | None = ytunnus.format(text) if ytunnus.is_valid(text) else None
    # The library also reads digits of other alphabets.
    return canonical if canonical is not None and canonical.isascii() else None


def is_business_id(text: str) -> bool:
    """Y-tunnus with its check digit, spelled as the register spells it: the only form that is stored."""
    return business_id(text) == text
