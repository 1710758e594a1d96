"""Five times too much from one system: it is told to wait, its neighbours notice nothing, and then all is as before."""

import asyncio
import json
import socket

from benchmarks.load import Run, request
from benchmarks.overload import overload

from contract_tests.faults.stage import Server, Stage


def _asked(stage: Stage) -> list[bytes]:
    """A page of days, and a batch that may be sent again at any time."""
    token = stage.a()["Authorization"].removeprefix("Bearer ")
    line = {"agreement_id": stage.landscape.ids["agreement_id"], "status": "present", "actual_minutes": 240}
    batch = json.dumps({"items": [line | {"date": f"2026-09-{day:02}"} for day in range(1, 6)]}).encode()
    return [
        request("GET", f"{stage.url}/v1/attendance?limit=20", token=token),
        request("POST", f"{stage.url}/v1/attendance-batches", batch, token),
    ]


def _only(run: Run, statuses: set[int]) -> None:
    assert {answer.status for answer in run.answers} <= statuses
    for answer in run.answers:
        if answer.status in {429, 503}:
            assert int(answer.headers[b"retry-after"]) >= 1
        assert answer.headers[b"ratelimit"].startswith(b'"requests";r=')


async def test_a_heavy_system_slows_itself_and_nobody_else(stage: Stage) -> None:
    light = request("GET", f"{stage.url}/v1/whoami", token=stage.b()["Authorization"].removeprefix("Bearer "))
    async with stage.server(WALMU_RATE_PER_SECOND="10000", WALMU_RATE_BURST="100000") as server:
        measured = await overload(stage.port, _asked(stage), light, 5)
        _only(measured.calm, {200})
        _only(measured.heavy, {200, 429, 503})
        _only(measured.light, {200})
        assert 429 in {answer.status for answer in measured.heavy.answers}
        assert measured.accepted.answers
        assert len(measured.light.answers) > 5
        again = await server.http.get("/v1/attendance?limit=20", headers=stage.a())
        assert again.status_code == 200, "as before at once"
        await server.comes_to_rest()
    calm, pressed = measured.calm, measured.accepted
    print(
        f"calm: {calm.per_second:.0f}/s, p99 {calm.p99 * 1000:.0f} ms; five times as much: {pressed.per_second:.0f}/s"
        f" accepted, p99 {pressed.p99 * 1000:.0f} ms = {pressed.p99 / calm.p99:.2f} times; the light system's p99"
        f" {measured.light.p99 * 1000:.0f} ms; {len(measured.heavy.answers) - len(pressed.answers)} refused"
    )


async def test_a_system_beyond_its_rate_is_told_how_long_to_wait(stage: Stage) -> None:
    async with stage.server(WALMU_RATE_PER_SECOND="5", WALMU_RATE_BURST="10") as server:
        twelve = [server.http.get("/v1/whoami", headers=stage.a()) for _ in range(12)]
        answers = await asyncio.gather(*twelve)  # at once: one after another they might come slowly enough
        assert {answer.status_code for answer in answers} == {200, 429}
        (wait,) = {answer.headers["Retry-After"] for answer in answers if answer.status_code == 429}
        await asyncio.sleep(int(wait))
        assert (await server.http.get("/v1/whoami", headers=stage.a())).status_code == 200
        assert (await server.http.get("/v1/whoami", headers=stage.b())).status_code == 200


async def test_slow_clients_hold_up_nobody_but_themselves(stage: Stage) -> None:
    """Twenty-five that never end their headers, and twenty-five of one system that never end their body. They take up the
    room, so the other system has its share of it: half."""
    head = (
        f"POST /v1/attendance-batches HTTP/1.1\r\nHost: x\r\nAuthorization: {stage.b()['Authorization']}\r\n"
    )
    body = f"{head}Content-Type: application/json\r\nContent-Length: 4000\r\n\r\n{{".encode()
    async with stage.server(WALMU_DATABASE_POOL="4") as server:
        slow: list[socket.socket] = []
        for start in [b"GET /livez HTTP/1.1\r\nX-Slow: "] * 25 + [body] * 25:
            slow.append(socket.create_connection(("127.0.0.1", stage.port)))
            slow[-1].sendall(start)
        try:
            for _ in range(5):
                answers = await asyncio.gather(
                    *(server.http.get("/v1/attendance?limit=5", headers=stage.a()) for _ in range(6))
                )
                assert {answer.status_code for answer in answers} == {200}
                for connection in slow[:25]:
                    connection.sendall(b"x")
            assert await server.in_use() == 0, "who is still sending holds no connection of the database"
        finally:
            for connection in slow:
                connection.close()
        assert (await server.http.get("/v1/whoami", headers=stage.b())).status_code in {200, 429}
        await asyncio.sleep(1)
        assert (await server.http.get("/v1/whoami", headers=stage.b())).status_code == 200, (
            "its places are free again"
        )


async def test_a_flood_of_strangers_costs_no_connection_and_holds_up_nobody(
    stage: Stage, server: Server
) -> None:
    stop = asyncio.Event()
    heard: set[int] = set()

    async def strange(number: int) -> None:
        while not stop.is_set():
            if number % 2:
                answer = await server.http.get("/v1/whoami", headers={"Authorization": "Bearer a.b.c"})
            else:
                form = stage.landscape.provider_b.token_form() | {"client_assertion": "a.b.c"}
                answer = await server.http.post("/oauth2/token", data=form)
            heard.add(answer.status_code)

    flood = [asyncio.create_task(strange(number)) for number in range(20)]
    try:
        for _ in range(20):
            assert (await server.http.get("/v1/whoami", headers=stage.a())).status_code == 200
    finally:
        stop.set()
        await asyncio.gather(*flood)
    assert heard <= {401, 429, 503}


async def test_others_are_answered_while_the_largest_batch_is_judged(stage: Stage, server: Server) -> None:
    """Ten thousand lines with nearly eight megabytes, each with something wrong: the most there is to say."""
    line = {"agreement_id": stage.landscape.ids["agreement_id"], "date": "2026-09-01", "status": "present"}
    wrong = {f"unknown_{number}": "x" * 20 for number in range(16)}
    body = json.dumps({"items": [line | wrong] * 10_000}).encode()
    assert 6_000_000 < len(body) < 8 * 1024 * 1024
    headers = stage.a() | {"Content-Type": "application/json"}
    judging = asyncio.create_task(server.http.post("/v1/attendance-batches", content=body, headers=headers))
    waits = []
    while not judging.done():
        waits.append((await server.http.get("/livez")).elapsed.total_seconds())
    answer = await judging
    assert (answer.status_code, answer.json()["counts"]["rejected"]) == (200, 10_000)
    assert all(len(outcome["problems"]) == 10 for outcome in answer.json()["outcomes"])
    assert len(waits) > 10
    took = answer.elapsed.total_seconds()
    print(
        f"judged in {took:.1f} s; {len(waits)} others answered meanwhile, the slowest after {max(waits) * 1000:.0f} ms"
    )
