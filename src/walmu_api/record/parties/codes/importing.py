"""Reading a list of codes from a file: CSV (comma or semicolon) or a JSON array, in UTF-8, with or without a
byte order mark.

Everything that is wrong is told, line by line; a file is taken whole or not at all."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from walmu_api.foundation import request_body
from walmu_api.foundation.problems import Problem
from walmu_api.foundation.texts import in_nfc, json_in_nfc
from walmu_api.record.parties.codes.rules import CodeValue
from walmu_api.record.parties.codes.schemas import CodeLabel

COLUMNS = (
    "code",
    "fi",
    "sv",
    "en",
    "easy_fi",
    "valid_from",
    "valid_to",
    "mapping_system",
    "mapping_code",
    "mapping_display",
)
MOST_BYTES = 32 * 1024 * 1024
MOST_CODES = 100_000
_line = TypeAdapter(CodeLabel)
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class WrongLine:
    """What is wrong at one line of a CSV file, or with one item of a JSON array; 0 is the file as such."""

    line: int
    text: str


@dataclass(frozen=True)
class Read:
    """The codes of a file with their lines, or what is wrong with it."""

    values: list[CodeValue]
    lines: list[int]
    wrong: list[WrongLine]


def read(raw: bytes) -> Read:
    """The codes of a file. What is wrong is in `wrong`; then the codes are of no use."""
    raw = raw.removeprefix(_BOM)
    try:
        if len(raw) > MOST_BYTES:
            raise _WrongFileError(f"the file has more than {MOST_BYTES} bytes")
        rows = _json_items(raw) if raw.lstrip()[:1] in {b"[", b"{"} else _csv_rows(raw)
        return _read(rows)
    except _WrongFileError as error:
        return Read([], [], [WrongLine(error.line, str(error))])


class _WrongFileError(Exception):
    """The file cannot be read on."""

    def __init__(self, text: str, line: int = 0) -> None:
        super().__init__(text)
        self.line = line


def _read(rows: Iterator[tuple[int, Any]]) -> Read:
    values: list[CodeValue] = []
    lines: list[int] = []
    wrong: list[WrongLine] = []
    first: dict[str, int] = {}
    for line, data in rows:
        if len(first) >= MOST_CODES:
            raise _WrongFileError(f"there are more than {MOST_CODES} codes", line)
        try:
            if isinstance(data, str):
                raise _WrongFileError(data, line)
            _refuse_formulas(data, line)
            entry = _line.validate_python(data)
        except ValidationError as error:
            wrong += [
                WrongLine(line, f"{each.pointer}: {each.render('en')['detail']}")
                for each in request_body.findings(error, data)
            ]
            continue
        except _WrongFileError as error:
            wrong.append(WrongLine(line, str(error)))
            continue
        if entry.code in first:
            wrong.append(WrongLine(line, f"/code: the same code stands at {first[entry.code]} already"))
            continue
        first[entry.code] = line
        lines.append(line)
        values.append(_value(entry))
    if not values and not wrong:
        raise _WrongFileError("there are no codes in the file")
    return Read(values, lines, wrong)


def _refuse_formulas(data: Any, line: int) -> None:
    """A cell that a spreadsheet would run where the list is opened again."""
    cells = data.items() if isinstance(data, dict) else ()
    if found := next((name for name, cell in cells if isinstance(cell, str) and cell[:1] in {*"=+-@"}), None):
        raise _WrongFileError(
            f"/{str(found)[:64]}: a text may not begin with = + - or @, as a formula does", line
        )


def _value(entry: CodeLabel) -> CodeValue:
    mapping = entry.mapping.model_dump() if entry.mapping is not None else None
    return CodeValue(
        entry.code, entry.fi, entry.sv, entry.en, entry.easy_fi, entry.valid_from, entry.valid_to, mapping
    )


def _json_items(raw: bytes) -> Iterator[tuple[int, Any]]:
    try:
        data = request_body.parse(json_in_nfc(raw))
    except Problem as problem:
        found = "; ".join(f"{each.pointer} {each.kind.code}" for each in problem.errors) or problem.kind.code
        raise _WrongFileError(f"this is no JSON that can be read: {found}") from None
    if not isinstance(data, list):
        raise _WrongFileError("a JSON array is expected")
    return enumerate(data, 1)


def _csv_rows(raw: bytes) -> Iterator[tuple[int, Any]]:
    try:
        text = in_nfc(raw.decode())
    except UnicodeDecodeError:
        raise _WrongFileError("the file is not UTF-8") from None
    head, _, _ = text.partition("\n")
    delimiter = ";" if head.count(";") >= head.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    columns = [name.strip().lower() for name in _next(reader) or ()]
    unknown = [name for name in columns if name not in COLUMNS]
    if unknown or len(set(columns)) < len(columns) or not {"code", "fi"} <= set(columns):
        raise _WrongFileError(
            f"the first line must name columns among {', '.join(COLUMNS)}, each once, code and fi at least", 1
        )
    return _cells(reader, columns)


def _cells(reader: Any, columns: list[str]) -> Iterator[tuple[int, Any]]:
    while True:
        begins = reader.line_num + 1
        cells = _next(reader)
        if cells is None:
            return
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(columns):
            yield begins, "there are more cells than columns"
            continue
        yield (
            begins,
            _nested({name: cell.strip() for name, cell in zip(columns, cells, strict=False) if cell.strip()}),
        )


def _next(reader: Any) -> list[str] | None:
    try:
        row: list[str] | None = next(reader, None)
    except csv.Error as error:
        raise _WrongFileError(f"this is no CSV that can be read: {error}", reader.line_num) from None
    return row


def _nested(cells: dict[str, str]) -> dict[str, Any]:
    """Mapping columns as the member that they are in JSON."""
    mapping = {name.removeprefix("mapping_"): cells.pop(name) for name in COLUMNS[-3:] if name in cells}
    return cells | ({"mapping": mapping} if mapping else {})
