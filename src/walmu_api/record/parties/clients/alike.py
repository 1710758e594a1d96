"""Clients who may be the same person, for a person of the organiser to judge; and codes that changed without a reason told.

Derived, not stored: a pair is there while the two look alike, are not read as one, and nobody has said that they are two
persons. Those of a client who was merged are those of the one under whom it is read."""

from uuid import UUID

from walmu_api.access.context import RequestContext
from walmu_api.access.merged_clients import follow, merged
from walmu_api.foundation import preconditions
from walmu_api.foundation.problems import INVALID_VALUE, UNKNOWN_REFERENCE, invalid
from walmu_api.foundation.statements import Statement
from walmu_api.record.parties.clients import rules, service
from walmu_api.record.parties.clients.schemas import (
    ClientFinding,
    ClientFindings,
    DistinctClients,
    DistinctVerdict,
)
from walmu_api.record.parties.clients.tables import ClientRow

MOST = 200
_ROOT = "coalesce({row}.merged_into, {row}.id)"
_FOUND = Statement(f"""
with alike as (
    select {_ROOT.format(row="a")} as one, {_ROOT.format(row="b")} as other, 'same-name-and-birthday' as because
    from clients a join clients b on b.organiser_id = a.organiser_id and b.person_index = a.person_index and b.id <> a.id
    where a.organiser_id = :organiser
    union all
    select {_ROOT.format(row="h")}, {_ROOT.format(row="p")}, 'same-code'
    from former_codes f join clients h on h.organiser_id = f.organiser_id and h.id = f.client_id
    join clients p on p.organiser_id = f.organiser_id and p.identity_index = f.code_index
    where f.organiser_id = :organiser
    union all
    select {_ROOT.format(row="h")}, {_ROOT.format(row="k")}, 'same-code'
    from former_codes f join clients h on h.organiser_id = f.organiser_id and h.id = f.client_id
    join former_codes g on g.organiser_id = f.organiser_id and g.code_index = f.code_index and g.client_id <> f.client_id
    join clients k on k.organiser_id = g.organiser_id and k.id = g.client_id
    where f.organiser_id = :organiser),
apart as (
    select {_ROOT.format(row="a")} as one, {_ROOT.format(row="b")} as other
    from distinct_clients d
    join clients a on a.organiser_id = d.organiser_id and a.id = d.one
    join clients b on b.organiser_id = d.organiser_id and b.id = d.other
    where d.organiser_id = :organiser)
select 'possible-duplicate' as code, least(one, other) as client_id, greatest(one, other) as other_client_id,
    min(because) as because
from alike
where one <> other and (:client_id::uuid is null or :client_id in (one, other))
  and not exists (select from apart where least(apart.one, apart.other) = least(alike.one, alike.other)
      and greatest(apart.one, apart.other) = greatest(alike.one, alike.other))
group by 2, 3
union all
select 'identity-changed', latest.client_id, null::uuid, null from (
    select distinct on (1) {_ROOT.format(row="c")} as client_id, f.reason
    from former_codes f join clients c on c.organiser_id = f.organiser_id and c.id = f.client_id
    where f.organiser_id = :organiser and (:client_id::uuid is null or :client_id = {_ROOT.format(row="c")})
      and f.code_index is distinct from c.identity_index
    order by 1, f.until desc, f.id desc) latest
where latest.reason = 'unknown'
order by 2, 3 limit {MOST}
""")
_APART = Statement("""
insert into distinct_clients (organiser_id, one, other, reason)
values (:organiser, least(:one::uuid, :other::uuid), greatest(:one::uuid, :other::uuid), :reason)
on conflict (organiser_id, one, other) do update set reason = excluded.reason
""")
_VERDICTS = Statement(f"""
select {_ROOT.format(row="a")} as client_id, {_ROOT.format(row="b")} as other_client_id, d.reason, d.judged_at
from distinct_clients d
join clients a on a.organiser_id = d.organiser_id and a.id = d.one
join clients b on b.organiser_id = d.organiser_id and b.id = d.other
where d.organiser_id = :organiser and {_ROOT.format(row="a")} <> {_ROOT.format(row="b")}
  and :client_id in ({_ROOT.format(row="a")}, {_ROOT.format(row="b")})
order by d.judged_at, d.one, d.other
""")


async def findings(ctx: RequestContext, client_id: UUID | None) -> ClientFindings:
    client_id = await follow(ctx, client_id) if client_id is not None else None
    rows = await ctx.session.fetch(_FOUND, organiser=ctx.organiser_id, client_id=client_id)
    for row in rows:
        ctx.session.log_access(*{row["client_id"], row["other_client_id"]} - {None})
    ctx.session.logged_anyway = True
    items = [ClientFinding.model_validate(dict(row)) for row in rows]
    if client_id is None:
        return ClientFindings(items=items)
    apart = await ctx.session.fetch(_VERDICTS, organiser=ctx.organiser_id, client_id=client_id)
    for row in apart:
        ctx.session.log_access(row["client_id"], row["other_client_id"])
    return ClientFindings(items=items, apart=[DistinctVerdict.model_validate(dict(row)) for row in apart])


async def tell_apart(
    ctx: RequestContext, client_id: UUID, verdict: DistinctClients, if_match: str | None
) -> None:
    """The two are two persons, and are not found alike any more."""
    row = await service.find(ctx, client_id)
    preconditions.require_if_given(if_match, row.version)
    other = await ctx.session.orm.scalar(service.visible_to(ctx).where(ClientRow.id == verdict.from_))
    if other is None:
        raise invalid(UNKNOWN_REFERENCE.at("/from"))
    if other.id == row.id:
        raise invalid(INVALID_VALUE.at("/from", reason=rules.ITSELF))
    ctx.session.log_access(row.id, other.id)
    for each in (row, other):
        if each.merged_into is not None:
            raise merged(ctx, each.merged_into)
    await ctx.session.execute(
        _APART, organiser=ctx.organiser_id, one=row.id, other=other.id, reason=verdict.reason
    )
