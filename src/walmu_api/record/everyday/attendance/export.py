"""Attendance as a file for people: CSV and XLSX of a whole selection, with labels in the reader's language.

The CSV is as a Finnish spreadsheet expects it: semicolons, UTF-8 with a byte order mark, CRLF, ISO days (which every
language of a spreadsheet reads as days). Cells that a spreadsheet would take for a formula are text in both. There are no
identity codes in it; names of clients only for who may read clients."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from walmu_api.foundation.clock import HELSINKI
from walmu_api.foundation.locales import Text
from walmu_api.record.parties.codes.rules import Book

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DESCRIBED = {
    CSV: {
        "schema": {
            "type": "string",
            "description": "Semicolons, UTF-8 with a byte order mark; a day a line.",
        },
        "example": "\ufeffPäivä;Sukunimi;Etunimet;Paikka;Läsnäolo\r\n2026-10-05;Esimerkki;Testi;Kotola;Läsnä\r\n",
    },
    XLSX: {
        "schema": {"type": "string", "format": "binary", "description": "A workbook with one sheet."},
        "example": "PK…",
    },
}
"""The files in the contract."""
MOST_ROWS = 10_000
"""Days in one file. A workbook of so many takes three seconds of a core, and its transaction may idle for ten."""

Row = Mapping[str, Any]
Column = tuple[Text, int, Callable[[Row], Any]]
"""Heading, width in characters, and what stands in it."""

_STATES = {
    "missing": Text("attendance_file.justifications.missing"),
    "given": Text("attendance_file.justifications.given"),
    "accepted": Text("attendance_file.justifications.accepted"),
    "rejected": Text("attendance_file.justifications.rejected"),
}
_FORMS = {
    "group": Text("attendance_file.forms.group"),
    "individual": Text("attendance_file.forms.individual"),
    "work": Text("attendance_file.forms.work"),
}
_IDS: tuple[Column, ...] = (
    (Text("attendance_file.columns.agreement"), 37, lambda row: str(row["agreement_id"])),
    (Text("attendance_file.columns.client"), 37, lambda row: str(row["client_id"])),
)
_CONFIRMATIONS = {
    "unconfirmed": Text("attendance_file.confirmations.unconfirmed"),
    "confirmed": Text("attendance_file.confirmations.confirmed"),
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def columns(book: Book, language: str, *, names: bool) -> list[Column]:
    """What the file tells of a day. `names`: also who the client is."""

    def label(system: str, member: str) -> Callable[[Row], Any]:
        known = book[system].codes
        return lambda row: getattr(known.get(row[member]), language, None) or row[member]

    def word(words: Mapping[str, Text], member: str) -> Callable[[Row], Any]:
        return lambda row: words[row[member]].render(language, {}) if row[member] else None

    def plain(member: str) -> Callable[[Row], Any]:
        return lambda row: row[member]

    who: list[Column] = [
        (Text("attendance_file.columns.family_name"), 20, plain("family_name")),
        (Text("attendance_file.columns.given_names"), 20, plain("given_names")),
    ]
    return [
        (Text("attendance_file.columns.day"), 11, plain("date")),
        *(who if names else ()),
        (Text("attendance_file.columns.place"), 28, plain("place_name")),
        (Text("attendance_file.columns.attendance"), 22, label("attendance_status", "status")),
        (Text("attendance_file.columns.absence_reason"), 28, label("absence_reason", "absence_reason")),
        (Text("attendance_file.columns.justification"), 14, word(_STATES, "justification")),
        (Text("attendance_file.columns.planned_minutes"), 18, plain("planned_minutes")),
        (Text("attendance_file.columns.actual_minutes"), 18, plain("actual_minutes")),
        (Text("attendance_file.columns.arrived_at"), 9, _time("arrived_at")),
        (Text("attendance_file.columns.left_at"), 9, _time("left_at")),
        (Text("attendance_file.columns.form"), 12, word(_FORMS, "form")),
        (Text("attendance_file.columns.rescheduled_to"), 19, plain("rescheduled_to")),
        (Text("attendance_file.columns.rescheduled_from"), 15, plain("rescheduled_from")),
        (Text("attendance_file.columns.confirmation"), 23, word(_CONFIRMATIONS, "confirmation")),
        (Text("attendance_file.columns.source_id"), 14, plain("source_id")),
        *_IDS,
    ]


def _time(member: str) -> Callable[[Row], Any]:
    """A time of day in Finland, to the minute."""

    def data(row: Row) -> Any:
        at: datetime | None = row[member]
        return at.astimezone(HELSINKI).time().replace(second=0, microsecond=0) if at is not None else None

    return data


def written(media_type: str, rows: Sequence[Row], shown: Sequence[Column], language: str) -> bytes:
    heads = [heading.render(language, {}) for heading, _, _ in shown]
    cells = ([value(row) for _, _, value in shown] for row in rows)
    if media_type == CSV:
        return _as_csv(heads, cells)
    from walmu_api.record.everyday.attendance import workbook  # noqa: PLC0415 - no start waits for what is seldom asked for

    return workbook.written(
        heads, cells, [width for _, width, _ in shown], printed=len(shown) - len(_IDS), rows=len(rows)
    )


def _as_csv(heads: list[str], cells: Iterable[list[Any]]) -> bytes:
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([_csv_cell(value) for value in row] for row in cells)
    return b"\xef\xbb\xbf" + file.getvalue().encode()


def _csv_cell(value: Any) -> Any:
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    if isinstance(value, date):
        return value.isoformat()
    return value.strftime("%H:%M") if hasattr(value, "strftime") else value
