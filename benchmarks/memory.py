"""`python -m benchmarks.memory [--seconds 600]`: does one worker keep its size under load?

A server of its own gets everything mixed: new days, batches, the same batches again, lists, pages of the feed, and
requests that are refused. Its resident memory is read when every kind of work was done a few times, and at the end."""

import argparse
import asyncio
import json
import tempfile
import time
from pathlib import Path

import uvloop

from benchmarks.jobs import Days, puts
from benchmarks.load import drive, request
from benchmarks.world import TenantFixture, make_world, server_of_its_own
from walmu_dev.postgres.embedded import temporary_cluster

TARGET = 50
CONNECTIONS = 8
WARM_UP = 10
"""Seconds in which every pool fills, every statement is prepared and every cache has seen something."""


def _mixed(world: TenantFixture, days: Days) -> list[bytes]:
    token, url = world.token(), f"{world.api}/v1"
    batch = json.dumps({"items": days.take(500)}).encode()
    bad = json.dumps({"items": [{"date": "2026-02-30", "unknown": number} for number in range(500)]}).encode()
    bodies = (batch, batch, batch, bad)
    return [
        *(request("POST", f"{url}/attendance-batches", body, token) for body in bodies),
        *(request("PUT", url + path, body, token) for path, body in puts(days.take(50))),
        *(
            request("GET", f"{url}/attendance?client_id={client}", token=token)
            for _, client in world.agreements
        ),
        *(request("GET", f"{url}/agreements?limit=50", token=token) for _ in range(10)),
        *(request("GET", f"{url}/changes?limit=1000", token=token) for _ in range(3)),
        *(request("GET", f"{url}/clients/{number}", token=token) for number in range(10)),  # no ids
        *(request("GET", f"{url}/whoami", token=f"{token}{number}") for number in range(10)),
    ]


async def _load(world: TenantFixture, port: int, days: Days, seconds: float) -> int:
    end, answered = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        run = await drive(port, _mixed(world, days), CONNECTIONS)
        odd = {answer.status for answer in run.answers} - {200, 201, 401, 422, 429}
        assert not odd, f"nothing fails, and these did: {odd}"
        answered += len(run.answers)
    return answered


async def _resident(pid: int) -> float:
    """Resident memory of a process, in MB."""
    ps = await asyncio.create_subprocess_exec(
        "ps", "-o", "rss=", "-p", str(pid), stdout=asyncio.subprocess.PIPE
    )
    report, _ = await ps.communicate()
    return int(report) / 1024


async def report(world: TenantFixture, seconds: float) -> str:
    """A line for the table."""
    days = Days(world, 2000)
    async with server_of_its_own(world, "memory.log") as (port, pid):
        await _load(world, port, days, WARM_UP)
        before = await _resident(pid)
        answered = await _load(world, port, days, seconds)
        after = await _resident(pid)
    met = "met" if after - before <= TARGET else "SHORT"
    return (
        f"memory of one worker after {seconds:.0f} s of load: {after:.0f} MB, at start {before:.0f} MB:"
        f" {after - before:+.0f} MB (target ≤ +{TARGET}) {met}; {answered:,} answers"
    )


async def run(seconds: float) -> None:
    with tempfile.TemporaryDirectory(prefix="walmu-memory-") as folder:
        async with temporary_cluster() as cluster, make_world(cluster, Path(folder)) as world:
            print(await report(world, seconds))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    uvloop.run(run(parser.parse_args().seconds))


if __name__ == "__main__":
    main()
