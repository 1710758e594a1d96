"""What stands in a cell of a workbook, from how it is written there. Pure."""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from walmu_api.foundation.worksheets.limits import NOT_A_WORKSHEET, Formula, RefusedError, Shown, Value
from walmu_api.foundation.worksheets.number_formats import GENERAL, Format

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_LONGEST_NUMBER = 64
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T.*)?", re.DOTALL)
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_DAY_0 = date(1899, 12, 30)
"""Of the usual count, with its leap day of 1900 that never was."""
_DAY_0_OF_1904 = date(1904, 1, 1)
_LAST_SERIAL = 2_950_000
"""In the year 9976: both counts come to days that there are."""


def unescaped(text: str) -> str:
    """Text with the characters that XML cannot hold, as far as they are of any use."""
    return _ESCAPED.sub(_character, text) if "_x" in text else text


def _character(found: re.Match[str]) -> str:
    character = chr(int(found[1], 16))
    return character if character.isprintable() or character in "\t\r\n" else found[0]


class Cells:
    """The cells of one workbook, given the texts that they share and its formats by their place. Where the workbook
    asks to be worked out when it is opened (`is_stale`), what was stored for a formula is not what a person sees."""

    def __init__(
        self, texts: Sequence[str], formats: Sequence[Format], *, from_1904: bool, is_stale: bool
    ) -> None:
        self._texts = texts
        self._formats = {str(at): each for at, each in enumerate(formats or (GENERAL,))}
        self._day_0 = _DAY_0_OF_1904 if from_1904 else _DAY_0
        self._is_stale = is_stale

    def value(self, kind: str, style: str, text: str, is_formula: bool) -> Value:
        """The value of a cell of this kind, as the attribute `t` names it."""
        if not is_formula:
            return self._value(kind, style, text) if text else None
        if self._is_stale or not (text or kind == "str"):
            return Formula()
        value = self._value(kind, style, text) if text else None
        return None if value is None else Formula(value)

    def _value(self, kind: str, style: str, text: str) -> Value:
        match kind:
            case "n":
                return self._number(text.strip(), style)
            case "s":
                return self._text(self._texts[_place(text)].strip(), style)
            case "b":
                return text.strip() in {"1", "true"}
            case "d":
                iso = text.strip()
                return date.fromisoformat(iso[:10]) if _ISO_DAY.fullmatch(iso) else Shown(None, None)
            case "str" | "inlineStr":
                return self._text(unescaped(text).strip(), style)
            case "e":
                return text.strip() or None
            case _:
                raise RefusedError(NOT_A_WORKSHEET)

    def _text(self, text: str, style: str) -> Value:
        return self._formats[style].of_text(text) or None if text else None

    def _number(self, text: str, style: str) -> Value:
        if len(text) > _LONGEST_NUMBER or not (found := _NUMBER.fullmatch(text)):
            raise RefusedError(NOT_A_WORKSHEET)
        # fifteen digits, as spreadsheets show them: 6.3999999999999995 is 6.4
        number = int(text) if found[1].isdigit() and not found[2] else float(f"{float(text):.15g}")
        how = self._formats[style]
        if how.is_plain:
            return number if abs(number) < 1e300 else text
        if how.is_time:
            if how.is_day:
                return self._day(int(number)) if 1 <= number <= _LAST_SERIAL else Shown(None, None)
            return how.clock(number) or Shown(None, None)
        return how.shown(number) if abs(number) < 1e300 else Shown(None, None)

    def _day(self, serial: int) -> date:
        if self._day_0 is _DAY_0 and serial < 60:
            serial += 1
        return self._day_0 + timedelta(days=serial)


def _place(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise RefusedError(NOT_A_WORKSHEET)
    return int(text)
