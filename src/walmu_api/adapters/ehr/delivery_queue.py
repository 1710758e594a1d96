"""The queue of what goes to one record system: rows planned from the journal, in lanes that are claimed with a lease.

Every transaction here that touches deliveries locks their lanes first. That order keeps planning, settling and resuming
from dead locks, and lets a release see whatever was planned before it: nothing queued is ever without a due lane."""

from uuid import UUID

import asyncpg

from walmu_api.adapters.ehr.targets import Target
from walmu_api.foundation import journal
from walmu_api.foundation.database import Session
from walmu_api.foundation.identifiers import uuid7, uuid7s
from walmu_api.foundation.journal import Cursor

LEASE = 15.0
"""Longer than any single call may take: it is renewed before each, so a killed worker holds up its lanes this long only."""
FAR = 1000
"""So many transactions without anything to send, and the position moves past them."""
MOST = 2000
WAITING = "('pending', 'retry', 'unknown')"


class LaneLostError(Exception):
    """The lease ran out and another worker took the lane: nothing more may be sent or settled under it."""


_CURSOR = """
insert into ehr_cursors (organiser_id, target_id, stream, position) values ($1, $2, 'journal', '')
on conflict (organiser_id, target_id, stream) do nothing
"""
_TAKE_CURSOR = """
select position from ehr_cursors where organiser_id = $1 and target_id = $2 and stream = 'journal' for update skip locked
"""
_CHANGES = """
select era, txid, seq, resource_type, resource_id, version, client_id from journal
where organiser_id = $1 and (era, txid, seq) > ($2::int, $3::xid8, $4::bigint) and (txid <= $5::xid8 or era < $8::int)
  and (resource_type = 'attendance' or (resource_type = 'decision' and actor_system <> $6 and provider_id is null))
order by era, txid, seq limit $7
"""
_OPEN_LANES = """
insert into ehr_lanes (organiser_id, target_id, client_id, due_at)
select $1::uuid, $2::uuid, client_id, walmu_now() from (select distinct unnest($3::uuid[]) as client_id) c order by client_id
on conflict (organiser_id, target_id, client_id) do update
    set due_at = least(ehr_lanes.due_at, walmu_now())
"""
_QUEUE = f"""
insert into ehr_deliveries (organiser_id, id, target_id, resource_type, resource_id, client_id, wanted_version, state)
select $1, min(id::text)::uuid, $2, resource_type, resource_id, client_id, max(version), 'pending'
from unnest($3::text[], $4::uuid[], $5::uuid[], $6::int[], $7::uuid[]) as c (resource_type, resource_id, client_id, version, id)
group by resource_type, resource_id, client_id
on conflict (organiser_id, target_id, resource_type, resource_id) do update
    set wanted_version = excluded.wanted_version,
        state = case when ehr_deliveries.state in {WAITING} then ehr_deliveries.state else 'pending' end,
        attempts = case when ehr_deliveries.state in {WAITING} then ehr_deliveries.attempts else 0 end,
        due_at = walmu_now(), queued_at = walmu_now()
    where ehr_deliveries.wanted_version < excluded.wanted_version
"""
_MOVE = (
    "update ehr_cursors set position = $3 where organiser_id = $1 and target_id = $2 and stream = 'journal'"
)
_CLAIM = """
with picked as materialized (
    select client_id from ehr_lanes
    where organiser_id = $1 and target_id = $2 and due_at <= walmu_now()
      and (leased_until is null or leased_until < clock_timestamp())
    order by due_at limit 1 for update skip locked)
update ehr_lanes l set lease = $3, leased_until = clock_timestamp() + make_interval(secs => $4)
from picked where l.organiser_id = $1 and l.target_id = $2 and l.client_id = picked.client_id
returning l.client_id
"""
"""Materialized on purpose: as a subquery of `in` it may be run once for each row, and then every lane is taken."""
_DUE = f"""
select id, resource_type, resource_id, wanted_version, sent_version, state, attempts, remote_id, queued_at
from ehr_deliveries
where organiser_id = $1 and target_id = $2 and client_id = $3 and state in {WAITING} and due_at <= walmu_now()
order by id limit $4
"""
_RENEW = """
update ehr_lanes set leased_until = clock_timestamp() + make_interval(secs => $5)
where organiser_id = $1 and target_id = $2 and client_id = $3 and lease = $4 returning true
"""
_RELEASE = f"""
update ehr_lanes l set lease = null, leased_until = null,
    due_at = (select greatest(min(d.due_at), walmu_now()) from ehr_deliveries d
              where d.organiser_id = l.organiser_id and d.target_id = l.target_id and d.client_id = l.client_id
                and d.state in {WAITING} having count(*) > 0)
where l.organiser_id = $1 and l.target_id = $2 and l.client_id = $3 and l.lease = $4
"""
"""A lane with more to do goes behind those that wait already."""
_RESUMED = f"""
select client_id from ehr_lanes l where organiser_id = $1 and target_id = $2 and exists (
    select from ehr_deliveries d where d.organiser_id = $1 and d.target_id = $2 and d.client_id = l.client_id
      and d.state in {WAITING} and d.failure in ('transient', 'malformed_remote', 'auth'))
order by client_id for update
"""
_RESUME = f"""
update ehr_deliveries set due_at = walmu_now()
where organiser_id = $1 and target_id = $2 and client_id = any($3::uuid[]) and state in {WAITING}
  and failure in ('transient', 'malformed_remote', 'auth')
"""
_DUE_NOW = "update ehr_lanes set due_at = walmu_now() where organiser_id = $1 and target_id = $2 and client_id = any($3::uuid[])"


