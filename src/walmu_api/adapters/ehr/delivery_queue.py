"""The queue of what goes to one record system: rows planned from the journal, in lanes that are claimed with
a lease.

Every transaction here that touches deliveries locks their lanes first. That order keeps planning, settling
and resuming from dead locks, and lets a release see whatever was planned before it: nothing queued is ever
without a due lane.

ADR 30."""

from uuid import UUID

import asyncpg

from walmu_api.adapters.ehr import resending
from walmu_api.adapters.ehr.outgoing import VERSION
from walmu_api.adapters.ehr.targets import Target
from walmu_api.foundation import journal
from walmu_api.foundation.database import Session
from walmu_api.foundation.journal import Cursor
from walmu_api.foundation.record_ids import uuid7, uuid7s
from walmu_api.foundation.statements import Arrays, Statement
from walmu_api.record.everyday.attendance import in_force

LEASE = 15.0
"""Longer than any single call may take: it is renewed before each, so a killed worker holds up its lanes this
long only."""
FAR = 1000
"""So many transactions without anything to send, and the position moves past them."""
MOST = 2000
WAITING = "('pending', 'retry', 'unknown')"


class LaneLostError(Exception):
    """The lease ran out and another worker took the lane: nothing more may be sent or settled under it."""


_CURSOR = Statement("""
insert into ehr_cursors (organiser_id, target_id, stream, position)
  values (:organiser, :target, 'journal', '')
on conflict (organiser_id, target_id, stream) do nothing
""")
_TAKE_CURSOR = Statement("""
select position from ehr_cursors where organiser_id = :organiser and target_id = :target
  and stream = 'journal' for update skip locked
""")
_OF_THE_DAY = """
    select d.*, false as again from attendance d where c.resource_type = 'attendance' and d.id = c.resource_id
    union all
    select d.*, false from attendance d
    where d.organiser_id = :organiser and d.agreement_id = j.agreement_id and d.date = j.date"""
_SAME_PRESENCE = f"""
    select o.*, true from (
        select agreement_id, date from attendance
        where c.resource_type = 'attendance' and organiser_id = :organiser and id = c.resource_id offset 0) changed,
    lateral (select o.* from {in_force.beside("changed")}
        where o.status in ('present', 'partial') and (o.status <> 'present' or o.id > c.resource_id)) o"""
"""Those that may be visits of their own or not by what the day says now: it goes before them."""
_COVERED = """
    select d.*, true from (
        select j.certificate where j.certificate ->> 'received_on' is not null
        union all
        select c.replaced::jsonb -> 'certificate'
        where c.resource_type = 'justification' and c.replaced::jsonb -> 'certificate' ->> 'received_on' is not null
        offset 0) k,
    lateral (select id from agreements where organiser_id = :organiser and client_id = j.client_id offset 0) g,
    lateral (select * from attendance
        where organiser_id = :organiser and agreement_id = g.id
          and date between coalesce((k.certificate ->> 'valid_from')::date, j.date)
              and coalesce((k.certificate ->> 'valid_to')::date, j.date) offset 0) d
    where d.absence_reason = 'unknown' and (d.agreement_id, d.date) <> (j.agreement_id, j.date)"""
_WAITING_FOR_IT = """
    select d.*, false from (
        select * from attendance
        where c.resource_type = 'agreement' and organiser_id = :organiser and agreement_id = c.resource_id offset 0) d
    join ehr_deliveries w on w.organiser_id = :organiser and w.target_id = :target
      and w.resource_type = 'attendance' and w.resource_id = d.id and w.failure = 'dependency'"""
