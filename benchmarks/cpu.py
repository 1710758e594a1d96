"""`python -m benchmarks.cpu --against CHECKOUT [--rounds N] [--starts N]`: what the same work costs this code and another checkout.

On a machine that others use too, seconds say little; the processor time of the server and of its database's processes says
more. The same requests go to a server of each checkout, in alternation, on one database. The other checkout must have the
same tables; both start from compiled modules, as installations do."""

import argparse
import json
import statistics
import tempfile
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import uvloop

from benchmarks.jobs import LINES, Days, expect, puts
from benchmarks.load import drive, request
from benchmarks.world import TenantFixture, make_world, run_server
from walmu_dev.operating_system import free_port
from walmu_dev.postgres.embedded import temporary_cluster

HERE = Path(__file__).resolve().parents[1]
BATCHES, PUTS, LISTS = 12, 480, 240
JOBS = {"put": PUTS, "batch": BATCHES, "again": BATCHES, "list": LISTS}


@dataclass
class Side:
    """One checkout with its server, and the milliseconds that each request of a job cost: process, database."""

    source: Path
    port: int = 0
    pid: int = 0
    costs: dict[str, list[tuple[float, float]]] = field(default_factory=dict)


def _ran(pid: int) -> float:
    """Milliseconds for which all threads of a process were on a processor; nothing once it has ended."""
    try:
        tasks = [*Path(f"/proc/{pid}/task").iterdir()]
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e6
    except (FileNotFoundError, ProcessLookupError):
        return 0.0


def _backends(world: TenantFixture) -> float:
    """The same for every process of the database."""
    postmaster = _parent(world.owner.get_server_pid())
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return sum(_ran(pid) for pid in pids if _parent(pid) == postmaster)


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _environment(world: TenantFixture, side: Side) -> dict[str, str]:
    return world.logins.environment | {
        "WALMU_DATA_DIR": str(world.folder),
        "WALMU_PORT": str(side.port),
        "WALMU_PUBLIC_URL": world.api,
        "PYTHONPATH": str(side.source / "src"),
        "WALMU_RATE_PER_SECOND": "100000",
        "WALMU_RATE_BURST": "1000000",
    }


async def _job(
    world: TenantFixture, side: Side, name: str, asked: list[bytes], status: int, connections: int
) -> None:
    process, database = _ran(side.pid), _backends(world)
    expect(await drive(side.port, asked, connections), status)
    cost = (_ran(side.pid) - process, _backends(world) - database)
    side.costs.setdefault(name, []).append((cost[0] / JOBS[name], cost[1] / JOBS[name]))


async def _round(world: TenantFixture, side: Side, days: Days, singles: Days) -> None:
    token, url = world.token(), f"{world.api}/v1"
    batches = [
        request("POST", f"{url}/attendance-batches", json.dumps({"items": days.take(LINES)}).encode(), token)
        for _ in range(BATCHES)
    ]
    asked = [request("PUT", url + path, body, token) for path, body in puts(singles.take(PUTS))]
    clients = [world.agreements[number % len(world.agreements)][1] for number in range(LISTS)]
    lists = [request("GET", f"{url}/attendance?client_id={client}", token=token) for client in clients]
    await _job(world, side, "put", asked, 201, 16)
    await _job(world, side, "batch", batches, 200, 4)
    await _job(world, side, "again", batches, 200, 4)
    await _job(world, side, "list", lists, 200, 16)


async def _start(world: TenantFixture, side: Side) -> float:
    """Milliseconds of processor time until a server listens and has answered."""
    environment = _environment(world, side)
    log = world.folder / "start.log"
    async with run_server(["-m", "walmu_api.cli", "serve"], environment, side.port, log) as pid:
        expect(await drive(side.port, [request("GET", f"{world.api}/livez")], 1), 200)
        return _ran(pid)


def _as_data(name: str, sides: list[Side], of: Callable[[tuple[float, float]], float]) -> str:
    ours, theirs = ([of(cost) for cost in side.costs[name]] for side in sides)
    ratios = [our / their for our, their in zip(ours, theirs, strict=True)]
    figures = f"{statistics.median(theirs):9.3f} {statistics.median(ours):9.3f}"
    return (
        f"{figures} ({statistics.median(ratios) - 1:+4.0%}, {min(ratios) - 1:+4.0%}…{max(ratios) - 1:+4.0%})"
    )


def _in_turn(sides: list[Side], number: int) -> list[Side]:
    return sides[:: 1 if number % 2 else -1]


async def _measured_starts(world: TenantFixture, sides: list[Side], starts: int) -> None:
    for number in range(starts + 1):
        for side in _in_turn(sides, number):
            cost = await _start(world, side)
            if number:  # the first compiles the modules
                side.costs.setdefault("start", []).append((cost, 0.0))


async def _measured_requests(world: TenantFixture, sides: list[Side], rounds: int) -> None:
    days, singles = Days(world), Days(world, 6000)
    async with AsyncExitStack() as running:
        for side in sides:
            log = world.folder / f"{side.port}.log"
            server = run_server(["-m", "walmu_api.cli", "serve"], _environment(world, side), side.port, log)
            side.pid = await running.enter_async_context(server)
            await _round(
                world, Side(side.source, side.port, side.pid), days, singles
            )  # not counted: pools and caches
        for number in range(rounds):
            for side in _in_turn(sides, number):
                await _round(world, side, days, singles)


async def run(other: Path, rounds: int, starts: int) -> None:
    sides = [Side(HERE, free_port()), Side(other, free_port())]
    with tempfile.TemporaryDirectory(prefix="walmu-cpu-") as folder:
        async with temporary_cluster() as cluster, make_world(cluster, Path(folder)) as world:
            if starts:
                await _measured_starts(world, sides, starts)
            if rounds:
                await _measured_requests(world, sides, rounds)
    print(f"{'ms of processor time':22} {'there':>9} {'here':>9}")
    for name in sides[0].costs:
        print(f"{name + ', process':22} {_as_data(name, sides, lambda cost: cost[0])}")
        if name != "start":
            print(f"{name + ', with database':22} {_as_data(name, sides, sum)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--against", type=Path, required=True, help="another checkout of this repository")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--starts", type=int, default=6)
    given = parser.parse_args()
    uvloop.run(run(given.against.resolve(), given.rounds, given.starts))


if __name__ == "__main__":
    main()
