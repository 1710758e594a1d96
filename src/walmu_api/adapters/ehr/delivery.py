"""What goes to the record system: planned from the journal, delivered in lanes, one outcome each.

A delivery is one row per target and record; while it waits, the newest version wins. A lane (target, client) is claimed
with a lease and drained in order by one worker; nothing is open while something is sent. Attendance is an upsert and may
be repeated. A draft is not: an intent is written first, and what stays unsure is verified before anything is sent again."""

from dataclasses import dataclass
from datetime import timedelta
from random import random
from typing import Any
from uuid import UUID

import asyncpg
import structlog

from walmu_api.access import use_log
from walmu_api.adapters.ehr import outgoing
from walmu_api.adapters.ehr.port import Done, Failed, Failure, Outcome, RecordSystem
from walmu_api.adapters.ehr.targets import Target
from walmu_api.foundation import journal
from walmu_api.foundation.database import Database, Session, Tenancy
from walmu_api.foundation.identifiers import uuid7
from walmu_api.foundation.journal import Cursor
from walmu_api.foundation.secrecy import Keyring
from walmu_api.record.decisions import service as decisions

log = structlog.get_logger()
LEASE = 60.0
CHUNK = 40
BACKOFF = (0, 5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
DEADLINE = timedelta(days=5)
WAITING = "('pending', 'retry', 'unknown')"
HELD = frozenset({Failure.SEMANTIC_PERMANENT, Failure.NOT_SUPPORTED})
RESTING = frozenset({Failure.TRANSIENT, Failure.THROTTLED, Failure.AUTH, Failure.MALFORMED_REMOTE})
"""Failures of the target rather than of the record: the lane stops and the record's attempts are not used up."""

_CURSOR = """
insert into ehr_cursors (organiser_id, target_id, stream, position) values ($1, $2, 'journal', '')
on conflict (organiser_id, target_id, stream) do nothing
"""
_TAKE_CURSOR = """
select position from ehr_cursors where organiser_id = $1 and target_id = $2 and stream = 'journal' for update skip locked
"""
_CHANGES = """
select era, txid, seq, resource_type, resource_id, version, client_id from journal
where organiser_id = $1 and (era, txid, seq) > ($2::int, $3::xid8, $4::bigint) and txid <= $5::xid8
  and (resource_type = 'attendance' or (resource_type = 'decision' and actor_system <> $6 and provider_id is null))
order by era, txid, seq limit 2000
"""
_PLAN = f"""
with changed as (
    select resource_type, resource_id, client_id, max(version) as version, min(id::text)::uuid as id
    from unnest($3::text[], $4::uuid[], $5::uuid[], $6::int[], $7::uuid[]) as c (resource_type, resource_id, client_id, version, id)
    group by resource_type, resource_id, client_id),
queued as (
    insert into ehr_deliveries (organiser_id, id, target_id, resource_type, resource_id, client_id, wanted_version, state)
    select $1, id, $2, resource_type, resource_id, client_id, version, 'pending' from changed
    on conflict (organiser_id, target_id, resource_type, resource_id) do update
        set wanted_version = greatest(ehr_deliveries.wanted_version, excluded.wanted_version),
            state = case when ehr_deliveries.state in {WAITING} then ehr_deliveries.state else 'pending' end,
            attempts = case when ehr_deliveries.state in {WAITING} then ehr_deliveries.attempts else 0 end,
            due_at = walmu_now(), queued_at = walmu_now()
        where ehr_deliveries.wanted_version < excluded.wanted_version
    returning client_id)
insert into ehr_lanes (organiser_id, target_id, client_id, due_at)
select $1::uuid, $2::uuid, client_id, walmu_now() from queued group by client_id
on conflict (organiser_id, target_id, client_id) do update set due_at = walmu_now()
"""
_MOVE = "update ehr_cursors set position = $3 where organiser_id = $1 and target_id = $2 and stream = 'journal'"
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
_SETTLE = """
update ehr_deliveries set
    state = case when $4 = 'confirmed' and wanted_version > $5 then 'pending' else $4 end,
    sent_version = coalesce($5, sent_version), attempts = $6, due_at = walmu_now() + make_interval(secs => $7),
    remote_id = coalesce($8, remote_id), failure = $9, detail = $10,
    confirmed_at = case when $4 = 'confirmed' then walmu_now() else confirmed_at end
where organiser_id = $1 and id = $2
  and exists (select from ehr_lanes l where l.organiser_id = $1 and l.target_id = $3 and l.lease = $11)
"""
_RELEASE = f"""
update ehr_lanes l set lease = null, leased_until = null,
    due_at = (select min(d.due_at) from ehr_deliveries d
              where d.organiser_id = l.organiser_id and d.target_id = l.target_id and d.client_id = l.client_id
                and d.state in {WAITING})
where l.organiser_id = $1 and l.target_id = $2 and l.client_id = $3 and l.lease = $4
"""
_RESUME = f"""
with due as (
    update ehr_deliveries set due_at = walmu_now()
    where organiser_id = $1 and target_id = $2 and state in {WAITING} and failure in ('transient', 'malformed_remote', 'auth')
    returning client_id)
update ehr_lanes set due_at = walmu_now()
where organiser_id = $1 and target_id = $2 and client_id in (select client_id from due)
"""
_INTENT = "insert into ehr_intents (organiser_id, id, target_id, delivery_id, operation, version) values ($1, $2, $3, $4, $5, $6)"
_OPEN_INTENT = "select id from ehr_intents where organiser_id = $1 and delivery_id = $2 and state = 'in_flight'"
_SETTLE_INTENT = "update ehr_intents set state = $3, settled_at = walmu_now() where organiser_id = $1 and id = $2"


@dataclass(frozen=True)
class Result:
    """What became of one delivery."""

    delivery: asyncpg.Record
    state: str
    version: int | None = None
    remote_id: str | None = None
    failed: Failed | None = None


class Delivery:
    """The way out, for one target."""

    def __init__(self, database: Database, keyring: Keyring, target: Target, system: RecordSystem) -> None:
        self.database, self.keyring, self.target, self.system = database, keyring, target, system
        self.tenancy = Tenancy(target.organiser_id)

    async def plan(self) -> int:
        """Make deliveries of what the journal tells; how many changes were taken."""
        async with self.database.transaction(self.tenancy) as session:
            await session.execute(_CURSOR, session.organiser_id, self.target.id)
            position = await session.fetchval(_TAKE_CURSOR, session.organiser_id, self.target.id)
            if position is None:
                return 0  # another worker is at it
            known = Cursor.read(position) if position else None
            end = await journal.horizon(session, None)
            start = known or Cursor(0, 0, 0)
            rows = await session.fetch(
                _CHANGES, session.organiser_id, start.era, start.txid, start.seq, end.txid, self.target.system_id
            )
            if rows:
                columns = [
                    [row[name] for row in rows] for name in ("resource_type", "resource_id", "client_id", "version")
                ]
                ids = [uuid7() for _ in rows]
                await session.execute(_PLAN, session.organiser_id, self.target.id, *columns, ids)
                last = Cursor(rows[-1]["era"], rows[-1]["txid"], rows[-1]["seq"])
                await session.execute(_MOVE, session.organiser_id, self.target.id, last.text())
            return len(rows)

    async def resume(self) -> None:
        """The target answers again: what waited for it is due now."""
        async with self.database.transaction(self.tenancy) as session:
            await session.execute(_RESUME, session.organiser_id, self.target.id)

    async def drain_one_lane(self) -> tuple[bool, Failed | None]:
        """Claim a lane and deliver what is due in it. Answers whether there was one, and a failure of the target."""
        lease = uuid7()
        async with self.database.transaction(self.tenancy) as session:
            client_id = await session.fetchval(_CLAIM, session.organiser_id, self.target.id, lease, LEASE)
            if client_id is None:
                return False, None
            due = await session.fetch(_DUE, session.organiser_id, self.target.id, client_id, CHUNK)
        results: list[Result] = []
        failed: Failed | None = None
        try:
            for delivery in due:
                result = await self._deliver(delivery)
                results.append(result)
                if result.failed is not None and result.failed.failure in RESTING:
                    failed = result.failed
                    break
        finally:
            await self._settle(client_id, lease, results)
        return True, failed

    async def _deliver(self, delivery: asyncpg.Record) -> Result:
        if delivery["resource_type"] == "attendance":
            return await self._deliver_day(delivery)
        return await self._deliver_draft(delivery)

    async def _deliver_day(self, delivery: asyncpg.Record) -> Result:
        async with self.database.transaction(self.tenancy) as session:
            day = await outgoing.day(session, self.keyring, delivery["resource_id"])
            await use_log.append(session, self.target.caller(str(delivery["id"])), "deliverAttendance", "attendance")
        outcome = await self.system.upsert_attendance(day)
        if isinstance(outcome, Failed) and outcome.failure is Failure.CONFLICT:
            outcome = Done(delivery["remote_id"] or "")  # it holds a newer version already: an earlier call did arrive
        return _result(delivery, outcome, day.version)

    async def _deliver_draft(self, delivery: asyncpg.Record) -> Result:
        async with self.database.transaction(self.tenancy) as session:
            draft, version = await outgoing.draft(session, self.keyring, delivery["resource_id"])
            intent = await session.fetchval(_OPEN_INTENT, session.organiser_id, delivery["id"])
            if draft is not None:
                await use_log.append(session, self.target.caller(str(delivery["id"])), "deliverDraft", "decisions")
        if draft is None:
            return Result(delivery, "superseded", version)  # it is decided, so no draft any more
        remote_id = delivery["remote_id"]
        if intent is not None:
            found = await self.system.find_draft(draft.decision_id)
            if isinstance(found, Failed):
                return _result(delivery, found, None, unsure=True)
            remote_id = found.value
            await self._settle_intent(intent, "done" if remote_id else "not_done")
        if remote_id is not None:
            outcome = await self.system.replace_draft(remote_id, draft)
            if not (isinstance(outcome, Failed) and outcome.failure in {Failure.CONFLICT, Failure.DEPENDENCY}):
                return await self._told(delivery, outcome, version)
            # the earlier proposal was decided or refused: this is a new one
        intent = await self._open_intent(delivery, version)
        outcome = await self.system.submit_draft(draft)
        if not (isinstance(outcome, Failed) and outcome.failure is Failure.UNKNOWN_OUTCOME):
            await self._settle_intent(intent, "not_done" if isinstance(outcome, Failed) else "done")
        return await self._told(delivery, outcome, version)

    async def _told(self, delivery: asyncpg.Record, outcome: Outcome[str], version: int) -> Result:
        if isinstance(outcome, Done):
            async with self.database.transaction(self.tenancy) as session:
                await decisions.draft_fares(session, self.target.actor, delivery["resource_id"], "submitted", None)
        return _result(delivery, outcome, version)

    async def _open_intent(self, delivery: asyncpg.Record, version: int) -> UUID:
        intent = uuid7()
        async with self.database.transaction(self.tenancy) as session:
            await session.execute(
                _INTENT, session.organiser_id, intent, self.target.id, delivery["id"], "submit_draft", version
            )
        return intent

    async def _settle_intent(self, intent: UUID, state: str) -> None:
        async with self.database.transaction(self.tenancy) as session:
            await session.execute(_SETTLE_INTENT, session.organiser_id, intent, state)

    async def _settle(self, client_id: UUID, lease: UUID, results: list[Result]) -> None:
        async with self.database.transaction(self.tenancy) as session:
            for result in results:
                await self._settle_one(session, lease, result)
            await session.execute(_RELEASE, session.organiser_id, self.target.id, client_id, lease)

    async def _settle_one(self, session: Session, lease: UUID, result: Result) -> None:
        delivery, failed = result.delivery, result.failed
        attempts = delivery["attempts"] + (1 if failed is not None and failed.failure not in RESTING else 0)
        state, wait = result.state, 0.0
        if failed is not None and state != "quarantined":
            wait = _wait(failed, attempts)
            if session.clock.now() - delivery["queued_at"] > DEADLINE:
                state = "quarantined"
        if state == "quarantined":
            log.error("delivery held back", delivery=str(delivery["id"]), failure=failed.failure if failed else None)
        await session.execute(
            _SETTLE, session.organiser_id, delivery["id"], self.target.id, state, result.version, attempts, wait,
            result.remote_id, failed.failure.value if failed else None, failed.detail if failed else None, lease,
        )  # fmt: skip


def _result(delivery: asyncpg.Record, outcome: Outcome[Any], version: int | None, *, unsure: bool = False) -> Result:
    if isinstance(outcome, Done):
        return Result(delivery, "confirmed", version, outcome.value or None)
    if outcome.failure in HELD:
        return Result(delivery, "quarantined", failed=outcome)
    unknown = unsure or outcome.failure is Failure.UNKNOWN_OUTCOME
    return Result(delivery, "unknown" if unknown else "retry", failed=outcome)


def _wait(failed: Failed, attempts: int) -> float:
    """Seconds until the next try: what the other side says wins; else the schedule, give or take a fifth."""
    if failed.retry_after is not None:
        return failed.retry_after
    if failed.failure is Failure.UNKNOWN_OUTCOME:
        return 1.0
    scheduled = BACKOFF[min(max(attempts, 1), len(BACKOFF) - 1)]
    return scheduled * (0.8 + 0.4 * random())  # noqa: S311 - jitter is no secret
