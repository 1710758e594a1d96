"""What can be done with agreements: draft and change; to offer and sign them is in `signing`, to end and void them
in `ending`."""

from datetime import date
from typing import Any
from uuid import UUID

from pydantic_core import from_json

from walmu_api.access import audiences
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
    UNKNOWN_REFERENCE,
    Finding,
    invalid,
    refuse,
)
from walmu_api.foundation.statements import Statement
from walmu_api.record.commitments.agreements import open_parties, rules
from walmu_api.record.commitments.agreements.definition import AGREEMENT
from walmu_api.record.commitments.agreements.parts import Insurance
from walmu_api.record.commitments.agreements.rules import SIGNED, WITHIN_AGREEMENT
from walmu_api.record.commitments.agreements.schemas import Agreement, AgreementEntry, AgreementTerms
from walmu_api.record.commitments.agreements.tables import AgreementRow
from walmu_api.record.commitments.decisions import service as decisions
from walmu_api.record.parties.service_relationships import service as relationships
from walmu_api.record.parties.service_relationships.tables import ServiceRelationshipRow

_ROWS = VisibleRows(AgreementRow, visible("agreements", workplaces=True))
visible_to, find = _ROWS.visible_to, _ROWS.find
_TO_NOBODY_NAMED = Statement("""
select exists (select from disclosures
    where organiser_id = :organiser and agreement_id = :agreement_id and recipient_person = '')
""")
_LOCKED = Statement(
    "select from decisions where organiser_id = :organiser and id = :decision_id for key share"
)
_HELD = Statement("""
select c.raised_at as held_since, c.id as conflict_id from ehr_conflicts c
join ehr_inbox i on i.organiser_id = c.organiser_id and i.id = c.inbox_id
where c.organiser_id = :organiser and c.decision_id = :decision_id
    and (c.state = 'open' or c.resolution = 'theirs' and i.state = 'received')
order by c.id desc limit 1
""")
"""The conflict of a decision whose verdict is not given, or not carried out."""


def wire(session: Session, row: AgreementRow) -> bytes:
    session.log_access(row.client_id)
    return records.body(Agreement, row)


def _minutes(entry: AgreementEntry) -> float | None:
    """The shortest day: of the week plan, else as told in hours."""
    data = entry.hours_per_day * 60 if entry.hours_per_day is not None else None
    return min((rules.minutes(day.starts_at, day.ends_at) for day in entry.schedule.days or []), default=data)


def _insurer(insurance: Insurance | None) -> str | None:
    return insurance.taken_by if insurance is not None else None


async def _values(
    ctx: RequestContext, entry: AgreementEntry, before: AgreementRow | None = None
) -> dict[str, Any]:
    """Column values of a checked entry; raises with every finding. `before`: what it amends, which may stand
    although its service relationship has ended meanwhile; its client and provider stay, as what is hidden in it does."""
    relationship = await relationships.require(ctx, entry.service_relationship_id, "/service_relationship_id")
    whose = relationship.client_id, relationship.provider_id
    if before is not None and whose != (before.client_id, before.provider_id):
        raise invalid(INVALID_VALUE.at("/service_relationship_id", reason=validation_messages.UNCHANGEABLE))
    found = []
    if before is None or entry.starts_on != before.starts_on:
        found += rules.check_start(starts_on=entry.starts_on, relationship_ends_on=relationship.ends_on)
    found += rules.check_kind(
        kind=entry.kind,
        decision_given=entry.decision_id is not None,
        allowance=entry.work_allowance_per_day,
        starts_on=entry.starts_on,
        ends_on=entry.ends_on,
    )
    weekdays = [d.weekday for d in entry.schedule.days or []]
    planned = rules.planned_days(
        entry.schedule.type, weekdays, entry.schedule.max_days_per_week, entry.days_per_week
    )
    if relationship.service_kind == rules.REHABILITATIVE:
        found += rules.check_rehabilitative(days_per_week=planned, shortest_minutes=_minutes(entry))
    found += rules.check_insurance(legal_bases=relationship.legal_bases, taken_by=_insurer(entry.insurance))
    if entry.decision_id is not None:
        found += await _check_decision(ctx, entry, relationship, planned)
    refuse(found)
    await open_parties.require(ctx, entry, relationship.provider_id, before)
    values = records.parted(AgreementRow, entry) | _planned(ctx, entry, before)
    values["content"].pop("schedule_from", None)
    reached = entry.place.model_dump(mode="json", exclude_none=True, exclude={"organisation_id", "name"})
    values["content"] = values["content"] | {"place": reached}
    values |= await _held(ctx, entry.decision_id, before)
    return values | {
        "client_id": relationship.client_id,
        "client_named": relationship.client_named,
        "provider_id": relationship.provider_id,
        "workplace_id": entry.place.organisation_id,
        "place_name": entry.place.name,
        "structure": rules.STRUCTURE,
    }


