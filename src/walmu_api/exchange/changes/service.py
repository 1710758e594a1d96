"""Reading the journal as a feed: everything since a cursor, in order, nothing passed over."""

import asyncio
from collections import defaultdict
from datetime import datetime
from typing import Literal
from uuid import UUID

import asyncpg
from pydantic_core import to_json

from walmu_api.access import audiences
from walmu_api.access.context import RequestContext
from walmu_api.access.merged_clients import read_under
from walmu_api.access.visibility import (
    ANNEX,
    HAS_ACCESS,
    NOT_OVER,
    NOT_OVER_FOR_WORKPLACE,
    SHOWN_AND_NOT_OVER,
)
from walmu_api.exchange.registry import BY_TYPE
from walmu_api.foundation import journal
from walmu_api.foundation.journal import Cursor, Horizon
from walmu_api.foundation.pacing import paced
from walmu_api.foundation.statements import Statement
from walmu_api.foundation.withholding import withholds

_ITEM = f"""era, txid, seq, resource_type, resource_id, source_id, json_strip_nulls(json_build_object(
    'at', to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'resource_type', resource_type,
    'resource_id', resource_id, 'version', version, 'change', change, 'client_id', {read_under("own.client_id")}))::text as item"""
"""The journal names the client whom the record named; told is the one under whom it is read."""
_SINCE = """organiser_id = :organiser
    and (era, txid, seq) > (:after_era::int, :after_txid::xid8, :after_seq::bigint)
    and (txid <= :end_txid::xid8 or era < :end_era::int)
    and (:resource_type::text is null or resource_type = :resource_type)"""
_ORDER = "order by era, txid, seq limit :limit"

ALL = Statement(f"select {_ITEM} from journal own where {_SINCE} {_ORDER}")
_GRANTED = HAS_ACCESS.format(row="journal", clients="journal.client_id, journal.resource_id")
"""A client's merging concerns two: who sees either of them is told, once."""
_NOT_OVER = NOT_OVER.format(row="journal")
_NOT_OVER_FOR_WORKPLACE = NOT_OVER_FOR_WORKPLACE.format(row="journal")
OWN = Statement(f"""
select {_ITEM} from (
    (select * from journal where {_SINCE} and provider_id = :organisation
        and (client_id is null or change = 'access-ended' or {_NOT_OVER}) {_ORDER})
    union all
    (select * from journal where {_SINCE} and resource_type = 'client' and provider_id is null
      and {_GRANTED} {_ORDER})
) own {_ORDER}
""")

_SHOWN_TYPE = "case when resource_type = 'agreement' then 'workplace-agreement' else resource_type end"
"""To a workplace, an agreement is what it gets of it."""
_SHOWN = f"""(resource_type <> 'agreement' or exists (select from agreements g
    where g.organiser_id = journal.organiser_id and g.id = journal.resource_id and g.workplace_id = :organisation
      and journal.version >= g.shown_version))
    and (resource_type not in ('notice', 'diary-entry', 'assessment') or exists (select from agreements g
    where g.organiser_id = journal.organiser_id and g.client_named = journal.client_id and {ANNEX.format(row="g")}))"""
_MERGED = f"""resource_type = 'client' and change in ('merged', 'unmerged') and exists (select from agreements g
    where g.organiser_id = journal.organiser_id and {SHOWN_AND_NOT_OVER.format(row="g")}
      and (g.client_id in (journal.client_id, journal.resource_id)
          or g.client_named in (journal.client_id, journal.resource_id)))"""
"""That two clients are one person, for who reads an agreement of either that is not over: its records name another client since."""
# A key in the journal may be the provider's: a workplace reads its own keys in the records.
_SHOWN_SINCE = _SINCE.replace("resource_type = ", _SHOWN_TYPE + " = ")
OF_WORKPLACE = Statement(f"""
select {_ITEM} from (
    select era, txid, seq, at, {_SHOWN_TYPE} as resource_type, resource_id, version, change, client_id,
        null::text as source_id
    from (
        (select * from journal where {_SHOWN_SINCE} and workplace_id = :organisation
            and (client_id is null or {_NOT_OVER_FOR_WORKPLACE}) and {_SHOWN} {_ORDER})
        union all
        (select * from journal where {_SINCE} and {_MERGED} {_ORDER})) shown {_ORDER}) own
""")


