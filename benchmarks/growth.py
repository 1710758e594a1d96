"""`python -m benchmarks.growth [--rows 10000,1000000]`: do the hot paths stay as fast when the tables grow?

The same four requests, one at a time, at each size of the attendance table, with journal, agreements and clients grown
along; a figure is the median of its answers' times, as a ratio to the smallest size."""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import uvloop

from benchmarks.jobs import Days, expect, puts
from benchmarks.load import drive, request
from benchmarks.world import CLIENTS, TenantFixture, make_world
from walmu_api.foundation.journal import Cursor
from walmu_dev.postgres.embedded import temporary_cluster

TARGET = 1.3
DAYS = 250  # of one agreement: a year
STEP = 1_000_000

_IDS = """
create temporary table more on commit preserve rows as
select gen_random_uuid() as client, gen_random_uuid() as relationship, gen_random_uuid() as agreement from generate_series(1, $1)
"""
COPY = """
insert into {table} select (jsonb_populate_record(null::{table}, to_jsonb(t) || jsonb_build_object({changes}, 'source_id', null, 'document_number', nextval('document_numbers')))).*
from more m, (select * from {table} where organiser_id = '{organiser}' order by id limit 1) t
"""
_CHANGES = {
    "clients": "'id', m.client, 'identity_index', null",
    "service_relationships": "'id', m.relationship, 'client_id', m.client",
    "agreements": "'id', m.agreement, 'client_id', m.client, 'service_relationship_id', m.relationship",
}
_ACCESS = """
insert into client_access (organiser_id, client_id, organisation_id, granted_by, starts_on)
select '{organiser}', client, '{provider}', relationship, '{first}' from more
"""
_ATTENDANCE = """
insert into attendance (organiser_id, id, agreement_id, date, client_id, service_relationship_id, provider_id, service_kind,
    status, planned_minutes, actual_minutes, recorded_at, recorded_by_organisation, recorded_by_system)
select '{organiser}', gen_random_uuid(), agreement, date '{first}' + day, client, relationship, '{provider}', 'work_activity',
    'present', 240, 235, now(), '{provider}', '{provider}'
from more, generate_series(1, {days}) as day
"""
_JOURNAL = """
insert into journal (organiser_id, era, resource_type, resource_id, version, change, client_id, provider_id, actor_organisation, actor_system)
select organiser_id, 1, 'attendance', id, 1, 'created', client_id, provider_id, provider_id, provider_id
from attendance join more on more.agreement = attendance.agreement_id
"""


async def grow_to(world: TenantFixture, rows: int) -> None:
    """Fill up with years of other clients' days, as the owner."""
    names = {
        "organiser": world.organiser_id,
        "provider": world.provider_id,
        "first": world.first,
        "days": DAYS,
    }
    await world.owner.execute("set synchronous_commit = off")
    while (missing := rows - await world.rows("attendance")) > DAYS:
        await world.owner.execute("drop table if exists more")
        await world.owner.execute(_IDS.replace("$1", str(min(missing, STEP) // DAYS)))
        for table, changes in _CHANGES.items():
            await world.owner.execute(COPY.format(table=table, changes=changes, **names))
        for statement in (_ACCESS, _ATTENDANCE, _JOURNAL):
            await world.owner.execute(statement.format(**names))
    await world.owner.execute("vacuum analyze")


class Probe:
    """The requests that are timed, always about days that are new."""

    def __init__(self, world: TenantFixture) -> None:
        self.world = world
        self.days, self.singles = Days(world), Days(world, 4000)

    async def _median(self, asked: Sequence[bytes], status: int) -> float:
        run = await drive(self.world.api_port, asked, 1)
        expect(run, status)
        return statistics.median(answer.seconds for answer in run.answers) * 1000

    async def figures(self) -> dict[str, float]:
        world, token = self.world, self.world.token()
        bodies = [json.dumps({"items": self.days.take(500)}).encode() for _ in range(16)]
        batches = [request("POST", f"{world.api}/v1/attendance-batches", body, token) for body in bodies]
        singles = [
            request("PUT", f"{world.api}/v1{path}", body, token)
            for path, body in puts(self.singles.take(200))
        ]
        clients = [world.agreements[number % CLIENTS][1] for number in range(200)]
        lists = [request("GET", f"{world.api}/v1/attendance?client_id={c}", b"", token) for c in clients]
        figures = {
            "batch of 500 new": await self._median(batches, 200),
            "the same batch again": await self._median(batches, 200),
            "single PUT": await self._median(singles, 201),
            "list of 100": await self._median(lists, 200),
        }
        row: Any = await world.owner.fetchrow(
            "select txid, seq from journal where organiser_id = $1 order by era desc, txid desc, seq desc offset 1000 limit 1",
            world.organiser_id,
        )
        cursor = Cursor(1, row["txid"], row["seq"]).text()
        feed = [request("GET", f"{world.api}/v1/changes?limit=1000&cursor={cursor}", b"", token)] * 16
        return figures | {"feed page of 1,000": await self._median(feed, 200)}


async def run(sizes: Sequence[int]) -> None:
    measured: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory(prefix="walmu-growth-") as folder:
        async with temporary_cluster() as cluster, make_world(cluster, Path(folder)) as world:
            probe = Probe(world)
            await probe.figures()  # not counted: pools fill, statements are prepared
            for size in sizes:
                began = time.monotonic()
                await grow_to(world, size)
                print(
                    f"{size:>12,} rows of attendance, filled in {time.monotonic() - began:.0f} s", flush=True
                )
                await probe.figures()
                measured.append(await probe.figures())
    print(f"\n{'p50, ms':24}" + "".join(f"{size:>14,}" for size in sizes) + f"{'ratio':>9}   target")
    for name, smallest in measured[0].items():
        ratio = measured[-1][name] / smallest
        times = "".join(f"{figures[name]:14.2f}" for figures in measured)
        print(f"{name:24}{times}{ratio:9.2f}   ≤ {TARGET} {'met' if ratio <= TARGET else 'SHORT'}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", default="10000,1000000", help="sizes, ascending, with commas")
    uvloop.run(run([int(size) for size in parser.parse_args().rows.split(",")]))


if __name__ == "__main__":
    main()