"""Whoever their client was when they were recorded: a merge or a parting may lie between."""
_CHANGES = Statement(f"""
select c.era, c.txid, c.seq, coalesce(a.client_id, c.client_id) as client_id,
    case when a.id is null then c.resource_type else 'attendance' end as resource_type,
    case when a.id is not null or c.resource_type not in ('agreement', 'client') then coalesce(a.id, c.resource_id) end as resource_id,
    case when a.id is null then c.version else {VERSION} end as version, coalesce(a.again, false) as again
from (select * from journal
    where organiser_id = :organiser
      and (era, txid, seq) > (:after_era::int, :after_txid::xid8, :after_seq::bigint)
      and (txid <= :end_txid::xid8 or era < :end_era::int)
      and (resource_type in ('attendance', 'justification', 'agreement')
           or (resource_type = 'client' and change in ('merged', 'unmerged'))
           or (resource_type = 'decision' and actor_system <> :own_system and provider_id is null))
    order by era, txid, seq limit :limit) c
left join justifications j on c.resource_type = 'justification' and j.organiser_id = :organiser and j.id = c.resource_id
left join lateral ({_OF_THE_DAY}
    union all{_SAME_PRESENCE}
    union all{_COVERED}
    union all{_WAITING_FOR_IT}
    union all{resending.UNDER_ANOTHER_DECISION}
) a on not a.again or exists (
    select from ehr_deliveries w where w.organiser_id = :organiser and w.target_id = :target
      and w.resource_type = 'attendance' and w.resource_id = a.id)
order by c.era, c.txid, c.seq
""")
"""What is to be sent, by the change that is the cause: a day; the day of a justification; what it makes of days that were
sent already (`again`): those of the same presence, those that its certificate explains, those that are under another decision; days that waited
for their agreement. Every change has a row, one that sends nothing a row without a record: the rows tell where the turn ended."""
_OPEN_LANES = Statement("""
insert into ehr_lanes (organiser_id, target_id, client_id, due_at)
select :organiser::uuid, :target::uuid, client_id, walmu_now()
from (select distinct unnest(:clients::uuid[]) as client_id) c order by client_id
on conflict (organiser_id, target_id, client_id) do update
    set due_at = least(ehr_lanes.due_at, walmu_now())
""")
_CHANGED = Arrays(
    "c",
    {
        "resource_type": "text",
        "resource_id": "uuid",
        "client_id": "uuid",
        "version": "int",
        "again": "boolean",
        "id": "uuid",
    },
)
_QUEUE = Statement(f"""
insert into ehr_deliveries (organiser_id, id, target_id, resource_type, resource_id, client_id,
  wanted_version, resends, state)
select :organiser, min(id::text)::uuid, :target, resource_type, resource_id, client_id,
    max(version) + bool_or(again)::int, bool_or(again)::int, 'pending'
from {_CHANGED}
group by resource_type, resource_id, client_id
on conflict (organiser_id, target_id, resource_type, resource_id) do update
    set wanted_version = ehr_deliveries.resends + excluded.wanted_version,
        resends = ehr_deliveries.resends + excluded.resends,
        state = case when ehr_deliveries.state in {WAITING} then ehr_deliveries.state else 'pending' end,
        attempts = case when ehr_deliveries.state in {WAITING} then ehr_deliveries.attempts else 0 end,
        due_at = walmu_now(), queued_at = walmu_now()
    where ehr_deliveries.wanted_version < ehr_deliveries.resends + excluded.wanted_version
        or ehr_deliveries.failure = 'dependency'
""")
"""The version that goes out only grows: what was sent already and says something else without having changed itself counts
one more (`resends`)."""
_MOVE = Statement("""
update ehr_cursors set position = :position where organiser_id = :organiser and target_id = :target
    and stream = 'journal'
""")
_CLAIM = Statement("""
with picked as materialized (
    select client_id from ehr_lanes
    where organiser_id = :organiser and target_id = :target and due_at <= walmu_now()
      and (leased_until is null or leased_until < clock_timestamp())
    order by due_at limit 1 for update skip locked)
update ehr_lanes l set lease = :lease, leased_until = clock_timestamp() + make_interval(secs => :seconds)
from picked where l.organiser_id = :organiser and l.target_id = :target and l.client_id = picked.client_id
returning l.client_id
""")
"""Materialized on purpose: as a subquery of `in` it may be run once for each row, and then every lane is
taken."""
_DUE = Statement(f"""
select id, resource_type, resource_id, wanted_version, resends, sent_version, state, failure, attempts, remote_id, queued_at
from ehr_deliveries
where organiser_id = :organiser and target_id = :target and client_id = :client_id and state in {WAITING}
  and due_at <= walmu_now()
order by id limit :limit
""")
_RENEW = Statement("""
update ehr_lanes set leased_until = clock_timestamp() + make_interval(secs => :seconds)
where organiser_id = :organiser and target_id = :target and client_id = :client_id and lease = :lease
  returning true
""")
_RELEASE = Statement(f"""
update ehr_lanes l set lease = null, leased_until = null,
    due_at = (select greatest(min(d.due_at), walmu_now()) from ehr_deliveries d
              where d.organiser_id = l.organiser_id and d.target_id = l.target_id
                and d.client_id = l.client_id
                and d.state in {WAITING} having count(*) > 0)
where l.organiser_id = :organiser and l.target_id = :target and l.client_id = :client_id and l.lease = :lease
""")
"""A lane with more to do goes behind those that wait already."""
_RESUMED = Statement(f"""
select client_id from ehr_lanes l where organiser_id = :organiser and target_id = :target and exists (
    select from ehr_deliveries d where d.organiser_id = :organiser and d.target_id = :target
        and d.client_id = l.client_id
      and d.state in {WAITING} and d.failure in ('transient', 'malformed_remote', 'auth'))
order by client_id for update
""")
_RESUME = Statement(f"""
update ehr_deliveries set due_at = walmu_now()
where organiser_id = :organiser and target_id = :target and client_id = any(:clients::uuid[])
  and state in {WAITING}
  and failure in ('transient', 'malformed_remote', 'auth')
""")
_DUE_NOW = Statement("""
update ehr_lanes set due_at = walmu_now() where organiser_id = :organiser and target_id = :target
    and client_id = any(:clients::uuid[])
""")


