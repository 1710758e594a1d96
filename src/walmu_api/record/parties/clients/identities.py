"""Who a client is: the identity codes that it has and had.

A person gets another code when a temporary one is replaced, a wrong one is corrected, or for protection or gender; a document
of an older day keeps the code of its day. Former codes are kept sealed with their time and reason, and lead to the client
as the present one does. Those that were changed for protection or gender, or for a reason not told yet, lead there for the organiser
alone: row-level security shows no other to narrowed sessions, and `by_codes`, which looks at all of them, asks for the same."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import asyncpg

from walmu_api.access.context import RequestContext
from walmu_api.access.merged_clients import named_by
from walmu_api.access.visibility import parameters, visible_client
from walmu_api.foundation.identity_codes import PERSONAL_IDENTITY_CODE
from walmu_api.foundation.record_ids import uuid7
from walmu_api.foundation.statements import Statement
from walmu_api.foundation.texts import folded
from walmu_api.record.parties.clients.definition import CLIENT
from walmu_api.record.parties.clients.names import PLACE
from walmu_api.record.parties.clients.schemas import Identity, IdentityChange
from walmu_api.record.parties.clients.tables import ClientRow

_ASKED = "any(array(select decode(h, 'hex') from unnest(:codes::text[]) h))"
_SERVES = """exists (select from client_access a
    where a.organiser_id = :organiser and a.client_id = {client} and a.organisation_id = :organisation)"""
_BY_CODE = Statement(f"""
with has as (
    select c.identity_index as code, c.id as client_id, cast(:organisation as uuid) is null or c.merged_into is null
        or c.identity_system <> '{PERSONAL_IDENTITY_CODE}' or {_SERVES.format(client="c.id")} as told
    from clients c where c.organiser_id = :organiser and c.identity_index = {_ASKED}
    union all
    select f.code_index, f.client_id, cast(:organisation as uuid) is null
        or f.reason in ('temporary', 'corrected') and not f.before_protection and {_SERVES.format(client="f.client_id")}
    from former_codes f
    where f.organiser_id = :organiser and f.code_index = {_ASKED}
      and not exists (select from clients p where p.organiser_id = f.organiser_id and p.identity_index = f.code_index))
select encode(has.code, 'hex') as key, min(coalesce(c.merged_into, c.id)::text)::uuid as client_id
from has join clients c on c.organiser_id = :organiser and c.id = has.client_id
group by has.code
having count(distinct coalesce(c.merged_into, c.id)) = 1 and bool_or(has.told and {visible_client("c")})
""")
"""The present code of one goes before the former code of another; one that was that of several is nobody's. The identity code
of one who was merged leads those there who serve that one: why the other has another code was told of none of the two."""
_ADD = Statement("""
insert into former_codes (organiser_id, id, client_id, code_system, code_sealed, code_index, reason)
values (:organiser, :id, :client_id, :system, :sealed, :index, :reason)
""")
_EXPLAIN = Statement("""
update former_codes set reason = :reason where organiser_id = :organiser and id = (
    select id from former_codes where organiser_id = :organiser and client_id = any(:ids::uuid[])
    order by until desc, id desc limit 1)
""")
_BEFORE = Statement("""
update former_codes f set before_protection = exists (
    select from former_codes g where g.organiser_id = f.organiser_id and g.client_id = f.client_id
      and (g.until, g.id) > (f.until, f.id) and g.reason not in ('temporary', 'corrected'))
where f.organiser_id = :organiser and f.client_id = any(:ids::uuid[])
""")
"""Of a chain of codes none leads past one that was changed for protection or gender, or for a reason not told yet."""
_OF_CLIENTS = Statement("""
select client_id, code_system, code_sealed, code_index, reason, until from former_codes
where organiser_id = :organiser and client_id = any(:ids::uuid[]) order by until, id
""")
_PRESENT = Statement("""
select id, identity_sealed from clients
where organiser_id = :organiser and id = any(:ids::uuid[]) and identity_sealed is not null
""")

_EARLIER_NAMES = Statement("""
select replaced ->> 'family_name' as family_name, replaced ->> 'given_names' as given_names from journal
where organiser_id = :organiser and resource_type = :resource_type and resource_id = any(:ids::uuid[])
  and replaced ->> 'family_name' is not null
