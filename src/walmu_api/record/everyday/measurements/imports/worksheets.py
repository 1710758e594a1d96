"""Reading a worksheet: CSV as spreadsheets write it, or XLSX. Nothing in it is worked out or followed.

What a file is gets detected and told, never guessed in silence: a UTF-8 text is UTF-8, what is not is
Windows-1252 or refused; the delimiter is the one of semicolon, comma and tab that parts the first row into
more columns."""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from walmu_api.foundation import validation_messages
from walmu_api.foundation.locales import Reason
from walmu_api.foundation.problems import INVALID_VALUE, Problem, invalid
from walmu_api.record.everyday.measurements.imports.cells import Formula, Value

NOT_A_WORKSHEET = Reason("not-a-worksheet")
TOO_SWOLLEN = Reason("too-swollen")
TOO_DEEP_DOWN = Reason("too-deep-down")
TOO_WIDE = Reason("too-wide")
COLUMN_TWICE = Reason("column-twice")
SHEET = Reason("sheet")

MOST_LINES = 20_000
MOST_COLUMNS = 100
MOST_UNPACKED = 64 * 1024 * 1024
MOST_MEMBERS = 500
LONGEST_TEXT = 4000
_DELIMITERS = (";", ",", "\t")
_ODD = (
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    OSError,
    EOFError,
    SyntaxError,
    NotImplementedError,
    RuntimeError,
    ArithmeticError,
    AssertionError,
)
"""What the XLSX reader and the parsers under it raise at files that are not what they say."""


@dataclass(frozen=True)
class Worksheet:
    """The rows below the names of the columns, each with its number; and how the file was read."""

    columns: dict[str, int]
    rows: list[tuple[int, list[Value]]]
    read_as: dict[str, str]


def _refused(reason: Any, **values: Any) -> Problem:
    return invalid(INVALID_VALUE.at("/file", reason=reason, **values))


def read(raw: bytes, sheet: str | None) -> Worksheet:
    if raw.startswith(b"PK\x03\x04"):
        try:
            return _xlsx(raw, sheet)
        except _ODD:
            raise _refused(NOT_A_WORKSHEET) from None
    if sheet is not None:
        raise invalid(INVALID_VALUE.at("/mapping/sheet", reason=SHEET))
    return _csv(raw)


def _csv(raw: bytes) -> Worksheet:
    text, encoding = _decoded(raw)
    delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)

    def rows() -> Iterator[list[Value]]:
        for row in reader:
            yield [cell.strip() or None for cell in row]

    try:
        columns, stored = _gathered(rows())
    except csv.Error:
        raise _refused(NOT_A_WORKSHEET) from None
    data = "tab" if delimiter == "\t" else delimiter
    return Worksheet(columns, stored, {"format": "csv", "encoding": encoding, "delimiter": data})


def _decoded(raw: bytes) -> tuple[str, str]:
    for encoding, data in (("utf-8-sig", "utf-8"), ("cp1252", "windows-1252")):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text, data
    raise _refused(NOT_A_WORKSHEET)


def _delimiter(text: str) -> str:
    def parts(delimiter: str) -> int:
        try:
            return len(next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), []))
        except csv.Error:
            return 0

    return max(_DELIMITERS, key=parts)


def _xlsx(raw: bytes, sheet: str | None) -> Worksheet:
    # here, so that no start waits for what is seldom sent
    from openpyxl import load_workbook  # noqa: PLC0415
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    with zipfile.ZipFile(io.BytesIO(raw)) as packed:
        members = packed.infolist()
        if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_UNPACKED:
            raise _refused(TOO_SWOLLEN)
    try:
        book = load_workbook(io.BytesIO(raw), read_only=True, data_only=False, keep_links=False)
    except InvalidFileException:
        raise _refused(NOT_A_WORKSHEET) from None
    try:
        names = [each.title for each in book.worksheets]
        if sheet is not None and sheet not in names:
            raise invalid(INVALID_VALUE.at("/mapping/sheet", reason=SHEET))
        chosen = book.worksheets[names.index(sheet) if sheet is not None else 0]
        chosen.reset_dimensions()  # what the file says of its own size is not believed

        def rows() -> Iterator[list[Value]]:
            for row in chosen.iter_rows(max_col=MOST_COLUMNS + 1):
                yield [_value(cell) for cell in row]

        columns, stored = _gathered(rows())
        return Worksheet(columns, stored, {"format": "xlsx", "sheet": chosen.title[:200]})
    finally:
        book.close()


def _value(cell: Any) -> Value:
    value = cell.value
    if value is None:
        return None
    if cell.data_type == "f":
        return Formula()
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, str):
        return value.strip() or None
    return value if isinstance(value, bool | int | float | date) else str(value)


def _gathered(rows: Iterable[list[Value]]) -> tuple[dict[str, int], list[tuple[int, list[Value]]]]:
    """The columns by name, and the rows that hold anything. Too much of either is refused before it is kept."""
    columns: dict[str, int] | None = None
    stored: list[tuple[int, list[Value]]] = []
    width = 0
    for number, row in enumerate(rows, 1):
        if len(stored) > MOST_LINES:
            break
        if number > 2 * MOST_LINES:  # what may stand below is not passed over in silence
            raise _refused(TOO_DEEP_DOWN, max_length=2 * MOST_LINES)
        if any(isinstance(cell, str) and len(cell) > LONGEST_TEXT for cell in row):
            raise _refused(validation_messages.TOO_LONG, max_length=LONGEST_TEXT)
        if all(cell is None for cell in row):
            continue
        if len(row) > MOST_COLUMNS and any(cell is not None for cell in row[MOST_COLUMNS:]):
            raise _refused(TOO_WIDE, max_length=MOST_COLUMNS)
        if columns is None:
            columns = _named(row)
            width = max(columns.values(), default=-1) + 1
        else:
            stored.append((number, row[:width]))
    if len(stored) > MOST_LINES or columns is None or not stored:
        many = len(stored) > MOST_LINES
        raise _refused(
            validation_messages.TOO_MANY if many else validation_messages.TOO_FEW,
            max_length=MOST_LINES,
            min_length=1,
        )
    return columns, stored


def _named(row: list[Value]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for at, cell in enumerate(row):
        if cell is None or isinstance(cell, Formula):
            continue
        if str(cell) in columns:
            raise _refused(COLUMN_TWICE)
        columns[str(cell)] = at
    return columns
