"""Heavy requests run in a process of their own: answered as by the serving process, in turns, and its death is survived."""

import asyncio
import contextlib
import json
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from contract_tests.faults.stage import Server, Stage

ONCE = (
    "x-request-id",
    "ratelimit",
    "ratelimit-policy",
    "x-content-type-options",
    "content-length",
    "cache-control",
)


@pytest.fixture
async def server(stage: Stage) -> AsyncIterator[Server]:
    """A fresh one for each test: nothing heavy was asked of it yet."""
    async with stage.server() as created:
        yield created


def started_by(pid: int) -> list[int]:
    """The processes that this one started, and those that they started."""
    found = []
    for each in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(each.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if parent == pid:
            found += [int(each.parent.name), *started_by(int(each.parent.name))]
    return found


async def are_gone(pids: list[int], within: float = 3) -> bool:
    until = time.monotonic() + within
    while left := [pid for pid in pids if not _is_dead(pid)]:
        if time.monotonic() > until:
            return not left
        await asyncio.sleep(0.05)
    return True


def _is_dead(pid: int) -> bool:
    """Ended, and only not waited for yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


async def at_work(server: Server) -> list[int]:
    """The keeper and the process of heavy requests, once it is there."""
    async with asyncio.timeout(10):
        while len(pids := started_by(server.process.pid)) < 2:  # noqa: ASYNC110 - another process's
            await asyncio.sleep(0.02)
    return pids


def batch(stage: Stage, lines: int, filled: int = 0) -> bytes:
    """Days of one agreement that are over and over the same, each with so many members that it does not have."""
    line = {"agreement_id": stage.landscape.ids["agreement_id"], "date": "2026-09-01", "status": "present"}
    more = {f"unknown_{number}": "x" * 20 for number in range(filled)}
    return json.dumps({"items": [line | more] * lines}).encode()


async def send(
    stage: Stage, server: Server, body: bytes | AsyncIterator[bytes], **more: str
) -> httpx.Response:
    headers = stage.a() | {"Content-Type": "application/json"} | more
    url = "/v1/attendance-batches?dry_run=true"
    return await server.http.post(url, content=body, headers=headers)


async def test_a_large_batch_is_answered_as_a_small_one_with_every_header_once(
    stage: Stage, server: Server
) -> None:
    small = await send(stage, server, batch(stage, 3), X_Request_Id="one-1")
    assert len(started_by(server.process.pid)) == 1, "the keeper waits, and nothing else was started"
    large = await send(stage, server, batch(stage, 3000), **{"X-Request-Id": "one-2", "X-Road-Id": "road-7"})
    assert len(started_by(server.process.pid)) == 2
    assert (small.status_code, large.status_code) == (200, 200)
    assert len(large.json()["outcomes"]) == 3000
    assert (large.headers["X-Request-Id"], large.headers["X-Road-Id"]) == ("one-2", "road-7")
    for name in ONCE:
        assert len(large.headers.get_list(name)) == 1, name
    assert set(large.headers) - {"x-road-id"} == set(small.headers)


async def test_what_is_refused_there_is_the_same_problem(stage: Stage, server: Server) -> None:
    headers = {"Accept-Language": "fi", "X-Request-Id": "two-1"}
    answers = [
        await send(stage, server, b'{"items": 5, "x": "' + b"x" * length + b'"}', **headers)
        for length in (10, 200_000)
    ]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["instance"].endswith("two-1")
    assert answers[1].headers["Content-Type"] == "application/problem+json"
    assert answers[1].headers["Content-Language"] == "fi"


async def test_a_body_of_unknown_length_that_grows_large_goes_there_too(stage: Stage, server: Server) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        body = batch(stage, 3000)
        for start in range(0, len(body), 50_000):
            yield body[start : start + 50_000]

    answer = await send(stage, server, chunks())
    assert (answer.status_code, len(answer.json()["outcomes"])) == (200, 3000)
    assert len(started_by(server.process.pid)) == 2


async def test_a_file_is_made_there_and_a_page_is_not(stage: Stage, server: Server) -> None:
    url = "/v1/attendance?limit=5"
    assert (await server.http.get(url, headers=stage.a())).status_code == 200
    assert len(started_by(server.process.pid)) == 1
    answer = await server.http.get(url, headers=stage.a() | {"Accept": "text/csv"})
    assert answer.status_code == 200
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="attendance.csv"'
    assert len(started_by(server.process.pid)) == 2


async def test_a_system_has_one_in_work_and_its_neighbour_does_not_wait_behind_it(
    stage: Stage, server: Server
) -> None:
    """Twelve at once of one system: some wait, some are told when to come again, and the other system's is answered before
    most of them."""
    slow = batch(stage, 10_000, filled=10)
    many = [asyncio.create_task(send(stage, server, slow)) for _ in range(12)]
    await asyncio.sleep(0.5)
    headers = stage.b() | {"Accept": "text/csv"}
    began = time.monotonic()
    other = await server.http.get("/v1/attendance", headers=headers)
    waited = time.monotonic() - began
    assert other.status_code == 200
    assert sum(task.done() and task.result().status_code == 200 for task in many) <= 3
    answers = await asyncio.gather(*many)
    print(f"the neighbour waited {waited:.1f} s; {[answer.status_code for answer in answers]}")
    assert {answer.status_code for answer in answers} == {200, 429}
    assert all(int(a.headers["Retry-After"]) >= 1 for a in answers if a.status_code == 429)


async def test_the_death_of_that_process_is_a_503_and_the_next_request_finds_another(
    stage: Stage, server: Server
) -> None:
    slow = batch(stage, 10_000, filled=10)
    waiting = asyncio.create_task(send(stage, server, slow))
    pids = await at_work(server)
    await asyncio.sleep(0.5)
    assert not waiting.done()
    os.kill(max(pids), signal.SIGKILL)
    answer = await waiting
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert answer.json()["code"] == "unavailable"
    assert (await send(stage, server, batch(stage, 3000))).status_code == 200
    assert (await server.http.get("/livez")).status_code == 200


async def test_without_its_keeper_the_server_leaves_and_says_so(stage: Stage) -> None:
    """Whoever looks after the processes starts another one: this one could answer nothing heavy any more."""
    async with stage.server() as server:
        waiting = asyncio.create_task(send(stage, server, batch(stage, 10_000, filled=10)))
        pids = await at_work(server)
        os.kill(min(pids), signal.SIGKILL)
        assert (await waiting).status_code == 503
        assert await asyncio.wait_for(server.process.wait(), 12) == 3
        assert await are_gone(pids)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
async def test_no_process_stays_however_the_server_ends(stage: Stage, how: signal.Signals) -> None:
    async with stage.server() as server:
        assert (await send(stage, server, batch(stage, 3000))).status_code == 200
        pids = started_by(server.process.pid)
        assert len(pids) == 2
        server.process.send_signal(how)
        await server.process.wait()
        assert await are_gone(pids)


async def test_a_stop_finishes_what_is_in_work_there(stage: Stage) -> None:
    async with stage.server() as server:
        waiting = asyncio.create_task(send(stage, server, batch(stage, 10_000)))
        pids = await at_work(server)
        await asyncio.sleep(0.2)
        server.process.send_signal(signal.SIGTERM)
        assert (await waiting).status_code == 200
        assert await asyncio.wait_for(server.process.wait(), 12) == 0
        assert await are_gone(pids)


async def test_who_hangs_up_holds_up_nobody(stage: Stage, server: Server) -> None:
    """Again and again a batch that takes seconds, given up at once: the other system's file comes all the same."""
    slow = batch(stage, 10_000, filled=10)

    async def give_up() -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                await send(stage, server, slow)

    for _ in range(4):
        await give_up()
    async with asyncio.timeout(20):
        answer = await server.http.get("/v1/attendance", headers=stage.b() | {"Accept": "text/csv"})
        assert answer.status_code == 200
        assert (await send(stage, server, batch(stage, 3000))).status_code == 200
