"""Registering organisations and units."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from walmu_api.access.context import RequestContext
from walmu_api.foundation import journal, records
from walmu_api.foundation.database import Session
from walmu_api.foundation.problems import DUPLICATE_SOURCE, UNKNOWN_REFERENCE, invalid
from walmu_api.record.parties.organisations.definition import ORGANISATION
from walmu_api.record.parties.organisations.rules import BUSINESS_ID_TAKEN
from walmu_api.record.parties.organisations.schemas import OrganisationEntry, UnitEntry
from walmu_api.record.parties.organisations.tables import OrganisationRow, UnitRow


def organisations(session: Session) -> Select[OrganisationRow]:
    return select(OrganisationRow).where(OrganisationRow.organiser_id == session.organiser_id)


def units(session: Session) -> Select[UnitRow]:
    return select(UnitRow).where(UnitRow.organiser_id == session.organiser_id)


async def require(session: Session, organisation_id: UUID, kind: str, pointer: str) -> OrganisationRow:
    """An organisation that a record may name at `pointer`."""
    statement = organisations(session).where(
        OrganisationRow.id == organisation_id, OrganisationRow.kind == kind
    )
    row = await session.orm.scalar(statement)
    if row is None:
        raise invalid(UNKNOWN_REFERENCE.at(pointer))
    return row


async def require_unit(session: Session, unit_id: UUID, organisation_id: UUID, pointer: str) -> None:
    statement = units(session).where(UnitRow.id == unit_id, UnitRow.organisation_id == organisation_id)
    if await session.orm.scalar(statement) is None:
        raise invalid(UNKNOWN_REFERENCE.at(pointer))


async def register(
    ctx: RequestContext, entry: OrganisationEntry | UnitEntry
) -> tuple[OrganisationRow | UnitRow, bool]:
    """A new organisation or unit; the same source_id and content again gives what is there."""
    table: Any = OrganisationRow if isinstance(entry, OrganisationEntry) else UnitRow
    resource = "organisation" if table is OrganisationRow else "unit"
    values = records.columns(entry)
    known = await records.by_source(ctx.session, table, ctx.actor, entry.source_id)
    if known is not None:
        if not records.holds(known, values):
            raise DUPLICATE_SOURCE().with_members(url=f"/v1/{resource}s/{known.id}")
        return known, False
    if isinstance(entry, UnitEntry):
        statement = organisations(ctx.session).where(OrganisationRow.id == entry.organisation_id)
        if await ctx.session.orm.scalar(statement) is None:
            raise invalid(UNKNOWN_REFERENCE.at("/organisation_id"))
    else:
        await _require_own_number(ctx.session, entry)
    row = await records.insert(
        ctx.session, table(**values | await records.stamp(ctx.session, ctx.actor, entry.source_id))
    )
    await journal.append(
        ctx.session,
        ctx.actor,
        journal.Change(resource, row.id, row.version, "created", source_id=row.source_id),
    )
    return row, True


async def _require_own_number(session: Session, entry: OrganisationEntry) -> None:
    """One business id is one provider of an organiser. Workplaces share one: a company has many places. Of two at once
    the second waits and finds the first."""
    if entry.kind != "provider" or entry.business_id is None:
        return
    await records.one_at_a_time(session, f"provider|{entry.business_id}")
    same = organisations(session).where(
        OrganisationRow.kind == "provider", OrganisationRow.business_id == entry.business_id
    )
    first = await session.orm.scalar(same.order_by(OrganisationRow.id).limit(1))
    if first is not None:
        raise BUSINESS_ID_TAKEN().with_members(url=ORGANISATION.url(first.id))
