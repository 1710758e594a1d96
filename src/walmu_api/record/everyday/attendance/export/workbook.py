"""The workbook (XLSX) of attendance. Text is text, never a formula; days and times are written as the
reader's country does."""

import io
from collections.abc import Iterable, Sequence
from datetime import date, time
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from walmu_api.foundation.patterns import without_odd

_DAY, _TIME = "mm-dd-yy", "h:mm"
"""Formats of Excel's own: the first is known by its number and shown as the reader's country writes days."""


def write(
    heads: Sequence[str], cells: Iterable[list[Any]], widths: Sequence[int], *, printed: int, rows: int
) -> bytes:
    """`widths` are in characters; the first `printed` columns are printed."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("1")
    sheet.freeze_panes = "A2"
    _set_up_page(sheet, last=f"{get_column_letter(printed)}{rows + 1}")
    for at, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    bold = []
    for heading in heads:
        cell = WriteOnlyCell(sheet, heading)
        cell.font = Font(bold=True)
        bold.append(cell)
    sheet.append(bold)
    for row in cells:
        sheet.append([_cell(sheet, value) for value in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _set_up_page(sheet: Any, *, last: str) -> None:
    """Print on A4 in landscape, one page wide, with the headings on each page and without the ids."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", Worksheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToHeight = False
    sheet.print_title_rows, sheet.print_area = "1:1", f"A1:{last}"


def _cell(sheet: Any, value: Any) -> Any:
    if isinstance(value, str):
        text = without_odd(value)
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
