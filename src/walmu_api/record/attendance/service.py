"""Recording one day, reading days, and justifications."""

from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
from pydantic_core import from_json
from sqlalchemy import select

from walmu_api.access import use_log
from walmu_api.access.guard import Caller
from walmu_api.foundation import answers, journal, preconditions, records
from walmu_api.foundation.database import Session
from walmu_api.foundation.identifiers import uuid7, uuid7s
from walmu_api.foundation.problems import (
    CONFLICT,
    DUPLICATE_SOURCE,
    NOT_FOUND,
    STALE,
    UNKNOWN_CODE,
    Finding,
    Problem,
    invalid,
)
from walmu_api.record.attendance import rules, statements
from walmu_api.record.attendance.schemas import (
    AttendanceEntry,
    Justification,
    JustificationEntry,
    JustificationReview,
)
from walmu_api.record.attendance.tables import JustificationRow
from walmu_api.record.codes import service as codes
from walmu_api.record.codes.rules import CodeList
from walmu_api.record.decisions.rules import Force

OPERATION = "recordAttendance"


def entry_of(entry: AttendanceEntry) -> tuple[Any, ...]:
    """An entry's values in the order of `statements.ENTRY`, as they are stored."""
    return (
        entry.status, rules.stored_reason(entry.status, entry.absence_reason), entry.planned_minutes,
        entry.actual_minutes, entry.arrived_at, entry.left_at, entry.form, entry.noted_at, entry.source_id,
    )  # fmt: skip


def facts_of(row: asyncpg.Record) -> rules.AgreementFacts:
    decided = row["decision_status"]
    force = (
        Force(
            decided,
            row["outcome"],
            row["valid_from"],
            row["valid_to"],
            row["revoked_on"],
            row["revocation_known_on"],
        )
        if decided is not None
        else None
    )
    return rules.AgreementFacts(
        row["id"], row["client_id"], row["service_relationship_id"], row["provider_id"], row["workplace_id"],
        row["service_kind"], row["kind"], row["status"], row["starts_on"], row["ends_on"], force,
    )  # fmt: skip


async def reasons_of(session: Session, row: asyncpg.Record) -> CodeList:
    """The reasons for absence that the organiser has; the row says whether those remembered are still the ones."""
    return (await codes.book(session, row["codes_revision"]))[rules.REASONS]


def judge(
    entry: AttendanceEntry, day: date, facts: rules.AgreementFacts, today: date, reasons: CodeList
) -> list[Finding]:
    """What the rules find of one day: the first error alone, or the warnings."""
    of_day = rules.check_day(day, facts, today)
    of_entry = rules.check_entry(entry.status, entry.absence_reason, entry.arrived_at, entry.left_at, day, reasons)
    if of_day is None and of_entry is None:
        return []
    findings = [finding for finding in (of_day, of_entry) if finding is not None]
    return [f for f in findings if f.severity == "error"][:1] or findings


async def _read(session: Session, caller: Caller, agreement_id: UUID, day: date) -> asyncpg.Record:
    """The agreement as the rules need it, with what is recorded for the day."""
    row = await session.fetchrow(
        statements.AGREEMENT_AND_DAY,
        session.organiser_id,
        caller.narrowed_to,
        session.clock.today(),
        agreement_id,
        day,
    )
    if row is None:
        raise NOT_FOUND()
    return row


async def record_day(
    session: Session,
    caller: Caller,
    agreement_id: UUID,
    day: date,
    entry: AttendanceEntry,
    if_match: str | None,
) -> tuple[bytes, int, bool, list[Finding]]:
    """Record one day. Answers body, version, whether it was made, and warnings.

    Equal content again is no change; other content needs If-Match. Two senders at once: one records, the other is judged
    against what the first recorded."""
    values = entry_of(entry)
    for _ in range(3):
        row = await _read(session, caller, agreement_id, day)
        session.saw(row["client_id"])
        if row["day_id"] is not None and values == tuple(row[f"day_{name}"] for name in statements.ENTRY.split(", ")):
            return row["body"].encode(), row["version"], False, []
        facts = facts_of(row)
        findings = judge(entry, day, facts, session.clock.today(), await reasons_of(session, row))
        if any(f.severity == "error" for f in findings):
            raise _refusal(findings[0])
        if row["day_id"] is not None:
            preconditions.require_version(if_match, row["version"])
            stored = await _update(session, caller, row, day, values)
        elif if_match is not None:
            raise STALE()
        else:
            stored = await _insert(session, caller, facts, day, values)
        if stored is not None:
            return stored[1].encode(), stored[0], row["day_id"] is None, findings
    raise STALE()


