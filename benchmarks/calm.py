"""`python -m benchmarks.calm [ATTACK …] [--requests 2000] [--rounds 1]`: does one system's work stay calm whatever another
one sends?

A server as an operator starts it. One system does what systems do all day: days, lists, pages of the feed. Its times are
measured first alone, then under each attack of another system (`attacks`); beside it `/livez`, and the memory of all
processes of the server."""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import uvloop

from benchmarks.attacks import Attack, Storm, attacks
from benchmarks.jobs import Days, puts
from benchmarks.load import Answer, Run, drive, request
from benchmarks.world import HELD, KEYS, TenantFixture, make_world, run_server
from walmu_api.access.scopes import ROLES
from walmu_dev.founding import add_system
from walmu_dev.operating_system import free_port
from walmu_dev.postgres.embedded import temporary_cluster

CONNECTIONS = 4
THINKS = 0.01
"""Seconds between an answer and the next request of the same connection."""
ROWS = 9_900
"""Days that are recorded when it begins: nearly as many as one file may have."""
LIVE_WITHIN = 200.0
MORE_MEMORY = 300.0
BACK = 60.0
LONGEST = 60.0


@dataclass(frozen=True)
class Found:
    """Milliseconds and megabytes."""

    p50: float
    p99: float
    livez: float
    before: float = 0.0
    peak: float = 0.0
    after: float = 0.0
    back_in: float = 0.0
    attacker: str = ""


def _ms(answers: list[Answer], quantile: float) -> float:
    times = sorted(answer.seconds for answer in answers)
    return times[max(0, round(len(times) * quantile) - 1)] * 1000


