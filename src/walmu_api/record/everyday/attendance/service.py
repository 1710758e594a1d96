"""Recording one day, and reading days."""

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Any, TypedDict, cast
from uuid import UUID

import asyncpg
from pydantic_core import from_json

from walmu_api.access import use_log, visibility
from walmu_api.access.caller import Caller
from walmu_api.access.context import RequestContext
from walmu_api.access.scopes import Scope
from walmu_api.foundation import preconditions, responses
from walmu_api.foundation.database import Session
from walmu_api.foundation.identifiers import uuid7
from walmu_api.foundation.problems import CONFLICT, NOT_FOUND, STALE, Finding, Problem
from walmu_api.record.everyday.attendance import export, rules, statements
from walmu_api.record.everyday.attendance.row_mapping import entry_of, facts_of
from walmu_api.record.everyday.attendance.schemas import AttendanceEntry
from walmu_api.record.parties.codes import service as codes
from walmu_api.record.parties.codes.rules import CodeList

OPERATION = "recordAttendance"
_COLUMNS = statements.MEMBERS
_ARRIVED, _LEFT = _COLUMNS.index("arrived_at"), _COLUMNS.index("left_at")


async def reasons_of(session: Session, row: asyncpg.Record) -> CodeList:
    """The reasons for absence that the organiser has; the row says whether those remembered are still the ones."""
    return (await codes.book(session, row["codes_revision"]))[rules.REASONS]


def validate(
    entry: AttendanceEntry,
    values: tuple[Any, ...],
    day: date,
    facts: rules.AgreementFacts,
    today: date,
    reasons: CodeList,
    *,
    recorded: bool,
) -> list[Finding]:
    """What the rules find of one day: the first error alone, or the warnings. `values` are the entry's, as stored."""
    of_day = rules.check_day(day, facts, today, recorded=recorded)
    of_entry = rules.check_entry(
        entry.status, entry.absence_reason, values[_ARRIVED], values[_LEFT], day, reasons
    )
    if entry.rescheduled_to is not None or entry.rescheduled_from is not None:
        of_entry = (
            rules.check_moved(entry.status, entry.rescheduled_to, entry.rescheduled_from, day) or of_entry
        )
    if of_day is None and of_entry is None:
        return []
    findings = [finding for finding in (of_day, of_entry) if finding is not None]
    return [f for f in findings if f.severity == "error"][:1] or findings


async def read_day(ctx: RequestContext, agreement_id: UUID, day: date) -> asyncpg.Record:
    """The agreement as the rules need it, with what is recorded for the day."""
    row = await ctx.session.fetchrow(
        statements.AGREEMENT_AND_DAY, **visibility.parameters(ctx), agreement_id=agreement_id, date=day
    )
    if row is None:
        raise NOT_FOUND()
    return row


async def record_day(
    ctx: RequestContext,
    agreement_id: UUID,
    day: date,
    entry: AttendanceEntry,
    if_match: str | None,
) -> tuple[bytes, int, bool, list[Finding]]:
    """Record one day. Answers body, version, whether it was made, and warnings.

    Equal content again is no change; other content needs If-Match. Two senders at once: one records, the other is judged
    against what the first recorded."""
    values, today = entry_of(entry), ctx.today
    for _ in range(3):
        row = await _read_or_insert(ctx, today, agreement_id, day, values, may_insert=if_match is None)
        ctx.session.log_access(row["client_id"])
        equal = row["day_id"] is not None and values == tuple(row[f"day_{name}"] for name in _COLUMNS)
        if equal and not _settles(row, ctx.caller, if_match):
            return row["body"].encode(), row["version"], False, []
        reasons, recorded = await reasons_of(ctx.session, row), row["day_status"] not in {None, "voided"}
        findings = validate(entry, values, day, facts_of(row), today, reasons, recorded=recorded)
        if any(f.severity == "error" for f in findings):
            raise _refusal(findings[0])  # and nothing of the day stays
        if row["day_id"] is not None:
            preconditions.require_version(if_match, row["version"])
            if (stored := await _update(ctx, row, day, values)) is not None:
                return stored["body"].encode(), stored["version"], False, findings
        elif if_match is not None:
            raise STALE()
        elif row["new_version"] is not None:
            ctx.session.use_logged = True
            return row["new_body"].encode(), row["new_version"], True, findings
    raise STALE()


def _settles(row: asyncpg.Record, caller: Caller, if_match: str | None) -> bool:
    """Whether the same words are the provider's answer to the version of its workplace that it names."""
    waits = rules.settles(row["confirmation"], row["provider_id"], caller.organisation_id)
    return waits and if_match is not None and preconditions.names(if_match, row["version"])


def _refusal(finding: Finding) -> Problem:
    """A rule's refusal of a single day is the problem itself, so that its code is at the top of the document."""
    return Problem(finding.kind, [finding], finding.values)


