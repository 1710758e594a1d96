"""What a worksheet may hold, and what is said of one that holds more or something else.

Everything here is imported by the reading process, which has the standard library and nothing else."""

from dataclasses import dataclass
from datetime import date
from typing import Optional, Union

MOST_LINES = 20_000
MOST_COLUMNS = 100
MOST_CELLS = 2 * MOST_LINES * MOST_COLUMNS
"""Of one sheet, the empty ones that only have a format included."""
MOST_UNPACKED = 64 * 1024 * 1024
MOST_STYLES = 8 * 1024 * 1024
MOST_MEMBERS = 500
MOST_SWELLING = 200
"""Bytes that one packed byte may become, on the whole; real workbooks reach 40."""
SWELLS_FROM = 4 * 1024 * 1024
"""Bytes below which it does not matter how much they were packed."""
MOST_STRINGS = 500_000
MOST_FORMATS = 65_536
MOST_SHEETS = 1000
MOST_TEXT = 32 * 1024 * 1024
"""Characters of all cells that are handed over: one shared text may stand in every cell."""
LONGEST_TEXT = 4000
DEEPEST = 64

NOT_A_WORKSHEET = "not-a-worksheet"
LOCKED = "locked-workbook"
TOO_SWOLLEN = "too-swollen"
TOO_COSTLY = "too-costly"
TOO_MANY_STYLES = "too-many-styles"
TOO_MANY_CELLS = "too-many-cells"
TOO_DEEP_DOWN = "too-deep-down"
TOO_WIDE = "too-wide"
TOO_LONG = "too-long"
TOO_MANY = "too-many"
TOO_FEW = "too-few"
STRAY_QUOTE = "stray-quote"
ALL_HIDDEN = "all-hidden"
SHEET = "sheet"
Number = int | float


@dataclass(frozen=True)
class Shown:
    """A number that is shown as something else than its digits: the number that is meant, and the text that everybody sees.
    Without a number what is seen is none; without a text it cannot be told from the file."""

    number: Number | None
    text: str | None


@dataclass(frozen=True)
class Clock:
    """A cell that shows hours and minutes: a time of day, or how long something took."""

    seconds: int
    elapsed: bool = False
    """Shown as hours that may be more than a day has."""


@dataclass(frozen=True)
class Formula:
    """A cell that was worked out, and the value that was stored for it; without one it would have to be worked out."""

    value: Optional["Value"] = None


Value = Union[str, float, int, bool, date, Shown, Clock, Formula, None]  # noqa: UP007 - it holds itself


class RefusedError(Exception):
    """The file is not read: `reason` is one of the codes above, `limit` the one that was passed."""

    def __init__(self, reason: str, limit: int = 0) -> None:
        super().__init__(reason)
        self.reason, self.limit = reason, limit