def memory_of(pid: int) -> float:
    """Megabytes of a process and all that it started; pages that they share count once."""
    children: dict[int, list[int]] = {}
    for each in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(each.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(each.parent.name))
    total, waiting = 0.0, [pid]
    while waiting:
        at = waiting.pop()
        waiting += children.get(at, [])
        try:
            lines = Path(f"/proc/{at}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0) / 1024
    return total


class Victim:
    def __init__(self, world: TenantFixture, port: int) -> None:
        self.world, self.port = world, port
        self.days = Days(world, 2000)

    async def mix(self, count: int) -> list[bytes]:
        """A third each: a day, an agreement's list, and the feed from where it was read to before."""
        token, url = self.world.token(), f"{self.world.api}/v1"
        days = [
            request("PUT", url + path, body, token) for path, body in puts(self.days.take(count // 3 + 1))
        ]
        lists = [
            request("GET", f"{url}/attendance?client_id={client}", token=token)
            for _, client in self.world.agreements
        ]
        now = await drive(self.port, [request("GET", f"{url}/changes?from=now", token=token)], 1)
        cursor = json.loads(now.answers[0].body)["next_cursor"]
        feed = [request("GET", f"{url}/changes?cursor={cursor}&limit=100", token=token)]
        turns: list[Iterator[bytes]] = [iter(days), cycle(lists), cycle(feed)]
        return [next(turns[at % 3]) for at in range(count)]

    async def work(self, count: int) -> Run:
        """So many requests, or as many as are answered in a minute."""
        mix = await self.mix(count)
        began = time.monotonic()

        def until() -> Iterator[bytes]:
            for asked in mix:
                if time.monotonic() > began + LONGEST:
                    return
                yield asked

        done = await drive(self.port, until(), CONNECTIONS, rests=THINKS)
        odd = {answer.status for answer in done.answers} - {200, 201}
        assert not odd, f"the neighbour notices nothing, and got {odd}"
        return done


class _Watch:
    """`/livez` and the memory, looked at until it is told to stop."""

    def __init__(self, world: TenantFixture, port: int, pid: int) -> None:
        self._asked, self._port, self._pid = request("GET", f"{world.api}/livez"), port, pid
        self.livez, self.peak = 0.0, 0.0

    async def run(self) -> None:
        while True:
            (answer,) = (await drive(self._port, [self._asked], 1)).answers
            assert answer.status == 200
            self.livez = max(self.livez, answer.seconds * 1000)
            self.peak = max(self.peak, await asyncio.to_thread(memory_of, self._pid))
            await asyncio.sleep(0.1)


async def _measured(victim: Victim, pid: int, requests: int, attack: Attack | None) -> Found:
    before = memory_of(pid)
    watch = _Watch(victim.world, victim.port, pid)
    storm = Storm.begin(victim.port, attack) if attack is not None else None
    if storm is not None:
        await asyncio.sleep(1)
    watching = asyncio.create_task(watch.run())
    run = await victim.work(requests)
    watching.cancel()
    attacker = await storm.end() if storm is not None else ""
    ended = time.monotonic()
    after = memory_of(pid)
    while storm is not None and after > before + 30 and time.monotonic() - ended < BACK:
        await asyncio.sleep(1)
        after = memory_of(pid)
    times = _ms(run.answers, 0.5), _ms(run.answers, 0.99), watch.livez
    return Found(*times, before, watch.peak, after, time.monotonic() - ended, attacker)


async def _set_stage(world: TenantFixture, port: int) -> None:
    """A second system of the provider, and days enough for a large file."""
    await add_system(world.owner, world.organiser_id, world.provider_id, "neighbour", "N", "provider", KEYS)
    days = Days(world)
    bodies = [json.dumps({"items": days.take(ROWS // 20)}).encode() for _ in range(20)]
    url, token = f"{world.api}/v1/attendance-batches", world.token()
    answers = (await drive(port, [request("POST", url, body, token) for body in bodies], 1)).answers
    assert {answer.status for answer in answers} == {200}


def _attackers_token(world: TenantFixture) -> str:
    return world.tokens.issue("neighbour", HELD, sorted(ROLES["provider"]), None, now=time.time())


async def run(names: list[str], requests: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory(prefix="walmu-calm-") as folder:
        async with temporary_cluster() as cluster, make_world(cluster, Path(folder)) as world:
            port = free_port()
            environment = world.logins.environment | {
                "WALMU_DATA_DIR": str(world.folder),
                "WALMU_PORT": str(port),
                "WALMU_PUBLIC_URL": world.api,
                "WALMU_LOG_LEVEL": "warning",
            }
            arguments = ["-m", "walmu_api.cli", "serve"]
            async with run_server(arguments, environment, port, world.folder / "calm.log") as pid:
                await _set_stage(world, port)
                victim, days = Victim(world, port), Days(world, 5000)
                await victim.work(300)  # pools fill, statements are prepared
                await _rounds(victim, pid, names, days, requests, rounds)
                print((world.folder / "calm.log").read_text()[-2000:])


async def _rounds(victim: Victim, pid: int, names: list[str], days: Days, requests: int, rounds: int) -> None:
    world = victim.world
    known: dict[str, Callable[[], Attack]] = attacks(world, "", days)
    found: dict[str, list[tuple[Found, Found]]] = {name: [] for name in names or known}
    print(f"{'attack':14} {'calm p50':>8} {'p99':>6} {'| p50':>8} {'p99':>7} {'allowed':>8}  livez  memory")
    for _ in range(rounds):
        calm = await _measured(victim, pid, requests, None)
        for name, results in found.items():
            attack = attacks(world, _attackers_token(world), days)[name]()
            results.append((calm, await _measured(victim, pid, requests, attack)))
            print(_line(name, results[-1:]), flush=True)
    if rounds > 1:
        print(f"\nMedians of {rounds} rounds:")
        for name, results in found.items():
            print(_line(name, results))


def _line(name: str, results: list[tuple[Found, Found]]) -> str:
    calm50, calm99, p50, p99 = (
        statistics.median(values)
        for values in zip(*((calm.p50, calm.p99, on.p50, on.p99) for calm, on in results), strict=True)
    )
    allowed = max(2 * calm99, calm99 + 20)
    last = results[-1][1]
    livez = max(on.livez for _, on in results)
    more = max(on.peak - on.before for _, on in results)
    back = max(on.back_in for _, on in results)
    met = p99 <= allowed and livez < LIVE_WITHIN and more <= MORE_MEMORY and back < BACK
    return (
        f"{name:14} {calm50:8.1f} {calm99:6.1f} | {p50:6.1f} {p99:7.1f} {allowed:8.1f} {livez:6.0f}"
        f"  {last.before:.0f} → {last.peak:.0f} → {last.after:.0f} MB in {back:.0f} s"
        f"  {'met' if met else 'SHORT'}; attacker: {last.attacker}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("attacks", nargs="*", help="names in benchmarks/attacks.py; all when left out")
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=1)
    given = parser.parse_args()
    uvloop.run(run(given.attacks, given.requests, given.rounds))


if __name__ == "__main__":
    main()
