"""What can be done with measurements: record, amend, mark as entered in error, read."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import or_

from walmu_api.access.context import RequestContext
from walmu_api.access.record_change import record_change
from walmu_api.access.visibility import VisibleRows, visible
from walmu_api.foundation import preconditions, records, validation_messages
from walmu_api.foundation.database import Session
from walmu_api.foundation.field_encryption import Seal
from walmu_api.foundation.problems import (
    CONFLICT,
    DUPLICATE_SOURCE,
    INVALID_VALUE,
    UNKNOWN_CODE,
    UNKNOWN_REFERENCE,
    Finding,
    invalid,
    refuse,
)
from walmu_api.foundation.statements import Statement
from walmu_api.record.everyday.measurements import gas, rules
from walmu_api.record.everyday.measurements.definition import MEASUREMENT
from walmu_api.record.everyday.measurements.instruments import service as instruments
from walmu_api.record.everyday.measurements.instruments.rules import Instrument
from walmu_api.record.everyday.measurements.rules import ANOTHER_CLIENT
from walmu_api.record.everyday.measurements.schemas import Measurement, MeasurementEntry, MeasurementGoal
from walmu_api.record.everyday.measurements.tables import MeasurementRow
from walmu_api.record.parties.clients import service as clients
from walmu_api.record.parties.clients.tables import ClientRow
from walmu_api.record.parties.service_relationships import service as relationships
from walmu_api.record.parties.service_relationships.rules import AFTER_DEATH
from walmu_api.record.parties.service_relationships.tables import ServiceRelationshipRow

_ROWS = VisibleRows(MeasurementRow, visible("measurements"))
visible_to, find = _ROWS.visible_to, _ROWS.find
"""A provider sees its own measurements of a client, never another provider's."""
OF_CLIENT = Statement(f"""
select m.id, m.instrument, m.form_version, m.phase, m.answered_on, m.recorded_at, m.scores, m.language,
  m.respondent, m.mode
from measurements m
where m.organiser_id = :organiser and m.client_id = :client_id and m.status <> 'entered_in_error'
  and (:instrument::text is null or m.instrument = :instrument)
  and {visible("m")}
order by m.answered_on, m.id
""")


def wire(session: Session, row: MeasurementRow) -> bytes:
    session.log_access(row.client_id)
    return records.body(Measurement, row)


def seal(ctx: RequestContext, row_id: UUID) -> Seal:
    return Seal(ctx.cipher, "measurements|received", ctx.organiser_id, row_id)


def validate(entry: MeasurementEntry, instrument: Instrument | None, today: date) -> list[Finding]:
    """Everything that is wrong with an entry, but whom it is about."""
    if instrument is None:
        return [UNKNOWN_CODE.at("/instrument", code_system="instruments")]
    findings = rules.check_form(
        instrument,
        form_version=entry.form_version,
        language=entry.language,
        respondent=entry.respondent,
        answered_on=entry.answered_on,
        today=today,
    )
    if findings and findings[0].pointer in {"/instrument", "/form_version"}:
        return findings
    findings += rules.check_goals(instrument, entry.scores, entry.goals)
    findings += rules.check_scores(instrument, entry.form_version, entry.scores)
    return findings + rules.check_items(instrument, entry.items)


def content_of(entry: MeasurementEntry) -> dict[str, Any]:
    """The content as columns; the T score of goals is worked out here."""
    values = records.parted(MeasurementRow, entry)
    if entry.goals:
        values["scores"] = _scores_of(entry.goals)
    return values


def _scores_of(goals: Sequence[MeasurementGoal]) -> list[dict[str, Any]]:
    weights = [goal.weight for goal in goals]
    levels = {
        "T": [goal.level for goal in goals],
        "T_baseline": [g.baseline for g in goals if g.baseline is not None],
    }
    return [
        {
            "scale": scale,
            "value": round(gas.t_score(data, weights), 4),
            "algorithm": gas.ALGORITHM,
            "computed_by": "walmu",
        }
        for scale, data in levels.items()
        if len(data) == len(goals)
    ]


def differs(row: MeasurementRow, content: dict[str, Any]) -> bool:
    """Whether this is other content than what is recorded. A relationship that was left out is the one found
    then."""
    data = dict(content)
    if data["service_relationship_id"] is None:
        del data["service_relationship_id"]
    return not records.holds(row, data)


async def known_by_source(ctx: RequestContext, source_id: str | None) -> MeasurementRow | None:
    """What this system recorded under its own key before, if it may still see it: one's own key opens nothing
    after access has ended, its client is then an unknown reference."""
    return await records.by_source(ctx.session, MeasurementRow, ctx.actor, source_id, visible_to(ctx))


async def create(
    ctx: RequestContext, entry: MeasurementEntry, received: dict[str, Any] | None = None
) -> tuple[MeasurementRow, bool]:
    """A new measurement, or the one this sender recorded with the same source_id and content. `received` is
    the national document, when it came as one."""
    known = await known_by_source(ctx, entry.source_id)
    if known is not None:
        if differs(known, content_of(entry)) or not _as_received(ctx, known, received):
            raise DUPLICATE_SOURCE().with_members(url=f"/v1/measurements/{known.id}")
        return known, False
    refuse(validate(entry, (await instruments.in_use(ctx.session)).get(entry.instrument), ctx.today))
    values = content_of(entry) | await _whose(ctx, entry)
    await _require_alive(ctx, entry)
    stamp = await records.stamp(ctx.session, ctx.actor, entry.source_id)
    sealed = seal(ctx, stamp["id"]).sealed(received)
    row = MeasurementRow(**values | stamp, status="completed", received=sealed)
    await records.insert(ctx.session, row)
    await record_change(ctx, MEASUREMENT.resource_type, row, "created", None)
    return row, True


