"""What can be done with service relationships; they open and end a provider's access to a client."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from walmu_api.access.context import RequestContext
from walmu_api.access.record_change import record_change
from walmu_api.access.visibility import VisibleRows, visible
from walmu_api.foundation import journal, preconditions, records, validation_messages
from walmu_api.foundation.database import Session
from walmu_api.foundation.problems import (
    DUPLICATE_SOURCE,
    INVALID_VALUE,
    UNKNOWN_REFERENCE,
    Finding,
    check_order,
    invalid,
    refuse,
)
from walmu_api.foundation.statements import Statement
from walmu_api.record.parties.codes import service as codes
from walmu_api.record.parties.codes.rules import Book
from walmu_api.record.parties.organisations import service as organisations
from walmu_api.record.parties.service_relationships import rules
from walmu_api.record.parties.service_relationships.definition import SERVICE_RELATIONSHIP
from walmu_api.record.parties.service_relationships.schemas import (
    ServiceRelationship,
    ServiceRelationshipEntry,
)
from walmu_api.record.parties.service_relationships.tables import ServiceRelationshipRow

_ROWS = VisibleRows(ServiceRelationshipRow, visible("service_relationships"))
visible_to, find = _ROWS.visible_to, _ROWS.find
_GRANT = Statement("""
with recursive named (id) as (
    select client_named from service_relationships where organiser_id = :organiser and id = :relationship_id
    union select m.into_client from named n join client_merges m
        on m.organiser_id = :organiser and m.client_id = n.id and m.unmerged_at is null)
insert into client_access (organiser_id, client_id, organisation_id, granted_by, starts_on, ends_on)
select r.organiser_id, named.id, r.provider_id, r.id, case when r.ends_on < r.starts_on then 'infinity' else r.starts_on end, r.ends_on
from service_relationships r, named
where r.organiser_id = :organiser and r.id = :relationship_id
on conflict (organiser_id, client_id, organisation_id, granted_by) do update
  set starts_on = excluded.starts_on, ends_on = excluded.ends_on
