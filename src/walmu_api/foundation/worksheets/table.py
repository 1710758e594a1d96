"""A worksheet as a table: the names of its columns, and the rows below them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from walmu_api.foundation.texts import in_nfc
from walmu_api.foundation.worksheets import csv_file, workbook
from walmu_api.foundation.worksheets.headings import Headings, letters
from walmu_api.foundation.worksheets.limits import (
    ALL_HIDDEN,
    LOCKED,
    LONGEST_TEXT,
    MOST_COLUMNS,
    MOST_LINES,
    MOST_TEXT,
    SHEET,
    TOO_DEEP_DOWN,
    TOO_FEW,
    TOO_LONG,
    TOO_MANY,
    TOO_SWOLLEN,
    TOO_WIDE,
    Formula,
    RefusedError,
    Shown,
    Value,
)

_ZIP = b"PK\x03\x04"
_COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")
"""What old workbooks (.xls) and those with a password begin with."""


@dataclass(frozen=True)
class Table:
    """How the file was read, where its columns stand, which names stand over several (`twice`, with their letters), the
    names of the columns as they are written, and the rows that hold anything, each with its number. `read_as` is whole when the rows have been read.

    A row that does not fit the first one has one cell more than there are columns: true when it goes on beyond the last
    name, false when it has fewer cells than the first row was written with, so that nobody can tell which are missing."""

    read_as: dict[str, Any]
    columns: dict[str, int]
    twice: dict[str, str]
    names: list[str]
    rows: Iterator[tuple[int, list[Value]]]


def read(
    raw: bytes,
    sheet: str | None = None,
    wanted: Sequence[str] | None = None,
    *,
    hidden_rows: bool = False,
    any_of: bool = False,
) -> Table:
    """The table in a file, row by row while it is asked for; of columns only those that are `wanted`, in that order and
    by the names they are wanted by. Where one is not there, or stands twice, it is missing in `columns`, and there are no rows,
    unless `any_of` them will do."""
    if raw.startswith(_COMPOUND):
        raise RefusedError(LOCKED)
    if raw.startswith(_ZIP):
        read_as, rows = workbook.read(raw, sheet, wanted, hidden_rows=hidden_rows)
    elif sheet is not None:
        raise RefusedError(SHEET)
    else:
        read_as, rows = csv_file.read(raw, wanted or ())
    checked = _checked(rows)
    _, names = next(checked, (0, []))
    if not names:
        raise RefusedError(*_nothing(read_as))
    headings = Headings(names)
    wanted = list(
        dict.fromkeys(each for each in headings.names if each) if wanted is None else dict.fromkeys(wanted)
    )
    found = {name: headings.places(name) for name in wanted}
    twice = {name: letters(places) for name, places in found.items() if len(places) > 1}
    places = {
        name: at
        for name, (at, *others) in ((name, each) for name, each in found.items() if each)
        if not others
    }
    columns = {name: at for at, name in enumerate(places)}
    written = [headings.names[at] for at in places.values()]
    if len(columns) < len(wanted) and not any_of:
        return Table(read_as, columns, twice, written, iter(()))
    return Table(
        read_as, columns, twice, written, _counted(_picked(checked, names, [*places.values()]), read_as)
    )


def _picked(
    rows: Iterable[tuple[int, list[Value]]], names: Sequence[Value], places: Sequence[int]
) -> Iterator[tuple[int, list[Value]]]:
    width = max((at for at, cell in enumerate(names, 1) if cell is not None), default=0)
    for number, row in rows:
        picked = [_in_nfc(row[at]) if at < len(row) else None for at in places]
        if len(row) < len(names):
            picked.append(False)
        elif any(cell is not None for cell in row[width:]):
            picked.append(True)
        yield number, picked


def _in_nfc(cell: Value) -> Value:
    if isinstance(cell, str):
        text: str = in_nfc(cell)
        return text
    if isinstance(cell, Shown):
        return Shown(cell.number, in_nfc(cell.text))
    return Formula(_in_nfc(cell.value)) if isinstance(cell, Formula) else cell


def _checked(rows: Iterable[tuple[int, list[Value]]]) -> Iterator[tuple[int, list[Value]]]:
    """The rows that hold anything. What is too much is refused before it is gathered."""
    for number, row in rows:
        if all(cell is None for cell in row):
            continue
        if number > 2 * MOST_LINES:  # what stands below is not passed over in silence
            raise RefusedError(TOO_DEEP_DOWN, 2 * MOST_LINES)
        if any(_length(cell) > LONGEST_TEXT for cell in row):
            raise RefusedError(TOO_LONG, LONGEST_TEXT)
        if len(row) > MOST_COLUMNS and any(cell is not None for cell in row[MOST_COLUMNS:]):
            raise RefusedError(TOO_WIDE, MOST_COLUMNS)
        yield number, row


def _counted(
    rows: Iterable[tuple[int, list[Value]]], read_as: Mapping[str, Any]
) -> Iterator[tuple[int, list[Value]]]:
    lines = characters = 0
    for lines, (number, row) in enumerate(rows, 1):
        if lines > MOST_LINES:
            raise RefusedError(TOO_MANY, MOST_LINES)
        characters += sum(map(_length, row))
        if characters > MOST_TEXT:
            raise RefusedError(TOO_SWOLLEN)
        yield number, row
    if lines == 0:
        raise RefusedError(*_nothing(read_as))


def _length(cell: Value) -> int:
    """The characters of a cell that are handed over."""
    if isinstance(cell, str):
        return len(cell)
    if isinstance(cell, Formula):
        return _length(cell.value)
    return len(cell.text or "") if isinstance(cell, Shown) else 0


def _nothing(read_as: Mapping[str, Any]) -> tuple[str, int]:
    return (ALL_HIDDEN, 0) if "hidden_rows" in read_as else (TOO_FEW, 1)
