"""What goes to the record system: drained lane by lane, one outcome for each delivery.

A delivery is one row per target and record; while it waits, the newest version wins. Nothing is open while
something is sent, and the lease is renewed before each call. Attendance is an upsert and may be repeated;
drafts are in `drafts`."""

import time
from dataclasses import dataclass
from datetime import timedelta
from random import random
from typing import Any

import asyncpg
import structlog

from walmu_api.access import use_log
from walmu_api.adapters.ehr import delivery_queue, drafts, outgoing
from walmu_api.adapters.ehr.channel import Channel
from walmu_api.adapters.ehr.delivery_queue import Lane, LaneLostError
from walmu_api.adapters.ehr.port import Done, Failed, Failure, Outcome
from walmu_api.foundation.database import Session
from walmu_api.foundation.problem_responses import from_database
from walmu_api.foundation.statements import Statement

log = structlog.get_logger()
CHUNK = 40
TURN = 1.0
"""Seconds after which a lane begins nothing new: others wait for their turn, and so does whoever stops the
worker."""
BACKOFF = (0, 5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
DEADLINE = timedelta(days=5)
HELD = frozenset({Failure.SEMANTIC_PERMANENT, Failure.NOT_SUPPORTED})
RESTING = frozenset({Failure.TRANSIENT, Failure.THROTTLED, Failure.AUTH, Failure.MALFORMED_REMOTE})
"""Failures of the target rather than of the record: the lane stops and the record's attempts are not used up."""

_SETTLE = Statement("""
update ehr_deliveries set
    state = case when :state in ('confirmed', 'quarantined', 'superseded') and wanted_version > :version then 'pending'
        else :state end,
    sent_version = case when :state = 'confirmed' then :version else sent_version end,
    attempts = :attempts, due_at = walmu_now() + make_interval(secs => :wait),
    remote_id = coalesce(:remote_id, remote_id), failure = :failure, detail = :detail,
    confirmed_at = case when :state = 'confirmed' then walmu_now() else confirmed_at end
where organiser_id = :organiser and id = :id
""")
"""A version that came while an older one was sent waits for its own turn, whatever became of the older one."""

_TRIED = Statement("""
update ehr_deliveries set failure = 'unknown_outcome'
where organiser_id = :organiser and id = :id and sent_version is null and failure is null
""")
"""Before the first call: whoever finds it so, after a kill too, knows that it may be there."""

_HELD = Failed(Failure.DEPENDENCY, "decision-in-conflict", retry_after=1800.0)
"""Sent now, the day would stand under the decision of somebody else. The verdict makes it due; until then it waits without a
deadline, for that is nobody's failure."""


@dataclass(frozen=True)
class Result:
    """What became of one delivery. `version` is the one that was tried."""

    delivery: asyncpg.Record
    state: str
    version: int
    remote_id: str | None = None
    failed: Failed | None = None


@dataclass(frozen=True)
class DrainResult:
    """What a turn on a lane did: whether there was a lane, how many deliveries were settled, its failure."""

    found: bool
    settled: int = 0
    failed: Failed | None = None


class Delivery(Channel):
    """The way out, for one target."""

    async def plan(self) -> int:
        """Make deliveries of what the journal tells; how many changes were taken."""
        async with self.database.transaction(self.tenancy) as session:
            return await delivery_queue.plan(session, self.target)

    async def resume(self) -> None:
        """The target answers again: what waited for it is due now."""
        async with self.database.transaction(self.tenancy) as session:
            await delivery_queue.resume(session, self.target)

    async def process_client_queue(self) -> DrainResult:
        """Claim a lane and deliver what is due in it, for one turn."""
        async with self.database.transaction(self.tenancy) as session:
            lane, due = await delivery_queue.claim(session, self.target, CHUNK)
        if lane is None:
            return DrainResult(found=False)
        results: list[Result] = []
        failed: Failed | None = None
        ends = time.monotonic() + TURN
        try:
            for delivery in due:
                if failed is not None or time.monotonic() > ends or not await self.in_force():
                    break
                result = await self._deliver(lane, delivery)
                results.append(result)
                if result.failed is not None and result.failed.failure in RESTING:
                    failed = result.failed
        except LaneLostError:
            log.warning("lane lost", target=self.target.name)
        finally:
            await self._settle(lane, results)
        return DrainResult(found=True, settled=len(results), failed=failed)

    async def _deliver(self, lane: Lane, delivery: asyncpg.Record) -> Result:
        try:
            if delivery["resource_type"] == "attendance":
                return await self._deliver_day(lane, delivery)
            data = await drafts.deliver(self, lane, delivery)
            return result_of(delivery, data.outcome, data.version, state=data.state)
        except Exception as error:
            if isinstance(error, LaneLostError) or from_database(error) is not None:
                raise
            # a fault of ours in this one record: set aside, so that it stops nobody else
            broken = Failed(Failure.SEMANTIC_PERMANENT, type(error).__name__)
            return result_of(delivery, broken, delivery["wanted_version"])

    async def _deliver_day(self, lane: Lane, delivery: asyncpg.Record) -> Result:
        async with self.database.transaction(self.tenancy) as session:
            await lane.hold(session)
            ctx = self.target.context(session, self.keyring, str(delivery["id"]))
            found = await outgoing.day(ctx, self.target.name, delivery["resource_id"], delivery["resends"])
            day = found.day
            if found.held:
                return result_of(delivery, _HELD, day.version)
            if found.in_another and delivery["sent_version"] is None and delivery["failure"] is None:
                return Result(delivery, "superseded", day.version)  # it was never there
            await session.execute(_TRIED, organiser=session.organiser_id, id=delivery["id"])
            await use_log.append(ctx, "deliverAttendance", "attendance")
        outcome = await self.system.upsert_attendance(day)
        if isinstance(outcome, Failed) and outcome.failure is Failure.CONFLICT:
            outcome = Done(
                delivery["remote_id"] or ""
            )  # it holds a newer version already: an earlier call did arrive
        done_as = "superseded" if found.in_another and isinstance(outcome, Done) else None
        return result_of(delivery, outcome, day.version, state=done_as)

    async def _settle(self, lane: Lane, results: list[Result]) -> None:
        """Note what became of each, if the lane is still ours; the lane is free again."""
        async with self.database.transaction(self.tenancy) as session:
            try:
                await lane.hold(session)
            except LaneLostError:
                return
            for result in results:
                await self._settle_one(session, result)
            await lane.release(session)

    async def _settle_one(self, session: Session, result: Result) -> None:
        delivery, failed = result.delivery, result.failed
        of_the_record = failed is not None and failed is not _HELD and failed.failure not in RESTING
        attempts = delivery["attempts"] + (1 if of_the_record else 0)
        state, wait = result.state, 0.0
        if failed is not None and state != "quarantined":
            wait = _wait(failed, attempts)
            if of_the_record and session.clock.now() - delivery["queued_at"] > DEADLINE:
                state = "quarantined"
        if state == "quarantined":
            log.error(
                "delivery held back", delivery=str(delivery["id"]), failure=failed.failure if failed else None
            )
        await session.execute(
            _SETTLE,
            organiser=session.organiser_id,
            id=delivery["id"],
            state=state,
            version=result.version,
            attempts=attempts,
            wait=wait,
            remote_id=result.remote_id,
            failure=failed.failure.value if failed else None,
            detail=failed.detail if failed else None,
        )


def result_of(
    delivery: asyncpg.Record, outcome: Outcome[Any], version: int, *, state: str | None = None
) -> Result:
    """The state that follows from an outcome, unless the caller knows better."""
    if isinstance(outcome, Done):
        return Result(delivery, state or "confirmed", version, outcome.value or None)
    if outcome.failure in HELD:
        return Result(delivery, "quarantined", version, failed=outcome)
    usual = "unknown" if outcome.failure is Failure.UNKNOWN_OUTCOME else "retry"
    return Result(delivery, state or usual, version, failed=outcome)


def _wait(failed: Failed, attempts: int) -> float:
    """Seconds until the next try: what the other side says wins; else the schedule, give or take a fifth.

    An unknown outcome is looked into a second later, and only what stays unknown again follows the
    schedule."""
    if failed.retry_after is not None:
        return failed.retry_after
    step = max(attempts, 1)
    if failed.failure is Failure.UNKNOWN_OUTCOME:
        if step == 1:
            return 1.0
        step -= 1
    return BACKOFF[min(step, len(BACKOFF) - 1)] * (0.8 + 0.4 * random())  # noqa: S311 - jitter is no secret
