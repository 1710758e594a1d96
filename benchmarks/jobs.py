"""The jobs that are measured, ours and the floors, each with a check of every answer and of what was really written."""

import asyncio
import itertools
import json
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import asyncpg

from benchmarks import floor
from benchmarks.load import Run, drive, request
from benchmarks.world import CLIENTS, SPAN, TenantFixture
from walmu_api.foundation.journal import Cursor

LINES = 500
BATCHES = 24
PUTS = 960
LISTS = 480
PAGES = 24
OVERVIEWS = 60
FEED = """
select j.*, a.* from journal j left join attendance a on a.organiser_id = j.organiser_id and a.id = j.resource_id
where j.organiser_id = $1 and (j.era, j.txid, j.seq) > (1, $2::xid8, $3::bigint) and j.resource_type = 'attendance'
order by j.era, j.txid, j.seq limit 1000"""


class Days:
    """Days that nobody has recorded yet: forty agreements, day after day, until the agreements end and it begins anew."""

    def __init__(self, world: TenantFixture, first: int = 0) -> None:
        self._next = itertools.count(first * CLIENTS)
        self._world = world

    def take(self, count: int) -> list[dict[str, Any]]:
        return [self._line(number) for number in itertools.islice(self._next, count)]

    def _line(self, number: int) -> dict[str, Any]:
        day = (self._world.first + timedelta(days=number // CLIENTS % SPAN.days)).isoformat()
        return {
            "agreement_id": self._world.agreements[number % CLIENTS][0],
            "date": day,
            "status": "present",
            "planned_minutes": 240,
            "actual_minutes": 235,
            "arrived_at": f"{day}T09:02:00+02:00",
            "left_at": f"{day}T12:57:00+02:00",
            "form": "group",
            "source_id": f"visit-{number % (CLIENTS * SPAN.days)}",
        }


def expect(run: Run, status: int, check: Callable[[bytes], bool] = lambda _body: True) -> None:
    for answer in run.answers:
        if answer.status != status or not check(answer.body):
            raise AssertionError(f"{answer.status} instead of {status}: {answer.body[:500]!r}")


async def _grows(world: TenantFixture, by: dict[str, int], work: Callable[[], Awaitable[None]]) -> None:
    """A server that skips its journal or use log would look fast: count what was really written."""
    before = {table: await world.rows(table) for table in by}
    await work()
    grown = {table: await world.rows(table) - before[table] for table in by}
    if grown != by:
        raise AssertionError(f"rows written: {grown}, expected {by}")


class Jobs:
    """All jobs of one world. Each gives figures by name."""

    def __init__(self, world: TenantFixture, raw: asyncpg.Pool) -> None:
        self.world = world
        self.raw = raw
        self.ours, self.bare, self.direct = Days(world), Days(world), Days(world)
        self.singles, self.bare_singles = Days(world, 6000), Days(world, 6000)

    async def batch(self) -> dict[str, float]:
        token, figures = self.world.token(), {}
        bodies = [json.dumps({"items": self.ours.take(LINES)}).encode() for _ in range(BATCHES)]
        asked = [request("POST", f"{self.world.api}/v1/attendance-batches", body, token) for body in bodies]
        written = {"attendance": LINES * BATCHES, "journal": LINES * BATCHES, "use_log": BATCHES}
        for name, outcome in (("batch", "created"), ("again", "unchanged")):

            async def send(name: str = name, outcome: str = outcome) -> None:
                run = await drive(self.world.api_port, asked, 4)
                expect(run, 200, lambda body: json.loads(body)["counts"][outcome] == LINES)
                figures[name] = run.per_second * LINES

            await _grows(
                self.world, written if name == "batch" else written | {"attendance": 0, "journal": 0}, send
            )
        return figures

    async def batch_http(self) -> dict[str, float]:
        bodies = [json.dumps(self.bare.take(LINES)).encode() for _ in range(BATCHES)]
        asked = [request("POST", f"{self.world.floor}/attendance-batches", body) for body in bodies]
        run = await drive(self.world.floor_port, asked, 4)
        expect(run, 200, lambda body: len(json.loads(body)) == LINES)
        return {"batch_http": run.per_second * LINES}

    async def batch_raw(self) -> dict[str, float]:
        batches = [
            floor.columns([floor.Line(**line) for line in self.direct.take(LINES)]) for _ in range(BATCHES)
        ]
        statement = floor.upsert_many("floor_raw")
        waiting = iter(batches)

        async def work() -> None:
            async with self.raw.acquire() as connection:
                for batch in waiting:
                    rows = await connection.fetch(statement, *floor.CONSTANTS, *batch)
                    assert len(rows) == LINES

        return {"batch_raw": LINES * BATCHES / await _timed(work)}

    async def put(self) -> dict[str, float]:
        token = self.world.token()
        asked = [
            request("PUT", f"{self.world.api}/v1{path}", body, token)
            for path, body in puts(self.singles.take(PUTS))
        ]
        figures: dict[str, float] = {}

        async def send() -> None:
            run = await drive(self.world.api_port, asked, 16)
            expect(run, 201, lambda body: json.loads(body)["version"] == 1)
            figures.update(put=run.per_second, put_p99=run.p99 * 1000)

        await _grows(self.world, dict.fromkeys(("attendance", "journal", "use_log"), PUTS), send)
        return figures

    async def put_http(self) -> dict[str, float]:
        asked = [
            request("PUT", f"{self.world.floor}{p}", body) for p, body in puts(self.bare_singles.take(PUTS))
        ]
        run = await drive(self.world.floor_port, asked, 16)
        expect(run, 200, lambda body: json.loads(body)["version"] == 1)
        return {"put_http": run.per_second, "put_http_p99": run.p99 * 1000}

    async def listed(self) -> dict[str, float]:
        token = self.world.token()
        clients = [self.world.agreements[number % CLIENTS][1] for number in range(LISTS)]
        asked = [request("GET", f"{self.world.api}/v1/attendance?client_id={c}", b"", token) for c in clients]
        figures: dict[str, float] = {}

        async def send() -> None:
            run = await drive(self.world.api_port, asked, 16)
            expect(run, 200, lambda body: len(json.loads(body)["items"]) == 100)
            figures["list"] = run.per_second

        await _grows(self.world, {"use_log": LISTS}, send)
        return figures

    async def list_http(self) -> dict[str, float]:
        agreements = [self.world.agreements[number % CLIENTS][0] for number in range(LISTS)]
        asked = [request("GET", f"{self.world.floor}/attendance?agreement_id={a}") for a in agreements]
        run = await drive(self.world.floor_port, asked, 16)
        expect(run, 200, lambda body: len(json.loads(body)) == 100)
        return {"list_http": run.per_second}

    async def overview(self) -> dict[str, float]:
        """One at a time, each after a list of 100: how long one waits for each."""
        token, client = self.world.token(), self.world.agreements[0][1]
        asked = [
            request("GET", f"{self.world.api}/v1/{path}", b"", token)
            for _ in range(OVERVIEWS)
            for path in (f"attendance?client_id={client}", f"clients/{self.world.history}/overview")
        ]
        run = await drive(self.world.api_port, asked, 1)
        expect(run, 200)
        lists, overviews = run.answers[::2], run.answers[1::2]
        assert all(len(json.loads(answer.body)["attendance"]["items"]) > 100 for answer in overviews)
        data = {"list_alone": lists, "overview": overviews}
        return {
            name: statistics.median(answer.seconds for answer in answers) * 1000
            for name, answers in data.items()
        }

    async def _starts(self) -> list[int]:
        """Where each page begins: the seq before every thousandth change of the first days."""
        return [
            await self.raw.fetchval(
                "select min(seq) from journal where resource_type = 'attendance' and seq >= $1", number * 400
            )
            for number in range(1, 9)
        ]

    async def feed(self) -> dict[str, float]:
        token = self.world.token()
        cursors = await self.raw.fetch(
            "select txid, seq from journal where resource_type = 'attendance' and seq = any($1::bigint[])",
            await self._starts(),
        )
        asked = [
            request("GET", f"{self.world.api}/v1/changes?limit=1000&cursor={_cursor(row)}", b"", token)
            for row, _ in zip(itertools.cycle(cursors), range(PAGES), strict=False)
        ]
        figures: dict[str, float] = {}

        async def send() -> None:
            run = await drive(self.world.api_port, asked, 4)
            expect(run, 200, lambda body: sum("record" in i for i in json.loads(body)["items"]) == 1000)
            figures["feed"] = run.per_second

        await _grows(self.world, {"use_log": PAGES}, send)
        return figures

    async def feed_raw(self) -> dict[str, float]:
        starts = await self.raw.fetch(
            "select txid, seq from journal where resource_type = 'attendance' and seq = any($1::bigint[])",
            await self._starts(),
        )
        waiting = iter([row for row, _ in zip(itertools.cycle(starts), range(PAGES), strict=False)])

        async def work() -> None:
            async with self.raw.acquire() as connection:
                for row in waiting:
                    rows = await connection.fetch(FEED, self.world.organiser_id, row["txid"], row["seq"])
                    assert len(rows) == 1000

        return {"feed_raw": PAGES / await _timed(work)}


def _cursor(row: asyncpg.Record) -> str:
    return Cursor(1, row["txid"], row["seq"]).text()


def puts(lines: list[dict[str, Any]]) -> list[tuple[str, bytes]]:
    return [
        (f"/agreements/{line.pop('agreement_id')}/attendance/{line.pop('date')}", json.dumps(line).encode())
        for line in lines
    ]


async def _timed(work: Callable[[], Awaitable[None]], workers: int = 4) -> float:
    started = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(workers)))
    return time.perf_counter() - started
