"""One trial: the product under load while its processes are killed; then what is there is gathered and checked."""

import asyncio
import contextlib
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random

from contract_tests.history import checker
from contract_tests.history.clients import BatchWriter, Day, DayWriter, Drafter, Merger, Proposer
from contract_tests.history.events import Final, History
from contract_tests.history.processes import Product
from contract_tests.history.readers import FEED, Caseworker, Follower, item_of
from contract_tests.history.speaker import ApiClient, pages
from contract_tests.history.world import BEGINS, Served, furnish
from contract_tests.landscape import Landscape, Party
from walmu_api.foundation.clock import Clock
from walmu_api.foundation.logins import APP, WORKER

WEIGHTS = {"database": 35, "API": 30, "worker": 20, "simulator": 15}
Writer = DayWriter | BatchWriter | Drafter | Proposer | Merger
PEACE = 120.0
"""Seconds after the last kill in which something must move on, until everything has come to rest."""


@dataclass
class Plan:
    seed: int
    kills: int
    clients: int = 20
    pause: tuple[float, float] = (0.5, 4.5)
    weights: dict[str, int] = field(default_factory=lambda: dict(WEIGHTS))
    forgetful: bool = False
    """The control: commits are acknowledged before they are on the disk."""


@dataclass
class Report:
    plan: Plan
    tally: dict[str, int]
    kills: Counter[str]
    operations: Counter[str]
    violations: list[checker.Violation]
    seconds: float

    def table(self) -> str:
        rows = {
            "seed": self.plan.seed,
            **self.tally,
            **{
                f"kills of {name}" if name != "frozen" else "frozen for 1–3 s": n
                for name, n in self.kills.items()
            },
            **{f"  {what}": n for what, n in sorted(self.operations.items())},
            **{f"violation: {kind}": n for kind, n in Counter(v.kind for v in self.violations).items()},
            "violations": len(self.violations),
            "seconds": round(self.seconds),
        }
        return "\n".join(f"{name:<34}{value:>8}" for name, value in rows.items())


