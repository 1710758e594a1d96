"""Two clients who are one person: the one is read under the other from then on, and can be taken out again.

Every record keeps the client whom it named (`client_named`); under whom it is read (`client_id`) follows from that and
from the merges in force. So a merge, a merge of merged ones, and taking one out again are one act: the records that named
these clients are read under another from now on. Journal and days name the client whom their record named, and are not
touched.

ADR 62."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from walmu_api.access.context import RequestContext
from walmu_api.access.merged_clients import above, follow, merged
from walmu_api.access.record_change import record_change
from walmu_api.foundation import preconditions, records
from walmu_api.foundation.load_shedding import refused
from walmu_api.foundation.problems import (
    CONFLICT,
    INVALID_VALUE,
    NOT_FOUND,
    STALE,
    UNAVAILABLE,
    UNKNOWN_REFERENCE,
    invalid,
)
from walmu_api.foundation.record_ids import uuid7
from walmu_api.foundation.statements import Statement
from walmu_api.record.parties.clients import rules, service
from walmu_api.record.parties.clients.definition import CLIENT
from walmu_api.record.parties.clients.protecting import with_another
from walmu_api.record.parties.clients.schemas import ClientMerging, ClientUnmerging
from walmu_api.record.parties.clients.tables import ClientRow
from walmu_api.record.parties.service_relationships import service as relationships

TABLES = ("service_relationships", "decisions", "agreements", "documents", "measurements", "justifications")
"""Whose rows are read under a client."""

_PATIENCE, _PAUSE = 5.0, 0.1
"""Seconds for which a merge tries to be alone, and between two tries."""
_ALONE = Statement("select pg_advisory_xact_lock(hashtextextended('client-merges|' || :organiser::uuid, 0))")
_LOCK_CLIENTS = Statement(
    "select from clients where organiser_id = :organiser and id = any(:ids::uuid[]) for update nowait"
)
_LOCK = {
    table: Statement(f"""
select from {table} where organiser_id = :organiser and client_id = any(:ids::uuid[]) and client_named = any(:group::uuid[])
for no key update nowait
""")
    for table in TABLES
}
_IN_FORCE = Statement("""
select id, into_client, read_as from client_merges
where organiser_id = :organiser and client_id = :client_id and unmerged_at is null
""")
_BENEATH = Statement("""
with recursive under (id) as (
    select :client_id::uuid
    union select m.client_id from under u join client_merges m
        on m.organiser_id = :organiser and m.into_client = u.id and m.unmerged_at is null)
select id from under
""")
"""The client, and all who were merged into it, one into the other."""
_MERGE = Statement("""
insert into client_merges (organiser_id, id, client_id, into_client, read_as)
values (:organiser, :id, :client_id, :into, :into)
""")
_UNMERGE = Statement("""
update client_merges set unmerged_at = walmu_now() where organiser_id = :organiser and id = :id
""")
_READ_UNDER = {
    table: Statement(f"""
update {table} set client_id = :root
where organiser_id = :organiser and client_id = :before and client_named = any(:group::uuid[])
""")
    for table in TABLES
}
_ROOT = Statement("""
with merges as (
    update client_merges set read_as = :root
    where organiser_id = :organiser and client_id = any(:group::uuid[]) and client_id <> :root and unmerged_at is null)
update clients set merged_into = nullif(:root::uuid, id) where organiser_id = :organiser and id = any(:group::uuid[])
""")
_OPEN_ACCESS = Statement("""
insert into client_access (organiser_id, client_id, organisation_id, granted_by, starts_on, ends_on)
select r.organiser_id, :root, r.provider_id, r.id, case when r.ends_on < r.starts_on then 'infinity' else r.starts_on end, r.ends_on
from service_relationships r
where r.organiser_id = :organiser and r.client_id = :root and r.client_named = any(:group::uuid[])
on conflict do nothing
""")
"""Whoever saw the one sees the other; what it was told of the one stays told to it."""
_CLOSE_ACCESS = Statement("""
delete from client_access a using service_relationships r
where r.organiser_id = :organiser and r.client_named = any(:group::uuid[])
  and a.organiser_id = :organiser and a.granted_by = r.id and a.client_id = any(:above::uuid[])
