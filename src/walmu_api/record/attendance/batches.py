"""A batch of days: judged line by line, read and written as sets. No query per line.

One validation from the bytes; one read of the agreements; one read of the days already there; one insert and one update,
each with its journal rows; one outcome for each line, in order. A batch may be sent again at any time: what is there
answers `unchanged`."""

import asyncio
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import to_json

from walmu_api.access.guard import Caller
from walmu_api.foundation import bodies
from walmu_api.foundation.database import Session
from walmu_api.foundation.identifiers import uuid7s
from walmu_api.foundation.preconditions import etag
from walmu_api.foundation.problems import INVALID_VALUE, UNAVAILABLE, Finding, invalid
from walmu_api.record.attendance import rules, statements
from walmu_api.record.attendance.schemas import AttendanceBatch, AttendanceLine
from walmu_api.record.attendance.service import entry_of, facts_of, judge


class _Shape(AttendanceBatch):
    """A batch before its lines are looked at."""

    items: Annotated[list[Any], Field(min_length=1, max_length=10_000)]


AT_ONCE = 1024 * 1024
_batch = TypeAdapter(AttendanceBatch)
_shape = TypeAdapter(_Shape)
_line = TypeAdapter(AttendanceLine)
Key = tuple[UUID, date]


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
    """The lines of a body. A line that is not valid is rejected by itself; a body that is no batch is refused whole.

    A batch of the usual size is read in one call when all of it is well. Else line by line: one call for a large one would
    hold every other request up for as long as it takes, and a hostile one has hundreds of thousands of errors to tell."""
    if len(raw) <= AT_ONCE and (entries := _all_well(raw)) is not None:
        return [Line(number, entry, entry.source_id) for number, entry in enumerate(entries, 1)]
    parsed = bodies.parse(raw)
    try:
        items = _shape.validate_python(parsed).items if isinstance(parsed, dict) else _shape.validate_json(raw).items
    except ValidationError as error:
        raise invalid(*bodies.findings(error)) from None
    return [_line_of(number, item) for number, item in enumerate(items, 1)]


def _all_well(raw: bytes) -> list[AttendanceLine] | None:
    try:
        entries = _batch.validate_json(raw).items
    except ValidationError:
        return None
    members = 1 + sum(len(entry.model_fields_set) for entry in entries)
    return entries if bodies.no_member_twice(raw, members) else None


def _line_of(number: int, item: Any) -> Line:
    try:
        entry = _line.validate_json(to_json(item, inf_nan_mode="constants"))
    except ValidationError as error:
        told = error.errors(include_url=False, include_context=False, include_input=False)[:10]
        wrong = [bodies.finding(found) for found in told]
    except ValueError:  # half of a character: such a body is not text
        raise invalid(INVALID_VALUE.at("", reason="not well formed")) from None
    else:
        return Line(number, entry, entry.source_id)
    named = item.get("source_id") if isinstance(item, dict) else None
    source = named if isinstance(named, str) and bodies.is_source_id(named) else None
    return Line(number, None, source, wrong)


async def record(
    session: Session, caller: Caller, lines: list[Line], *, atomic: bool, dry_run: bool, language: str
) -> tuple[dict[str, Any], bool]:
    """Judge and record the lines. Answers the document and whether anything was refused that stops an atomic batch."""
    await _find_agreements(session, caller, lines)
    _reject_duplicates(lines)
    waiting = [line for line in lines if line.agreement is not None and not line.findings]
    session.saw(*{line.agreement.client_id for line in lines if line.agreement is not None})
    today = session.clock.today()
    for _ in range(4):
        await _judge(session, waiting, today)
        if dry_run or (atomic and any(line.outcome == "rejected" for line in lines)):
            break
        waiting = await _write(session, caller, waiting)
        if not waiting:
            break
    else:  # other senders kept changing the same days between our reading and writing
        raise UNAVAILABLE().with_headers(Retry_After="1")
    refused = atomic and any(line.outcome == "rejected" for line in lines)
    # beside the loop: ten thousand outcomes take a tenth of a second, in which others want to be answered
    return await asyncio.to_thread(outcome_document, lines, dry_run=dry_run, language=language), refused