class Trial:
    def __init__(self, folder: Path, plan: Plan) -> None:
        self.folder, self.plan = folder, plan
        self.product, self.history, self.kills = Product(folder), History(), Counter[str]()
        self._rng = Random(plan.seed)

    async def run(self) -> Report:
        began = time.monotonic()
        async with self.product.running():
            landscape, served = await furnish(self.product, self.plan.clients)
            if self.plan.forgetful:
                for group in (APP, WORKER):
                    await self.product.as_administrator(
                        f"alter role {group}_demo set synchronous_commit = off"
                    )
                self.product.kill("API")  # its connections would keep what they began with
                await self.product.ready()
            async with self._people(landscape, served) as (followers, caseworker, writers):
                await self._under_fire(followers, caseworker, writers)
                final = await self._afterwards(landscape, followers, caseworker)
        found = checker.check(self.history.events, final)
        operations = Counter(event.what for event in self.history.events if event.type == "invoke")
        return Report(
            self.plan, self.history.tally(), self.kills, operations, found, time.monotonic() - began
        )

    def _speaker(self, party: Party) -> ApiClient:
        return ApiClient(party, self.history, Random(self._rng.random()))

    @asynccontextmanager
    async def _people(
        self, landscape: Landscape, served: list[Served]
    ) -> AsyncIterator[tuple[dict[str, Follower], Caseworker, list[Writer]]]:
        provider, organiser = landscape.provider_a, landscape.organiser
        shares = [served[at::8] for at in range(8)]
        writers: list[Writer] = [
            *(DayWriter(self._speaker(provider), _days(share)) for share in shares[:4]),
            *(BatchWriter(self._speaker(provider), _days(share)) for share in shares[4:]),
            Drafter(self._speaker(provider), served),
            Proposer(self._speaker(organiser), served),
            Merger(self._speaker(organiser), served),
        ]
        readers = {checker.WHOLE: organiser, "provider": provider, "workplace": landscape.workplace}
        followers = {
            name: Follower(self._speaker(party), self.folder / f"{name}.jsonl")
            for name, party in readers.items()
        }
        caseworker = Caseworker(self.product.control, Random(self._rng.random()))
        try:
            yield followers, caseworker, writers
        finally:
            for one in [*writers, *followers.values()]:
                await one.speaker.close()
            await caseworker.close()

    async def _under_fire(
        self, followers: dict[str, Follower], caseworker: Caseworker, writers: list[Writer]
    ) -> None:
        """Writers go on until the last kill, and then until they know what became of what they sent."""
        no_more, no_reading = asyncio.Event(), asyncio.Event()
        writing = [asyncio.create_task(writer.run(no_more)) for writer in writers]
        reading = [asyncio.create_task(one.run(no_reading)) for one in followers.values()]
        reading.append(asyncio.create_task(caseworker.run(no_reading)))
        trouble = asyncio.create_task(self._trouble())
        try:
            await _first_failure(trouble, *writing, *reading)
            no_more.set()
            await asyncio.wait_for(asyncio.gather(*writing), PEACE)
        finally:
            no_reading.set()
            for task in (trouble, *writing):
                task.cancel()
            await asyncio.gather(trouble, *writing, *reading, return_exceptions=True)

    async def _trouble(self) -> None:
        """Kills at random moments, whatever state the others are in; now and then one stands still for a while."""
        await asyncio.sleep(1)
        rng, frozen = self._rng, []
        while self.kills.total() - self.kills["frozen"] < self.plan.kills:
            await asyncio.sleep(rng.uniform(*self.plan.pause))
            (name,) = rng.choices(list(self.plan.weights), list(self.plan.weights.values()))
            if rng.random() < 0.1:
                frozen.append(asyncio.create_task(self.product.freeze(name, rng.uniform(1, 3))))
                self.kills["frozen"] += 1
            elif self.product.kill(name):
                self.kills[name] += 1
        await asyncio.gather(*frozen)

    async def _afterwards(
        self, landscape: Landscape, followers: dict[str, Follower], caseworker: Caseworker
    ) -> Final:
        """Wait for peace and gather everything. The clock goes on an hour, so that no retry has to be waited for."""
        await self.product.ready()
        clock = Clock(self.product.settings.clock_file)
        clock.set(clock.now() + timedelta(hours=1))
        organiser, auditor = self._speaker(landscape.organiser), self._speaker(landscape.auditor)
        try:
            await self._peace(organiser, caseworker)
            # What a workplace reads for the first time the organiser is told afterwards.
            for name in sorted(followers, key=lambda name: name == checker.WHOLE):
                await followers[name].catch_up()
            return await self._gather(organiser, auditor, followers, caseworker)
        finally:
            await organiser.close()
            await auditor.close()

    async def _peace(self, organiser: ApiClient, caseworker: Caseworker) -> None:
        """Nothing waits here or there for three looks, or nothing moves any more; what that means, the checker tells."""
        patience, quiet, least = 20 if self.plan.forgetful else PEACE, 0, sys.maxsize
        deadline = time.monotonic() + patience
        while quiet < 3 and time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                waiting = await self._waiting(organiser, caseworker)
                quiet = 0 if waiting else quiet + 1
                if waiting < least:  # a machine that is busy with other things drains slowly
                    least, deadline = waiting, time.monotonic() + patience
            await asyncio.sleep(1)

    async def _waiting(self, organiser: ApiClient, caseworker: Caseworker) -> int:
        """How much is on its way; what waits for the caseworker is answered."""
        proposed = await caseworker.answer()
        backlog: int = sum(
            target["backlog"] for target in await pages(organiser, "targets", "/v1/ehr/targets")
        )
        return proposed + backlog + len(await pages(organiser, "inbox", "/v1/ehr/inbox?state=received"))

    async def _gather(
        self, organiser: ApiClient, auditor: ApiClient, followers: dict[str, Follower], caseworker: Caseworker
    ) -> Final:
        after = {name: await pages(one.speaker, "feed", FEED) for name, one in followers.items()}
        justifications = {
            data["resource_id"]: data["record"]
            for data in after[checker.WHOLE]
            if data["resource_type"] == "justification"
        }
        there = await caseworker.all("/state/attendance")
        records = {
            "attendance": await pages(organiser, "list", "/v1/attendance?limit=200"),
            "agreement": await pages(organiser, "list", "/v1/agreements?limit=200"),
            "decision": await pages(organiser, "list", "/v1/decisions?limit=200"),
            "justification": list(justifications.values()),
        }
        clients = await pages(organiser, "list", "/v1/clients?limit=200")
        log = await pages(
            auditor, "use log", "/v1/use-log?limit=200"
        )  # last: it tells of all that was read until here
        return Final(
            live={name: follower.items() for name, follower in followers.items()},
            after={name: [item_of(data) for data in items] for name, items in after.items()},
            records=records,
            clients={client["id"] for client in clients},
            use_log=Counter(row["request_id"] for row in log),
            days_there=[(day["ExternalId"], day["ExternalVersion"]) for day in there],
            decisions_there=await caseworker.all("/state/decisions"),
            proposals_there=await caseworker.all("/proposals"),
        )


def _days(share: list[Served]) -> Iterator[Day]:
    """Every day of every agreement of the share."""
    first = date.fromisoformat(BEGINS)
    for number in range(1000):
        for one in share:
            yield one.agreement, (first + timedelta(days=number)).isoformat()


async def _first_failure(until: "asyncio.Task[None]", *others: "asyncio.Task[None]") -> None:
    """Wait for the first to end; a client that failed is told at once."""
    waiting = {until, *others}
    while not until.done():
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