""")
_RENAMED = Statement("""
with names as (
    select family_name || '|' || given_names as name from clients where organiser_id = :organiser and id = any(:ids::uuid[])
    union all
    select (replaced ->> 'family_name') || '|' || (replaced ->> 'given_names') from journal
    where organiser_id = :organiser and resource_type = 'client' and resource_id = any(:ids::uuid[]) and replaced ->> 'family_name' is not null)
insert into protected_clients (organiser_id, client_id, renamed)
select :organiser, c.id, count(distinct lower(names.name)) > 1 from clients c, names
where c.organiser_id = :organiser and c.id = any(:ids::uuid[]) group by c.id
on conflict (organiser_id, client_id) do update set renamed = excluded.renamed
""")
"""Another name of the same person is a former name, which is the organiser's only."""
_PROTECTED = Statement("""
select coalesce(bool_or(turvakielto), false) as protected_with, min(died_on) as died_with,
    coalesce(bool_or(content -> 'secret_contacts' = 'true'::jsonb or content ? 'contacts_withheld'), false) as withheld_with
from clients where organiser_id = :organiser and id = any(:ids::uuid[])
""")


@dataclass(frozen=True)
class _Edge:
    """A merge in force."""

    id: UUID
    into: UUID
    read_as: UUID


async def merge(
    ctx: RequestContext, client_id: UUID, merging: ClientMerging, if_match: str | None
) -> ClientRow:
    """Read everything of the one under the other. In the same words again it changes nothing."""
    row, into = await _both(ctx, client_id, merging.into)
    if (edge := await _edge(ctx, client_id)) is not None:
        if (edge.into, row.merge_reason) == (merging.into, merging.reason):
            return row
        raise merged(ctx, edge.read_as)
    preconditions.require_version(if_match, row.version)
    if into is None:
        raise invalid(UNKNOWN_REFERENCE.at("/into"))
    if into is row:
        raise invalid(INVALID_VALUE.at("/into", reason=rules.ITSELF))
    if into.merged_into is not None:
        raise merged(ctx, into.merged_into)
    if into.version != merging.into_version:
        raise STALE().with_headers(ETag=preconditions.etag(row.version))
    group = await _ids(ctx, _BENEATH, row.id)
    before, protects = service.without_identity(row), (row.is_protected, row.is_withheld)
    await ctx.session.execute(_MERGE, organiser=ctx.organiser_id, id=uuid7(), client_id=row.id, into=into.id)
    await _read_under(ctx, group, row.id, into.id)
    await ctx.session.execute(_OPEN_ACCESS, organiser=ctx.organiser_id, root=into.id, group=group)
    await _names(ctx, into.id)
    more = dict(zip(("protected_with", "withheld_with"), protects, strict=True))
    there = {"protected_with": into.is_protected, "withheld_with": into.is_withheld}
    new: dict[str, Any] = {name: True for name, value in more.items() if value and not there[name]}
    if row.died is not None and (into.died is None or row.died < into.died):
        new["died_with"] = row.died
    await with_another(ctx, into, new)
    if into.died is not None:
        await relationships.end_with_client(ctx, into.id, into.died)
    return await _tell(ctx, row, "merged", before, into.id, merged_into=into.id, merge_reason=merging.reason)


async def unmerge(
    ctx: RequestContext, client_id: UUID, unmerging: ClientUnmerging, if_match: str | None
) -> ClientRow:
    """Take it out again, with all who had been merged into it: each says again what its own sources said."""
    await service.find(ctx, client_id)
    root_id = await follow(ctx, client_id)
    row, root = await _both(ctx, client_id, root_id)
    edge = await _edge(ctx, client_id)
    if edge is None or root is None or edge.read_as != root.id:  # or another was quicker
        raise CONFLICT(state="merged" if edge is not None else "active")
    preconditions.require_version(if_match, row.version)
    group, over = await _ids(ctx, _BENEATH, row.id), await above(ctx, row.id)
    before = service.stub(row).decode()
    await ctx.session.execute(_UNMERGE, organiser=ctx.organiser_id, id=edge.id)
    await _read_under(ctx, group, root.id, row.id)
    await ctx.session.execute(_CLOSE_ACCESS, organiser=ctx.organiser_id, group=group, above=over)
    await _protect_less(ctx, over)
    for each in (row, root):
        await _names(ctx, each.id)
        await relationships.end_with_client(ctx, each.id, each.died)
    return await _tell(ctx, row, "unmerged", before, root.id, merged_into=None, merge_reason=unmerging.reason)