async def plan(session: Session, target: Target) -> int:
    """Make deliveries of what the journal tells; how many changes were taken."""
    place = {"organiser": session.organiser_id, "target": target.id}
    await session.execute(_CURSOR, **place)
    position = await session.fetchval(_TAKE_CURSOR, **place)
    if position is None:
        return 0  # another worker is at it
    end = (await journal.horizon(session, None)).end  # our own number is later and commits with it: durable
    start = Cursor.read(position) if position else Cursor(0, 0, 0)
    rows = await session.fetch(
        _CHANGES,
        organiser=session.organiser_id,
        after_era=start.era,
        after_txid=start.txid,
        after_seq=start.seq,
        end_txid=end.txid,
        end_era=end.era,
        own_system=target.system_id,
        target=target.id,
        limit=MOST,
    )
    sent = [row for row in rows if row["resource_id"] is not None]
    if sent:
        await session.execute(_OPEN_LANES, **place, clients=[row["client_id"] for row in sent])
        changed = [
            (row["resource_type"], row["resource_id"], row["client_id"], row["version"], row["again"], new)
            for row, new in zip(sent, sorted(uuid7s(len(sent))), strict=True)
        ]
        await session.execute(_QUEUE, **place, **_CHANGED.values(changed))
    reached = end
    if len({(row["era"], row["txid"], row["seq"]) for row in rows}) == MOST:
        reached = Cursor(rows[-1]["era"], rows[-1]["txid"], rows[-1]["seq"])
    if rows or (reached.era, reached.txid) > (start.era, start.txid + FAR):
        await session.execute(_MOVE, **place, position=Cursor.text(reached))
    return len(sent)


async def claim(session: Session, target: Target, most: int) -> tuple["Lane | None", list[asyncpg.Record]]:
    """A lane that is due and free, for this worker alone, and what is due in it."""
    lease = uuid7()
    place = {"organiser": session.organiser_id, "target": target.id}
    client_id = await session.fetchval(_CLAIM, **place, lease=lease, seconds=LEASE)
    if client_id is None:
        return None, []
    due = await session.fetch(_DUE, **place, client_id=client_id, limit=most)
    return Lane(target, client_id, lease), due


class Lane:
    """A lane under a lease."""

    def __init__(self, target: Target, client_id: UUID, lease: UUID) -> None:
        self.target, self.client_id, self.lease = target, client_id, lease

    async def hold(self, session: Session) -> None:
        """Lock the lane until the transaction ends and renew the lease, or learn that it is lost."""
        if not await session.fetchval(_RENEW, **self._key(session), seconds=LEASE):
            raise LaneLostError

    async def release(self, session: Session) -> None:
        await session.execute(_RELEASE, **self._key(session))

    def _key(self, session: Session) -> dict[str, UUID]:
        return {
            "organiser": session.organiser_id,
            "target": self.target.id,
            "client_id": self.client_id,
            "lease": self.lease,
        }


async def resume(session: Session, target: Target) -> None:
    """The target answers again: what waited for it is due now."""
    place = {"organiser": session.organiser_id, "target": target.id}
    clients = [row["client_id"] for row in await session.fetch(_RESUMED, **place)]
    await session.execute(_RESUME, **place, clients=clients)
    await session.execute(_DUE_NOW, **place, clients=clients)
