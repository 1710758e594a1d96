"""The parts of a workbook that are read, each told its elements by expat as they come."""

import posixpath
import re
from collections.abc import Sequence

from walmu_api.foundation.worksheets import limits
from walmu_api.foundation.worksheets.cell_values import Cells, unescaped
from walmu_api.foundation.worksheets.headings import Headings
from walmu_api.foundation.worksheets.limits import NOT_A_WORKSHEET, RefusedError, Value
from walmu_api.foundation.worksheets.number_formats import BUILT_IN, UNKNOWN, Format

_RELATED = " id"
"""How the attribute `r:id` ends, in the strict form and in the usual one."""
_LAST_ROW = 1_048_576
_MAIN = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_PACKAGE = ("http://schemas.openxmlformats.org/package/2006/relationships",)
_PASSED_OVER = ("-", "")
_TRUE = frozenset({"1", "true"})


class Part:
    """A member of a workbook; it has what it wants when it is `done`, and the rest is not unpacked.

    An element is known by its whole path (`PATHS`) in the namespaces of its part. What has another name, another namespace or
    another place, such as what producers add of their own, is passed over with all that stands in it."""

    PATHS: tuple[str, ...] = ()
    NAMESPACES: tuple[str, ...] = _MAIN
    _steps: dict[tuple[str, str], tuple[str, str]]

    def __init_subclass__(cls) -> None:
        paths = {"/".join(path.split("/")[:depth]) for path in cls.PATHS for depth in range(1, 20)}
        parted = [(path, *path.rpartition("/")[::2]) for path in paths]
        cls._steps = {
            (above, f"{space} {name}"): (path, name)
            for path, above, name in parted
            for space in cls.NAMESPACES
        }

    def __init__(self) -> None:
        self.done = False
        self._path = [("", "")]
        self._taking: list[str] | None = None
        self._taken = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._path) > limits.DEEPEST:
            raise RefusedError(NOT_A_WORKSHEET)
        found = self._steps.get((self._path[-1][0], name), _PASSED_OVER)
        self._path.append(found)
        if found[1] and not self.done:
            self.opened(found[1], attributes)

    def end(self, _name: str) -> None:
        _, name = self._path.pop()
        if name and not self.done:
            self.closed(name)

    def text(self, piece: str) -> None:
        """Text is taken where a part asked for it, and not much more of it than a cell may have."""
        if self._taking is not None and self._path[-1][1] and self._taken <= limits.LONGEST_TEXT:
            self._taking.append(piece)
            self._taken += len(piece)

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        raise NotImplementedError

    def closed(self, name: str) -> None:
        """Most parts stand in attributes."""


class Relationships(Part):
    """Which member is what, seen from the folder of another."""

    PATHS, NAMESPACES = ("Relationships/Relationship",), _PACKAGE

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
    """The sheets as they are listed, from which year days are counted, and whether formulas are to be worked out when
    the workbook is opened."""

    PATHS = ("workbook/workbookPr", "workbook/sheets/sheet", "workbook/calcPr")

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, str, bool]] = []
        """Title, key of its relationship, whether it is hidden."""
        self.from_1904 = self.is_stale = False

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if name == "workbookPr":
            self.from_1904 = attributes.get("date1904") in _TRUE
        elif name == "calcPr":
            self.is_stale = attributes.get("fullCalcOnLoad") in _TRUE
        elif name == "sheet":
            key = next((value for each, value in attributes.items() if each.endswith(_RELATED)), "")
            self.sheets.append((attributes["name"], key, attributes.get("state", "visible") != "visible"))
            if len(self.sheets) > limits.MOST_SHEETS:
                raise RefusedError(NOT_A_WORKSHEET)


class Formats(Part):
    """The formats of cells by their place."""

    PATHS = ("styleSheet/numFmts/numFmt", "styleSheet/cellXfs/xf")

    def __init__(self) -> None:
        super().__init__()
        self.formats: list[Format] = []
        self._own: dict[int, Format] = {}
        self._count = 0

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            self._own[int(attributes["numFmtId"])] = Format(attributes["formatCode"])
        elif name == "xf":
            number = int(attributes.get("numFmtId", 0))
            self.formats.append(self._own.get(number) or BUILT_IN.get(number, UNKNOWN))
        self._count += name in {"numFmt", "xf"}
        if self._count > limits.MOST_FORMATS:
            raise RefusedError(limits.TOO_MANY_STYLES)

    def closed(self, name: str) -> None:
        self.done = name == "cellXfs"