def _refusal(finding: Finding) -> Problem:
    """A rule's refusal of a single day is the problem itself, so that its code is at the top of the document."""
    return Problem(finding.kind, [finding], finding.values)


async def _insert(
    session: Session, caller: Caller, facts: rules.AgreementFacts, day: date, values: tuple[Any, ...]
) -> asyncpg.Record | None:
    day_id, log_id = uuid7s(2)
    actor = caller.actor
    stored = await session.fetchrow(
        statements.INSERT_DAY, session.organiser_id, actor.organisation_id, actor.system_id, actor.person,
        day_id, facts.id, day, facts.client_id, facts.service_relationship_id, facts.provider_id, facts.workplace_id,
        facts.service_kind, *values, log_id, OPERATION, use_log.purpose(caller), caller.request_id,
    )  # fmt: skip
    session.use_logged = stored is not None
    return stored


async def _update(
    session: Session, caller: Caller, row: asyncpg.Record, day: date, values: tuple[Any, ...]
) -> asyncpg.Record | None:
    actor = caller.actor
    stored = await session.fetchrow(
        statements.UPDATE_DAY, session.organiser_id, actor.organisation_id, actor.system_id, actor.person,
        row["id"], day, row["version"], *values, row["body"], uuid7(), OPERATION, use_log.purpose(caller), caller.request_id,
    )  # fmt: skip
    session.use_logged = stored is not None
    return stored


async def find_day(session: Session, caller: Caller, agreement_id: UUID, day: date) -> tuple[bytes, int]:
    row = await _read(session, caller, agreement_id, day)
    if row["day_id"] is None:
        raise NOT_FOUND()
    session.saw(row["client_id"])
    return row["body"].encode(), row["version"]


async def find_by_id(session: Session, caller: Caller, attendance_id: UUID) -> tuple[bytes, int]:
    found = (await wire_records(session, caller, [attendance_id])).get(attendance_id)
    if found is None:
        raise NOT_FOUND()
    return found, int(from_json(found)["version"])


async def find_justification_by_id(session: Session, caller: Caller, justification_id: UUID) -> tuple[bytes, int]:
    found = (await justification_records(session, caller, [justification_id])).get(justification_id)
    if found is None:
        raise NOT_FOUND()
    return found, int(from_json(found)["version"])


async def list_days(
    session: Session,
    caller: Caller,
    *,
    agreement_id: UUID | None,
    client_id: UUID | None,
    provider_id: UUID | None,
    first: date | None,
    last: date | None,
    status: str | None,
    source_id: str | None,
    limit: int,
    cursor: str | None,
) -> tuple[list[bytes], str | None]:
    """Days in the order of agreement and date, and the key of the next page."""
    after = (answers.after(cursor), answers.after_day(cursor))
    page = await session.fetchrow(
        statements.LIST, session.organiser_id, caller.narrowed_to, session.clock.today(), agreement_id, client_id,
        provider_id, first, last, status, *after, source_id, caller.system.id, limit,
        uuid7(), caller.organisation_id, caller.person, use_log.purpose(caller), caller.request_id,
    )  # fmt: skip
    assert page is not None
    if page["clients"] is None:
        return [], None
    session.saw(*page["clients"])
    session.use_logged = True
    following = answers.key_text(page["last_agreement"], page["last_date"]) if page["more"] else None
    return [page["items"].encode()], following


async def wire_records(session: Session, caller: Caller, ids: list[UUID]) -> dict[UUID, bytes]:
    rows = await session.fetch(statements.RECORDS, session.organiser_id, caller.narrowed_to, session.clock.today(), ids)
    session.saw(*{row["client_id"] for row in rows})
    return {row["id"]: row["body"].encode() for row in rows}


