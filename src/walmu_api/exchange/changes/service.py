"""Reading the journal as a feed: everything since a cursor, in order, nothing passed over."""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from uuid import UUID

import asyncpg

from walmu_api.access.context import RequestContext
from walmu_api.access.visibility import HAS_ACCESS, NOT_OVER, NOT_OVER_FOR_WORKPLACE
from walmu_api.exchange.kinds import KINDS
from walmu_api.foundation import journal
from walmu_api.foundation.journal import Cursor
from walmu_api.record.case_file.disclosures import service as disclosures
from walmu_api.record.case_file.documents import service as documents
from walmu_api.record.case_file.documents.service import ResourceDefinition
from walmu_api.record.commitments.agreements import service as agreements
from walmu_api.record.commitments.decisions import service as decisions
from walmu_api.record.everyday.attendance.days import service as attendance
from walmu_api.record.everyday.attendance.justifications import service as justifications
from walmu_api.record.everyday.measurements import service as measurements
from walmu_api.record.parties.clients import service as clients
from walmu_api.record.parties.service_relationships import service as relationships

PATHS = {
    "agreement": "/v1/agreements/",
    "assessment-form": "/v1/assessment-forms/",
    "attendance": "/v1/attendance/",
    "client": "/v1/clients/",
    "code-system": "/v1/code-systems/",
    "connected-system": "/v1/connected-systems/",
    "decision": "/v1/decisions/",
    "impact-limits": "/v1/impact-limits",
    "instrument": "/v1/instruments/",
    "disclosure": "/v1/disclosures/",
    "justification": "/v1/justifications/",
    "measurement": "/v1/measurements/",
    "organisation": "/v1/organisations/",
    "service-relationship": "/v1/service-relationships/",
    "unit": "/v1/units/",
}
IN_STORE: dict[str, ResourceDefinition] = {kind.resource_type: kind for kind in (*KINDS, documents.DOCUMENT)}
"""The kinds that are kept in the one store of documents."""
PATHS |= {kind.resource_type: f"{kind.path}/" for kind in IN_STORE.values()}
Reader = Callable[[RequestContext, list[UUID]], Awaitable[dict[UUID, bytes]]]
READERS: dict[str, Reader] = {
    "agreement": agreements.wire_records,
    "attendance": attendance.wire_records,
    "decision": decisions.wire_records,
    "disclosure": disclosures.wire_records,
    "justification": justifications.wire_records,
    "measurement": measurements.wire_records,
    "service-relationship": relationships.wire_records,
}
SCOPES = {"code-system": "codes:read", "justification": "attendance:read"}

_ITEM = """era, txid, seq, resource_type, resource_id, source_id, json_strip_nulls(json_build_object(
    'at', to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'resource_type', resource_type,
    'resource_id', resource_id, 'version', version, 'change', change, 'client_id', client_id, 'source_id', source_id))::text as item"""
_SINCE = """organiser_id = $1 and (era, txid, seq) > ($2::int, $3::xid8, $4::bigint) and (txid <= $5::xid8 or era < $8::int)
    and ($6::text is null or resource_type = $6)"""
_ORDER = "order by era, txid, seq limit $7"

ALL = f"select {_ITEM} from journal where {_SINCE} {_ORDER}"
_ASKED = {"row": "journal", "organisation": "$9::uuid", "today": "$10::date"}
_GRANTED = HAS_ACCESS.format(client="client_id", **_ASKED)
_NOT_OVER = NOT_OVER.format(**_ASKED)
_NOT_OVER_FOR_WORKPLACE = NOT_OVER_FOR_WORKPLACE.format(**_ASKED)
OWN = f"""
select {_ITEM} from (
    (select * from journal where {_SINCE} and provider_id = $9
        and (change = 'access-ended' or {_NOT_OVER}) {_ORDER})
    union all
    (select * from journal where {_SINCE} and workplace_id = $9 and provider_id is distinct from $9
        and {_NOT_OVER_FOR_WORKPLACE} {_ORDER})
    union all
    (select * from journal where {_SINCE} and resource_type = 'client' and provider_id is null and {_GRANTED} {_ORDER})
) own {_ORDER}
"""


async def page(
    ctx: RequestContext,
    cursor: Cursor | None,
    limit: int,
    resource_type: str | None,
) -> tuple[list[bytes], Cursor, bool]:
    """Items, the cursor to go on from, and whether there is more already."""
    horizon = await journal.horizon(ctx.session, cursor)
    end = horizon.end
    start = cursor or Cursor(0, 0, 0, end.era)
    values = [
        ctx.organiser_id,
        start.era,
        start.txid,
        start.seq,
        end.txid,
        resource_type,
        limit + 1,
        end.era,
    ]
    if ctx.tenant_scope is None:
        rows = await ctx.session.fetch(ALL, *values)
    else:
        rows = await ctx.session.fetch(OWN, *values, ctx.tenant_scope, ctx.today)
    shown, more = rows[:limit], len(rows) > limit
    records = await _records(ctx, shown)
    items = [_item(row, records.get((row["resource_type"], row["resource_id"]))) for row in shown]
    following = Cursor(shown[-1]["era"], shown[-1]["txid"], shown[-1]["seq"], end.era) if shown else start
    if horizon.durable and not more:
        following = max(following, end)
    return items, following, more


async def _records(ctx: RequestContext, rows: list[asyncpg.Record]) -> dict[tuple[str, UUID], bytes]:
    wanted: dict[str, set[UUID]] = defaultdict(set)
    for row in rows:
        wanted[row["resource_type"]].add(row["resource_id"])
    found: dict[tuple[str, UUID], bytes] = {}
    for kind, ids in wanted.items():
        if _scope(kind) not in ctx.caller.scopes:
            continue
        if kind in IN_STORE:
            data = await documents.wire_records(ctx, IN_STORE[kind], list(ids))
        elif kind == "client":
            data = await clients.wire_records(ctx, list(ids))
        elif kind in READERS:
            data = await READERS[kind](ctx, list(ids))
        else:
            continue
        found |= {(kind, record_id): body for record_id, body in data.items()}
    return found


def _scope(kind: str) -> str:
    if kind in IN_STORE:
        return IN_STORE[kind].reading.value
    return SCOPES.get(kind, f"{kind}s:read" if kind != "attendance" else "attendance:read")


def _item(row: asyncpg.Record, record: bytes | None) -> bytes:
    kind = row["resource_type"]
    named = {"instrument": row["source_id"], "impact-limits": ""}.get(
        kind, row["resource_id"]
    )  # those go by their code
    url = f',"url":"{PATHS[kind]}{named}"'
    tail = b',"record":' + record + b"}" if record is not None else b"}"
    head: str = row["item"]
    return head[:-1].encode() + url.encode() + tail
