"""Registering organisations and units, correcting, closing and opening them again."""

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, select

from walmu_api.access.connected_systems.rules import check_open
from walmu_api.access.context import RequestContext
from walmu_api.access.record_change import record_change
from walmu_api.foundation import preconditions, records, validation_messages
from walmu_api.foundation.database import Session
from walmu_api.foundation.problems import (
    CONFLICT,
    DUPLICATE_SOURCE,
    INVALID_VALUE,
    UNKNOWN_REFERENCE,
    invalid,
    refuse,
)
from walmu_api.record.parties.organisations import rules
from walmu_api.record.parties.organisations.definition import ORGANISATION, UNIT
from walmu_api.record.parties.organisations.schemas import (
    Closing,
    OrganisationEntry,
    Reopening,
    Succession,
    UnitEntry,
)
from walmu_api.record.parties.organisations.tables import OrganisationRow, UnitRow

Party = OrganisationRow | UnitRow
Entry = OrganisationEntry | UnitEntry
P = TypeVar("P", bound=Party)


def organisations(session: Session) -> Select[OrganisationRow]:
    return select(OrganisationRow).where(OrganisationRow.organiser_id == session.organiser_id)


def units(session: Session) -> Select[UnitRow]:
    return select(UnitRow).where(UnitRow.organiser_id == session.organiser_id)


async def find(session: Session, organisation_id: UUID, *, lock: bool = False) -> OrganisationRow:
    statement = organisations(session).where(OrganisationRow.id == organisation_id)
    return await records.find(session, statement, lock=lock)


async def find_unit(session: Session, unit_id: UUID, *, lock: bool = False) -> UnitRow:
    return await records.find(session, units(session).where(UnitRow.id == unit_id), lock=lock)


async def require(
    session: Session, organisation_id: UUID, kind: str, pointer: str, begins_on: date | None = None
) -> OrganisationRow:
    """An organisation that a record may name at `pointer`; with `begins_on`, one where something may begin that day."""
    statement = organisations(session).where(
        OrganisationRow.id == organisation_id, OrganisationRow.kind == kind
    )
    row = await session.orm.scalar(statement)
    if row is None:
        raise invalid(UNKNOWN_REFERENCE.at(pointer))
    if begins_on is not None:
        refuse(check_open(row.closed_on, begins_on, pointer))
    return row


async def require_unit(
    session: Session, unit_id: UUID, organisation_id: UUID, pointer: str, begins_on: date | None = None
) -> None:
    statement = units(session).where(UnitRow.id == unit_id, UnitRow.organisation_id == organisation_id)
    row = await session.orm.scalar(statement)
    if row is None:
        raise invalid(UNKNOWN_REFERENCE.at(pointer))
    if begins_on is not None:
        refuse(check_open(row.closed_on, begins_on, pointer))


def _of(entry_or_row: Entry | Party) -> tuple[Any, Any]:
    """Table and definition of what this is about."""
    if isinstance(entry_or_row, OrganisationEntry | OrganisationRow):
        return OrganisationRow, ORGANISATION
    return UnitRow, UNIT


async def register(ctx: RequestContext, entry: Entry) -> tuple[Party, bool]:
    """A new organisation or unit; the same source_id and content again gives what is there."""
    table, definition = _of(entry)
    values = records.columns(entry)
    known = await records.by_source(ctx.session, table, ctx.actor, entry.source_id)
    if known is not None:
        if not records.holds(known, values):
            raise DUPLICATE_SOURCE().with_members(url=definition.url(known.id))
        return known, False
    if isinstance(entry, UnitEntry):
        whose = organisations(ctx.session).where(OrganisationRow.id == entry.organisation_id)
        found = await ctx.session.orm.scalar(whose)
        if found is None:
            raise invalid(UNKNOWN_REFERENCE.at("/organisation_id"))
        refuse(check_open(found.closed_on, ctx.today, "/organisation_id"))
    else:
        await _require_own_number(ctx.session, entry.kind, entry.business_id)
    row = await records.insert(
        ctx.session, table(**values | await records.stamp(ctx.session, ctx.actor, entry.source_id))
    )
    await record_change(ctx, definition.resource_type, row, "created", None)
    return row, True


async def _require_own_number(session: Session, kind: str, business_id: str | None) -> None:
    """One business id is one provider of an organiser. Workplaces share one: a company has many places. Of two at once
    the second waits and finds the first."""
    if kind != "provider" or business_id is None:
        return
    await records.one_at_a_time(session, f"provider|{business_id}")
    same = organisations(session).where(
        OrganisationRow.kind == "provider", OrganisationRow.business_id == business_id
    )
    first = await session.orm.scalar(same.order_by(OrganisationRow.id).limit(1))
    if first is not None:
        raise rules.BUSINESS_ID_TAKEN().with_members(url=ORGANISATION.url(first.id))