def justification_body(session: Session, row: JustificationRow) -> bytes:
    session.saw(row.client_id)
    return records.body(Justification, row)


async def _justification(
    session: Session, agreement_id: UUID, day: date, *, lock: bool = False
) -> JustificationRow | None:
    statement = select(JustificationRow).where(
        JustificationRow.organiser_id == session.organiser_id,
        JustificationRow.agreement_id == agreement_id,
        JustificationRow.date == day,
    )
    return await session.orm.scalar(statement.with_for_update() if lock else statement)


async def find_justification(session: Session, caller: Caller, agreement_id: UUID, day: date) -> JustificationRow:
    await find_day(session, caller, agreement_id, day)
    row = await _justification(session, agreement_id, day)
    if row is None:
        raise NOT_FOUND()
    return row


async def justify(
    session: Session,
    caller: Caller,
    agreement_id: UUID,
    day: date,
    entry: JustificationEntry,
    if_match: str | None,
) -> tuple[JustificationRow, bool]:
    """Give the reason of an absence. A new one replaces one that was rejected; an accepted one stays."""
    seen = await _read(session, caller, agreement_id, day)
    if seen["day_id"] is None:
        raise NOT_FOUND()
    if seen["day_status"] not in rules.WITH_REASON:
        raise rules.NOT_AN_ABSENCE()
    if entry.reason == "unknown" or not (await reasons_of(session, seen)).has(entry.reason, day):
        raise invalid(UNKNOWN_CODE.at("/reason", code_system=rules.REASONS))
    values = records.columns(entry)
    row = await _justification(session, agreement_id, day, lock=True)
    if row is None:
        known = await records.by_source(session, JustificationRow, caller.actor, entry.source_id)
        if known is not None:
            raise DUPLICATE_SOURCE()
        copies = {name: seen[name] for name in ("client_id", "provider_id", "workplace_id")}
        stamp = await records.stamp(session, caller.actor, entry.source_id)
        row = JustificationRow(
            **values | stamp | copies, agreement_id=agreement_id, date=day, state="given", review=None
        )
        await records.insert(session, row)
        await _journal(session, caller, row, "created", None)
        return row, True
    if records.holds(row, values):
        return row, False
    preconditions.require_version(if_match, row.version)
    if row.state == "accepted":
        raise CONFLICT(state="accepted")
    before = records.body(Justification, row).decode()
    await records.replace(session, caller.actor, row, values | {"state": "given", "review": None})
    await _journal(session, caller, row, "updated", before)
    return row, False


async def review(
    session: Session, caller: Caller, agreement_id: UUID, day: date, told: JustificationReview
) -> JustificationRow:
    """The organiser's word on it; the same again changes nothing."""
    row = await _justification(session, agreement_id, day, lock=True)
    if row is None:
        raise NOT_FOUND()
    if row.state == told.decision and (row.review or {}).get("reason") == told.reason:
        return row
    before = records.body(Justification, row).decode()
    reviewed = told.model_dump(exclude_none=True) | {"reviewed_on": session.clock.today().isoformat()}
    await records.replace(session, caller.actor, row, {"state": told.decision, "review": reviewed})
    await _journal(session, caller, row, "updated", before)
    return row


async def justification_records(session: Session, caller: Caller, ids: list[UUID]) -> dict[UUID, bytes]:
    rows = (
        await session.orm.scalars(
            select(JustificationRow).where(
                JustificationRow.organiser_id == session.organiser_id, JustificationRow.id.in_(ids)
            )
        )
    ).all()
    days = await session.fetch(
        statements.SEEN_AGREEMENTS, session.organiser_id, caller.narrowed_to, session.clock.today(),
        [row.agreement_id for row in rows],
    )  # fmt: skip
    seen = {day["id"] for day in days}
    return {row.id: justification_body(session, row) for row in rows if row.agreement_id in seen}


async def _journal(session: Session, caller: Caller, row: JustificationRow, change: str, before: str | None) -> None:
    await journal.append(
        session, caller.actor,
        journal.Change(
            "justification", row.id, row.version, change, client_id=row.client_id, provider_id=row.provider_id,
            workplace_id=row.workplace_id, source_id=row.source_id, replaced=before,
        ),
    )  # fmt: skip