union all
select family_name, given_names from clients where organiser_id = :organiser and merged_into = :client_id
""")
"""A client who was taken out again of another had no name while it was merged."""


def index(ctx: RequestContext, known: Identity) -> bytes:
    return ctx.cipher.blind_index(ctx.organiser_id, known.system, known.canonical)


async def client_of(ctx: RequestContext, known: Identity) -> UUID | None:
    """The client that has this code, or had it and nobody else has."""
    rows = await by_codes(ctx, [index(ctx, known).hex()])
    return rows[0]["client_id"] if rows else None


async def by_codes(ctx: RequestContext, codes: list[str]) -> list[asyncpg.Record]:
    """Clients by blind indexes of codes in hexadecimal digits: `key` and `client_id`, of those whom the caller sees. Whose
    a code is does not depend on who asks: a code that is somebody else's now leads nobody to who had it by mistake."""
    async with ctx.session.without_tenant_scope():
        return await ctx.session.fetch(_BY_CODE, codes=codes, **parameters(ctx))


async def note_former(ctx: RequestContext, before: dict[str, Any], reason: IdentityChange | None) -> None:
    """Keep the code that a client had, given the columns of its row until now."""
    if before["identity_index"] is None:
        return
    temporary = before["identity_system"] != PERSONAL_IDENTITY_CODE
    await ctx.session.execute(
        _ADD,
        organiser=ctx.organiser_id,
        id=uuid7(),
        client_id=before["id"],
        system=before["identity_system"],
        sealed=before["identity_sealed"],
        index=before["identity_index"],
        reason=reason or ("temporary" if temporary else "unknown"),
    )
    await ctx.session.execute(_BEFORE, organiser=ctx.organiser_id, ids=[before["id"]])


async def explain(ctx: RequestContext, client_id: UUID, reason: IdentityChange) -> None:
    """Why the latest code of a client, or of those who are read under it, was changed: told late, or put right."""
    ids = await named_by(ctx, client_id)
    await ctx.session.execute(_EXPLAIN, organiser=ctx.organiser_id, ids=ids, reason=reason)
    await ctx.session.execute(_BEFORE, organiser=ctx.organiser_id, ids=ids)


async def former(ctx: RequestContext, client_ids: Collection[UUID]) -> list[dict[str, Any]]:
    """The codes that these clients had, oldest first, as far as the caller may know them."""
    rows = await ctx.session.fetch(_OF_CLIENTS, organiser=ctx.organiser_id, ids=list(client_ids))
    return [
        {
            "identity": {
                "system": row["code_system"],
                "value": ctx.cipher.decrypt(
                    row["code_sealed"], PLACE, ctx.organiser_id, row["client_id"]
                ).decode(),
            },
            "until": row["until"],
            "reason": row["reason"],
        }
        for row in rows
    ]


async def former_codes(ctx: RequestContext, client_id: UUID) -> frozenset[str]:
    """The values of the codes that a client had, and those who are read under it, as far as the caller may know them."""
    found = await former(ctx, await named_by(ctx, client_id))
    return frozenset(each["identity"]["value"] for each in found)


async def other_codes(ctx: RequestContext, client_id: UUID) -> frozenset[str]:
    """The same, and the codes that those who are read under it have: what comes under one of these is of the client."""
    ids = [each for each in await named_by(ctx, client_id) if each != client_id]
    rows = await ctx.session.fetch(_PRESENT, organiser=ctx.organiser_id, ids=ids) if ids else []
    present = (
        ctx.cipher.decrypt(row["identity_sealed"], PLACE, ctx.organiser_id, row["id"]).decode()
        for row in rows
    )
    return (await former_codes(ctx, client_id)).union(present)


async def earlier_names(ctx: RequestContext, client_id: UUID) -> set[str]:
    """The names of earlier versions, and those of who is read under it, folded: another name of a person is a former one."""
    rows = await ctx.session.fetch(
        _EARLIER_NAMES,
        organiser=ctx.organiser_id,
        resource_type=CLIENT.resource_type,
        client_id=client_id,
        ids=await named_by(ctx, client_id),
    )
    return {folded(name) for row in rows for name in row.values()}


def columns(row: ClientRow) -> dict[str, Any]:
    """What `note_former` needs to know of a row before it changes."""
    return {
        name: getattr(row, name) for name in ("id", "identity_system", "identity_sealed", "identity_index")
    }
