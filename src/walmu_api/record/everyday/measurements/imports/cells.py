"""What stands in a cell of a worksheet, as a key, a day or a number. Pure."""

import re
from datetime import date, timedelta
from uuid import UUID

from walmu_api.foundation.worksheets.limits import Formula, Value

_FINNISH = re.compile(r"([0-3]?[0-9])\.([01]?[0-9])\.([0-9]{4})")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"[-−]?[0-9]{1,9}([.,][0-9]{1,9})?")
_SERIAL = re.compile(r"[0-9]{5}")
_FIRST = date(1899, 12, 30)
"""Day 0 of a worksheet's serial numbers, with its leap day of 1900 that never was."""
_LATEST_SERIAL = (date(2199, 12, 31) - _FIRST).days
_EARLIEST_SERIAL = (date(1900, 3, 1) - _FIRST).days


def is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def text_of(value: Value) -> str | None:
    """A cell as text; whole numbers, as worksheets keep keys of digits, without their point."""
    if value is None or isinstance(value, Formula | date):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return (
        f"{value:.0f}"
        if isinstance(value, float) and value.is_integer() and abs(value) < 1e15
        else str(value)
    )


def day_of(value: Value) -> date | None:
    """A day as worksheets hold it: a date, d.m.yyyy, yyyy-mm-dd, or a serial number."""
    if isinstance(value, date):
        return value if 1900 <= value.year <= 2199 else None
    if isinstance(value, str) and _SERIAL.fullmatch(value):
        value = int(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        serial = int(value) if _EARLIEST_SERIAL <= value <= _LATEST_SERIAL else None
        return _FIRST + timedelta(days=serial) if serial is not None else None
    if not isinstance(value, str):
        return None
    try:
        if found := _FINNISH.fullmatch(value):
            day = date(int(found[3]), int(found[2]), int(found[1]))
        else:
            day = date.fromisoformat(value if _ISO.fullmatch(value) else "")
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2199 else None


def number_of(value: Value) -> float | None:
    """A number as worksheets hold it, with a decimal comma or point."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str):
        return float(value.replace(",", ".").replace("−", "-")) if _NUMBER.fullmatch(value) else None
    return float(value) if abs(value) <= 1e9 else None
