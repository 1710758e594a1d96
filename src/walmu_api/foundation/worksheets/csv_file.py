"""CSV as spreadsheets write it. What the file is gets detected and told, never guessed in silence: a UTF-8 text is
UTF-8, one with the mark of UTF-16 is that, what is neither is Windows-1252 or refused. The delimiter is the one that a line
`sep=;` names; else the one of semicolon, comma and tab by which the first row has the names that are asked for and the next
rows have as many cells."""

import contextlib
import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from walmu_api.foundation.worksheets.headings import Headings
from walmu_api.foundation.worksheets.limits import (
    LONGEST_TEXT,
    MOST_COLUMNS,
    NOT_A_WORKSHEET,
    STRAY_QUOTE,
    TOO_LONG,
    TOO_WIDE,
    Formula,
    RefusedError,
    Value,
)

_DELIMITERS = (";", ",", "\t")
_NAMED = re.compile(r'"?sep=([;,\t|])"?(\r\n|\r|\n|$)', re.IGNORECASE)
"""What Excel writes and reads above the first row, and shows to nobody."""
_LINE_END = re.compile("[\r\n]")
_LOOKED_AT = 200
_LONGEST_LINE = MOST_COLUMNS * (LONGEST_TEXT + 3)
"""What is longer has too many columns or too long a text: no need to part it for that."""
_LONGEST_FIELD = 4 * LONGEST_TEXT
"""Quotes and spaces around a text are not counted in what it may have."""
_TEXT_FORMULA = re.compile('="([^"]*)"')
"""How a text of digits is kept a text: `="00123"` is shown as 00123."""
_ENCODINGS = (("utf-8-sig", "utf-8"), ("cp1252", "windows-1252"))


def read(raw: bytes, wanted: Sequence[str]) -> tuple[dict[str, Any], Iterator[tuple[int, list[Value]]]]:
    """How the file was read, and its rows by number, each with all the cells that are written."""
    text, encoding = _decoded(raw)
    csv.field_size_limit(_LONGEST_FIELD)
    if named := _NAMED.match(text):
        text, delimiter = text[named.end() :], named[1]
    else:
        delimiter = max(_DELIMITERS, key=lambda each: _fitness(text, each, wanted))
    read_as = {"format": "csv", "encoding": encoding, "delimiter": "tab" if delimiter == "\t" else delimiter}
    return read_as, _rows(text, delimiter, above=1 if named else 0)


def _rows(text: str, delimiter: str, *, above: int) -> Iterator[tuple[int, list[Value]]]:
    reader = csv.reader(_lines(text, delimiter), delimiter=delimiter, strict=True)
    read = 0
    try:
        for number, row in enumerate(reader, 1):
            yield number, [_value(cell.strip()) for cell in row]
            read = reader.line_num
    except csv.Error as error:
        if "field larger" in str(error) and reader.line_num == read + 1:
            raise RefusedError(TOO_LONG, LONGEST_TEXT) from None
        raise RefusedError(STRAY_QUOTE, above + read + 1) from None


def _value(cell: str) -> Value:
    if not cell.startswith("="):
        return cell or None
    found = _TEXT_FORMULA.fullmatch(cell)
    return (found[1].strip() or None) if found else Formula()


def _lines(text: str, delimiter: str) -> Iterator[str]:
    for line in io.StringIO(text, newline=""):
        if len(line) > _LONGEST_LINE:
            if line.count(delimiter) >= MOST_COLUMNS:
                raise RefusedError(TOO_WIDE, MOST_COLUMNS)
            raise RefusedError(TOO_LONG, LONGEST_TEXT)
        yield line


def _decoded(raw: bytes) -> tuple[str, str]:
    """The text without the rows at its end that hold nothing, and its encoding."""
    marked = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding, name in (("utf-16", "utf-16"),) if marked else _ENCODINGS:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        behind = _LINE_END.search(text, len(text.rstrip(" \t\r\n;,|")))
        return text[: behind.start()] if behind else text, name
    raise RefusedError(NOT_A_WORKSHEET)


def _fitness(text: str, delimiter: str, wanted: Sequence[str]) -> tuple[int, bool, float, int]:
    """How well a delimiter parts the first rows: names that are asked for, rows as wide as the first one, columns."""
    rows: list[list[str]] = []
    reader = csv.reader(_lines(text, delimiter), delimiter=delimiter, strict=True)
    with contextlib.suppress(csv.Error, RefusedError):
        rows.extend(row for row in islice(reader, _LOOKED_AT) if any(cell.strip() for cell in row))
    if not rows:
        return 0, False, 0, 0
    width = len(rows[0])
    headings = Headings([cell.strip() for cell in rows[0]])
    known = sum(bool(headings.places(name)) for name in wanted)
    return known, width > 1, sum(len(row) == width for row in rows) / len(rows), width
