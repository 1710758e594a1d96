"""The lines of an import, from cells to a measurement, and as they are told of."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from walmu_api.foundation import multipart, request_body, validation_messages
from walmu_api.foundation.identity_codes import PERSONAL_IDENTITY_CODE, identity
from walmu_api.foundation.locales import Reason
from walmu_api.foundation.pacing import paced
from walmu_api.foundation.preconditions import etag
from walmu_api.foundation.problems import INVALID_VALUE, MISSING, Finding, Problem, invalid
from walmu_api.foundation.worksheets.limits import Formula, Value
from walmu_api.foundation.worksheets.reading import Worksheet, Worksheets
from walmu_api.record.everyday.measurements.imports.cells import day_of, is_uuid, number_of, text_of
from walmu_api.record.everyday.measurements.imports.schemas import WORDS, MeasurementMapping, WorksheetCell
from walmu_api.record.everyday.measurements.schemas import MeasurementEntry

COLUMN = Reason("column")
FORMULA = Reason("formula")
CELL_DAY = Reason("cell-day")
BEYOND = Reason("beyond-columns")

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
    read_as: Mapping[str, str]
    lines: list["ImportLine"]


@dataclass(slots=True)
class ImportLine:
    """One line on its way from cells to its outcome."""

    number: int
    row: int
    key: str | None = None
    """What the client is found by; never told."""
    fields: dict[str, Any] = field(default_factory=dict)
    entry: MeasurementEntry | None = None
    source_id: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    outcome: str = "rejected"
    id: UUID | None = None
    version: int | None = None

    def reject(self, *findings: Finding) -> None:
        self.outcome, self.findings, self.entry = "rejected", list(findings), None


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
    """The lines of a file whose columns the mapping fits."""
    mapping = upload.mapping
    sheet = await worksheets.read(upload.file, mapping.sheet, [*_columns(mapping).values()])
    missing = [
        INVALID_VALUE.at(f"/mapping{at}", reason=COLUMN)
        for at, column in _columns(mapping).items()
        if column not in sheet.columns
    ]
    if missing:
        raise invalid(*missing[:100])
    return Import(mapping, sheet.read_as, await _lines(mapping, sheet))


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


async def _lines(mapping: MeasurementMapping, sheet: Worksheet) -> list[ImportLine]:
    """Cells to fields, line by line; what cannot be read rejects its line."""
    reader = _Reader(mapping, sheet.columns)
    return [reader.line(number, row, cells) async for number, (row, cells) in paced(enumerate(sheet.rows, 1))]


class _Reader:
    def __init__(self, mapping: MeasurementMapping, columns: Mapping[str, int]) -> None:
        self.mapping, self.columns = mapping, columns
        self.words: dict[tuple[str, str], str] = {
            (each.field, each.text.casefold()): each.value for each in mapping.translations
        }
        self.nothing = {text.casefold() for text in mapping.missing}

    def line(self, number: int, row: int, cells: Sequence[Value]) -> ImportLine:
        line = ImportLine(number, row)
        if len(cells) > len(self.columns):
            line.reject(INVALID_VALUE.at("", reason=BEYOND))
            return line
        found: list[Finding] = []

        def cell(column: str) -> Value:
            at = self.columns[column]
            value = cells[at] if at < len(cells) else None
            return None if isinstance(value, str) and value.casefold() in self.nothing else value

        line.key = self._key(cell(self.mapping.client.column), found)
        for name in WORDS:
            self._word(line, name, cell, found)
        line.fields["answered_on"] = self._answered_on(cell, found)
        line.fields["scores"] = [
            self._score(at, each, cell(each.column), found) for at, each in enumerate(self.mapping.scores)
        ]
        if self.mapping.items:
            line.fields["items"] = [
                {"key": each.key, **self._figure(f"/items/{at}/value", cell(each.column), found)}
                for at, each in enumerate(self.mapping.items)
            ]
        if self.mapping.author is not None:
            line.fields["author"] = self.mapping.author
        if self.mapping.source_id is not None:
            self._source(line, cell(self.mapping.source_id), found)
        if found:
            line.reject(*found)
        return line

    def _key(self, value: Value, found: list[Finding]) -> str | None:
        by = self.mapping.client.by
        text = text_of(value)
        if text is None:
            found.append(_formula("/client") if isinstance(value, Formula) else MISSING.at("/client"))
            return None
        if by == "identity_code":
            text = identity(PERSONAL_IDENTITY_CODE, text)
            if text is None:
                found.append(INVALID_VALUE.at("/client", reason=validation_messages.IDENTIFIER))
        elif by in {"client_id", "service_relationship_id"} and not is_uuid(text):
            found.append(INVALID_VALUE.at("/client", reason=validation_messages.UUID))
        return text

    def _word(self, line: ImportLine, name: str, cell: Any, found: list[Finding]) -> None:
        data: WorksheetCell | None = getattr(self.mapping, name)
        if data is None:
            return
        value = cell(data.column) if data.column is not None else data.value
        text = text_of(value)
        if text is None:
            if name != "assisted" or isinstance(value, Formula):
                found.append(_formula(f"/{name}") if isinstance(value, Formula) else MISSING.at(f"/{name}"))
            return
        text = self.words.get((name, text.casefold()), text)
        if name != "assisted":
            line.fields[name] = text
        elif text.casefold() in {"true", "false"}:
            line.fields[name] = text.casefold() == "true"
        else:
            found.append(INVALID_VALUE.at("/assisted", reason=validation_messages.TRUE_OR_FALSE))

    def _answered_on(self, cell: Any, found: list[Finding]) -> date | None:
        data = self.mapping.answered_on
        value: Value = cell(data.column) if data.column is not None else data.value
        if value is None or isinstance(value, Formula):
            found.append(
                _formula("/answered_on") if isinstance(value, Formula) else MISSING.at("/answered_on")
            )
            return None
        day = day_of(value)
        if day is None:
            found.append(INVALID_VALUE.at("/answered_on", reason=CELL_DAY))
        return day

    def _score(self, at: int, data: Any, value: Value, found: list[Finding]) -> dict[str, Any]:
        plain = {"scale": data.scale, **self._figure(f"/scores/{at}/value", value, found)}
        extra = {name: getattr(data, name) for name in ("min", "max", "algorithm", "computed_by")}
        return plain | {name: each for name, each in extra.items() if each is not None}

    def _figure(self, pointer: str, value: Value, found: list[Finding]) -> dict[str, Any]:
        if value is None:
            return {"missing_reason": self.mapping.missing_reason}
        if isinstance(value, Formula):
            found.append(_formula(pointer))
            return {}
        number = number_of(value)
        if number is None:
            found.append(INVALID_VALUE.at(pointer, reason=validation_messages.NUMBER))
        return {"value": number}

    @staticmethod
    def _source(line: ImportLine, value: Value, found: list[Finding]) -> None:
        text = text_of(value)
        if text is None:
            found.append(MISSING.at("/source_id"))
        elif not request_body.is_source_id(text):
            found.append(INVALID_VALUE.at("/source_id", reason=validation_messages.OWN_KEY))
        else:
            line.source_id = text


def _formula(pointer: str) -> Finding:
    return INVALID_VALUE.at(pointer, reason=FORMULA)


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
    data["problems"] = [_problem(finding, columns, language) for finding in line.findings]
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
