"""CSV as spreadsheets write it. What the file is gets detected and told, never guessed in silence: a UTF-8 text is
UTF-8, what is not is Windows-1252 or refused; the delimiter is the one of semicolon, comma and tab that parts the
first row into more columns."""

import csv
import io
from collections.abc import Iterator

from walmu_api.foundation.worksheets.limits import (
    LONGEST_TEXT,
    MOST_COLUMNS,
    NOT_A_WORKSHEET,
    TOO_LONG,
    TOO_WIDE,
    RefusedError,
    Value,
)

_DELIMITERS = (";", ",", "\t")
_LONGEST_LINE = MOST_COLUMNS * (LONGEST_TEXT + 3)
"""What is longer has too many columns or too long a text: no need to part it for that."""
_LONGEST_FIELD = 4 * LONGEST_TEXT
"""Quotes and spaces around a text are not counted in what it may have."""


def read(raw: bytes) -> tuple[dict[str, str], Iterator[tuple[int, list[Value]]]]:
    """How the file was read, and its rows by number."""
    text, encoding = _decoded(raw)
    csv.field_size_limit(_LONGEST_FIELD)
    delimiter = max(_DELIMITERS, key=lambda each: _parts(text, each))
    read_as = {"format": "csv", "encoding": encoding, "delimiter": "tab" if delimiter == "\t" else delimiter}
    return read_as, _rows(text, delimiter)


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[Value]]]:
    try:
        for number, row in enumerate(
            csv.reader(_lines(text, delimiter), delimiter=delimiter, strict=True), 1
        ):
            yield number, [cell.strip() or None for cell in row]
    except csv.Error as error:
        if "field larger" in str(error):
            raise RefusedError(TOO_LONG, LONGEST_TEXT) from None
        raise RefusedError(NOT_A_WORKSHEET) from None


def _lines(text: str, delimiter: str) -> Iterator[str]:
    for line in io.StringIO(text, newline=""):
        if len(line) > _LONGEST_LINE:
            if line.count(delimiter) >= MOST_COLUMNS:
                raise RefusedError(TOO_WIDE, MOST_COLUMNS)
            raise RefusedError(TOO_LONG, LONGEST_TEXT)
        yield line


def _decoded(raw: bytes) -> tuple[str, str]:
    for encoding, name in (("utf-8-sig", "utf-8"), ("cp1252", "windows-1252")):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text, name
    raise RefusedError(NOT_A_WORKSHEET)


def _parts(text: str, delimiter: str) -> int:
    try:
        return len(next(csv.reader(_lines(text, delimiter), delimiter=delimiter), []))
    except csv.Error:
        return 0