async def _find_agreements(session: Session, caller: Caller, lines: list[Line]) -> None:
    entries = [line.entry for line in lines if line.entry is not None]
    ids = {entry.agreement_id for entry in entries if entry.agreement_id is not None}
    keys = {entry.agreement_source_id for entry in entries if entry.agreement_source_id is not None}
    rows = await session.fetch(
        statements.AGREEMENTS, session.organiser_id, caller.narrowed_to, session.clock.today(), list(ids),
        caller.system.id, list(keys),
    )  # fmt: skip
    found: dict[UUID | str, rules.AgreementFacts] = {}
    for row in rows:
        found[row["id"]] = facts = facts_of(row)
        if row["source_system"] == caller.system.id:
            found[row["source_id"]] = facts
    for line in lines:
        if line.entry is None:
            continue
        line.agreement = found.get(line.entry.agreement_id or line.entry.agreement_source_id or "")
        line.values = entry_of(line.entry)
        if line.agreement is None:
            named = "/agreement_id" if line.entry.agreement_id else "/agreement_source_id"
            line.reject(rules.UNKNOWN_AGREEMENT.at(named))


def _reject_duplicates(lines: list[Line]) -> None:
    seen: set[Key] = set()
    for line in lines:
        if line.agreement is None or line.entry is None:
            continue
        key = (line.agreement.id, line.entry.date)
        if key in seen:
            line.reject(rules.DUPLICATE_LINE.at("/date"))
        seen.add(key)


async def _judge(session: Session, lines: list[Line], today: date) -> None:
    """Compare with what is there, then ask the rules."""
    keys = [(line.agreement.id, line.entry.date) for line in lines if line.agreement and line.entry]
    rows = await session.fetch(
        statements.DAYS, session.organiser_id, [key[0] for key in keys], [key[1] for key in keys]
    )
    there = {row[0]: row for row in rows}
    for place, line in enumerate(lines, 1):
        assert line.agreement is not None
        assert line.entry is not None
        day = there.get(place)
        if day is not None:
            line.id, line.version = day[1], day[2]
        if day is not None and tuple(day)[3:] == line.values:
            line.outcome = "unchanged"
            continue
        line.findings = judge(line.entry, line.entry.date, line.agreement, today)
        if line.findings and line.findings[0].severity == "error":
            line.outcome = "rejected"
        elif day is None:
            _judge_new(line)
        elif line.entry.if_version is None:
            line.reject(rules.ALREADY_RECORDED.at("/if_version"))
        elif line.entry.if_version != line.version:
            line.reject(rules.STALE_LINE.at("/if_version"))
        else:
            line.outcome = "updated"


def _judge_new(line: Line) -> None:
    assert line.entry is not None
    if line.entry.if_version is not None:
        line.reject(rules.STALE_LINE.at("/if_version"))
    else:
        line.outcome = "created"


async def _write(session: Session, caller: Caller, lines: list[Line]) -> list[Line]:
    """Write what is to be created and updated; the lines that another sender was faster with are judged again."""
    actor = caller.actor
    head = (session.organiser_id, actor.organisation_id, actor.system_id, actor.person)
    late: list[Line] = []
    if created := [line for line in lines if line.outcome == "created"]:
        for line, made in zip(created, uuid7s(len(created)), strict=True):
            line.id, line.version = made, 1
        agreements = {line.agreement.id: line.agreement for line in created if line.agreement}.values()
        copies = [
            (a.id, a.client_id, a.service_relationship_id, a.provider_id, a.workplace_id, a.service_kind)
            for a in agreements
        ]
        days = [
            (line.id, line.agreement.id, line.entry.date, *line.values)
            for line in created
            if line.agreement and line.entry
        ]
        stored = await session.fetch(statements.INSERT_DAYS, *head, *_arrays(days), *_arrays(copies))
        late += _missed(created, {row[0] for row in stored})
    if updated := [line for line in lines if line.outcome == "updated"]:
        days = [(line.id, line.version, *line.values) for line in updated]
        stored = await session.fetch(statements.UPDATE_DAYS, *head, *_arrays(days))
        late += _missed(updated, {row[0] for row in stored})
        for line in updated:
            line.version = (line.version or 0) + 1
    return late


def _arrays(rows: list[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


def _missed(lines: list[Line], stored: set[UUID]) -> list[Line]:
    return [] if len(stored) == len(lines) else [line for line in lines if line.id not in stored]


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
