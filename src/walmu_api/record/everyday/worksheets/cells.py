"""What stands in a cell of a worksheet, as a key, a day or a number. Pure."""

import re
from datetime import date, time
from uuid import UUID

from walmu_api.foundation.worksheets.limits import Clock, Formula, Shown, Value

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
    if value is None or isinstance(value, Formula | Clock | date):
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


_TIME = re.compile(r"(?:klo\s*|kl\.?\s*)?([0-9]{1,2})[:.]([0-5][0-9])(?:[:.]([0-5][0-9]))?", re.IGNORECASE)
_HOURS = r"(?:h|t|tuntia|tunti|tim|timmar|timme|hours?)\.?"
_MINUTES = r"(?:min|m|minuuttia|minuter|minutes?)\.?"
_HOURS_MINUTES = re.compile(
    rf"([0-9]{{1,3}}):([0-5][0-9])(?::[0-5][0-9])?(?:\s*{_HOURS})?|([0-9]{{1,3}})\s*{_HOURS}\s*([0-9]{{1,2}})\s*(?:{_MINUTES})?",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    rf"([0-9]{{1,4}}(?:,[0-9]{{1,4}}|\.[0-9]|\.00)?)\s*(?:({_HOURS})|({_MINUTES}))?", re.IGNORECASE
)
"""`7.30 h` is not read: seven and a half hours to one, a third less to another."""


def time_of(value: Value) -> time | None:
    """A time of day: a cell that shows one, `8:00`, `8.00` or `klo 8.00`."""
    if isinstance(value, Clock):
        return None if value.elapsed or value.seconds >= 86400 else _time(value.seconds)
    found = _TIME.fullmatch(value) if isinstance(value, str) else None
    if found is None or int(found[1]) > 23:
        return None
    return time(int(found[1]), int(found[2]), int(found[3] or 0))


def _time(seconds: int) -> time:
    return time(seconds // 3600, seconds // 60 % 60, seconds % 60)


def minutes_of(value: Value, *, in_hours: bool) -> int | None:
    """How long something took, in minutes: `7,5 h`, `7 h 30 min`, `7:30`, `450 min`, a cell that shows hours and minutes, or
    a bare number in what the column is in. Parts of a minute are rounded, where hours say them."""
    if isinstance(value, Clock):
        return value.seconds // 60
    if isinstance(value, str):
        if found := _HOURS_MINUTES.fullmatch(value):
            return int(found[1] or found[3]) * 60 + int(found[2] or found[4])
        if (found := _AMOUNT.fullmatch(value)) is None:
            return None
        number, in_hours = float(found[1].replace(",", ".")), bool(found[2]) or (in_hours and not found[3])
    elif (plain := number_of(value)) is not None:
        number = plain
    else:
        return None
    if in_hours:
        return round(number * 60)
    return int(number) if number.is_integer() else None