""")
"""One that the client did not live to see never begins."""
_DIED = "select least(died_on, died_with) as died_on from clients where organiser_id = :organiser and id = :client_id"
_CLIENT = Statement(_DIED)
_CLIENT_NOW = Statement(f"{_DIED} for share")
"""A death that is being recorded is waited for; one that comes after finds what was opened here."""


async def require(ctx: RequestContext, relationship_id: UUID, pointer: str) -> ServiceRelationshipRow:
    """A relationship that a record may name at `pointer`."""
    statement = visible_to(ctx)
    row = await ctx.session.orm.scalar(statement.where(ServiceRelationshipRow.id == relationship_id))
    if row is None:
        raise invalid(UNKNOWN_REFERENCE.at(pointer))
    return row


def wire(session: Session, row: ServiceRelationshipRow) -> bytes:
    session.log_access(row.client_id)
    return records.body(ServiceRelationship, row)


def _check_codes(book: Book, entry: ServiceRelationshipEntry, today: date) -> list[Finding]:
    found = rules.check_codes(
        book,
        service_task=entry.service_task,
        service=entry.service,
        legal_bases=entry.legal_bases,
        referral_source=entry.referral.source,
        day=entry.referral.received_on,
    )
    return found + rules.check_roles(book, [member.role for member in entry.network or []], today)


async def findings(session: Session, row: ServiceRelationshipRow) -> list[Finding]:
    """What is doubtful in a relationship that stands."""
    session.log_access(row.client_id)
    data = ServiceRelationship.model_validate(row)
    found = _check_codes(await codes.book_now(session), data, session.clock.today())
    return [finding.warning() for finding in found]


async def _check(
    session: Session,
    entry: ServiceRelationshipEntry,
    before: ServiceRelationshipRow | None = None,
    *,
    decided: bool = False,
) -> date | None:
    """The day on which the client died, if so. Refuses what is wrong. The codes of what the record system has `decided`
    already are filed as they are. What stands as it did `before` goes on where it is, closed or not."""
    days = {"starts_on": entry.starts_on, "ends_on": entry.ends_on}
    is_new = before is None or not records.holds(before, days)
    found = check_order(entry.starts_on, entry.ends_on, "/ends_on") if is_new else []
    if not decided:
        found += _check_codes(await codes.book_now(session), entry, session.clock.today())
    refuse(found)
    client = await session.fetchrow(_CLIENT, organiser=session.organiser_id, client_id=entry.client_id)
    if client is None:
        raise invalid(UNKNOWN_REFERENCE.at("/client_id"))
    begins = entry.starts_on if before is None or entry.starts_on != before.starts_on else None
    died_on: date | None = client["died_on"]
    if begins is not None:
        refuse(rules.check_begins(begins, died_on))
    await organisations.require(session, entry.provider_id, "provider", "/provider_id", begins)
    if entry.unit_id is not None:
        if before is not None and entry.unit_id != before.unit_id:
            begins = max(entry.starts_on, session.clock.today())
        await organisations.require_unit(session, entry.unit_id, entry.provider_id, "/unit_id", begins)
    return died_on


async def open_one(
    ctx: RequestContext, entry: ServiceRelationshipEntry, *, decided: bool = False
) -> tuple[ServiceRelationshipRow, bool]:
    """Open a relationship: from its start on the provider sees the client."""
    known = await records.by_source(ctx.session, ServiceRelationshipRow, ctx.actor, entry.source_id)
    values = records.columns(entry)
    if known is not None:
        as_set = {"planned_ends_on" if name == "ends_on" else name: value for name, value in values.items()}
        if not records.holds(known, values) and not records.holds(
            known, as_set
        ):  # an ending may have moved the end
            raise DUPLICATE_SOURCE().with_members(url=f"/v1/service-relationships/{known.id}")
        return known, False
    await _check(ctx.session, entry, decided=decided)
    values |= {"planned_ends_on": entry.ends_on, "set_ends_on": entry.ends_on}
    row = ServiceRelationshipRow(**values | await records.stamp(ctx.session, ctx.actor, entry.source_id))
    await records.insert(ctx.session, row)
    await _end_with_client_now(ctx, row)
    await _grant(ctx.session, row)
    await record_change(ctx, SERVICE_RELATIONSHIP.resource_type, row, "created", None)
    await _access_journal(ctx, row, "access-granted")
    return row, True


async def _end_with_client_now(ctx: RequestContext, row: ServiceRelationshipRow) -> None:
    which = {"organiser": ctx.organiser_id, "client_id": row.client_id}
    died_on = await ctx.session.fetchval(_CLIENT_NOW, **which)
    refuse(rules.check_begins(row.starts_on, died_on))
    row.ends_on = rules.last_day(row.set_ends_on, died_on)
    await ctx.session.orm.flush()


async def replace(
    ctx: RequestContext, row: ServiceRelationshipRow, entry: ServiceRelationshipEntry, if_match: str | None
) -> ServiceRelationshipRow:
    """New content under If-Match. Client and provider stay: another provider is another relationship."""
    values = records.columns(entry)
    as_set = {name: value for name, value in values.items() if name != "ends_on"}
    as_set |= {"planned_ends_on": entry.ends_on, "set_ends_on": entry.ends_on}
    if records.holds(row, values) or records.holds(row, as_set):  # a death may have moved the end
        return row
    preconditions.require_version(if_match, row.version)
    fixed = [
        INVALID_VALUE.at(f"/{name}", reason=validation_messages.UNCHANGEABLE)
        for name in ("client_id", "provider_id")
        if getattr(entry, name) != getattr(row, name)
    ]
    if fixed:
        raise invalid(*fixed)
    died_on = await _check(ctx.session, entry, row)
    if (
        entry.ends_on != row.ends_on
    ):  # else the end is only repeated as it was read: it may be that of an ending, or of a death
        values |= {"planned_ends_on": entry.ends_on, "set_ends_on": entry.ends_on}
        values["ends_on"] = rules.last_day(entry.ends_on, died_on)
    return row if records.holds(row, values) else await _change(ctx, row, values)


async def end(
    ctx: RequestContext, row: ServiceRelationshipRow, ends_on: date | None
) -> ServiceRelationshipRow:
    """The last day that an ending names; None: the ending is void, and the end is again what the organiser
    set.

    A provider may end its own relationships, but may not write them: row-level security would refuse its
    session."""
    async with ctx.session.without_tenant_scope():
        row.set_ends_on = row.planned_ends_on if ends_on is None else ends_on
        which = {"organiser": ctx.organiser_id, "client_id": row.client_id}
        return await _end(ctx, row, await ctx.session.fetchval(_CLIENT, **which))


async def end_with_client(ctx: RequestContext, client_id: UUID, died_on: date | None) -> None:
    """Every service of a client ends on the day of death at the latest; None: the client lives, and each ends again when it
    was to end."""
    table = ServiceRelationshipRow
    statement = select(table).where(table.organiser_id == ctx.organiser_id, table.client_id == client_id)
    statement = statement.order_by(table.id).with_for_update().execution_options(populate_existing=True)
    for row in (await ctx.session.orm.scalars(statement)).all():
        await _end(ctx, row, died_on)


async def _end(
    ctx: RequestContext, row: ServiceRelationshipRow, died_on: date | None
) -> ServiceRelationshipRow:
    last_day = rules.last_day(row.set_ends_on, died_on)
    if row.ends_on == last_day:
        await ctx.session.orm.flush()
        return row
    return await _change(ctx, row, {"ends_on": last_day})


async def _change(
    ctx: RequestContext, row: ServiceRelationshipRow, values: dict[str, Any]
) -> ServiceRelationshipRow:
    """Other values; the provider's access begins and ends with the relationship."""
    before, ended_before = records.body(ServiceRelationship, row).decode(), row.ends_on
    read_before = rules.is_read(row.starts_on, row.ends_on, ctx.today)
    await records.replace(ctx.session, ctx.actor, row, values)
    await _grant(ctx.session, row)
    await record_change(ctx, SERVICE_RELATIONSHIP.resource_type, row, "updated", before)
    is_read = rules.is_read(row.starts_on, row.ends_on, ctx.today)
    if (row.ends_on is None) != (ended_before is None):
        await _access_journal(ctx, row, "access-granted" if row.ends_on is None else "access-ended")
    elif row.ends_on is not None and is_read != read_before:
        await _access_journal(ctx, row, "access-granted" if is_read else "access-ended")
    return row


