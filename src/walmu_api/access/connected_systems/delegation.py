"""For which workplaces a provider may register connected systems: the organiser says so, workplace by workplace.

No agreement makes a workplace a provider's own: providers draft agreements themselves, and at one place work clients of
several (ADR 38)."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from walmu_api.access.connected_systems.definition import DELEGATED_WORKPLACES
from walmu_api.access.connected_systems.schemas import DelegatedWorkplaces, DelegatedWorkplacesEntry
from walmu_api.access.connected_systems.tables import DelegatedWorkplacesRow
from walmu_api.access.context import RequestContext
from walmu_api.foundation import journal, preconditions, records
from walmu_api.foundation.database import Session
from walmu_api.foundation.locales import Reason
from walmu_api.foundation.problems import INVALID_VALUE, NOT_FOUND, STALE, UNKNOWN_REFERENCE, refuse
from walmu_api.foundation.statements import Statement

NAMED_TWICE = Reason("named-twice")
_WORKPLACES_OF = Statement(
    "select workplace_ids from delegated_workplaces where organiser_id = :organiser and id = :provider"
)
_OF_KIND = Statement(
    "select id from organisations where organiser_id = :organiser and id = any(:ids) and kind = :kind"
)


async def workplaces_of(session: Session, provider_id: UUID) -> Sequence[UUID]:
    """The workplaces that this provider may register for."""
    ids: Sequence[UUID] | None = await session.fetchval(
        _WORKPLACES_OF, organiser=session.organiser_id, provider=provider_id
    )
    return ids or ()


async def read(ctx: RequestContext, provider_id: UUID) -> tuple[bytes, int]:
    """What was said for a provider, as it is told, and its version: nothing is version 1."""
    await _require_provider(ctx, provider_id)
    in_force = _as_read(await _row(ctx, provider_id))
    return in_force.model_dump_json(exclude_none=True).encode(), in_force.version


async def say(
    ctx: RequestContext, provider_id: UUID, entry: DelegatedWorkplacesEntry, if_match: str | None
) -> tuple[bytes, int]:
    """Say it anew, under If-Match."""
    await _require_provider(ctx, provider_id)
    await _require_workplaces(ctx, entry.workplace_ids)
    row = await _row(ctx, provider_id, lock=True)
    before = _as_read(row)
    if before.workplace_ids == entry.workplace_ids:
        return before.model_dump_json(exclude_none=True).encode(), before.version
    preconditions.require_version(if_match, before.version)
    if row is None:
        stamp = await records.stamp(ctx.session, ctx.actor, None) | {"id": provider_id}
        row = DelegatedWorkplacesRow(workplace_ids=entry.workplace_ids, **stamp)
        await records.insert(ctx.session, row, {"delegated_workplaces_pkey": STALE})
    else:
        await records.replace(ctx.session, ctx.actor, row, {"workplace_ids": entry.workplace_ids})
    in_force = _as_read(row)
    change = journal.Change(
        DELEGATED_WORKPLACES.resource_type,
        provider_id,
        in_force.version,
        "updated",
        provider_id=provider_id,
        replaced=before.model_dump_json(exclude_none=True),
    )
    await journal.append(ctx.session, ctx.actor, change)
    return in_force.model_dump_json(exclude_none=True).encode(), in_force.version


def _as_read(row: DelegatedWorkplacesRow | None) -> DelegatedWorkplaces:
    if row is None:
        return DelegatedWorkplaces(workplace_ids=[], version=1)
    data = {name: getattr(row, name) for name in DelegatedWorkplaces.model_fields}
    return DelegatedWorkplaces.model_validate(data | {"version": row.version + 1})


async def _row(
    ctx: RequestContext, provider_id: UUID, *, lock: bool = False
) -> DelegatedWorkplacesRow | None:
    table = DelegatedWorkplacesRow
    statement = select(table).where(table.organiser_id == ctx.organiser_id, table.id == provider_id)
    return await ctx.session.orm.scalar(statement.with_for_update() if lock else statement)


async def _of_kind(ctx: RequestContext, ids: Sequence[UUID], kind: str) -> set[UUID]:
    rows = await ctx.session.fetch(_OF_KIND, organiser=ctx.organiser_id, ids=list(ids), kind=kind)
    return {row["id"] for row in rows}


async def _require_provider(ctx: RequestContext, provider_id: UUID) -> None:
    """A provider reads what was said for itself."""
    if ctx.tenant_scope not in {None, provider_id} or not await _of_kind(ctx, [provider_id], "provider"):
        raise NOT_FOUND()


async def _require_workplaces(ctx: RequestContext, ids: Sequence[UUID]) -> None:
    known = await _of_kind(ctx, ids, "workplace")
    refuse(
        [
            UNKNOWN_REFERENCE.at(f"/workplace_ids/{at}")
            if each not in known
            else INVALID_VALUE.at(f"/workplace_ids/{at}", reason=NAMED_TWICE)
            for at, each in enumerate(ids)
            if each not in known or each in ids[:at]
        ]
    )
