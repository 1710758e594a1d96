"""A worksheet as a table: the names of its columns, and the rows below them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from walmu_api.foundation.worksheets import csv_file, workbook
from walmu_api.foundation.worksheets.limits import (
    COLUMN_TWICE,
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
    Value,
)

_ZIP = b"PK\x03\x04"
_COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")
"""What old workbooks (.xls) and those with a password begin with."""


@dataclass(frozen=True)
class Table:
    """How the file was read, where its columns stand, and its rows that hold anything, each with its number. A row that
    goes on beyond the last name in the first row has one cell more."""

    read_as: dict[str, str]
    columns: dict[str, int]
    rows: Iterator[tuple[int, list[Value]]]


def read(raw: bytes, sheet: str | None = None, wanted: Sequence[str] | None = None) -> Table:
    """The table in a file, row by row while it is asked for; of columns only those that are `wanted`, in that order.
    A wanted one that is not there is missing in `columns`, and then there are no rows."""
    if raw.startswith(_COMPOUND):
        raise RefusedError(LOCKED)
    if raw.startswith(_ZIP):
        read_as, rows = workbook.read(raw, sheet)
    elif sheet is not None:
        raise RefusedError(SHEET)
    else:
        read_as, rows = csv_file.read(raw)
    checked = _checked(rows)
    _, names = next(checked, (0, []))
    if not names:
        raise RefusedError(TOO_FEW, 1)
    columns = _named(names)
    width = max((at for at, cell in enumerate(names, 1) if cell is not None), default=0)
    if wanted is None:
        whole = ((number, row[:width] + _beyond(row, width)) for number, row in checked)
        return Table(read_as, columns, _counted(whole))
    wanted = list(dict.fromkeys(wanted))
    places = [columns[name] for name in wanted if name in columns]
    found = {name: at for at, name in enumerate(name for name in wanted if name in columns)}
    if len(found) < len(wanted):
        return Table(read_as, found, iter(()))
    picked = (
        (number, [row[at] if at < len(row) else None for at in places] + _beyond(row, width))
        for number, row in checked
    )
    return Table(read_as, found, _counted(picked))


def _beyond(row: Sequence[Value], width: int) -> list[Value]:
    return [True] if any(cell is not None for cell in row[width:]) else []


def _checked(rows: Iterable[tuple[int, list[Value]]]) -> Iterator[tuple[int, list[Value]]]:
    """The rows that hold anything. What is too much is refused before it is gathered."""
    for number, row in rows:
        if number > 2 * MOST_LINES:  # what may stand below is not passed over in silence
            raise RefusedError(TOO_DEEP_DOWN, 2 * MOST_LINES)
        if any(isinstance(cell, str) and len(cell) > LONGEST_TEXT for cell in row):
            raise RefusedError(TOO_LONG, LONGEST_TEXT)
        if all(cell is None for cell in row):
            continue
        if len(row) > MOST_COLUMNS and any(cell is not None for cell in row[MOST_COLUMNS:]):
            raise RefusedError(TOO_WIDE, MOST_COLUMNS)
        yield number, row


def _counted(rows: Iterable[tuple[int, list[Value]]]) -> Iterator[tuple[int, list[Value]]]:
    lines = characters = 0
    for lines, (number, row) in enumerate(rows, 1):
        if lines > MOST_LINES:
            raise RefusedError(TOO_MANY, MOST_LINES)
        characters += sum(len(cell) for cell in row if isinstance(cell, str))
        if characters > MOST_TEXT:
            raise RefusedError(TOO_SWOLLEN)
        yield number, row
    if lines == 0:
        raise RefusedError(TOO_FEW, 1)


def _named(row: list[Value]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for at, cell in enumerate(row):
        if cell is None or isinstance(cell, Formula):
            continue
        if str(cell) in columns:
            raise RefusedError(COLUMN_TWICE)
        columns[str(cell)] = at
    return columns
