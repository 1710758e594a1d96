"""Worksheets as people's programs write them, made from code; and what becomes of each: the rows that a person sees, or why not."""

import io
import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from tests.foundation.worksheets.bombs import MAIN, PACKAGE, PARTS, RELATIONS, book

from walmu_api.foundation.problems import Finding, Problem
from walmu_api.foundation.record_ids import uuid7s
from walmu_api.foundation.worksheets import process
from walmu_api.foundation.worksheets.limits import RefusedError
from walmu_api.foundation.worksheets.reading import Worksheets
from walmu_api.record.everyday.measurements.imports import import_lines
from walmu_api.record.everyday.measurements.imports.line_reader import ImportLine
from walmu_api.record.everyday.measurements.imports.schemas import MeasurementMapping
from walmu_api.record.everyday.measurements.instruments import shipped
from walmu_api.record.everyday.measurements.service import validate
from walmu_api.record.everyday.worksheets.upload import Upload

TODAY = date(2026, 11, 30)
HEAD = ("Asiakas", "Vaihe", "Vastattu", "Osallisuus", "Työkyky")
MAPPING: dict[str, Any] = {
    "client": {"by": "client_source_id", "column": "Asiakas"},
    "instrument": {"value": "kykyviisari"},
    "form_version": {"value": "2017"},
    "language": {"value": "fi"},
    "phase": {"column": "Vaihe"},
    "answered_on": {"column": "Vastattu"},
    "respondent": {"value": "client"},
    "mode": {"value": "self_online"},
    "missing": ["-", "#N/A"],
    "scores": [
        {"scale": "C", "column": "Osallisuus", "min": 0, "max": 10},
        {"scale": "work_ability", "column": "Työkyky"},
    ],
    "translations": [
        {"field": "phase", "text": "Alku", "value": "start"},
        {"field": "phase", "text": "Loppu", "value": "end"},
        {"field": "phase", "text": "Päätös", "value": "end"},
    ],
}
Row = tuple[Any, ...] | str


class _Here(Worksheets):
    """What the reading process does, in this one: hundreds of them would take minutes to start."""

    async def _answer(self, raw: bytes, asked: Mapping[str, Any]) -> list[bytes]:
        output = io.BytesIO()
        try:
            for frame in process._frames(raw, asked):
                process._write(output, frame)
        except RefusedError as refused:
            process._write(output, {"refused": refused.reason, "limit": refused.limit})
        return output.getvalue().splitlines(keepends=True)


async def outcome(raw: bytes, **changes: Any) -> list[Row] | str:
    """Each row as client, day and scores, or as the place and the reason for which it is rejected; or, for the whole file,
    its place and reason."""
    mapping = MeasurementMapping.model_validate_json(json.dumps(MAPPING | changes))
    try:
        data = await import_lines.read(Upload(mapping, raw), _Here())
    except Problem as problem:
        return _why(problem.errors[0])
    return [_row(line) for line in data.lines]


def _row(line: ImportLine) -> Row:
    if not line.findings:
        import_lines.complete(line, next(iter(uuid7s(1))), None)
    if not line.findings and line.entry is not None:
        line.findings += validate(line.entry, shipped.instruments()["kykyviisari"], TODAY)
    if line.findings or line.entry is None:
        return _why(line.findings[0])
    entry = line.entry
    doubts = [f"{each.kind.code} {each.pointer}" for each in line.warnings]
    return (line.key, entry.answered_on.isoformat(), *(score.value for score in entry.scores), *doubts)


def _why(finding: Finding) -> str:
    reason = finding.values.get("reason")
    return f"{finding.pointer} {finding.kind.code if reason is None else reason.code}"


def text(*rows: Sequence[str], by: str = ";", end: str = "\r\n", head: Sequence[str] = HEAD) -> str:
    """CSV without any quotes."""
    return "".join(by.join(row) + end for row in (head, *rows))


def saved(workbook: Workbook) -> bytes:
    data = io.BytesIO()
    workbook.save(data)
    return data.getvalue()


