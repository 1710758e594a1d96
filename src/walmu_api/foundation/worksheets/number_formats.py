"""What a cell shows of its number, by the number format (ISO/IEC 29500-1, 18.8.30). Pure.

Of a format only as much is understood as can be told without the language of somebody's spreadsheet: a decimal mark, the
marks between thousands and the names of months are shown in another way to each. What is not understood is no number and no text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from walmu_api.foundation.worksheets.limits import Clock, Number, Shown

_TOKEN = re.compile(
    r"""(?P<literal>"[^"]*"|\\.)|(?P<pad>_.)|(?P<fill>\*.)|(?P<elapsed>\[(?:h+|m+|s+)\])|(?P<when>\[[<>=][^\]]*\])"""
    r"""|(?P<bracket>\[[^\]]*\])|(?P<general>General)|(?P<exponent>E[+-])|(?P<noon>AM/PM|A/P)|(?P<day>d+|m+|y+|h+|s+)"""
    r"""|(?P<digits>[0#?]+)|(?P<point>\.)|(?P<comma>,)|(?P<percent>%)|(?P<part>/)|(?P<end>;)|(?P<text>@)"""
    r"""|(?P<unknown>[A-Za-z"\[\]\\*_])|(?P<other>.)""",
    re.IGNORECASE | re.DOTALL,
)
_LONGEST_CODE = 1000
_DAY = 24 * 60 * 60
_MOST_DAYS = 2_950_000
_EXACT = 10**15
"""Spreadsheets keep fifteen digits of a number."""
Tokens = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Format:
    """A number format, as its code."""

    code: str

    @cached_property
    def sections(self) -> Sequence[Tokens]:
        """For numbers above, below and at zero, and for texts; fewer stand for more of them."""
        sections: list[list[tuple[str, str]]] = [[]]
        for found in _TOKEN.finditer(self.code[:_LONGEST_CODE]):
            if found.lastgroup == "end":
                sections.append([])
            else:
                sections[-1].append((found.lastgroup or "", found[0]))
        return sections

    @cached_property
    def is_plain(self) -> bool:
        """Whether a number is shown as it is."""
        return self.code.casefold() in {"general", "@", ""}

    @cached_property
    def is_day(self) -> bool:
        """Whether it shows a day whole: `d.m.yyyy` does, `mmm yy` does not."""
        parts = [part.lower() for kind, part in self.sections[0] if kind == "day"]
        return any(part in {"d", "dd"} for part in parts) and {"m", "y"} <= {part[0] for part in parts}

    @cached_property
    def is_time(self) -> bool:
        """Whether it shows any part of a day or of a duration."""
        return any(kind in {"day", "elapsed", "noon"} for kind, _ in self.sections[0])

    def clock(self, number: Number) -> Clock | None:
        """The hours and minutes that it shows of a number of days; None where it shows something else. As spreadsheets do,
        seconds that are not shown are cut."""
        section = self.sections[0]
        parts = {part.lower()[:1] for kind, part in section if kind == "day"}
        elapsed = any(kind == "elapsed" and part[1] in "hH" for kind, part in section)
        kinds = {kind for kind, _ in section} & {"when", "unknown", "percent", "digits", "exponent"}
        if (
            kinds
            or not 0 <= number < _MOST_DAYS
            or parts & {"d", "y"}
            or "m" not in parts
            or not (elapsed or "h" in parts)
        ):
            return None
        seconds = round(number * _DAY)
        if "s" not in parts:
            seconds -= seconds % 60
        return Clock(seconds if elapsed else seconds % _DAY, elapsed)

    def shown(self, number: Number) -> Number | Shown:
        """A number as it is shown; itself where nothing else is."""
        return number if self.is_plain else _shown_as(self, number)

    def worked_out(self, number: Number) -> Number | Shown:
        at = (1 if number < 0 else 2 if number == 0 else 0) if len(self.sections) > 1 else 0
        section = self.sections[at if at < min(len(self.sections), 3) else 0]
        kinds = {kind for each in self.sections for kind, _ in each}
        if kinds & {"when", "unknown"} or _is_scaled(section):
            return Shown(None, None)
        return _shown(number, section, has_sign=number < 0 and at == 0)

    def of_text(self, text: str) -> str | Shown:
        """A text as it is shown."""
        section = self.sections[3] if len(self.sections) > 3 else self.sections[-1]
        kinds = [kind for kind, _ in section]
        if self.is_plain or (len(self.sections) < 4 and "text" not in kinds):
            return text
        shown = "".join(text if kind == "text" else _literal(kind, part) for kind, part in section).strip()
        return text if shown == text else Shown(None, shown)