async def _both(ctx: RequestContext, one: UUID, other: UUID) -> tuple[ClientRow, ClientRow | None]:
    """Both clients. What is being recorded is waited for; what comes after waits in turn, and then knows of this."""
    began = time.monotonic()
    while not await _alone(ctx, one, other):
        if time.monotonic() - began > _PATIENCE:
            raise refused(UNAVAILABLE, 1)
        await asyncio.sleep(_PAUSE)
    statement = service.visible_to(ctx).where(ClientRow.id.in_({one, other}))
    rows = await ctx.session.orm.scalars(statement.execution_options(populate_existing=True))
    found = {row.id: row for row in rows}
    if one not in found:
        raise NOT_FOUND()
    return found[one], found.get(other)


async def _alone(ctx: RequestContext, one: UUID, other: UUID) -> bool:
    """Hold all that the act writes, or nothing. Whoever records may hold a record first and then ask to record of a client:
    an act that waited for the record with merges closed would wait for ever, and everybody else with it."""
    session = ctx.session
    try:
        async with session.savepoint():
            await session.execute("set local lock_timeout = '250ms'")
            await session.execute(_ALONE, organiser=ctx.organiser_id)
            group, beside = await _ids(ctx, _BENEATH, one), await _ids(ctx, _BENEATH, other)
            await session.execute(_LOCK_CLIENTS, organiser=ctx.organiser_id, ids=[*group, *beside])
            for table in TABLES:  # a death that comes or goes with it ends services of either side
                of = [*group, *beside] if table == "service_relationships" else group
                await session.execute(_LOCK[table], organiser=ctx.organiser_id, ids=[one, other], group=of)
    except asyncpg.LockNotAvailableError:
        return False
    await session.execute("set local lock_timeout to default")
    return True


async def _edge(ctx: RequestContext, client_id: UUID) -> _Edge | None:
    row = await ctx.session.fetchrow(_IN_FORCE, organiser=ctx.organiser_id, client_id=client_id)
    return _Edge(*row.values()) if row is not None else None


async def _ids(ctx: RequestContext, statement: Statement, client_id: UUID) -> list[UUID]:
    rows = await ctx.session.fetch(statement, organiser=ctx.organiser_id, client_id=client_id)
    return [row["id"] for row in rows]


async def _read_under(ctx: RequestContext, group: Sequence[UUID], before: UUID, root: UUID) -> None:
    """What named one of the group is read under `root` from now on, and no longer under `before`."""
    for table in TABLES:
        await ctx.session.execute(
            _READ_UNDER[table], organiser=ctx.organiser_id, before=before, root=root, group=group
        )
    await ctx.session.execute(_ROOT, organiser=ctx.organiser_id, root=root, group=group)


async def _names(ctx: RequestContext, root: UUID) -> None:
    """Whether those who are read as one person have, or had, more than one name."""
    await ctx.session.execute(_RENAMED, organiser=ctx.organiser_id, ids=await _ids(ctx, _BENEATH, root))


async def _protect_less(ctx: RequestContext, over: Sequence[UUID]) -> None:
    """Those into whom it was merged keep what came with others alone; the one that stays tells so."""
    for client_id in over:
        row = await ctx.session.orm.get(ClientRow, (ctx.organiser_id, client_id), populate_existing=True)
        assert row is not None
        beneath = [each for each in await _ids(ctx, _BENEATH, client_id) if each != client_id]
        came = await ctx.session.fetchrow(_PROTECTED, organiser=ctx.organiser_id, ids=beneath)
        assert came is not None
        less: dict[str, Any] = {
            name: False
            for name in ("protected_with", "withheld_with")
            if getattr(row, name) and not came[name]
        }
        if row.died_with is not None and row.died_with != came["died_with"]:
            less["died_with"] = came["died_with"]
        await with_another(ctx, row, less)


async def _tell(
    ctx: RequestContext, row: ClientRow, change: str, before: str, root: UUID, **values: Any
) -> ClientRow:
    """The next version of the one, and one line in the journal, for who sees either of the two."""
    await records.replace(ctx.session, ctx.actor, row, values)
    await record_change(ctx, CLIENT.resource_type, row, change, before, client_id=root)
    return row