AT_ONCE = 100
"""Records that are read and written down without letting other requests in between."""
NOW: Literal["now"] = "now"
Start = Cursor | datetime | Literal["now"] | None
"""Where to begin: after a cursor, before what was recorded at an instant, now, or at the beginning."""


async def page(
    ctx: RequestContext, start_at: Start, limit: int, resource_type: str | None
) -> tuple[list[bytes], Cursor, bool]:
    """Items, the cursor to go on from, and whether there is more already."""
    cursor = start_at if isinstance(start_at, Cursor) else None
    horizon = await journal.horizon(ctx.session, cursor)
    end = horizon.end
    start = cursor or await _begun(ctx, start_at, horizon)
    values = {
        "organiser": ctx.organiser_id,
        "after_era": start.era,
        "after_txid": start.txid,
        "after_seq": start.seq,
        "end_txid": end.txid,
        "end_era": end.era,
        "resource_type": resource_type,
        "limit": limit + 1,
    }
    if ctx.tenant_scope is None:
        rows = await ctx.session.fetch(ALL, **values)
    else:
        statement = OF_WORKPLACE if ctx.caller.system.role == "workplace" else OWN
        rows = await ctx.session.fetch(statement, **values, organisation=ctx.tenant_scope, today=ctx.today)
    shown, more = rows[:limit], len(rows) > limit
    records = await _records(ctx, shown)
    items = [
        _item(ctx, row, records.get((row["resource_type"], row["resource_id"]))) async for row in paced(shown)
    ]
    following = Cursor(shown[-1]["era"], shown[-1]["txid"], shown[-1]["seq"], end.era) if shown else start
    if horizon.durable and not more:
        following = max(following, end)
    return items, following, more


async def _begun(ctx: RequestContext, start_at: Start, horizon: Horizon) -> Cursor:
    """A place to begin at. It is looked for among the rows of all, as it tells nothing but a place in their order."""
    if isinstance(start_at, datetime):
        async with ctx.session.without_tenant_scope():
            return await journal.before(ctx.session, start_at, horizon)
    if start_at == NOW:
        async with ctx.session.without_tenant_scope():
            return await journal.last(ctx.session, horizon)
    return Cursor(0, 0, 0, horizon.end.era)


async def _records(ctx: RequestContext, rows: list[asyncpg.Record]) -> dict[tuple[str, UUID], bytes]:
    wanted: dict[str, set[UUID]] = defaultdict(set)
    for row in rows:
        wanted[row["resource_type"]].add(row["resource_id"])
    found: dict[tuple[str, UUID], bytes] = {}
    for resource_type, ids in wanted.items():
        resource = BY_TYPE[resource_type]
        if resource.read_many is not None and resource.definition.reads in ctx.caller.scopes:
            in_order = sorted(ids)
            for first in range(0, len(in_order), AT_ONCE):
                records = await resource.read_many(ctx, in_order[first : first + AT_ONCE])
                found |= {(resource_type, record_id): body for record_id, body in records.items()}
                await asyncio.sleep(0)
    models = {resource_type: BY_TYPE[resource_type].definition.model for resource_type in wanted}
    asks = any(withholds(models[resource_type]) for resource_type, _ in found)
    readers = await audiences.readers_of(ctx, ctx.session.clients_seen if asks else ())
    return {
        key: audiences.record_shown(ctx, models[key[0]], body, readers)
        async for key, body in paced(found.items())
    }


def _item(ctx: RequestContext, row: asyncpg.Record, record: bytes | None) -> bytes:
    """A line with the record, where the caller may read it. A provider reads the sender's key of what it reads only."""
    key = row["source_id"] if record is not None or ctx.tenant_scope is None else None
    source = b',"source_id":' + to_json(key) if key is not None else b""
    url = BY_TYPE[row["resource_type"]].definition.url(row["resource_id"], row["source_id"])
    tail = b',"record":' + record + b"}" if record is not None else b"}"
    head: str = row["item"]
    return head[:-1].encode() + source + f',"url":"{url}"'.encode() + tail