@lru_cache(maxsize=100_000)
def _shown_as(how: Format, number: Number) -> Number | Shown:
    return how.worked_out(number)


def _shown(number: Number, section: Tokens, *, has_sign: bool) -> Number | Shown:
    kinds = [kind for kind, _ in section]
    if {"percent", "day", "elapsed", "noon"} & {*kinds}:
        return Shown(None, None)
    literals = "".join(_literal(kind, part) for kind, part in section)
    if "digits" not in kinds and "general" not in kinds:
        return Shown(None, literals.strip())
    is_it = not any(each.isdigit() for each in literals) and (
        number >= 0 or has_sign or "-" in literals or "−" in literals
    )
    value = number if is_it else None
    digits = "".join(part for kind, part in section if kind == "digits")
    if number == 0 and "general" not in kinds and "0" not in digits:
        # no digit of a zero is shown
        return Shown(None, None if "point" in kinds else literals.strip())
    if {"point", "exponent", "part"} & {*kinds} or number != int(number) or abs(number) >= _EXACT:
        return Shown(value, None)
    if "comma" in kinds and abs(number) >= 1000:
        return Shown(value, None)
    text = ("-" if has_sign else "") + _whole(abs(int(number)), section)
    return number if text == str(int(number)) and is_it else Shown(value, text)


def _whole(number: int, section: Tokens) -> str:
    """Its digits in their places, from the last one on; those for which there is no place stand before the first."""
    rest = str(number) if number else ""
    first = next(at for at, (kind, _) in enumerate(section) if kind in {"digits", "general"})
    shown: list[str] = []
    for at in range(len(section) - 1, -1, -1):
        kind, part = section[at]
        if kind == "general":
            shown.append(str(number))
        elif kind == "digits":
            shown.append(_placed(rest, part, takes_all=at == first))
            rest = rest[: max(len(rest) - len(part), 0)]
        else:
            shown.append(_literal(kind, part))
    return "".join(reversed(shown)).strip()


def _placed(rest: str, places: str, *, takes_all: bool) -> str:
    empty = places[: max(len(places) - len(rest), 0)].replace("#", "").replace("?", " ")
    return empty + (rest if takes_all else rest[-len(places) :])


def _literal(kind: str, part: str) -> str:
    match kind:
        case "literal":
            return part[1:] if part[0] == "\\" else part[1:-1]
        case "pad":
            return " "
        case "bracket":
            return part[2:-1].partition("-")[0] if part.startswith("[$") else ""
        case "other":
            return part
    return ""


def _is_scaled(section: Tokens) -> bool:
    """Whether thousands are left out: a comma behind the last digit of the whole does it."""
    kinds = [kind for kind, _ in section if kind in {"digits", "comma", "point"}]
    return any(
        kind == "comma" and kinds[at + 1 : at + 2] != ["digits"] for at, kind in enumerate(kinds) if at
    )


GENERAL, UNKNOWN = Format("General"), Format("[=0]")
"""How a cell without a format is shown; and a format of which nothing is known."""
BUILT_IN = {
    0: GENERAL, 1: Format("0"), 2: Format("0.00"), 3: Format("#,##0"), 4: Format("#,##0.00"),
    9: Format("0%"), 10: Format("0.00%"), 11: Format("0.00E+00"), 12: Format("# ?/?"), 13: Format("# ??/??"),
    14: Format("d/m/yyyy"), 15: Format("d-mmm-yy"), 16: Format("d-mmm"), 17: Format("mmm-yy"),
    18: Format("h:mm AM/PM"), 19: Format("h:mm:ss AM/PM"), 20: Format("h:mm"), 21: Format("h:mm:ss"),
    22: Format("d/m/yyyy h:mm"), 30: Format("m/d/yy"), 31: Format("yyyy/m/d"),
    45: Format("mm:ss"), 46: Format("[h]:mm:ss"), 47: Format("mm:ss.0"), 48: Format("##0.0E+0"), 49: Format("@"),
    **dict.fromkeys((5, 6, 7, 8, 37, 38, 39, 40), Format("#,##0.00;-#,##0.00")),
    **dict.fromkeys((41, 42, 43, 44), Format('#,##0.00;-#,##0.00;"-"')),
}  # fmt: skip
"""Formats that workbooks know by their number alone (18.8.30); those of money as far as they are alike."""
