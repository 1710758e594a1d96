"""What stands in a cell of a workbook, from how it is written there. Pure."""

import re
from collections.abc import Sequence, Set
from datetime import date, timedelta

from walmu_api.foundation.worksheets.limits import NOT_A_WORKSHEET, Formula, RefusedError, Value

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_LONGEST_NUMBER = 64
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_NO_PART_OF_A_DAY = re.compile(r'"[^"]*"|\\.|[_*].|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_PART_OF_A_DAY = re.compile("[dmyhs]", re.IGNORECASE)
_DAY_0 = date(1899, 12, 30)
"""Of the usual count, with its leap day of 1900 that never was."""
_DAY_0_OF_1904 = date(1904, 1, 1)
_LAST_SERIAL = 2_958_465


def is_day_format(code: str) -> bool:
    """Whether a number format shows a day: `d.m.yyyy` does, `0.00" mm"` does not."""
    return _PART_OF_A_DAY.search(_NO_PART_OF_A_DAY.sub("", code[:1000].partition(";")[0])) is not None


def is_percent_format(code: str) -> bool:
    """Whether a number format shows a hundred times the number: `0%` does, `0"%"` does not."""
    return "%" in _NO_PART_OF_A_DAY.sub("", code[:1000].partition(";")[0])


def unescaped(text: str) -> str:
    """Text with the characters that XML cannot hold, as far as they are of any use."""
    return _ESCAPED.sub(_character, text) if "_x" in text else text


def _character(found: re.Match[str]) -> str:
    character = chr(int(found[1], 16))
    return character if character.isprintable() or character in "\t\r\n" else found[0]


class Cells:
    """The cells of one sheet, given the texts that they share and the places of the formats of days and of percents."""

    def __init__(self, texts: Sequence[str], days: Set[int], percents: Set[int], *, from_1904: bool) -> None:
        self._texts, self._days, self._percents = texts, days, percents
        self._day_0 = _DAY_0_OF_1904 if from_1904 else _DAY_0

    def value(self, kind: str, style: str, text: str, is_formula: bool) -> Value:
        """The value of a cell of this kind, as the attribute `t` names it."""
        if is_formula or not text:
            return Formula() if is_formula else None
        match kind:
            case "n":
                return self._number(text.strip(), style)
            case "s":
                value: Value = self._texts[self._place(text)].strip() or None
            case "b":
                value = text.strip() in {"1", "true"}
            case "d":
                value = date.fromisoformat(text.strip()[:10])
            case "str" | "inlineStr" | "e":
                value = unescaped(text).strip() or None
            case _:
                raise RefusedError(NOT_A_WORKSHEET)
        return value

    @staticmethod
    def _place(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise RefusedError(NOT_A_WORKSHEET)
        return int(text)

    def _number(self, text: str, style: str) -> Value:
        if len(text) > _LONGEST_NUMBER or not _NUMBER.fullmatch(text):
            raise RefusedError(NOT_A_WORKSHEET)
        number = float(text) if any(mark in text for mark in ".eE") else int(text)
        if style != "0" and int(style) in self._days and 0 <= number <= _LAST_SERIAL:
            return self._day(int(number)) if number >= 1 else _time(number)
        if style != "0" and int(style) in self._percents:
            return f"{number * 100:g} %"
        return number if abs(number) < 1e300 else text

    def _day(self, serial: int) -> date:
        if self._day_0 is _DAY_0 and serial < 60:
            serial += 1
        return self._day_0 + timedelta(days=serial)


def _time(part_of_day: float) -> str:
    minutes = round(part_of_day * 24 * 60) % (24 * 60)
    return f"{minutes // 60:02}:{minutes % 60:02}"
