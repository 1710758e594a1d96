"""What stands in a cell of a worksheet, as a key, a day or a number. Pure."""

import re
from datetime import date
from uuid import UUID

from walmu_api.foundation.worksheets.limits import Formula, Shown, Value

_FINNISH = re.compile(r"([0-3]?[0-9])\.([01]?[0-9])\.([0-9]{4})")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"[-−]?[0-9]{1,9}([.,][0-9]{1,9})?")
_ERROR = re.compile(r"#N/A|#\S+[!?]")
"""What a spreadsheet shows where it has no value: #REF!, #VIITTAUS!"""
_DIGITS = 10**15
"""Below it spreadsheets keep every digit of a number."""


def is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def text_of(value: Value) -> str | None:
    """A cell as text, as it is shown; whole numbers, as worksheets keep keys of digits, without their point."""
    if isinstance(value, Shown):
        return value.text or None
    if value is None or isinstance(value, Formula | date):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    return f"{value:.0f}" if _is_whole(value) else str(value)


def identifier_of(value: Value) -> str | None:
    """What a cell shows as an identifier; nothing where that is not the same in every spreadsheet, or is none."""
    if isinstance(value, bool) or (isinstance(value, int | float) and not _is_whole(value)):
        return None
    text = text_of(value)
    return None if text is None or _ERROR.fullmatch(text) else text


def _is_whole(number: float) -> bool:
    return float(number).is_integer() and abs(number) < _DIGITS


def shown_in(value: Value) -> str | None:
    """The text in a cell, or the one that is shown of its number."""
    return value.text if isinstance(value, Shown) else value if isinstance(value, str) else None


def day_of(value: Value) -> date | None:
    """A day as worksheets hold it: a date, d.m.yyyy or yyyy-mm-dd. A number is none: it may be a year, or count from
    1900 or from 1904."""
    day = value if isinstance(value, date) else _written(value) if isinstance(value, str) else None
    return day if day is not None and 1900 <= day.year <= 2199 else None


def _written(text: str) -> date | None:
    try:
        if found := _FINNISH.fullmatch(text):
            return date(int(found[3]), int(found[2]), int(found[1]))
        return date.fromisoformat(text) if _ISO.fullmatch(text) else None
    except ValueError:
        return None


def number_of(value: Value) -> float | None:
    """A number as worksheets hold it, with a decimal comma or point, whole even where fewer decimals are shown."""
    if isinstance(value, Shown):
        value = value.number
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str):
        return float(value.replace(",", ".").replace("−", "-")) if _NUMBER.fullmatch(value) else None
    return float(value) if abs(value) <= 1e9 else None
