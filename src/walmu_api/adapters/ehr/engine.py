"""The loops of one target: poll and apply what comes, plan and deliver what goes; rest while the target does
not answer."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from walmu_api.adapters.ehr import targets
from walmu_api.adapters.ehr.delivery import Delivery
from walmu_api.adapters.ehr.intake import Intake
from walmu_api.adapters.ehr.port import Failed, RecordSystem
from walmu_api.adapters.ehr.targets import OPENS_AFTER, Target
from walmu_api.foundation.database import Database, Tenancy
from walmu_api.foundation.encryption import Keyring

log = structlog.get_logger()
PAUSE = 0.5
LONGEST_PAUSE = 8.0
LONGEST_REST = 300.0
LANES_AT_ONCE = 6
LOOK_AGAIN = 60
"""Every so many polls the last window is read again, for what was late."""


class Engine:
    """Both ways of one target. Failures are counted for each way by itself: that a list can be read says
    nothing about whether anything may be sent."""

    def __init__(self, database: Database, keyring: Keyring, target: Target, system: RecordSystem) -> None:
        self.database, self.target, self.system = database, target, system
        self.intake = Intake(database, keyring, target, system)
        self.delivery = Delivery(database, keyring, target, system)
        self._failures = {"in": 0, "out": target.failures_in_a_row}
        self._polls = 0
        self._rests = 0
        self._rest_until: datetime | None = None
        self._in_force = True

    async def run(self, stop: asyncio.Event) -> None:
        """Both directions until told to stop."""
        await asyncio.gather(_repeat(stop, "in", self.take_in), _repeat(stop, "out", self.send_out))

    async def take_in(self) -> bool | None:
        """One turn of the way in; whether there is more to do at once, or None when it failed."""
        if not await self._may_exchange():
            return False
        failed = await self.intake.poll(again=self._polls % LOOK_AGAIN == 0)
        self._polls += failed is None
        await self._note("in", failed)
        applied = await self.intake.apply()
        return applied > 0 if failed is None else None

    async def send_out(self) -> bool | None:
        """One turn of the way out; whether there is more to do at once."""
        planned = await self.delivery.plan()
        if not await self._may_exchange():
            return planned > 0  # it waits where the organiser sees it
        if self._rest_until is not None and self.database.clock.now() < self._rest_until:
            return False
        if self._failures["out"] >= OPENS_AFTER and not await self._answers_again():
            return False
        turns = await asyncio.gather(
            *(self.delivery.process_client_queue() for _ in range(LANES_AT_ONCE)), return_exceptions=True
        )
        for turn in turns:  # only now: the other lanes have ended theirs
            if isinstance(turn, BaseException):
                raise turn
        done = [turn for turn in turns if not isinstance(turn, BaseException) and turn.settled]
        failures = [turn.failed for turn in done if turn.failed is not None]
        answered = sum(turn.settled for turn in done) > len(failures)
        if done:  # where others were answered, it is not the target that fails
            await self._note("out", None if answered else failures[0])
            self._rest(failures, answered)
        return (planned > 0 or bool(done)) and not failures

    async def _may_exchange(self) -> bool:
        """Not with a record system that was revoked: its health is not asked either."""
        before, self._in_force = self._in_force, await self.delivery.in_force()
        if before and not self._in_force:
            log.warning("record system is revoked: what is to reach it waits", target=self.target.name)
        return self._in_force

    def _rest(self, failures: list[Failed], answered: bool) -> None:
        """The other side's word wins; else a target that failed again right after it was up rests longer each
        time."""
        asked = max(
            (failed.retry_after for failed in failures if failed.retry_after is not None), default=0.0
        )
        if answered:
            self._rests = 0
        elif self._failures["out"] >= OPENS_AFTER:
            asked = max(asked, min(2.0**self._rests, LONGEST_REST) if self._rests else 0.0)
            self._rests += 1
        self._rest_until = self.database.clock.now() + timedelta(seconds=asked) if asked else None

    async def _answers_again(self) -> bool:
        """A target that rests is asked for its health only; when it answers, what waited is due at once. One
        more failure and it rests again."""
        outcome = await self.system.health()
        if isinstance(outcome, Failed):
            return False
        self._failures["out"] = OPENS_AFTER - 1
        await self.delivery.resume()
        return True

    async def _note(self, way: str, failed: Failed | None) -> None:
        before = max(self._failures.values())
        self._failures[way] = 0 if failed is None else self._failures[way] + 1
        now = max(self._failures.values())
        if failed is not None and before == 0:
            log.warning(
                "record system fails", target=self.target.name, failure=failed.failure, detail=failed.detail
            )
        if now == 0 and before > 0:
            log.info("record system answers again", target=self.target.name)
        async with self.database.transaction(Tenancy(self.target.organiser_id)) as session:
            await targets.note(session, self.target, failed, now)


async def _repeat(stop: asyncio.Event, way: str, turn: Callable[[], Awaitable[bool | None]]) -> None:
    """Turn after turn; a fault of ours (the database away, say) is told and tried again, less often while it
    lasts."""
    pause = PAUSE
    while not stop.is_set():
        try:
            more = await turn()
        except Exception as error:  # noqa: BLE001 - whatever it was, the loop goes on
            log.error("exchange turn failed", way=way, kind=type(error).__name__)
            more = None
        pause = PAUSE if more is not None else min(pause * 2, LONGEST_PAUSE)
        if not more:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause)
