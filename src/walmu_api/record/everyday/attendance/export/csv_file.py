"""The CSV of attendance, as a Finnish spreadsheet expects it: semicolons, UTF-8 with a byte order mark, CRLF,
ISO days.

Every language of a spreadsheet reads ISO days as days. A cell that a spreadsheet would take for a formula is
text."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write(heads: Sequence[str], cells: Iterable[list[Any]]) -> bytes:
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([_cell(value) for value in row] for row in cells)
    return b"\xef\xbb\xbf" + file.getvalue().encode()


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    if isinstance(value, date):
        return value.isoformat()
    return value.strftime("%H:%M") if hasattr(value, "strftime") else value