async def _read_or_insert(
    ctx: RequestContext,
    today: date,
    agreement_id: UUID,
    day: date,
    values: tuple[Any, ...],
    *,
    may_insert: bool,
) -> asyncpg.Record:
    row = await ctx.session.fetchrow(
        statements.RECORD_DAY,
        organiser=ctx.organiser_id,
        organisation=ctx.tenant_scope,
        today=today,
        agreement_id=agreement_id,
        date=day,
        day_id=uuid7(),
        may_insert=may_insert,
        **dict(zip(_COLUMNS, values, strict=True)),
        **ctx.actor.parameters(),
        **use_log.parameters(ctx, OPERATION),
    )
    if row is None:
        raise NOT_FOUND()
    return row


async def _update(
    ctx: RequestContext, row: asyncpg.Record, day: date, values: tuple[Any, ...]
) -> asyncpg.Record | None:
    stored = await ctx.session.fetchrow(
        statements.UPDATE_DAY,
        organiser=ctx.organiser_id,
        agreement_id=row["id"],
        date=day,
        version=row["version"],
        replaced=row["body"],
        **dict(zip(_COLUMNS, values, strict=True)),
        **ctx.actor.parameters(),
        **use_log.parameters(ctx, OPERATION),
    )
    ctx.session.use_logged = stored is not None
    return stored


async def _recorded(ctx: RequestContext, agreement_id: UUID, day: date) -> asyncpg.Record:
    """A day that is there, noted for the use log."""
    row = await read_day(ctx, agreement_id, day)
    if row["day_id"] is None:
        raise NOT_FOUND()
    ctx.session.log_access(row["client_id"])
    return row


async def void_day(
    ctx: RequestContext, agreement_id: UUID, day: date, reason: str, if_match: str | None
) -> tuple[bytes, int]:
    """It was recorded in error; for the same reason again changes nothing. A later record of the day needs its version."""
    for _ in range(3):
        row = await _recorded(ctx, agreement_id, day)
        preconditions.require_if_given(if_match, row["version"])
        if row["day_status"] == "voided":
            if row["day_void_reason"] != reason:
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
            return stored["body"].encode(), stored["version"]
    raise STALE()


async def confirm_day(
    ctx: RequestContext, agreement_id: UUID, day: date, if_match: str | None
) -> tuple[bytes, int]:
    """The provider makes what its workplace said of a day its own. What does not wait for it stays as it is."""
    for _ in range(3):
        row = await _recorded(ctx, agreement_id, day)
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
            return stored["body"].encode(), stored["version"]
    raise STALE()


async def find_day(ctx: RequestContext, agreement_id: UUID, day: date) -> tuple[bytes, int]:
    row = await _recorded(ctx, agreement_id, day)
    return row["body"].encode(), row["version"]


async def find_by_id(ctx: RequestContext, attendance_id: UUID) -> tuple[bytes, int]:
    found = (await wire_records(ctx, [attendance_id])).get(attendance_id)
    if found is None:
        raise NOT_FOUND()
    return found, int(from_json(found)["version"])


class Asked(TypedDict):
    """What a list of days is narrowed by."""

    agreement_id: UUID | None
    client_id: UUID | None
    provider_id: UUID | None
    first: date | None
    last: date | None
    status: str | None
    source_id: str | None
    confirmation: str | None


async def list_days(
    ctx: RequestContext,
    asked: Asked,
    *,
    limit: int,
    cursor: str | None,
) -> tuple[list[bytes], str | None]:
    """Days in the order of agreement and date, and the key of the next page."""
    page = await ctx.session.fetchrow(
        statements.LIST,
        **visibility.parameters(ctx),
        **asked,
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


async def whole_selection(
    ctx: RequestContext,
    asked: Asked,
    *,
    media_type: str,
    language: str,
) -> bytes:
    """The days of a list as a file, with the clients' names for those who may read clients."""
    names = Scope.CLIENTS_READ in ctx.caller.scopes
    rows = await ctx.session.fetch(
        statements.FILE,
        **visibility.parameters(ctx),
        **asked,
        actor_system=ctx.caller.system.id,
        with_names=names,
        limit=export.MOST_ROWS + 1,
    )
    if len(rows) > export.MOST_ROWS:
        raise rules.TOO_MANY_ROWS(rows=export.MOST_ROWS)
    ctx.session.log_access(*{row["client_id"] for row in rows})
    columns = export.columns(await codes.book_now(ctx.session), language, names=names)
    # beside the loop: others want to be answered in the meantime
    return await asyncio.to_thread(
        export.written, media_type, cast("Sequence[export.Row]", rows), columns, language
    )


async def wire_records(ctx: RequestContext, ids: list[UUID]) -> dict[UUID, bytes]:
    rows = await ctx.session.fetch(statements.RECORDS, **visibility.parameters(ctx), ids=ids)
    ctx.session.log_access(*{row["client_id"] for row in rows})
    return {row["id"]: row["body"].encode() for row in rows}
