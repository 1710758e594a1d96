"""The lines of a batch, as they come and as they are told of: one JSON document, or NDJSON with a line for each day.

A line that cannot be read or does not fit is rejected by itself; what is no batch at all is refused whole."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from json.encoder import encode_basestring_ascii as _quoted
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json, to_json

from walmu_api.foundation import request_body, validation_messages
from walmu_api.foundation.locales import Text
from walmu_api.foundation.non_blank import AT_THE_DOOR
from walmu_api.foundation.preconditions import etag
from walmu_api.foundation.problems import INVALID_VALUE, Finding, Problem, invalid
from walmu_api.record.everyday.attendance import rules
from walmu_api.record.everyday.attendance.schemas import MOST_LINES, AnyLines, AttendanceBatch, AttendanceLine

NDJSON = "application/x-ndjson"
AT_ONCE = 1024 * 1024
_batch = TypeAdapter(AttendanceBatch)
_any_lines = TypeAdapter(AnyLines)
_line = TypeAdapter(AttendanceLine)
_BLANK = b" \t\r"


@dataclass(slots=True)
class BatchLine:
    """One line on its way from what was sent to its outcome."""

    number: int
    entry: AttendanceLine | None
    source_id: str | None
    findings: Sequence[Finding] = ()
    outcome: str = "rejected"
    agreement: rules.AgreementFacts | None = None
    values: tuple[Any, ...] = ()
    id: UUID | None = None
    version: int | None = None

    def reject(self, finding: Finding) -> None:
        self.outcome, self.findings = "rejected", [finding]


def read(raw: bytes) -> list[BatchLine]:
    """The lines of a JSON document.

    A batch of the usual size is read in one call when all of it is well. Else line by line: one call for a large one would
    hold every other request up for as long as it takes, and a hostile one has hundreds of thousands of errors to tell."""
    if len(raw) <= AT_ONCE and (entries := _all_well(raw)) is not None:
        return [BatchLine(at, entry, entry.source_id) for at, entry in enumerate(entries, 1)]
    return _one_by_one(request_body.parse(raw))


def _all_well(raw: bytes) -> list[AttendanceLine] | None:
    try:
        entries = _batch.validate_json(raw, context=AT_THE_DOOR).items
    except ValidationError:
        return None
    members = 1 + sum(len(entry.__pydantic_fields_set__) for entry in entries)
    return entries if request_body.no_member_twice(raw, members) else None


def _one_by_one(parsed: Any) -> list[BatchLine]:
    try:
        items = _any_lines.validate_python(parsed).items
    except ValidationError as error:
        raise invalid(*request_body.findings(error, parsed)) from None
    return [_alone(at, json.dumps(item).encode(), item) for at, item in enumerate(items, 1)]


def read_ndjson(raw: bytes) -> list[BatchLine]:
    """The lines of NDJSON; blank ones may follow the last."""
    raw = raw.rstrip(_BLANK + b"\n")
    if not raw:
        raise invalid(INVALID_VALUE.at("", reason=validation_messages.TOO_FEW, min_length=1))
    if raw.count(b"\n") >= MOST_LINES:
        raise invalid(INVALID_VALUE.at("", reason=validation_messages.TOO_MANY, max_length=MOST_LINES))
    return [_row(at, row) for at, row in enumerate(raw.split(b"\n"), 1)]


def _row(number: int, raw: bytes) -> BatchLine:
    try:
        return _alone(number, raw, request_body.parse(raw))
    except Problem as problem:
        return BatchLine(
            number, None, None, list(problem.errors) or [INVALID_VALUE.at("", reason=_why_not_json(problem))]
        )


def _why_not_json(problem: Problem) -> Text:
    """Without the place in the line: equal mistakes are one cause."""
    why: Text = problem.values["why"]
    return validation_messages.NOT_JSON if why is validation_messages.NOT_JSON_AT else why


def _alone(number: int, raw: bytes, parsed: Any) -> BatchLine:
    try:
        entry = _line.validate_json(raw, context=AT_THE_DOOR)
    except ValidationError as error:
        named = parsed.get("source_id") if isinstance(parsed, dict) else None
        source = named if isinstance(named, str) and request_body.is_source_id(named) else None
        return BatchLine(number, None, source, request_body.findings(error, parsed, AttendanceLine)[:10])
    return BatchLine(number, entry, entry.source_id)


def described(what: str, examples: list[Any]) -> dict[str, Any]:
    """NDJSON in the contract, which has no words for lines."""
    schema = {"type": "string", "maxLength": request_body.BATCH_LIMIT, "description": what}
    return {"schema": schema, "example": "".join(to_json(line).decode() + "\n" for line in examples)}


@dataclass(frozen=True)
class Outcomes:
    """What became of a batch: an outcome for each line, as it is told, and what sums them up."""

    lines: list[str]
    counts: dict[str, int]
    causes: list[dict[str, Any]]

    def as_json(self) -> bytes:
        """The schema `BatchOutcome`."""
        counts, causes = to_json(self.counts).decode(), to_json(self.causes).decode()
        return f'{{"counts":{counts},"outcomes":[{",".join(self.lines)}],"causes":{causes}}}'.encode()

    def as_ndjson(self) -> bytes:
        """The same as lines: each outcome, and at the end what sums them up."""
        summed = to_json({"counts": self.counts, "causes": self.causes}).decode()
        return "\n".join([*self.lines, summed, ""]).encode()

    def as_members(self) -> dict[str, Any]:
        """What a refusal of the whole batch tells of its lines."""
        return {"outcomes": from_json(f"[{','.join(self.lines)}]"), "causes": self.causes}


def outcomes_of(lines: list[BatchLine], *, dry_run: bool, language: str) -> Outcomes:
    counts = dict.fromkeys(("created", "updated", "unchanged", "rejected"), 0)
    for line in lines:
        counts[line.outcome] += 1
    data = [_outcome(line, dry_run, language) for line in lines]
    return Outcomes(data, counts, _causes(lines, language) if counts["rejected"] else [])


def _outcome(line: BatchLine, dry_run: bool, language: str) -> str:
    """The schema `LineOutcome`, put together as text: nearly all lines of nearly all batches have nothing to be escaped
    but their source_id, and a document of Python objects would take three times as long."""
    source = f',"source_id":{_quoted(line.source_id)}' if line.source_id is not None else ""
    known = line.version is not None and not (dry_run and line.outcome == "created")
    stored = f',"id":"{line.id}","etag":{_etag(line.version)}' if known and line.version is not None else ""
    problems = (
        to_json([{"severity": f.severity, **_problem(f, language)} for f in line.findings]).decode()
        if line.findings
        else "[]"
    )
    return f'{{"line":{line.number}{source},"outcome":"{line.outcome}"{stored},"problems":{problems}}}'


@lru_cache
def _etag(version: int) -> str:
    return _quoted(etag(version))


def _problem(finding: Finding, language: str) -> dict[str, str]:
    data = finding.render(language)
    data.pop("fix", None)
    return data


def _causes(lines: list[BatchLine], language: str) -> list[dict[str, Any]]:
    """Rejected lines grouped by what is really wrong: the same agreement, the same unknown reference, the same rule."""
    groups: dict[tuple[Any, ...], dict[str, Any]] = {}
    for line in lines:
        if line.outcome != "rejected":
            continue
        data = line.findings[0].render(language)
        root: Any = line.agreement.id if line.agreement is not None else None
        if root is None and line.entry is not None:
            root = line.entry.agreement_id or line.entry.agreement_source_id
        if line.findings[0].kind.code not in _BY_AGREEMENT:
            root = None
        group = groups.setdefault(
            (data["code"], data["detail"], root),
            {"code": data["code"], "detail": data["detail"], "count": 0, "lines": []},
        )
        group["count"] += 1
        if len(group["lines"]) < 20:
            group["lines"].append(line.number)
        if "fix" in data:
            group["fix"] = data["fix"]
    return sorted(groups.values(), key=lambda group: -group["count"])


_BY_AGREEMENT = frozenset(
    {
        "unknown-agreement",
        "day-outside-agreement",
        "decision-not-in-force",
        "agreement-not-signed",
        "no-attendance-in-employment",
    }
)
