"""The lines of an import, from cells to a measurement, and as they are told of."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from walmu_api.foundation import multipart, request_body
from walmu_api.foundation.locales import Reason
from walmu_api.foundation.pacing import paced
from walmu_api.foundation.preconditions import etag
from walmu_api.foundation.problems import INVALID_VALUE, Finding, Problem, invalid
from walmu_api.foundation.worksheets.reading import Worksheet, Worksheets
from walmu_api.record.everyday.measurements.imports.line_reader import ImportLine, LineReader
from walmu_api.record.everyday.measurements.imports.schemas import WORDS, MeasurementMapping, WorksheetCell
from walmu_api.record.everyday.measurements.schemas import MeasurementEntry

COLUMN = Reason("column")
COLUMN_TWICE = Reason("column-twice")

LIMITS = {"file": request_body.BATCH_LIMIT, "mapping": 64 * 1024}
_mapping = TypeAdapter(MeasurementMapping)


@dataclass(frozen=True)
class Upload:
    """A file as it came, and how its columns are to be read."""

    mapping: MeasurementMapping
    file: bytes


@dataclass(frozen=True)
class Import:
    """A worksheet, how it is read, and its lines."""

    mapping: MeasurementMapping
    read_as: Mapping[str, Any]
    lines: list[ImportLine]


def parts(raw: bytes, content_type: str) -> Upload:
    """The two parts of the body."""
    found = multipart.read(raw, content_type, LIMITS)
    try:
        mapping = request_body.validate(_mapping, found["mapping"])
    except Problem as problem:
        placed = [Finding(f.kind, f"/mapping{f.pointer}", f.values) for f in problem.errors]
        raise Problem(problem.kind, placed, problem.values) from None
    return Upload(mapping, found["file"])


async def read(upload: Upload, worksheets: Worksheets) -> Import:
    """The lines of a file whose columns the mapping fits; what cannot be read rejects its line."""
    mapping = upload.mapping
    columns = _columns(mapping)
    sheet = await worksheets.read(
        upload.file, mapping.sheet, [*columns.values()], hidden_rows=mapping.hidden_rows
    )
    odd = [_odd(at, column, sheet) for at, column in columns.items() if column not in sheet.columns]
    if odd:
        raise invalid(*odd[:100])
    reader = LineReader(mapping, sheet.columns)
    lines = [reader.line(at, row, cells) async for at, (row, cells) in paced(enumerate(sheet.rows, 1))]
    return Import(mapping, sheet.read_as, lines)


def _odd(at: str, column: str, sheet: Worksheet) -> Finding:
    if (letters := sheet.twice.get(column)) is not None:
        return INVALID_VALUE.at(f"/mapping{at}", reason=COLUMN_TWICE, columns=letters)
    return INVALID_VALUE.at(f"/mapping{at}", reason=COLUMN)


def _columns(mapping: MeasurementMapping) -> dict[str, str]:
    """Every column that the mapping names, by its place in the mapping."""
    named = {"/client/column": mapping.client.column}
    for name in (*WORDS, "answered_on"):
        cell: WorksheetCell | None = getattr(mapping, name)
        if cell is not None and cell.column is not None:
            named[f"/{name}/column"] = cell.column
    named |= {f"/scores/{at}/column": each.column for at, each in enumerate(mapping.scores)}
    named |= {f"/items/{at}/column": each.column for at, each in enumerate(mapping.items or ())}
    return named | ({"/source_id": mapping.source_id} if mapping.source_id is not None else {})


def complete(line: ImportLine, client_id: UUID, service_relationship_id: UUID | None) -> None:
    """Fields to the entry they make, once it is known whose they are."""
    whose = {"client_id": client_id, "service_relationship_id": service_relationship_id}
    try:
        entry = MeasurementEntry.model_validate(whose | line.fields)
    except ValidationError as error:
        line.reject(
            *(
                request_body.finding(each)
                for each in error.errors(include_url=False, include_input=False)[:10]
            )
        )
        return
    if line.source_id is None:
        entry.source_id = _key_of(entry)
    else:
        entry.source_id = line.source_id
    line.entry = entry


def _key_of(entry: MeasurementEntry) -> str:
    """The key of a line that has none of its own: the same filling always gets the same."""
    parts = (
        entry.client_id,
        entry.instrument,
        entry.form_version,
        entry.phase,
        entry.answered_on,
        entry.respondent,
    )
    return f"import-{hashlib.sha256('|'.join(map(str, parts)).encode()).hexdigest()[:40]}"


async def outcome_json(data: Import, *, dry_run: bool, language: str) -> bytes:
    """The answer, made line by line: all at once it would hold others for a tenth of a second."""
    columns = {at.removesuffix("/column"): column for at, column in _columns(data.mapping).items()}
    counts = dict.fromkeys(("created", "updated", "unchanged", "rejected"), 0)
    outcomes = []
    async for line in paced(data.lines):
        counts[line.outcome] += 1
        outcomes.append(to_json(_outcome(line, columns, dry_run, language)))
    around = {"read_as": data.read_as, "counts": counts, "causes": await _causes(data.lines, language)}
    return to_json(around)[:-1] + b',"outcomes":[' + b",".join(outcomes) + b"]}"


def _outcome(line: ImportLine, columns: Mapping[str, str], dry_run: bool, language: str) -> dict[str, Any]:
    data: dict[str, Any] = {"line": line.number, "row": line.row}
    if line.source_id is not None:
        data["source_id"] = line.source_id
    data["outcome"] = line.outcome
    if line.version is not None and not (dry_run and line.outcome == "created"):
        data |= {"id": line.id, "etag": etag(line.version)}
    data["problems"] = [_problem(finding, columns, language) for finding in (*line.findings, *line.warnings)]
    return data


def _problem(finding: Finding, columns: Mapping[str, str], language: str) -> dict[str, str]:
    data = finding.render(language)
    data.pop("fix", None)
    place = "/".join(
        finding.pointer.split("/")[: 3 if finding.pointer.startswith(("/scores/", "/items/")) else 2]
    )
    column = {"column": columns[place]} if place in columns else {}
    return {"severity": finding.severity, **data, **column}


async def _causes(lines: Sequence[ImportLine], language: str) -> list[dict[str, Any]]:
    """Rejected lines grouped by what is wrong first."""
    groups: dict[tuple[str, str], dict[str, Any]] = {}
    async for line in paced(lines):
        if line.outcome != "rejected":
            continue
        data = line.findings[0].render(language)
        fix = {"fix": data["fix"]} if "fix" in data else {}
        first = {"code": data["code"], "detail": data["detail"], "count": 0, "lines": [], **fix}
        group = groups.setdefault((data["code"], data["detail"]), first)
        group["count"] += 1
        if len(group["lines"]) < 20:
            group["lines"].append(line.number)
    return sorted(groups.values(), key=lambda group: -group["count"])