async def for_decision(
    ctx: RequestContext,
    *,
    client_id: UUID,
    client_named: UUID | None,
    provider_id: UUID,
    known: UUID | None,
    values: dict[str, Any],
) -> ServiceRelationshipRow:
    """The relationship that a decision of the record system belongs to; opened when there is none yet (ADR
    11). Of several, one of the client who was named, or the one that is known as the decision's, comes first.

    The provider's responsible worker is then the provider's contact person, until somebody is named."""
    table = ServiceRelationshipRow
    valid_from: date = values["starts_on"]
    statement = select(table).where(
        table.organiser_id == ctx.organiser_id,
        table.client_id == client_id,
        table.provider_id == provider_id,
        table.service_kind == values["service_kind"],
        or_(table.ends_on.is_(None), table.ends_on >= valid_from),
    )
    statement = statement.order_by((table.client_named == client_named).desc(), (table.id == known).desc())
    statement = statement.order_by(table.starts_on.desc(), table.id.desc())
    found = await ctx.session.orm.scalar(statement.limit(1))
    if found is not None:
        return found
    provider = await organisations.require(ctx.session, provider_id, "provider", "/provider_id")
    worker = provider.contact or {"family_name": provider.name, "given_names": "-"}
    values["responsible_workers"] = {"organiser": values.pop("decision_maker"), "provider": worker}
    entry = ServiceRelationshipEntry.model_validate(
        {"client_id": client_id, "provider_id": provider_id, **values}
    )
    return (await open_one(ctx, entry, decided=True))[0]


async def wire_records(ctx: RequestContext, ids: list[UUID]) -> dict[UUID, bytes]:
    statement = visible_to(ctx).where(ServiceRelationshipRow.id.in_(ids))
    rows = (await ctx.session.orm.scalars(statement)).all()
    return {row.id: wire(ctx.session, row) for row in rows}


async def _grant(session: Session, row: ServiceRelationshipRow) -> None:
    """Access to the client whom it names, and to those under whom that one is read."""
    await session.execute(_GRANT, organiser=session.organiser_id, relationship_id=row.id)


async def _access_journal(ctx: RequestContext, row: ServiceRelationshipRow, change: str) -> None:
    """The provider's feed tells that it sees the client from now on, or no longer."""
    await journal.append(
        ctx.session,
        ctx.actor,
        journal.Change(
            "client", row.client_id, 1, change, client_id=row.client_id, provider_id=row.provider_id
        ),
    )
