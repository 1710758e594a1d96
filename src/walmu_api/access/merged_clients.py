"""A client who was merged into another: what is asked of the one is answered of the other, and nothing more is written of
it.

The guard asks here once for every operation, so that none can forget it. The operations of clients themselves tell what
became of the id, and so follow nothing.

ADR 62."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from walmu_api.access.context import RequestContext
from walmu_api.access.visibility import parameters, visible_client
from walmu_api.foundation.database import Session
from walmu_api.foundation.problems import Problem, ProblemType
from walmu_api.foundation.records import RECORDING
from walmu_api.foundation.statements import Statement

CLIENT_MERGED = ProblemType("client-merged", 409)


def read_under(client: str, organiser: str = ":organiser") -> str:
    """The SQL for the client under whom this one is read: itself, where it was not merged into another."""
    return f"""coalesce((select m.read_as from client_merges m
        where m.organiser_id = {organiser} and m.client_id = {client} and m.unmerged_at is null), {client})"""


_MERGED = Statement(f"""
select c.merged_into from clients c where c.organiser_id = :organiser and c.id = :client_id
  and c.merged_into is not null and {visible_client("c")}
""")
_SHARED = Statement(f"select {RECORDING}")
_READ_AS = Statement("""
select client_id, read_as from client_merges
where organiser_id = :organiser and client_id = any(:ids::uuid[]) and unmerged_at is null
""")
_UNDER = Statement("""
select client_id from client_merges where organiser_id = :organiser and read_as = :client_id and unmerged_at is null
""")
_ABOVE = Statement("""
with recursive above (id, step) as (
    select m.into_client, 1 from client_merges m
        where m.organiser_id = :organiser and m.client_id = :client_id and m.unmerged_at is null
    union select m.into_client, a.step + 1 from above a join client_merges m
        on m.organiser_id = :organiser and m.client_id = a.id and m.unmerged_at is null)
select id from above order by step
""")


async def read_as(ctx: RequestContext, client_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Those of these clients who were merged into another, and under whom they are read; as far as the caller sees it."""
    rows = await ctx.session.fetch(_READ_AS, organiser=ctx.organiser_id, ids=list(client_ids))
    return {row["client_id"]: row["read_as"] for row in rows}


async def follow(ctx: RequestContext, client_id: UUID) -> UUID:
    """The client under whom this one is read."""
    return (await read_as(ctx, [client_id])).get(client_id, client_id)


async def named_by(ctx: RequestContext, client_id: UUID) -> list[UUID]:
    """The client, and those who are read under it: whom the records that are read under it name."""
    rows = await ctx.session.fetch(_UNDER, organiser=ctx.organiser_id, client_id=client_id)
    return [client_id, *(row["client_id"] for row in rows)]


async def above(ctx: RequestContext, client_id: UUID) -> list[UUID]:
    """Those into whom this client was merged, one into the other, the one that stays last."""
    rows = await ctx.session.fetch(_ABOVE, organiser=ctx.organiser_id, client_id=client_id)
    return [row["id"] for row in rows]


async def as_they_are(session: Session) -> None:
    """Clients are merged and parted before this transaction or after it: for what reads under whom a client is before it
    writes, and changes a client first. Inserting a record does the same by itself."""
    await session.execute(_SHARED, organiser=session.organiser_id)


async def refuse_merged(ctx: RequestContext, entry: Any) -> None:
    """Nothing is written of a client who was merged into another: a sender that still names it, and still sees it, has to
    learn of it."""
    client_id = getattr(entry, "client_id", None)
    if isinstance(client_id, UUID):
        into = await ctx.session.fetchval(_MERGED, client_id=client_id, **parameters(ctx))
        if into is not None:
            raise merged(ctx, into)


def merged(ctx: RequestContext, into: UUID) -> Problem:
    ctx.session.log_access(into)
    return CLIENT_MERGED().with_members(url=f"/v1/clients/{into}")