async def replace(ctx: RequestContext, row: P, entry: Entry, if_match: str | None) -> P:
    """Correct it under If-Match. What it is to the organiser stays, and a unit its organisation's."""
    values = records.columns(entry)
    if records.holds(row, values):
        return row
    preconditions.require_version(if_match, row.version)
    fixed: Sequence[str] = ("organisation_id",) if isinstance(entry, UnitEntry) else ("kind",)
    refuse(
        [
            INVALID_VALUE.at(f"/{name}", reason=validation_messages.UNCHANGEABLE)
            for name in fixed
            if values[name] != getattr(row, name)
        ]
    )
    if isinstance(row, OrganisationRow) and values["business_id"] != row.business_id:
        await _require_own_number(ctx.session, row.kind, values["business_id"])
    return await _change(ctx, row, values, "updated")


async def close(ctx: RequestContext, row: P, closing: Closing, if_match: str | None) -> P:
    """From a day on nothing new begins there. Another day or reason afterwards is a correction, under If-Match."""
    preconditions.require_if_given(if_match, row.version)
    if (row.closed_on, row.close_reason) == (closing.closed_on, closing.reason):
        return row
    if row.closed_on is not None:
        preconditions.require_version(if_match, row.version)
    if isinstance(row, OrganisationRow) and row.kind == "organiser":
        raise CONFLICT(state=row.kind)
    values = {"closed_on": closing.closed_on, "close_reason": closing.reason, "reopen_reason": None}
    return await _change(ctx, row, values, "ended")


async def succeed(
    ctx: RequestContext, row: OrganisationRow, entry: Succession, if_match: str | None
) -> OrganisationRow:
    """Another provider takes its place: it closes on that day, unless it had closed before. Another successor or day
    afterwards is a correction, under If-Match."""
    preconditions.require_if_given(if_match, row.version)
    if row.kind != "provider":
        raise CONFLICT(state=row.kind)
    if (row.succeeded_by, row.succeeded_from) == (entry.by, entry.from_):
        return row
    if row.closed_on is not None:
        preconditions.require_version(if_match, row.version)
    await records.one_at_a_time(ctx.session, "succession")
    successor = await require(ctx.session, entry.by, "provider", "/by")
    if await _leads_to(ctx.session, successor, row.id):
        raise invalid(INVALID_VALUE.at("/by", reason=rules.NO_SUCCESSOR))
    refuse(check_open(successor.closed_on, entry.from_, "/by"))
    values: dict[str, Any] = {"succeeded_by": entry.by, "succeeded_from": entry.from_}
    if row.closed_on in {None, row.succeeded_from}:
        values |= {"closed_on": entry.from_, "close_reason": entry.reason, "reopen_reason": None}
    return await _change(ctx, row, values, "ended")


async def _leads_to(session: Session, successor: OrganisationRow, organisation_id: UUID) -> bool:
    """Whether what this one hands on would come to that organisation: nobody succeeds its own successor."""
    while successor.id != organisation_id:
        if successor.succeeded_by is None:
            return False
        successor = await find(session, successor.succeeded_by)
    return True


async def in_place_of(session: Session, provider_id: UUID, begins_on: date) -> UUID:
    """The provider itself, or whoever had taken its place by that day."""
    row = await find(session, provider_id)
    while row.succeeded_by is not None and row.succeeded_from is not None and row.succeeded_from <= begins_on:
        row = await find(session, row.succeeded_by)
    return row.id


async def reopen(ctx: RequestContext, row: P, reopening: Reopening, if_match: str | None) -> P:
    """Take a closing back, and a succession with it, under If-Match. What is open stays as it is."""
    preconditions.require_if_given(if_match, row.version)
    if row.closed_on is None:
        return row
    preconditions.require_version(if_match, row.version)
    values = {"closed_on": None, "close_reason": None, "reopen_reason": reopening.reason}
    if isinstance(row, OrganisationRow):
        values |= {"succeeded_by": None, "succeeded_from": None}
    return await _change(ctx, row, values, "updated")


async def _change(ctx: RequestContext, row: P, values: dict[str, Any], change: str) -> P:
    """Other values; whom it is about reads it in its feed."""
    _, definition = _of(row)
    before = records.body(definition.model, row).decode()
    if await records.replace(ctx.session, ctx.actor, row, values):
        whose = row if isinstance(row, OrganisationRow) else await find(ctx.session, row.organisation_id)
        parties = {f"{whose.kind}_id": whose.id} if whose.kind != "organiser" else {}
        await record_change(ctx, definition.resource_type, row, change, before, **parties)
    return row
