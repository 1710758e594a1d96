"""The lines of a batch, as they come and as they are told of: one JSON document, or NDJSON with a line for each day.

A line that cannot be read or does not fit is rejected by itself; what is no batch at all is refused whole."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from walmu_api.foundation import bodies, reasons
from walmu_api.foundation.preconditions import etag
from walmu_api.foundation.problems import INVALID_VALUE, Finding, Problem, Text, invalid
from walmu_api.record.attendance import rules
from walmu_api.record.attendance.schemas import MOST_LINES, AnyLines, AttendanceBatch, AttendanceLine

NDJSON = "application/x-ndjson"
AT_ONCE = 1024 * 1024
_batch = TypeAdapter(AttendanceBatch)
_any_lines = TypeAdapter(AnyLines)
_line = TypeAdapter(AttendanceLine)
_BLANK = b" \t\r"


@dataclass(slots=True)
class Line:
    """One line on its way from what was sent to its outcome."""

    number: int
    entry: AttendanceLine | None
    source_id: str | None
    findings: list[Finding] = field(default_factory=list)
    outcome: str = "rejected"
    agreement: rules.AgreementFacts | None = None
    values: tuple[Any, ...] = ()
    id: UUID | None = None
    version: int | None = None

    def reject(self, finding: Finding) -> None:
        self.outcome, self.findings = "rejected", [finding]


def read(raw: bytes) -> list[Line]:
    """The lines of a JSON document.

    A batch of the usual size is read in one call when all of it is well. Else line by line: one call for a large one would
    hold every other request up for as long as it takes, and a hostile one has hundreds of thousands of errors to tell."""
    if len(raw) <= AT_ONCE and (entries := _all_well(raw)) is not None:
        return [Line(at, entry, entry.source_id) for at, entry in enumerate(entries, 1)]
    return _one_by_one(bodies.parse(raw))


def _all_well(raw: bytes) -> list[AttendanceLine] | None:
    try:
        entries = _batch.validate_json(raw).items
    except ValidationError:
        return None
    members = 1 + sum(len(entry.model_fields_set) for entry in entries)
    return entries if bodies.no_member_twice(raw, members) else None


def _one_by_one(parsed: Any) -> list[Line]:
    try:
        items = _any_lines.validate_python(parsed).items
    except ValidationError as error:
        raise invalid(*bodies.findings(error, parsed)) from None
    return [_alone(at, json.dumps(item).encode(), item) for at, item in enumerate(items, 1)]


def read_ndjson(raw: bytes) -> list[Line]:
    """The lines of NDJSON; blank ones may follow the last."""
    raw = raw.rstrip(_BLANK + b"\n")
    if not raw:
        raise invalid(INVALID_VALUE.at("", reason=reasons.TOO_FEW, min_length=1))
    if raw.count(b"\n") >= MOST_LINES:
        raise invalid(INVALID_VALUE.at("", reason=reasons.TOO_MANY, max_length=MOST_LINES))
    return [_row(at, row) for at, row in enumerate(raw.split(b"\n"), 1)]


def _row(number: int, raw: bytes) -> Line:
    try:
        return _alone(number, raw, bodies.parse(raw))
    except Problem as problem:
        return Line(number, None, None, list(problem.errors) or [INVALID_VALUE.at("", reason=_why_not_json(problem))])


def _why_not_json(problem: Problem) -> Text:
    """Without the place in the line: equal mistakes are one cause."""
    why: Text = problem.values["why"]
    return reasons.NOT_JSON if why is reasons.NOT_JSON_AT else why


def _alone(number: int, raw: bytes, parsed: Any) -> Line:
    try:
        entry = _line.validate_json(raw)
    except ValidationError as error:
        named = parsed.get("source_id") if isinstance(parsed, dict) else None
        source = named if isinstance(named, str) and bodies.is_source_id(named) else None
        return Line(number, None, source, bodies.findings(error, parsed, AttendanceLine)[:10])
    return Line(number, entry, entry.source_id)


def described(what: str, examples: list[Any]) -> dict[str, Any]:
    """NDJSON in the contract, which has no words for lines."""
    schema = {"type": "string", "maxLength": bodies.BATCH_LIMIT, "description": what}
    return {"schema": schema, "example": "".join(to_json(line).decode() + "\n" for line in examples)}


def as_ndjson(told: dict[str, Any]) -> bytes:
    """The same document as lines: each outcome, and at the end what sums them up."""

    def lines() -> Iterator[bytes]:
        for outcome in told["outcomes"]:
            yield to_json(outcome)
        yield to_json({"counts": told["counts"], "causes": told["causes"]})

    return b"\n".join(lines()) + b"\n"


def outcome_document(lines: list[Line], *, dry_run: bool, language: str) -> dict[str, Any]:
    counts = dict.fromkeys(("created", "updated", "unchanged", "rejected"), 0)
    outcomes = []
    for line in lines:
        counts[line.outcome] += 1
        outcomes.append(_outcome(line, dry_run, language))
    return {"counts": counts, "outcomes": outcomes, "causes": _causes(lines, language)}


def _outcome(line: Line, dry_run: bool, language: str) -> dict[str, Any]:
    told: dict[str, Any] = {"line": line.number}
    if line.source_id is not None:
        told["source_id"] = line.source_id
    told["outcome"] = line.outcome
    if line.version is not None and not (dry_run and line.outcome == "created"):
        told["id"] = line.id
        told["etag"] = etag(line.version)
    told["problems"] = [{"severity": f.severity, **_problem(f, language)} for f in line.findings]
    return told


def _problem(finding: Finding, language: str) -> dict[str, str]:
    told = finding.said(language)
    told.pop("fix", None)
    return told


def _causes(lines: list[Line], language: str) -> list[dict[str, Any]]:
    """Rejected lines grouped by what is really wrong: the same agreement, the same unknown reference, the same rule."""
    groups: dict[tuple[Any, ...], dict[str, Any]] = {}
    for line in lines:
        if line.outcome != "rejected":
            continue
        told = line.findings[0].said(language)
        root: Any = line.agreement.id if line.agreement is not None else None
        if root is None and line.entry is not None:
            root = line.entry.agreement_id or line.entry.agreement_source_id
        if line.findings[0].kind.code not in _BY_AGREEMENT:
            root = None
        group = groups.setdefault(
            (told["code"], told["detail"], root),
            {"code": told["code"], "detail": told["detail"], "count": 0, "lines": []},
        )
        group["count"] += 1
        if len(group["lines"]) < 20:
            group["lines"].append(line.number)
        if "fix" in told:
            group["fix"] = told["fix"]
    return sorted(groups.values(), key=lambda group: -group["count"])


_BY_AGREEMENT = frozenset({
    "unknown-agreement", "day-outside-agreement", "decision-not-in-force", "agreement-not-signed", "no-attendance-in-employment",
})  # fmt: skip
