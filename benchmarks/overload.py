"""Overload: a heavy system with five times the connections, which asks again at once whatever it is told, and a light one
beside it. What is let in should be answered nearly as fast as in calm times."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle

from benchmarks.load import Run, drive, request
from benchmarks.world import TenantFixture, server_of_its_own

CALM = 8
TIMES = 5


@dataclass(frozen=True)
class Overload:
    """What the heavy system heard in calm times and under its own load, and what the light one heard meanwhile."""

    calm: Run
    heavy: Run
    light: Run

    @property
    def accepted(self) -> Run:
        return Run([answer for answer in self.heavy.answers if answer.status < 400], self.heavy.seconds)


async def overload(port: int, heavy: Sequence[bytes], light: bytes, seconds: float) -> Overload:
    calm = await drive(port, _until(heavy, seconds), CALM)
    pressed, beside = await asyncio.gather(
        drive(port, _until(heavy, seconds), CALM * TIMES), _now_and_then(port, light, seconds)
    )
    return Overload(calm, pressed, beside)


async def report(world: TenantFixture, seconds: float = 5) -> list[str]:
    """Two lines for the table: the start of a server whose database is there, and the overload."""
    started = time.monotonic()
    async with server_of_its_own(world, "overload.log") as (port, _):
        await drive(port, [request("GET", f"{world.api}/livez")], 1)
        start = time.monotonic() - started
        token = world.token()
        heavy = [
            request("GET", f"{world.api}/v1/attendance?client_id={client}", token=token)
            for _, client in world.agreements
        ]
        light = request("GET", f"{world.api}/v1/whoami", token=world.token("organiser"))
        found = await overload(port, heavy, light, seconds)
    allowed = {200, 429, 503}
    assert {answer.status for answer in found.heavy.answers} <= allowed, "only served or told to wait"
    assert {answer.status for answer in found.light.answers} == {200}, "the neighbour notices nothing"
    calm, pressed = found.calm.p99 * 1000, found.accepted.p99 * 1000
    accepted = len(found.accepted.answers)
    return [
        f"start to first answer: {start:.1f} s (target < 2)",
        f"five times too much: p99 of the accepted {pressed:.0f} ms, calm {calm:.0f} ms: {pressed / calm:.2f} (target ≤ 2)",
        f"  {accepted} accepted, {len(found.heavy.answers) - accepted} refused",
        f"  the light system: {len(found.light.answers)} served, none refused, p99 {found.light.p99 * 1000:.0f} ms",
    ]


def _until(requests: Sequence[bytes], seconds: float) -> Iterator[bytes]:
    end = time.monotonic() + seconds
    for asked in cycle(requests):
        if time.monotonic() > end:
            return
        yield asked


async def _now_and_then(port: int, request: bytes, seconds: float) -> Run:
    """Ten requests a second at most, one at a time."""
    started = time.monotonic()
    answers = []
    while time.monotonic() < started + seconds:
        answers += (await drive(port, [request], 1)).answers
        await asyncio.sleep(0.1)
    return Run(answers, time.monotonic() - started)
