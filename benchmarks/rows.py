"""The table: which figure is compared with which floor, over how many rounds."""

import statistics
from dataclasses import dataclass

import asyncpg

from benchmarks.jobs import Jobs
from benchmarks.world import TenantFixture
from walmu_api.foundation.migrating import plain_url


@dataclass(frozen=True)
class Target:
    """A figure to reach: the median over the rounds of `ratio`."""

    name: str
    ours: str
    floor: str
    unit: str
    target: float
    least: bool = True  # at least, or at most


TARGETS = (
    Target("batch of 500 new / raw asyncpg", "batch", "batch_raw", "rows/s", 0.30),
    Target("batch of 500 new / bare FastAPI", "batch", "batch_http", "rows/s", 0.6),
    Target("the same batch again / first time", "again", "batch", "rows/s", 2.0),
    Target("single PUT / bare FastAPI", "put", "put_http", "requests/s", 0.45),
    Target("single PUT, p99 / bare FastAPI", "put_p99", "put_http_p99", "ms", 3.0, least=False),
    Target("list of 100 / bare FastAPI", "list", "list_http", "requests/s", 0.4),
    Target("overview, 3 years / list of 100, p50", "overview", "list_alone", "ms", 4.0, least=False),
    Target("feed page of 1,000 / raw asyncpg", "feed", "feed_raw", "pages/s", 0.4),
)


class Figures:
    """What every round measured, by name."""

    def __init__(self) -> None:
        self.rounds: list[dict[str, float]] = []

    def median(self, name: str) -> float:
        return statistics.median(measured[name] for measured in self.rounds)

    def ratio(self, target: Target) -> float:
        return statistics.median(measured[target.ours] / measured[target.floor] for measured in self.rounds)


async def _round(jobs: Jobs, order: int) -> dict[str, float]:
    """Every job once; ours and the floors change places from round to round."""
    figures: dict[str, float] = {}
    for group in (
        (jobs.batch, jobs.batch_raw, jobs.batch_http),
        (jobs.put, jobs.put_http),
        (jobs.listed, jobs.list_http),
        (jobs.overview,),
        (jobs.feed, jobs.feed_raw),
    ):
        for job in group if order % 2 == 0 else reversed(group):
            figures |= await job()
    return figures


async def measured(world: TenantFixture, rounds: int) -> Figures:
    figures = Figures()
    async with asyncpg.create_pool(plain_url(world.url), min_size=4, max_size=4) as raw:
        jobs = Jobs(world, raw)
        await _round(jobs, 0)  # not counted: pools fill, statements are prepared, caches warm
        for order in range(rounds):
            figures.rounds.append(await _round(jobs, order))
    return figures
