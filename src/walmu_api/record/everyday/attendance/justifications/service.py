"""Justifications: the provider's reason for an absence, and the organiser's review of it."""

from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
from pydantic_core import from_json
from sqlalchemy import select

from walmu_api.access import visibility
from walmu_api.access.context import RequestContext
from walmu_api.access.record_change import record_change
from walmu_api.foundation import preconditions, records
from walmu_api.foundation.database import Session
from walmu_api.foundation.problems import (
    CONFLICT,
    DUPLICATE_SOURCE,
    NOT_FOUND,
    UNKNOWN_CODE,
    check_order,
    invalid,
    refuse,
)
from walmu_api.record.everyday.attendance import rules, statements
from walmu_api.record.everyday.attendance.day_reading import read_day, recorded
from walmu_api.record.everyday.attendance.justifications.definition import JUSTIFICATION
from walmu_api.record.everyday.attendance.justifications.schemas import (
    Justification,
    JustificationEntry,
    JustificationReview,
)
from walmu_api.record.everyday.attendance.justifications.tables import JustificationRow
from walmu_api.record.everyday.attendance.row_mapping import facts_of
from walmu_api.record.parties.codes import service as codes
from walmu_api.record.parties.codes.rules import CodeList


async def find_by_id(ctx: RequestContext, justification_id: UUID) -> tuple[bytes, int]:
    found = (await wire_records(ctx, [justification_id])).get(justification_id)
    if found is None:
        raise NOT_FOUND()
    return found, int(from_json(found)["version"])


def wire(session: Session, row: JustificationRow) -> bytes:
    session.log_access(row.client_id)
    return records.body(Justification, row)


async def _row(
    session: Session, agreement_id: UUID, day: date, *, lock: bool = False
) -> JustificationRow | None:
    statement = select(JustificationRow).where(
        JustificationRow.organiser_id == session.organiser_id,
        JustificationRow.agreement_id == agreement_id,
        JustificationRow.date == day,
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return await session.orm.scalar(statement)


async def find(ctx: RequestContext, agreement_id: UUID, day: date) -> JustificationRow:
    await recorded(ctx, agreement_id, day)
    row = await _row(ctx.session, agreement_id, day)
    if row is None:
        raise NOT_FOUND()
    return row


async def justify(
    ctx: RequestContext, agreement_id: UUID, day: date, entry: JustificationEntry, if_match: str | None
) -> tuple[JustificationRow, bool]:
    """Give the reason of an absence. A new one replaces one that was rejected; an accepted one stays."""
    seen = await read_day(ctx, agreement_id, day)
    if seen["day_id"] is None:
        raise NOT_FOUND()
    ctx.session.log_access(seen["client_id"])
    # one sender at a time, also for the first justification of a day, when there is no row of it to lock yet
    status = await ctx.session.fetchval(
        statements.LOCK_DAY, organiser=ctx.organiser_id, day_id=seen["day_id"]
    )
    if status not in rules.WITH_REASON:
        raise rules.NOT_AN_ABSENCE()
    reasons = (await codes.book(ctx.session, seen["codes_revision"]))[rules.REASONS]
    _check(entry, day, reasons)
    values, words = records.columns(entry), {"entered_by": ctx.caller.organisation_id}
    place = _place_then(seen, day)
    row = await _row(ctx.session, agreement_id, day, lock=True)
    if row is not None:
        if ctx.caller.system.role == "workplace" and row.entered_by != ctx.caller.organisation_id:
            raise CONFLICT(state=row.state)  # the same whatever it sends: it does not read what others wrote
        if records.holds(row, values) and row.state != "superseded":
            return row, False
    if (outside := rules.check_within(day, facts_of(seen))) is not None:
        raise invalid(outside)
    if row is None:
        copies = {name: seen[name] for name in ("client_id", "provider_id")} | place
        of_day = {"agreement_id": agreement_id, "date": day}
        return await _create(ctx, entry.source_id, values | copies | words | of_day), True
    preconditions.require_version(if_match, row.version)
    if row.state == "accepted":
        raise CONFLICT(state="accepted")
    before = records.body(Justification, row).decode()
    # the review of the words before is done with, but a workplace does not read it and so does not take it away
    done = {} if ctx.caller.system.role == "workplace" else {"review": None}
    await records.replace(ctx.session, ctx.actor, row, values | words | place | done | {"state": "given"})
    await record_change(ctx, JUSTIFICATION.resource_type, row, "updated", before)
    return row, False


def _check(entry: JustificationEntry, day: date, reasons: CodeList) -> None:
    if entry.reason == "unknown" or not reasons.has(entry.reason, day):
        raise invalid(UNKNOWN_CODE.at("/reason", code_system=rules.REASONS))
    if entry.certificate is not None:
        refuse(check_order(entry.certificate.valid_from, entry.certificate.valid_to, "/certificate/valid_to"))


async def _create(ctx: RequestContext, source_id: str | None, values: dict[str, Any]) -> JustificationRow:
    if await records.by_source(ctx.session, JustificationRow, ctx.actor, source_id) is not None:
        raise DUPLICATE_SOURCE()
    stamp = await records.stamp(ctx.session, ctx.actor, source_id)
    row = JustificationRow(**values | stamp, state="given", review=None)
    await records.insert(ctx.session, row)
    await record_change(ctx, JUSTIFICATION.resource_type, row, "created", None)
    return row


def _place_then(seen: asyncpg.Record, day: date) -> dict[str, UUID | None]:
    """The workplace whose the day is, as it is now known: an agreement may have moved since."""
    return {"workplace_id": rules.workplace_then(seen["workplace_id"], seen["at_place_since"], day)}


async def review(
    ctx: RequestContext, agreement_id: UUID, day: date, data: JustificationReview, if_match: str | None
) -> JustificationRow:
    """The organiser's review; the same again changes nothing. If-Match is checked after the row is locked.

    Of a justification that is superseded the certificate may cover other days still: it can be rejected, and no more."""
    seen = await recorded(ctx, agreement_id, day)
    row = await _row(ctx.session, agreement_id, day, lock=True)
    if row is None:
        raise NOT_FOUND()
    preconditions.require_if_given(if_match, row.version)
    superseded, reviewed_before = row.state == "superseded", row.review or {}
    if superseded and (data.decision != "rejected" or not (row.certificate or {}).get("received_on")):
        raise CONFLICT(state=row.state)
    same = reviewed_before.get("decision") == data.decision and reviewed_before.get("reason") == data.reason
    if same and row.state in {data.decision, "superseded"}:
        return row
    before = records.body(Justification, row).decode()
    reviewed = data.model_dump(exclude_none=True) | {"reviewed_on": ctx.today.isoformat()}
    place = _place_then(seen, day)
    state = {} if superseded else {"state": data.decision}
    await records.replace(ctx.session, ctx.actor, row, {"review": reviewed} | state | place)
    await record_change(ctx, JUSTIFICATION.resource_type, row, "updated", before)
    return row


async def wire_records(ctx: RequestContext, ids: list[UUID]) -> dict[UUID, bytes]:
    rows = (
        await ctx.session.orm.scalars(
            select(JustificationRow).where(
                JustificationRow.organiser_id == ctx.organiser_id, JustificationRow.id.in_(ids)
            )
        )
    ).all()
    agreements = await ctx.session.fetch(
        statements.SEEN_AGREEMENTS, **visibility.parameters(ctx), ids=[row.agreement_id for row in rows]
    )
    seen = {agreement["id"] for agreement in agreements}
    return {row.id: wire(ctx.session, row) for row in rows if row.agreement_id in seen}