async def _held(ctx: RequestContext, decision_id: UUID | None, before: AgreementRow | None) -> dict[str, Any]:
    """Held like all that hangs on the same decision. Whoever holds or releases that waits for one that comes to it."""
    row = None
    if decision_id is not None:
        which = {"organiser": ctx.organiser_id, "decision_id": decision_id}
        async with ctx.session.without_tenant_scope():
            if before is None or before.decision_id != decision_id:
                await ctx.session.execute(_LOCKED, **which)
            row = await ctx.session.fetchrow(_HELD, **which)
    return dict(row) if row is not None else {"held_since": None, "conflict_id": None}


def _planned(ctx: RequestContext, entry: AgreementEntry, before: AgreementRow | None) -> dict[str, Any]:
    """The week plans before this one. A draft has none: what is drafted holds from its start."""
    if before is None or before.status == "draft":
        if entry.schedule_from not in {None, entry.starts_on}:
            raise invalid(INVALID_VALUE.at("/schedule_from", reason=rules.FROM_ITS_START))
        return {"earlier_schedules": []}
    following = entry.schedule.model_dump(mode="json", exclude_none=True)
    since = entry.schedule_from or (ctx.today if following != before.schedule else None)
    if since is None:
        return {"earlier_schedules": before.earlier_schedules}
    if not entry.starts_on <= (entry.schedule_from or entry.starts_on) <= entry.ends_on:
        raise invalid(INVALID_VALUE.at("/schedule_from", reason=WITHIN_AGREEMENT))
    since = min(max(since, entry.starts_on), entry.ends_on)
    earlier = rules.amended(before.earlier_schedules, before.schedule, following, since, entry.starts_on)
    return {"earlier_schedules": earlier}


async def _check_decision(
    ctx: RequestContext, entry: AgreementEntry, relationship: ServiceRelationshipRow, planned: float | None
) -> list[Finding]:
    assert entry.decision_id is not None
    decision = await decisions.require(ctx, entry.decision_id, "/decision_id")
    if (decision.client_id, decision.provider_id) != (relationship.client_id, relationship.provider_id):
        raise invalid(UNKNOWN_REFERENCE.at("/decision_id"))
    return rules.check_decision(
        force=decisions.force(decision),
        starts_on=entry.starts_on,
        ends_on=entry.ends_on,
        days_per_week=planned,
        decided_days=decision.days_per_week,
        allowance=entry.work_allowance_per_day,
        decided_allowance=decision.work_allowance_per_day,
    )


async def draft(
    ctx: RequestContext, entry: AgreementEntry, received: dict[str, Any] | None = None
) -> tuple[AgreementRow, bool]:
    """A draft; it binds nobody until it is signed. `received` is the national document, when it came as one."""
    # One's own key opens nothing after access has ended: its relationship is then an unknown reference.
    known = await records.by_source(ctx.session, AgreementRow, ctx.actor, entry.source_id, visible_to(ctx))
    if known is not None:
        entry = await keeping_hidden(ctx, entry, known)
        if AgreementEntry.model_validate_json(_entry_of(known)) != _without_beginning(entry):
            raise DUPLICATE_SOURCE().with_members(url=f"/v1/agreements/{known.id}")
        return known, False
    values = await _values(ctx, entry)
    stamp = await records.stamp(ctx.session, ctx.actor, entry.source_id)
    sealed = seal(ctx, stamp["id"]).sealed(received)
    row = AgreementRow(**values | stamp, signatures=[], status="draft", received=sealed)
    await records.insert(ctx.session, row)
    await record_change(ctx, AGREEMENT.resource_type, row, "created", None)
    return row, True


def seal(ctx: RequestContext, row_id: UUID) -> Seal:
    return Seal(ctx.cipher, "agreements|received", ctx.organiser_id, row_id)


def received(ctx: RequestContext, row: AgreementRow) -> dict[str, Any] | None:
    """The national document as it came, when the agreement was last said in one."""
    document: dict[str, Any] | None = seal(ctx, row.id).opened(row.received)
    return document


