"""The lines of an import, from cells to a measurement, and as they are told of."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from walmu_api.foundation import request_body
from walmu_api.foundation.pacing import paced
from walmu_api.foundation.worksheets.reading import Worksheets
from walmu_api.record.everyday.measurements.imports.line_reader import ImportLine, LineReader
from walmu_api.record.everyday.measurements.imports.schemas import WORDS, MeasurementMapping
from walmu_api.record.everyday.measurements.schemas import MeasurementEntry
from walmu_api.record.everyday.worksheets import outcomes
from walmu_api.record.everyday.worksheets.schemas import WorksheetCell
from walmu_api.record.everyday.worksheets.upload import Parts, Upload, check_columns

parts = Parts(MeasurementMapping)


@dataclass(frozen=True)
class Import:
    """A worksheet, how it is read, and its lines."""

    mapping: MeasurementMapping
    read_as: Mapping[str, Any]
    lines: list[ImportLine]


async def read(upload: Upload[MeasurementMapping], worksheets: Worksheets) -> Import:
    """The lines of a file whose columns the mapping fits; what cannot be read rejects its line."""
    mapping = upload.mapping
    columns = _columns(mapping)
    sheet = await worksheets.read(
        upload.file, mapping.sheet, [*columns.values()], hidden_rows=mapping.hidden_rows
    )
    check_columns(columns, sheet)
    reader = LineReader(mapping, sheet.columns)
    lines = [reader.line(at, row, cells) async for at, (row, cells) in paced(enumerate(sheet.rows, 1))]
    return Import(mapping, sheet.read_as, lines)


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
    columns = {at.removesuffix("/column"): column for at, column in _columns(data.mapping).items()}
    rejected = ((line.number, line.findings[0], None) for line in data.lines if line.outcome == "rejected")
    return await outcomes.outcome_json(
        data.lines,
        outcomes.causes_of(rejected, language),
        read_as=data.read_as,
        columns=columns,
        dry_run=dry_run,
        language=language,
    )
