"""SIGTERM under load: readiness goes first, every accepted request is answered, and the process ends with 0."""

import asyncio
import signal
import time

import httpx

from contract_tests.faults.stage import Server, Stage


async def _works(server: Server, stage: Stage, number: int, stop: asyncio.Event, heard: list[int]) -> None:
    """One connection that asks on and on, until the proxy in front has seen that the server is leaving."""
    async with httpx.AsyncClient(base_url=stage.url, timeout=30) as http:
        headers = stage.a()
        while not stop.is_set():
            path = f"/v1/attendance?limit={number + 1}"
            heard.append((await http.get(path, headers=headers)).status_code)


async def _watches(server: Server, stop: asyncio.Event) -> int:
    """As a proxy does: it looks at readiness, and sends nothing new once that is gone."""
    while (status := (await server.http.get("/readyz")).status_code) == 200:  # noqa: ASYNC110 - as a proxy looks
        await asyncio.sleep(0.05)
    stop.set()
    return status


async def test_a_stop_under_load_is_noticed_by_nobody(stage: Stage) -> None:
    for _ in range(2):
        async with stage.server(WALMU_DRAIN_SECONDS="1") as server:
            stop, heard = asyncio.Event(), list[int]()
            watching = asyncio.create_task(_watches(server, stop))
            working = [asyncio.create_task(_works(server, stage, number, stop, heard)) for number in range(8)]
            await asyncio.sleep(0.7)
            before = len(heard)
            server.process.send_signal(signal.SIGTERM)
            stopped = time.monotonic()
            assert await watching == 503
            await asyncio.gather(*working)  # a reset would be raised here
            assert await asyncio.wait_for(server.process.wait(), 12) == 0
            print(
                f"{len(heard)} answers, {len(heard) - before} of them after SIGTERM; ended"
                f" {time.monotonic() - stopped:.1f} s after it; it had answered {server.seconds_to_first_answer:.2f} s"
                " after its start"
            )
            assert set(heard) == {200}
            assert len(heard) > before > 0


async def test_what_is_in_work_is_finished_when_listening_has_ended(stage: Stage) -> None:
    async with stage.server() as server, stage.owner() as owner:
        async with owner.transaction():
            await owner.execute("lock table attendance")
            waiting = asyncio.create_task(server.http.get("/v1/attendance?limit=1", headers=stage.a()))
            await asyncio.sleep(0.4)
            server.process.send_signal(signal.SIGTERM)
            await asyncio.sleep(0.8)
            assert not waiting.done()
        answer = await waiting
        assert (answer.status_code, answer.headers["Connection"]) == (200, "close")
        assert await asyncio.wait_for(server.process.wait(), 12) == 0
