"""The parts of a workbook that are read, each told its elements by expat as they come."""

import posixpath
import re

from walmu_api.foundation.worksheets import limits
from walmu_api.foundation.worksheets.cell_values import Cells, is_day_format, is_percent_format, unescaped
from walmu_api.foundation.worksheets.limits import NOT_A_WORKSHEET, RefusedError, Value

_RELATED = " id"
"""How the attribute `r:id` ends, in the strict form and in the usual one."""
_LAST_ROW = 1_048_576
_BUILT_IN_PERCENTS = frozenset({9, 10})
_BUILT_IN_DAYS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})


class Part:
    """A member of a workbook; it has what it wants when it is `done`, and the rest is not unpacked."""

    def __init__(self) -> None:
        self.done = False
        self._depth = 0
        self._taking: list[str] | None = None
        self._taken = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > limits.DEEPEST:
            raise RefusedError(NOT_A_WORKSHEET)
        if not self.done:
            self.opened(name.rpartition(" ")[2], attributes)

    def end(self, name: str) -> None:
        self._depth -= 1
        if not self.done:
            self.closed(name.rpartition(" ")[2])

    def text(self, piece: str) -> None:
        """Text is taken where a part asked for it, and not much more of it than a cell may have."""
        if self._taking is not None and self._taken <= limits.LONGEST_TEXT:
            self._taking.append(piece)
            self._taken += len(piece)

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        raise NotImplementedError

    def closed(self, name: str) -> None:
        """Most parts stand in attributes."""


class Relationships(Part):
    """Which member is what, seen from the folder of another."""

    def __init__(self, folder: str) -> None:
        super().__init__()
        self._folder = folder
        self._found: dict[str, tuple[str, str]] = {}

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if name != "Relationship" or attributes.get("TargetMode") == "External":
            return
        if len(self._found) > limits.MOST_MEMBERS + limits.MOST_SHEETS:
            raise RefusedError(NOT_A_WORKSHEET)
        target = posixpath.normpath(posixpath.join("/", self._folder, attributes["Target"])).lstrip("/")
        self._found[attributes["Id"]] = attributes["Type"].rpartition("/")[2], target

    def all_of_kind(self, kind: str) -> dict[str, str]:
        return {key: target for key, (each, target) in self._found.items() if each == kind}

    def of_kind(self, kind: str) -> str:
        """The member of this kind; an empty path where there is none."""
        return next(iter(self.all_of_kind(kind).values()), "")


class Names(Part):
    """The titles of the sheets with the keys of their relationships, and from which year days are counted."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, str]] = []
        self.from_1904 = False

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if name == "workbookPr":
            self.from_1904 = attributes.get("date1904") in {"1", "true"}
        elif name == "sheet":
            key = next((value for each, value in attributes.items() if each.endswith(_RELATED)), "")
            self.sheets.append((attributes["name"], key))
            if len(self.sheets) > limits.MOST_SHEETS:
                raise RefusedError(NOT_A_WORKSHEET)

    def closed(self, name: str) -> None:
        self.done = name == "sheets"


class Formats(Part):
    """The places of the formats that show a number as a day or a percent."""

    def __init__(self) -> None:
        super().__init__()
        self.days: set[int] = set()
        self.percents: set[int] = set()
        self._own_days: set[int] = set()
        self._own_percents: set[int] = set()
        self._own = self._places = 0
        self._of_cells = False

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            self._own += 1
            if is_day_format(attributes["formatCode"]):
                self._own_days.add(int(attributes["numFmtId"]))
            if is_percent_format(attributes["formatCode"]):
                self._own_percents.add(int(attributes["numFmtId"]))
        elif name == "cellXfs":
            self._of_cells = True
        elif name == "xf" and self._of_cells:
            number = int(attributes.get("numFmtId", 0))
            if number in _BUILT_IN_DAYS or number in self._own_days:
                self.days.add(self._places)
            if number in _BUILT_IN_PERCENTS or number in self._own_percents:
                self.percents.add(self._places)
            self._places += 1
        if max(self._own, self._places) > limits.MOST_FORMATS:
            raise RefusedError(limits.TOO_MANY_STYLES)

    def closed(self, name: str) -> None:
        self.done = name == "cellXfs"


class SharedTexts(Part):
    """The texts that cells share, by their place; how they are pronounced is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._pieces: list[str] = []
        self._pronounced = False

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            self._pieces, self._taken = [], 0
        elif name == "rPh":
            self._pronounced = True
        elif name == "t" and not self._pronounced:
            self._taking = self._pieces

    def closed(self, name: str) -> None:
        if name == "t":
            self._taking = None
        elif name == "rPh":
            self._pronounced = False
        elif name == "si":
            self.texts.append(unescaped("".join(self._pieces)))
            if len(self.texts) > limits.MOST_STRINGS:
                raise RefusedError(limits.TOO_MANY_CELLS, limits.MOST_STRINGS)


class Sheet(Part):
    """The rows of a sheet as they come. What it says of its own size is not looked at."""

    def __init__(self, cells: Cells) -> None:
        super().__init__()
        self._cells = cells
        self._rows: list[tuple[int, list[Value]]] = []
        self._number = self._count = self._column = 0
        self._row: dict[int, Value] = {}
        self._columns: dict[str, int] = {}
        self._kind = self._style = ""
        self._is_formula = self._in_rows = self._pronounced = False
        self._value: list[str] = []

    def take(self) -> list[tuple[int, list[Value]]]:
        """The rows since the last time."""
        rows, self._rows = self._rows, []
        return rows

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._opened_cell(attributes)
        elif name in {"v", "t"}:
            self._taking = None if self._pronounced else self._value
        elif name == "f":
            self._is_formula = True
        elif name == "row":
            self._opened_row(attributes)
        elif name == "sheetData":
            self._in_rows = True
        elif name == "rPh":
            self._pronounced = True

    def closed(self, name: str) -> None:
        if name in {"v", "t"}:
            self._taking = None
        elif name == "c":
            self._closed_cell()
        elif name == "row":
            width = max(self._row, default=-1) + 1
            self._rows.append((self._number, [self._row.get(at) for at in range(width)]))
        elif name == "rPh":
            self._pronounced = False
        elif name == "sheetData":
            self.done = True

    def _opened_row(self, attributes: dict[str, str]) -> None:
        number = int(attributes["r"]) if "r" in attributes else self._number + 1
        if not (self._in_rows and self._number < number <= _LAST_ROW):
            raise RefusedError(NOT_A_WORKSHEET)
        self._number, self._column, self._row = number, -1, {}

    def _opened_cell(self, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > limits.MOST_CELLS:
            raise RefusedError(limits.TOO_MANY_CELLS, limits.MOST_CELLS)
        place = attributes.get("r")
        self._column = self._column + 1 if place is None else self._column_of(place.rstrip("0123456789"))
        self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "0")
        self._is_formula, self._value, self._taken = False, [], 0

    def _closed_cell(self) -> None:
        value = self._cells.value(self._kind, self._style, "".join(self._value), self._is_formula)
        if value is not None:  # one column more than may be is enough to tell
            self._row[min(self._column, limits.MOST_COLUMNS)] = value

    def _column_of(self, letters: str) -> int:
        column = self._columns.get(letters)
        if column is None:
            if not re.fullmatch("[A-Z]{1,3}", letters):
                raise RefusedError(NOT_A_WORKSHEET)
            column = 0
            for letter in letters:
                column = column * 26 + ord(letter) - ord("A") + 1
            column = self._columns[letters] = column - 1
        return column
