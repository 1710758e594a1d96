"""Attendance as a file for people: CSV and XLSX of a whole selection, with labels in the reader's language.

The CSV is as a Finnish spreadsheet expects it: semicolons, UTF-8 with a byte order mark, CRLF, ISO days (which every
language of a spreadsheet reads as days). Cells that a spreadsheet would take for a formula are text in both. There are no
identity codes in it; names of clients only for who may read clients."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from walmu_api.foundation.clock import HELSINKI
from walmu_api.foundation.problems import Text
from walmu_api.record.codes.rules import Book

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 10_000
"""Days in one file. A workbook of so many takes three seconds of a core, and its transaction may idle for ten."""

Row = Mapping[str, Any]
Column = tuple[Text, int, Callable[[Row], Any]]
"""Heading, width in characters, and what stands in it."""

_STATES = {
    "missing": Text("Missing", "Puuttuu", "Saknas"),
    "given": Text("Given", "Annettu", "Given"),
    "accepted": Text("Accepted", "Hyväksytty", "Godkänd"),
    "rejected": Text("Rejected", "Hylätty", "Avvisad"),
}
_FORMS = {
    "group": Text("Group", "Ryhmä", "Grupp"),
    "individual": Text("Individual", "Yksilö", "Individuell"),
    "work": Text("Work", "Työ", "Arbete"),
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NO_XML = re.compile("[\ufffe\uffff]")


def columns(book: Book, language: str, *, names: bool) -> list[Column]:
    """What the file tells of a day. `names`: also who the client is."""

    def label(system: str, member: str) -> Callable[[Row], Any]:
        known = book[system].codes
        return lambda row: getattr(known.get(row[member]), language, None) or row[member]

    def word(words: Mapping[str, Text], member: str) -> Callable[[Row], Any]:
        return lambda row: getattr(words[row[member]], language) if row[member] else None

    def plain(member: str) -> Callable[[Row], Any]:
        return lambda row: row[member]

    who: list[Column] = [
        (Text("Family name", "Sukunimi", "Efternamn"), 20, plain("family_name")),
        (Text("Given names", "Etunimet", "Förnamn"), 20, plain("given_names")),
    ]
    return [
        (Text("Day", "Päivä", "Dag"), 11, plain("date")),
        *(who if names else ()),
        (Text("Place", "Paikka", "Plats"), 28, plain("place_name")),
        (Text("Attendance", "Läsnäolo", "Närvaro"), 22, label("attendance_status", "status")),
        (Text("Reason for absence", "Poissaolon syy", "Orsak till frånvaro"), 28, label("absence_reason", "absence_reason")),
        (Text("Justification", "Perustelu", "Motivering"), 12, word(_STATES, "justification")),
        (Text("Planned (min)", "Suunniteltu (min)", "Planerat (min)"), 12, plain("planned_minutes")),
        (Text("Actual (min)", "Toteutunut (min)", "Utfall (min)"), 12, plain("actual_minutes")),
        (Text("Arrived", "Saapui", "Anlände"), 9, _time("arrived_at")),
        (Text("Left", "Lähti", "Avgick"), 9, _time("left_at")),
        (Text("Form", "Muoto", "Form"), 11, word(_FORMS, "form")),
        (Text("Moved to", "Siirretty päivälle", "Flyttad till"), 11, plain("rescheduled_to")),
        (Text("In place of", "Korvaa päivän", "I stället för"), 11, plain("rescheduled_from")),
        (Text("Your key", "Oma avain", "Egen nyckel"), 14, plain("source_id")),
        (Text("Agreement (id)", "Sopimus (tunniste)", "Avtal (id)"), 37, lambda row: str(row["agreement_id"])),
        (Text("Client (id)", "Asiakas (tunniste)", "Klient (id)"), 37, lambda row: str(row["client_id"])),
    ]  # fmt: skip


def _time(member: str) -> Callable[[Row], Any]:
    """A time of day in Finland, to the minute."""

    def told(row: Row) -> Any:
        at: datetime | None = row[member]
        return at.astimezone(HELSINKI).time().replace(second=0, microsecond=0) if at is not None else None

    return told


def written(media_type: str, rows: Sequence[Row], shown: Sequence[Column], language: str) -> bytes:
    heads = [getattr(heading, language) for heading, _, _ in shown]
    cells = ([value(row) for _, _, value in shown] for row in rows)
    return _as_csv(heads, cells) if media_type == CSV else _as_xlsx(heads, cells, shown)


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


def _as_xlsx(heads: list[str], cells: Iterable[list[Any]], shown: Sequence[Column]) -> bytes:
    # here, so that no start waits for what is seldom asked for
    from openpyxl import Workbook  # noqa: PLC0415
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.styles import Font  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    def shown_as(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        text = _NO_XML.sub("", value)
        if not text.startswith(("=", "#")):
            return text
        cell = WriteOnlyCell(sheet, text)
        cell.data_type = "s"  # never a formula or an error
        return cell

    book = Workbook(write_only=True)
    sheet = book.create_sheet("1")
    sheet.freeze_panes = "A2"
    for at, (_, width, _) in enumerate(shown, 1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    bold = []
    for heading in heads:
        cell = WriteOnlyCell(sheet, heading)
        cell.font = Font(bold=True)
        bold.append(cell)
    sheet.append(bold)
    for row in cells:
        sheet.append([shown_as(value) for value in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