def _entry_of(row: AgreementRow) -> str:
    data = Agreement.model_validate(records.members_of(Agreement, row))
    return data.model_dump_json(include=set(AgreementTerms.model_fields), exclude_none=True)


def _without_beginning(entry: AgreementEntry) -> AgreementEntry:
    """What is compared with the record: it tells in `schedules` when a week plan begins."""
    return entry.model_copy(update={"schedule_from": None})


async def keeping_hidden(ctx: RequestContext, entry: AgreementEntry, row: AgreementRow) -> AgreementEntry:
    return await audiences.keeping_hidden(ctx, entry, row.client_id, from_json(_entry_of(row)))


async def replace(
    ctx: RequestContext,
    row: AgreementRow,
    entry: AgreementEntry,
    if_match: str | None,
    received: dict[str, Any] | None = None,
) -> AgreementRow:
    """New content under If-Match. Client and provider stay; a signed agreement's service relationship too."""
    entry = await keeping_hidden(ctx, entry, row)
    same = AgreementEntry.model_validate_json(_entry_of(row)) == _without_beginning(entry)
    if (
        same
        and (
            entry.schedule_from is None
            or _planned(ctx, entry, row)["earlier_schedules"] == row.earlier_schedules
        )
        and (received is None or received == seal(ctx, row.id).opened(row.received))
    ):
        return row
    preconditions.require_version(if_match, row.version)
    if row.status not in {"draft", "signed"}:
        raise CONFLICT(state=row.status)
    if row.status == "signed" and entry.service_relationship_id != row.service_relationship_id:
        raise invalid(INVALID_VALUE.at("/service_relationship_id", reason=SIGNED))
    sealed = seal(ctx, row.id).sealed(received)
    values = await _values(ctx, entry, row) | {"received": sealed}
    values["content"] |= {name: row.content[name] for name in ("reopen_reason",) if name in row.content}
    return await change(ctx, row, values, "updated")


async def findings(session: Session, row: AgreementRow) -> list[Finding]:
    """What is doubtful in an agreement."""
    session.log_access(row.client_id)
    relationship = await session.orm.get(
        ServiceRelationshipRow, (session.organiser_id, row.service_relationship_id)
    )
    assert relationship is not None, "agreements refer to theirs"
    taken_by = row.content.get("insurance", {}).get("taken_by")
    found = rules.check_insurance(legal_bases=relationship.legal_bases, taken_by=taken_by)
    if session.tenancy.organisation_id is None and await session.fetchval(
        _TO_NOBODY_NAMED, organiser=session.organiser_id, agreement_id=row.id
    ):
        found = [*found, rules.RECIPIENT_NOT_NAMED.at("/place")]
    return [finding.warning() for finding in found]


async def change(ctx: RequestContext, row: AgreementRow, values: dict[str, Any], change: str) -> AgreementRow:
    before = records.replaced(Agreement, row)
    values |= _shown_since(row, values, ctx.today)
    if await records.replace(ctx.session, ctx.actor, row, values):
        await record_change(ctx, AGREEMENT.resource_type, row, change, before)
    return row


def _shown_since(row: AgreementRow, values: dict[str, Any], today: date) -> dict[str, Any]:
    """From which version on its present workplace reads the annex: the one in which it was offered or signed; and from
    which day on the days are its own. A draft that moves is offered anew there; one voided without an offer was never shown."""
    moves = "workplace_id" in values and values["workplace_id"] != row.workplace_id
    status = values.get("status", row.status)
    offered_on = None if moves and status == "draft" else values.get("offered_on", row.offered_on)
    was_shown = row.shown_version is not None and not moves
    shown = values.get("workplace_id", row.workplace_id) is not None and (
        status in {"signed", "terminated"} or offered_on is not None or was_shown
    )
    since = row.shown_version if was_shown else row.version + 1
    at_place_since = today if moves and status != "draft" else row.at_place_since
    return {
        "offered_on": offered_on,
        "shown_version": since if shown else None,
        "at_place_since": at_place_since,
    }


async def wire_records(ctx: RequestContext, ids: list[UUID]) -> dict[UUID, bytes]:
    statement = visible_to(ctx).where(AgreementRow.id.in_(ids))
    return {row.id: wire(ctx.session, row) for row in (await ctx.session.orm.scalars(statement)).all()}