async def plan(session: Session, target: Target) -> int:
    """Make deliveries of what the journal tells; how many changes were taken."""
    await session.execute(_CURSOR, session.organiser_id, target.id)
    position = await session.fetchval(_TAKE_CURSOR, session.organiser_id, target.id)
    if position is None:
        return 0  # another worker is at it
    end = (await journal.horizon(session, None)).end  # our own number is later and commits with it: durable
    start = Cursor.read(position) if position else Cursor(0, 0, 0)
    rows = await session.fetch(
        _CHANGES,
        session.organiser_id,
        start.era,
        start.txid,
        start.seq,
        end.txid,
        target.system_id,
        MOST,
        end.era,
    )
    if rows:
        names = ("resource_type", "resource_id", "client_id", "version")
        columns = [[row[name] for row in rows] for name in names]
        await session.execute(_OPEN_LANES, session.organiser_id, target.id, columns[2])
        await session.execute(_QUEUE, session.organiser_id, target.id, *columns, sorted(uuid7s(len(rows))))
    reached = end
    if len(rows) == MOST:
        reached = Cursor(rows[-1]["era"], rows[-1]["txid"], rows[-1]["seq"])
    if rows or (reached.era, reached.txid) > (start.era, start.txid + FAR):
        await session.execute(_MOVE, session.organiser_id, target.id, Cursor.text(reached))
    return len(rows)


async def claim(session: Session, target: Target, most: int) -> tuple["Lane | None", list[asyncpg.Record]]:
    """A lane that is due and free, for this worker alone, and what is due in it."""
    lease = uuid7()
    client_id = await session.fetchval(_CLAIM, session.organiser_id, target.id, lease, LEASE)
    if client_id is None:
        return None, []
    return Lane(target, client_id, lease), await session.fetch(
        _DUE, session.organiser_id, target.id, client_id, most
    )


class Lane:
    """A lane under a lease."""

    def __init__(self, target: Target, client_id: UUID, lease: UUID) -> None:
        self.target, self.client_id, self.lease = target, client_id, lease

    async def hold(self, session: Session) -> None:
        """Lock the lane until the transaction ends and renew the lease, or learn that it is lost."""
        held = await session.fetchval(
            _RENEW, session.organiser_id, self.target.id, self.client_id, self.lease, LEASE
        )
        if not held:
            raise LaneLostError

    async def release(self, session: Session) -> None:
        await session.execute(_RELEASE, session.organiser_id, self.target.id, self.client_id, self.lease)


async def resume(session: Session, target: Target) -> None:
    """The target answers again: what waited for it is due now."""
    clients = [row["client_id"] for row in await session.fetch(_RESUMED, session.organiser_id, target.id)]
    await session.execute(_RESUME, session.organiser_id, target.id, clients)
    await session.execute(_DUE_NOW, session.organiser_id, target.id, clients)
