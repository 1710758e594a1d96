"""Attendance as a file for people: CSV and XLSX of a whole selection, with labels in the reader's language.

The CSV is as a Finnish spreadsheet expects it: semicolons, UTF-8 with a byte order mark, CRLF, ISO days (which every
language of a spreadsheet reads as days). Cells that a spreadsheet would take for a formula are text in both. There are no
identity codes in it; names of clients only for who may read clients."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from walmu_api.foundation.clock import HELSINKI
from walmu_api.foundation.problems import Text
from walmu_api.record.codes.rules import Book

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DESCRIBED = {
    CSV: {
        "schema": {"type": "string", "description": "Semicolons, UTF-8 with a byte order mark; a day a line."},
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
_IDS: tuple[Column, ...] = (
    (Text("Agreement (id)", "Sopimus (tunniste)", "Avtal (id)"), 37, lambda row: str(row["agreement_id"])),
    (Text("Client (id)", "Asiakas (tunniste)", "Klient (id)"), 37, lambda row: str(row["client_id"])),
)
_CONFIRMATIONS = {
    "unconfirmed": Text("Unconfirmed", "Vahvistamatta", "Obekräftad"),
    "confirmed": Text("Confirmed", "Vahvistettu", "Bekräftad"),
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_DAY, _TIME = "mm-dd-yy", "h:mm"
"""Formats of Excel's own: the first is known by its number and shown as the reader's country writes days."""
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
        (Text("Justification", "Perustelu", "Motivering"), 14, word(_STATES, "justification")),
        (Text("Planned (min)", "Suunniteltu (min)", "Planerat (min)"), 18, plain("planned_minutes")),
        (Text("Actual (min)", "Toteutunut (min)", "Utfall (min)"), 18, plain("actual_minutes")),
        (Text("Arrived", "Saapui", "Anlände"), 9, _time("arrived_at")),
        (Text("Left", "Lähti", "Avgick"), 9, _time("left_at")),
        (Text("Form", "Muoto", "Form"), 12, word(_FORMS, "form")),
        (Text("Moved to", "Siirretty päivälle", "Flyttad till"), 19, plain("rescheduled_to")),
        (Text("In place of", "Korvaa päivän", "I stället för"), 15, plain("rescheduled_from")),
        (Text("Workplace's report", "Työpaikan ilmoitus", "Arbetsplatsens uppgift"), 23, word(_CONFIRMATIONS, "confirmation")),
        (Text("Your key", "Oma avain", "Egen nyckel"), 14, plain("source_id")),
        *_IDS,
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
    return _as_csv(heads, cells) if media_type == CSV else _as_xlsx(heads, cells, shown, len(rows))


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


def _as_xlsx(heads: list[str], cells: Iterable[list[Any]], shown: Sequence[Column], count: int) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("1")
    sheet.freeze_panes = "A2"
    _to_be_printed(sheet, last=f"{get_column_letter(len(shown) - len(_IDS))}{count + 1}")
    for at, (_, width, _) in enumerate(shown, 1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    bold = []
    for heading in heads:
        cell = WriteOnlyCell(sheet, heading)
        cell.font = Font(bold=True)
        bold.append(cell)
    sheet.append(bold)
    for row in cells:
        sheet.append([_xlsx_cell(sheet, value) for value in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _to_be_printed(sheet: Any, *, last: str) -> None:
    """Lying A4, as wide as the page, with the heading on each and without the ids."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", Worksheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToHeight = False
    sheet.print_title_rows, sheet.print_area = "1:1", f"A1:{last}"


def _xlsx_cell(sheet: Any, value: Any) -> Any:
    if isinstance(value, str):
        text = _NO_XML.sub("", value)
        if not text.startswith(("=", "#")):
            return text
        cell = WriteOnlyCell(sheet, text)
        cell.data_type = "s"  # never a formula or an error
        return cell
    if isinstance(value, date | time):
        cell = WriteOnlyCell(sheet)
        cell.value = value
        cell.number_format = _TIME if isinstance(value, time) else _DAY
        return cell
    return value