def workbook(*rows: Sequence[Any], head: Sequence[Any] = HEAD) -> tuple[Workbook, Worksheet]:
    """As openpyxl makes it."""
    made = Workbook()
    sheet = made.active
    assert isinstance(sheet, Worksheet)
    for row in (head, *rows):
        sheet.append(list(row))
    return made, sheet


def shown_as(formats: Mapping[str, str], *rows: Sequence[Any]) -> bytes:
    """Cells with their number formats, by their place."""
    made, sheet = workbook(*rows)
    for place, code in formats.items():
        sheet[place].number_format = code
    return saved(made)


def cell(at: str, content: Any, *, style: int = 0, kind: str = "", more: str = "") -> str:
    """A cell by hand; `at` is its place, empty for none."""
    place, how = (f' r="{at}"' if at else ""), (f' s="{style}"' if style else "")
    if isinstance(content, str) and kind in {"", "inlineStr"}:
        return f'<c{place}{how} t="inlineStr"><is><t>{escape(content)}</t></is>{more}</c>'
    named = f' t="{kind}"' if kind else ""
    value = "" if content is None else f"<v>{escape(str(content))}</v>"
    return f"<c{place}{how}{named}>{value}{more}</c>"


def row(number: int, *contents: Any, attributes: str = "", places: bool = True) -> str:
    """A row by hand: values, cells that are made already, or nothing."""
    cells = [
        each
        if isinstance(each, str) and each.startswith("<c")
        else cell(f"{chr(65 + at)}{number}" if places else "", each)
        for at, each in enumerate(contents)
        if each is not None or not places
    ]
    numbered = f' r="{number}"' if places else ""
    return f"<row{numbered}{attributes}>{''.join(cells)}</row>"


HEAD_ROW = row(1, *HEAD)


def by_hand(
    *rows: str, codes: Sequence[str] = (), book_has: str = "", space: str = MAIN, **parts: str
) -> bytes:
    """A workbook whose styles 1, 2 … have these number formats; what the workbook says of itself stands in `book_has`."""
    formats = "".join(
        f'<numFmt numFmtId="{164 + at}" formatCode={quoteattr(code)}/>' for at, code in enumerate(codes)
    )
    places = "".join(f'<xf numFmtId="{164 + at}" applyNumberFormat="1"/>' for at in range(len(codes)))
    made = {
        "styles": f'<styleSheet xmlns="{space}"><numFmts>{formats}</numFmts><cellStyleXfs><xf numFmtId="9"/></cellStyleXfs>'
        f'<cellXfs><xf numFmtId="0"/>{places}</cellXfs></styleSheet>',
        "sheet1": f'<worksheet xmlns="{space}"><sheetData>{"".join(rows)}</sheetData></worksheet>',
    }
    if book_has or space != MAIN:
        made["workbook"] = (
            PARTS["xl/workbook.xml"].replace("<sheets>", f"{book_has}<sheets>").replace(MAIN, space)
        )
    return book(**(made | parts))


def after_sheets(added: str) -> str:
    """What workbooks say of themselves behind the list of sheets."""
    return PARTS["xl/workbook.xml"].replace("</sheets>", f"</sheets>{added}")


def sheets(*listed: tuple[str, str, str]) -> bytes:
    """Sheets by title, state and rows."""
    names = "".join(
        f'<sheet name="{title}" sheetId="{at}" state="{state}" r:id="r{at}"/>'
        for at, (title, state, _) in enumerate(listed, 1)
    )
    related = "".join(
        f'<Relationship Id="r{at}" Type="{RELATIONS}/worksheet" Target="worksheets/own{at}.xml"/>'
        for at in range(1, len(listed) + 1)
    )
    members = {
        f"xl/worksheets/own{at}.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
        for at, (_, _, rows) in enumerate(listed, 1)
    }
    return book(
        workbook=f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{names}</sheets></workbook>',
        **{"xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">{related}</Relationships>'},
        **members,
    )
