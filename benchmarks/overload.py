"""Overload: a heavy system with five times the connections, which asks again at once whatever it is told, and a light one
beside it. What is let in should be answered nearly as fast as in calm times."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle

from benchmarks.load import Run, drive

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
