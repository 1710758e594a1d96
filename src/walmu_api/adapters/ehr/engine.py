"""The loops of one target: poll and apply what comes, plan and deliver what goes; rest while the target does not answer."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import structlog

from walmu_api.adapters.ehr import targets
from walmu_api.adapters.ehr.delivery import Delivery
from walmu_api.adapters.ehr.intake import Intake
from walmu_api.adapters.ehr.port import Failed, RecordSystem
from walmu_api.adapters.ehr.targets import OPENS_AFTER, Target
from walmu_api.foundation.database import Database, Tenancy
from walmu_api.foundation.secrecy import Keyring

log = structlog.get_logger()
PAUSE = 0.5
LANES_AT_ONCE = 6
LOOK_AGAIN = 60
"""Every so many polls the last window is read again, for what was late."""


class Engine:
    def __init__(self, database: Database, keyring: Keyring, target: Target, system: RecordSystem) -> None:
        self.database, self.target, self.system = database, target, system
        self.intake = Intake(database, keyring, target, system)
        self.delivery = Delivery(database, keyring, target, system)
        self._failures = target.failures_in_a_row
        self._polls = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Both directions until told to stop."""
        await asyncio.gather(_repeat(stop, "in", self.take_in), _repeat(stop, "out", self.send_out))

    async def take_in(self) -> bool:
        """One turn of the way in; whether there is more to do at once."""
        failed = await self.intake.poll(again=self._polls % LOOK_AGAIN == 0)
        self._polls += failed is None
        await self._note(failed)
        return await self.intake.apply() > 0

    async def send_out(self) -> bool:
        """One turn of the way out; whether there is more to do at once."""
        planned = await self.delivery.plan()
        if self._failures >= OPENS_AFTER and not await self._answers_again():
            return planned > 0
        drained = await asyncio.gather(*(self.delivery.drain_one_lane() for _ in range(LANES_AT_ONCE)))
        worked = [failed for found, failed in drained if found]
        failures = [failed for failed in worked if failed is not None]
        if worked:
            await self._note(failures[0] if failures else None)
        return bool(worked) and not failures

    async def _answers_again(self) -> bool:
        """A target that rests is asked for its health only; when it answers, what waited is due at once."""
        outcome = await self.system.health()
        if isinstance(outcome, Failed):
            return False
        await self._note(None)
        await self.delivery.resume()
        return True

    async def _note(self, failed: Failed | None) -> None:
        if failed is None and self._failures >= OPENS_AFTER:
            await self.delivery.resume()
        if failed is not None and self._failures == 0:
            log.warning("record system fails", target=self.target.name, failure=failed.failure, detail=failed.detail)
        if failed is None and self._failures > 0:
            log.info("record system answers again", target=self.target.name)
        self._failures = 0 if failed is None else self._failures + 1
        async with self.database.transaction(Tenancy(self.target.organiser_id)) as session:
            await targets.note(session, self.target, failed)


async def _repeat(stop: asyncio.Event, way: str, turn: Callable[[], Awaitable[bool]]) -> None:
    """Turn after turn; a fault of ours (the database away, say) is told and tried again."""
    while not stop.is_set():
        try:
            more = await turn()
        except Exception as error:  # noqa: BLE001 - whatever it was, the loop goes on
            log.error("exchange turn failed", way=way, kind=type(error).__name__)
            more = False
        if not more:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), PAUSE)