class SharedTexts(Part):
    """The texts that cells share, by their place; how they are pronounced is left out."""

    PATHS = ("sst/si/t", "sst/si/r/t")

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._pieces: list[str] = []

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            self._pieces, self._taken = [], 0
        elif name == "t":
            self._taking = self._pieces

    def closed(self, name: str) -> None:
        if name == "t":
            self._taking = None
        elif name == "si":
            self.texts.append(unescaped("".join(self._pieces)))
            if len(self.texts) > limits.MOST_STRINGS:
                raise RefusedError(limits.TOO_MANY_CELLS, limits.MOST_STRINGS)


class Sheet(Part):
    """The rows of a sheet as they come, hidden ones only when they are wanted. Below the first row that holds anything, of
    columns that are not wanted only whether a cell holds something. What the sheet says of its own size is not looked at."""

    PATHS = tuple(f"worksheet/sheetData/row/c/{each}" for each in ("v", "f", "is/t", "is/r/t"))

    def __init__(self, cells: Cells, wanted: Sequence[str] | None, *, hidden_rows: bool) -> None:
        super().__init__()
        self._wanted = wanted
        self._only: set[int] | None = None
        self.hidden = 0
        """Rows that hold something and were left out."""
        self._cells, self._takes_hidden = cells, hidden_rows
        self._rows: list[tuple[int, list[Value]]] = []
        self._number = self._count = self._column = self._widest = 0
        self._row: dict[int, Value] = {}
        self._columns: dict[str, int] = {}
        self._kind = self._style = self._holds = ""
        self._is_formula = self._is_placed = self._is_hidden = False
        self._value: list[str] = []

    def take(self) -> list[tuple[int, list[Value]]]:
        """The rows since the last time."""
        rows, self._rows = self._rows, []
        return rows

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._opened_cell(attributes)
        elif name in {"v", "is"}:
            if self._holds:  # two values: which one a person sees is anybody's guess
                raise RefusedError(NOT_A_WORKSHEET)
            self._holds = name
            self._taking = self._value if name == "v" else None
        elif name == "t":
            self._taking = self._value
        elif name == "f":
            self._is_formula = True
        elif name == "row":
            self._opened_row(attributes)

    def closed(self, name: str) -> None:
        if name in {"v", "t"}:
            self._taking = None
        elif name == "c":
            self._closed_cell()
        elif name == "row":
            self._closed_row()
        elif name == "sheetData":
            self.done = True

    def _opened_row(self, attributes: dict[str, str]) -> None:
        number = int(attributes["r"]) if "r" in attributes else self._number + 1
        if not self._number < number <= _LAST_ROW:
            raise RefusedError(NOT_A_WORKSHEET)
        self._number, self._column, self._row, self._is_placed = number, -1, {}, True
        self._is_hidden = attributes.get("hidden") in _TRUE or attributes.get("ht") == "0"

    def _closed_row(self) -> None:
        """Of cells that say where they stand, empty ones are not written: as wide as the widest row until now. Those that
        do not are all there."""
        if self._is_hidden and not self._takes_hidden:
            self.hidden += bool(self._row)
            return
        width = max(self._row, default=-1) + 1
        if self._row and self._wanted is not None and self._only is None:
            headings = Headings([self._row.get(at) for at in range(width)])
            self._only = {at for name in self._wanted for at in headings.places(name)}
        if self._is_placed:
            width = self._widest = max(width, self._widest)
        else:
            width = min(max(width, self._column + 1), limits.MOST_COLUMNS + 1)
        self._rows.append((self._number, [self._row.get(at) for at in range(width)]))

    def _opened_cell(self, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > limits.MOST_CELLS:
            raise RefusedError(limits.TOO_MANY_CELLS, limits.MOST_CELLS)
        place, before = attributes.get("r"), self._column
        if place is None:
            self._column, self._is_placed = self._column + 1, False
        else:
            letters = place.rstrip("0123456789")
            self._column = self._column_of(letters)
            if place[len(letters) :] != str(self._number) or self._column <= before:
                raise RefusedError(NOT_A_WORKSHEET)
        self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "0")
        self._is_formula, self._value, self._taken, self._holds = False, [], 0, ""

    def _closed_cell(self) -> None:
        if self._holds and (self._holds == "is") != (self._kind == "inlineStr"):
            raise RefusedError(NOT_A_WORKSHEET)
        text = "".join(self._value)
        if self._only is None or self._column in self._only:
            value = self._cells.value(self._kind, self._style, text, self._is_formula)
        else:
            value = True if self._is_formula or text.strip() else None
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
