"""The database dies, hangs, is full, locked or read-only: every request is answered in bounded time, with 503 and
Retry-After where it could not be done; nothing leaks; and when the database is back, so is the service, by itself."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import asyncpg
import httpx

from contract_tests.faults.stage import BACKENDS, Server, Stage

PRESENT = {"status": "present", "actual_minutes": 240}


async def ask(
    stage: Stage, server: Server, count: int, path: str = "/v1/attendance?limit=5"
) -> list[httpx.Response]:
    """Two systems by turns: of one alone four are in work at once, and the pool would not be exhausted."""
    both = stage.a(), stage.b()
    return await asyncio.gather(*(server.http.get(path, headers=both[at % 2]) for at in range(count)))


async def write(stage: Stage, server: Server, day: int, minutes: int = 240) -> httpx.Response:
    """Record a day, or correct the one that is there."""
    path, headers = stage.day(day), stage.a()
    there = await server.http.get(path, headers=headers)
    if there.status_code == 200:
        headers["If-Match"] = there.headers["ETag"]
    elif there.status_code != 404:
        return there
    return await server.http.put(path, json=PRESENT | {"actual_minutes": minutes}, headers=headers)


def refused(answers: list[httpx.Response], within: float) -> None:
    for answer in answers:
        assert answer.status_code == 503, answer.text
        assert int(answer.headers["Retry-After"]) >= 1
        assert answer.json()["code"] == "unavailable"
        assert answer.elapsed.total_seconds() < within


def done_or_refused(answers: list[httpx.Response], within: float) -> None:
    refused([answer for answer in answers if answer.status_code not in {200, 201}], within)


@asynccontextmanager
async def alive(server: Server) -> AsyncIterator[None]:
    """The process answers `/livez` throughout, promptly, whatever the database does."""
    stop = asyncio.Event()

    async def look() -> None:
        while not stop.is_set():
            answer = await server.http.get("/livez")
            assert answer.status_code == 200
            assert answer.elapsed.total_seconds() < 2
            await asyncio.sleep(0.1)

    looking = asyncio.create_task(look())
    try:
        yield
    finally:
        stop.set()
        await looking


async def test_a_killed_database_is_503_at_once_and_back_without_a_restart(
    stage: Stage, server: Server
) -> None:
    assert (await write(stage, server, 1)).status_code in {200, 201}
    assert stage.cluster.process is not None
    async with alive(server):
        stage.cluster.process.kill()
        await asyncio.sleep(0.3)
        refused(await ask(stage, server, 8), within=3)
        assert (await server.http.get("/readyz")).status_code == 503
        assert (await server.http.get("/metrics")).status_code == 200
        await stage.cluster.start()
        await server.ready()
    assert {answer.status_code for answer in await ask(stage, server, 8)} == {200}
    await server.comes_to_rest()


async def test_all_backends_terminated_while_requests_run(stage: Stage, server: Server) -> None:
    async with stage.owner() as owner, alive(server):
        for _ in range(5):
            asked = asyncio.create_task(ask(stage, server, 12))
            for _ in range(5):
                await owner.execute(f"select pg_terminate_backend(pid) from ({BACKENDS}) as found")
                await asyncio.sleep(0.01)
            done_or_refused(await asked, within=5)
    assert {answer.status_code for answer in await ask(stage, server, 8)} == {200}
    await server.comes_to_rest()


async def test_a_mute_database_is_answered_in_bounded_time(stage: Stage, server: Server) -> None:
    """Its processes stand still: connections are there, and nothing comes back on them."""
    assert {answer.status_code for answer in await ask(stage, server, 4)} == {200}
    assert stage.cluster.process is not None
    async with stage.owner() as owner:
        frozen = [row["pid"] for row in await owner.fetch(BACKENDS)] + [stage.cluster.process.pid]
    async with alive(server):
        for pid in frozen:
            os.kill(pid, signal.SIGSTOP)
        try:
            refused(await ask(stage, server, 8), within=8)
            assert (await server.http.get("/readyz")).elapsed.total_seconds() < 4
        finally:
            for pid in reversed(frozen):
                os.kill(pid, signal.SIGCONT)
        await server.ready()
    assert {answer.status_code for answer in await ask(stage, server, 8)} == {200}
    await server.comes_to_rest()


async def test_a_locked_table_is_503_and_an_exhausted_pool_too(stage: Stage, server: Server) -> None:
    """Four connections wait for the lock (two seconds at most), the others for one of the four (two seconds at most), or for
    those of their system before them."""
    async with stage.owner() as owner, alive(server):
        before = await owner.fetchval(f"select count(*) from ({BACKENDS}) as found")
        async with owner.transaction():
            await owner.execute("lock table attendance")
            started = time.monotonic()
            refused(await ask(stage, server, 8), within=6)
            assert time.monotonic() - started < 8
        assert {answer.status_code for answer in await ask(stage, server, 8)} == {200}
        await server.comes_to_rest()
        assert await owner.fetchval(f"select count(*) from ({BACKENDS}) as found") <= max(4, before)
    await stage.leaves_no_transaction_open()


async def test_a_database_without_free_connections_is_503(stage: Stage, server: Server) -> None:
    held: list[asyncpg.Connection] = []
    async with stage.owner() as owner, alive(server):
        await owner.execute(f"select pg_terminate_backend(pid) from ({BACKENDS}) as found")
        with suppress(asyncpg.TooManyConnectionsError):
            while True:
                held.append(await asyncpg.connect(stage.cluster.url()))
        try:
            refused(await ask(stage, server, 8), within=3)
        finally:
            await asyncio.gather(*(connection.close() for connection in held))
        await server.ready()
        assert {answer.status_code for answer in await ask(stage, server, 8)} == {200}
    await server.comes_to_rest()


async def test_a_read_only_database_is_503_for_writes(stage: Stage, server: Server) -> None:
    async with stage.owner() as owner, alive(server):
        await owner.execute("alter role walmu_app_demo set default_transaction_read_only = on")
        await owner.execute(f"select pg_terminate_backend(pid) from ({BACKENDS}) as found")
        try:
            refused([await write(stage, server, day, 200 + day) for day in range(4)], within=3)
        finally:
            await owner.execute("alter role walmu_app_demo reset default_transaction_read_only")
            await owner.execute(f"select pg_terminate_backend(pid) from ({BACKENDS}) as found")
    assert (await write(stage, server, 2, 201)).status_code in {200, 201}
    await server.comes_to_rest()


async def test_five_hundred_aborted_requests_leave_nothing_behind(stage: Stage, server: Server) -> None:
    body = b'{"status":"present","actual_minutes":240}'

    async def aborted(number: int) -> None:
        head = f"PUT {stage.day(number)} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        head += f"Authorization: {stage.a()['Authorization']}\r\nContent-Length: {len(body)}\r\n\r\n"
        whole = head.encode() + body
        _, writer = await asyncio.open_connection("127.0.0.1", stage.port)
        writer.write(whole[: len(whole) - number % 60 if number % 2 else len(whole)])
        await asyncio.sleep(number % 7 * 0.002)
        writer.transport.abort()

    for first in range(0, 500, 20):
        await asyncio.gather(*(aborted(number) for number in range(first, first + 20)))
    await server.comes_to_rest()
    await stage.leaves_no_transaction_open()
    assert 'status="500"' not in (await server.http.get("/metrics")).text, "who hangs up is no fault of ours"
    assert {answer.status_code for answer in await ask(stage, server, 8)} == {200}
