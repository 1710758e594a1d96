"""Recording, voiding, confirming and reading single days."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NoReturn
from uuid import UUID

import asyncpg
from pydantic_core import from_json

from walmu_api.access import use_log, visibility
from walmu_api.access.context import RequestContext
from walmu_api.access.visible_findings import visible_findings
from walmu_api.foundation import preconditions, responses
from walmu_api.foundation.problems import CONFLICT, NOT_FOUND, STALE, Finding, Problem
from walmu_api.foundation.record_ids import uuid7
from walmu_api.record.everyday.attendance import rules, statements, workplace_view
from walmu_api.record.everyday.attendance.day_reading import recorded
from walmu_api.record.everyday.attendance.justifications.superseding import Before, reasons_of, supersede
from walmu_api.record.everyday.attendance.parameters import DayFilters
from walmu_api.record.everyday.attendance.row_mapping import (
    ARRIVED,
    LEFT,
    OF_PARTS,
    PARTS,
    REASON,
    entry_of,
    facts_of,
)
from walmu_api.record.everyday.attendance.schemas import AttendanceEntry
from walmu_api.record.everyday.attendance.validation import is_unchanged, validate
from walmu_api.record.parties.codes import service as codes

OPERATION = "recordAttendance"
_COLUMNS = statements.MEMBERS


async def record_day(
    ctx: RequestContext, agreement_id: UUID, day: date, entry: AttendanceEntry, if_match: str | None
) -> tuple[bytes, int, bool, Sequence[Finding]]:
    """Record one day. Returns body, version, whether it was created, and warnings.

    Equal content again is no change; other content needs If-Match. Two senders at once: one records, the
    other is validated against what the first recorded."""
    sent, today = entry_of(entry), ctx.today
    for _ in range(3):
        row = await _read_or_insert(ctx, agreement_id, day, entry, sent, may_insert=if_match is None)
        ctx.session.log_access(row["client_id"])
        version_matches = _version_matches(row, if_match)
        values, same = _beside_stored(ctx, row, entry, sent)
        if row["day_id"] is not None and is_unchanged(
            same_content=same,
            version_matches=version_matches,
            confirmation=row["confirmation"],
            provider_id=row["provider_id"],
            organisation_id=ctx.caller.organisation_id,
        ):
            return row["body"].encode(), row["version"], False, []
        book = await codes.book(ctx.session, row["codes_revision"])
        outcome, findings = validate(
            entry,
            day,
            facts_of(row),
            arrived_at=values[ARRIVED],
            left_at=values[LEFT],
            stored_status=row["day_status"],
            version_matches=version_matches,
            today=today,
            reasons=workplace_view.reasons_for(ctx.caller, book[rules.REASONS]),
            parts_stand=row["day_id"] is not None and OF_PARTS(values) == OF_PARTS(_stored(row)),
        )
        findings = visible_findings(ctx, findings) if findings else findings
        if outcome == "rejected":
            _refuse(findings[0], if_match, row["version"])  # the transaction rolls back, the insert included
        if outcome == "updated":
            if (stored := await _update(ctx, row, day, entry, values)) is not None:
                await supersede(ctx, [_before(row, day)])
                return stored["body"].encode(), stored["version"], False, findings
        elif row["new_version"] is not None:
            ctx.session.use_logged = True
            return row["new_body"].encode(), row["new_version"], True, findings
    raise STALE()


def _beside_stored(
    ctx: RequestContext, row: asyncpg.Record, entry: AttendanceEntry, sent: tuple[Any, ...]
) -> tuple[tuple[Any, ...], bool]:
    """What would be stored, and whether it is what is stored, as far as the caller reads that."""
    if row["day_id"] is None:
        return sent, False
    stored = _stored(row)
    left_out = workplace_view.hidden_from(ctx.caller, row["day_absence_reason_by"])
    if not left_out:
        return sent, sent == stored
    return workplace_view.merged(
        _COLUMNS,
        sent,
        stored,
        left_out,
        gives_reason=entry.absence_reason is not None,
        own_key=row["day_source_owner"] == ctx.caller.system.id,
    )


def _stored(row: asyncpg.Record) -> tuple[Any, ...]:
    return tuple(row[f"day_{name}"] for name in _COLUMNS)


def _before(row: asyncpg.Record, day: date) -> Before:
    reasons = reasons_of(row["day_absence_reason"], row["day_absence_reasons"])
    aside = row["day_reason_aside"] and reasons_of(row["day_reason_aside"], row["day_reasons_aside"])
    by, at = row["day_absence_reason_by"], row["day_recorded_at"]
    return Before(row["id"], day, row["day_status"], reasons, by, aside, at)


def _version_matches(row: asyncpg.Record, if_match: str | None) -> bool | None:
    if if_match is None:
        return None
    return row["day_id"] is not None and preconditions.names(if_match, row["version"])


def _refuse(finding: Finding, if_match: str | None, version: int | None) -> NoReturn:
    """A rule's refusal of a single day is the problem itself, so that its code is at the top of the document.
    A missing or wrong version has the problems of If-Match."""
    if finding.kind in (rules.ALREADY_RECORDED, rules.STALE_LINE):
        if version is not None:
            preconditions.require_version(if_match, version)
        raise STALE()
    raise Problem(finding.kind, [finding], finding.values)


async def _read_or_insert(
    ctx: RequestContext,
    agreement_id: UUID,
    day: date,
    entry: AttendanceEntry,
    values: tuple[Any, ...],
    *,
    may_insert: bool,
) -> asyncpg.Record:
    row = await ctx.session.fetchrow(
        statements.RECORD_DAY,
        organiser=ctx.organiser_id,
        organisation=ctx.tenant_scope,
        today=ctx.today,
        agreement_id=agreement_id,
        date=day,
        day_id=uuid7(),
        may_insert=may_insert,
        absence_reason_by=workplace_view.gives_reason_as(ctx.caller, entry),
        source_system=None,
        **dict(zip(_COLUMNS, values, strict=True)),
        **ctx.actor.parameters(),
        **use_log.parameters(ctx, OPERATION),
    )
    if row is None:
        raise NOT_FOUND()
    return row


async def _update(
    ctx: RequestContext, row: asyncpg.Record, day: date, entry: AttendanceEntry, values: tuple[Any, ...]
) -> asyncpg.Record | None:
    stored = await ctx.session.fetchrow(
        statements.UPDATE_DAY,
        organiser=ctx.organiser_id,
        agreement_id=row["id"],
        date=day,
        version=row["version"],
        replaced=row["body"],
        absence_reason_by=workplace_view.reason_by(
            (values[REASON], values[PARTS]),
            (row["day_absence_reason"], row["day_absence_reasons"]),
            row["day_absence_reason_by"],
            workplace_view.gives_reason_as(ctx.caller, entry),
        ),
        source_system=workplace_view.others_key(ctx.caller, row["day_source_id"], row["day_source_owner"]),
        **dict(zip(_COLUMNS, values, strict=True)),
        **ctx.actor.parameters(),
        **use_log.parameters(ctx, OPERATION),
    )
    ctx.session.use_logged = stored is not None
    return stored


async def void_day(
    ctx: RequestContext, agreement_id: UUID, day: date, reason: str, if_match: str | None
) -> tuple[bytes, int]:
    """Void a day recorded in error; the same reason again changes nothing. To record the day anew, its
    version is needed."""
    for _ in range(3):
        row = await recorded(ctx, agreement_id, day)
        preconditions.require_if_given(if_match, row["version"])
        if row["day_status"] == "voided":
            own = row["day_recorded_by"] == ctx.caller.organisation_id
            reads_reason = own or ctx.caller.system.role != "workplace"
            if row["day_void_reason"] != reason and reads_reason:
                raise CONFLICT(state="voided")
            return row["body"].encode(), row["version"]
        stored = await ctx.session.fetchrow(
            statements.VOID_DAY,
            organiser=ctx.organiser_id,
            agreement_id=agreement_id,
            date=day,
            version=row["version"],
            reason=reason,
            replaced=row["body"],
            **ctx.actor.parameters(),
        )
        if stored is not None:
            await supersede(ctx, [_before(row, day)])
            return stored["body"].encode(), stored["version"]
    raise STALE()


async def confirm_day(
    ctx: RequestContext, agreement_id: UUID, day: date, if_match: str | None
) -> tuple[bytes, int]:
    """The provider confirms what its workplace reported of a day. A day that does not wait for it stays as it
    is."""
    for _ in range(3):
        row = await recorded(ctx, agreement_id, day)
        preconditions.require_if_given(if_match, row["version"])
        if not rules.settles(row["confirmation"], row["provider_id"], ctx.caller.organisation_id):
            return row["body"].encode(), row["version"]
        stored = await ctx.session.fetchrow(
            statements.CONFIRM_DAY,
            organiser=ctx.organiser_id,
            agreement_id=agreement_id,
            date=day,
            version=row["version"],
            replaced=row["body"],
            **ctx.actor.parameters(),
        )
        if stored is not None:
            await supersede(ctx, [_before(row, day)])
            return stored["body"].encode(), stored["version"]
    raise STALE()


async def find_day(ctx: RequestContext, agreement_id: UUID, day: date) -> tuple[bytes, int]:
    row = await recorded(ctx, agreement_id, day)
    return row["body"].encode(), row["version"]


async def find_by_id(ctx: RequestContext, attendance_id: UUID) -> tuple[bytes, int]:
    found = (await wire_records(ctx, [attendance_id])).get(attendance_id)
    if found is None:
        raise NOT_FOUND()
    return found, int(from_json(found)["version"])


async def list_days(
    ctx: RequestContext, filters: DayFilters, *, limit: int, cursor: str | None
) -> tuple[list[bytes], str | None]:
    """Days in the order of agreement and date, and the key of the next page."""
    page = await ctx.session.fetchrow(
        statements.LIST,
        **visibility.parameters(ctx),
        **filters,
        after_agreement=responses.after(cursor),
        after_date=responses.after_day(cursor),
        limit=limit,
        **ctx.actor.parameters(),
        **use_log.parameters(ctx, "listAttendance"),
    )
    assert page is not None
    if page["clients"] is None:
        return [], None
    ctx.session.log_access(*page["clients"])
    ctx.session.use_logged = True
    following = responses.key_text(page["last_agreement"], page["last_date"]) if page["more"] else None
    return [page["items"].encode()], following


async def wire_records(ctx: RequestContext, ids: list[UUID]) -> dict[UUID, bytes]:
    rows = await ctx.session.fetch(statements.RECORDS, **visibility.parameters(ctx), ids=ids)
    ctx.session.log_access(*{row["client_id"] for row in rows})
    return {row["id"]: row["body"].encode() for row in rows}