async def _require_alive(ctx: RequestContext, entry: MeasurementEntry) -> None:
    client = await ctx.session.orm.get_one(ClientRow, (ctx.organiser_id, entry.client_id))
    refuse(check_alive(entry.answered_on, client.died))


def check_alive(answered_on: date, died_on: date | None) -> list[Finding]:
    """A form is not answered after the death."""
    late = died_on is not None and answered_on > died_on
    return [INVALID_VALUE.at("/answered_on", reason=AFTER_DEATH)] if late else []


def _as_received(ctx: RequestContext, row: MeasurementRow, received: dict[str, Any] | None) -> bool:
    """Whether this is the document that it came as, where it came as one and is sent as one."""
    known = seal(ctx, row.id).opened(row.received)
    return received is None or known is None or bool(known == received)


async def _whose(ctx: RequestContext, entry: MeasurementEntry) -> dict[str, Any]:
    """The relationship and the provider that a measurement belongs to."""
    seen = clients.visible_to(ctx).where(ClientRow.id == entry.client_id)
    if await ctx.session.orm.scalar(seen) is None:
        raise invalid(UNKNOWN_REFERENCE.at("/client_id"))
    if entry.service_relationship_id is not None:
        row = await relationships.require(ctx, entry.service_relationship_id, "/service_relationship_id")
        if row.client_id != entry.client_id:
            raise invalid(INVALID_VALUE.at("/service_relationship_id", reason=ANOTHER_CLIENT))
        return {
            "service_relationship_id": row.id,
            "provider_id": row.provider_id,
            "client_named": row.client_named,
        }
    only = await _only_relationship(ctx, entry) if ctx.tenant_scope else None
    return {"service_relationship_id": only, "provider_id": ctx.tenant_scope}


async def _only_relationship(ctx: RequestContext, entry: MeasurementEntry) -> UUID | None:
    table = ServiceRelationshipRow
    statement = relationships.visible_to(ctx).where(
        table.client_id == entry.client_id,
        table.provider_id == ctx.tenant_scope,
        table.starts_on <= entry.answered_on,
        or_(table.ends_on.is_(None), table.ends_on >= entry.answered_on),
    )
    found = (await ctx.session.orm.scalars(statement.limit(2))).all()
    return found[0].id if len(found) == 1 else None


async def replace(
    ctx: RequestContext,
    row: MeasurementRow,
    entry: MeasurementEntry,
    if_match: str | None,
    received: dict[str, Any] | None = None,
) -> MeasurementRow:
    """Amend under If-Match. Client and provider stay: another client's measurement is another measurement."""
    content = content_of(entry)
    if not differs(row, content) and (received is None or received == seal(ctx, row.id).opened(row.received)):
        return row
    preconditions.require_version(if_match, row.version)
    if row.status == "entered_in_error":
        raise CONFLICT(state=row.status)
    if entry.client_id != row.client_id:
        raise invalid(INVALID_VALUE.at("/client_id", reason=validation_messages.UNCHANGEABLE))
    refuse(validate(entry, (await instruments.in_use(ctx.session)).get(entry.instrument), ctx.today))
    if entry.answered_on != row.answered_on:
        await _require_alive(ctx, entry)
    if entry.service_relationship_id is None:
        content["service_relationship_id"] = row.service_relationship_id
    else:
        whose = await _whose(ctx, entry)
        if whose["provider_id"] != row.provider_id:
            raise invalid(
                INVALID_VALUE.at("/service_relationship_id", reason=validation_messages.UNCHANGEABLE)
            )
        content["client_named"] = whose["client_named"]
    sealed = seal(ctx, row.id).sealed(received)
    return await _change(ctx, row, content | {"status": "amended", "received": sealed}, "updated")


async def void(ctx: RequestContext, row: MeasurementRow, reason: str) -> MeasurementRow:
    """Mark as entered in error. Saying it again in the same words changes nothing."""
    if row.status == "entered_in_error" and row.void_reason != reason:
        raise CONFLICT(state=row.status)
    return await _change(ctx, row, {"status": "entered_in_error", "void_reason": reason}, "voided")


async def _change(
    ctx: RequestContext, row: MeasurementRow, values: dict[str, Any], change: str
) -> MeasurementRow:
    before = records.replaced(Measurement, row)
    if await records.replace(ctx.session, ctx.actor, row, values):
        await record_change(ctx, MEASUREMENT.resource_type, row, change, before)
    return row


async def wire_records(ctx: RequestContext, ids: list[UUID]) -> dict[UUID, bytes]:
    statement = visible_to(ctx).where(MeasurementRow.id.in_(ids))
    return {row.id: wire(ctx.session, row) for row in (await ctx.session.orm.scalars(statement)).all()}
