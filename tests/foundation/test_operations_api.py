"""Health and metrics: on which port, and however many ask at once."""

import asyncio
import itertools
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from walmu_api.operations import ForAll
from walmu_api.settings import SettingsError, read_settings

OPERATIONS, PUBLIC = 9090, 8080


@pytest.fixture
def two_ports(app: FastAPI) -> Iterator[FastAPI]:
    app.state.operations_port = OPERATIONS
    yield app
    app.state.operations_port = None


async def status(app: FastAPI, port: int, path: str) -> int:
    base = f"http://walmu.test:{port}"
    async with AsyncClient(transport=ASGITransport(app), base_url=base) as http:
        return (await http.get(path)).status_code


async def test_metrics_are_on_the_operations_port_alone_and_health_is_on_both(two_ports: FastAPI) -> None:
    paths = ("/livez", "/readyz", "/metrics", "/v1/whoami", "/docs", "/oauth2/token", "/openapi.json")
    found = {
        path: (await status(two_ports, PUBLIC, path), await status(two_ports, OPERATIONS, path))
        for path in paths
    }
    assert found == {
        "/livez": (200, 200),
        "/readyz": (200, 200),
        "/metrics": (404, 200),
        "/v1/whoami": (401, 404),
        "/docs": (200, 404),
        "/oauth2/token": (405, 404),
        "/openapi.json": (200, 404),
    }


async def test_without_an_operations_port_everything_is_on_one(app: FastAPI) -> None:
    for path, expected in (("/livez", 200), ("/readyz", 200), ("/metrics", 200), ("/v1/whoami", 401)):
        assert await status(app, PUBLIC, path) == expected


def test_the_operations_port_is_another_one() -> None:
    assert read_settings({}).api.operations_port is None
    assert read_settings({"WALMU_OPERATIONS_PORT": "9090"}).api.operations_port == 9090
    with pytest.raises(SettingsError, match="another port than WALMU_PORT"):
        read_settings({"WALMU_PORT": "9090", "WALMU_OPERATIONS_PORT": "9090"})
    with pytest.raises(SettingsError, match="WALMU_OPERATIONS_PORT must be a whole number"):
        read_settings({"WALMU_OPERATIONS_PORT": "x"})


def test_trusted_proxies_are_addresses_and_networks() -> None:
    assert read_settings({}).api.trusted_proxies == ()
    found = read_settings({"WALMU_TRUSTED_PROXIES": "10.0.0.0/8, 192.0.2.1,2001:db8::/32"})
    assert found.api.trusted_proxies == ("10.0.0.0/8", "192.0.2.1", "2001:db8::/32")
    for wrong in ("proxy.example", "*", "10.0.0.1/8"):
        with pytest.raises(SettingsError, match="WALMU_TRUSTED_PROXIES"):
            read_settings({"WALMU_TRUSTED_PROXIES": wrong})


async def test_a_hundred_that_ask_at_once_cost_one_look() -> None:
    looks = 0

    async def look() -> int:
        nonlocal looks
        looks += 1
        await asyncio.sleep(0)
        return looks

    shared = ForAll(look, 0.05)
    assert await asyncio.gather(*(shared.get() for _ in range(100))) == [1] * 100
    assert await asyncio.gather(*(shared.get() for _ in range(100))) == [2] * 100


async def test_who_asks_while_it_is_looked_gets_an_answer_that_is_newer_than_the_question() -> None:
    begun, goes_on = asyncio.Event(), asyncio.Event()
    numbers = itertools.count(1)

    async def look() -> int:
        number = next(numbers)
        begun.set()
        await goes_on.wait()
        return number

    shared = ForAll(look, 0)
    first = asyncio.create_task(shared.get())
    await begun.wait()
    second = asyncio.create_task(shared.get())
    await asyncio.sleep(0.01)
    goes_on.set()
    assert (await first, await second) == (1, 2)


async def test_a_look_that_fails_fails_for_all_who_waited_and_the_next_one_is_made_anew() -> None:
    answers = iter((ValueError(), 7))

    async def look() -> int:
        answer = next(answers)
        if isinstance(answer, ValueError):
            raise answer
        return answer

    shared = ForAll(look, 0)
    found = await asyncio.gather(shared.get(), shared.get(), return_exceptions=True)
    assert [type(each) for each in found] == [ValueError, ValueError]
    assert await shared.get() == 7
