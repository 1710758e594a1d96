"""Several processes serve: what one is told of codes, the others know with their next request."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.conftest import TenantFixture

from walmu_api.foundation.journal import Actor
from walmu_api.record.parties.codes import service
from walmu_api.record.parties.codes.schemas import OwnCodeEntry
from walmu_api.settings import Settings
from walmu_dev.operating_system import free_port
from walmu_dev.postgres.logins import Logins

CODE = "/v1/code-systems/absence_reason/codes/funeral"


@pytest.fixture
async def servers(logins: Logins, settings: Settings, tmp_path: Path) -> AsyncIterator[list[str]]:
    ports = [free_port(), free_port()]
    processes = []
    for port in ports:
        environment = logins.environment | {
            "WALMU_DATA_DIR": str(settings.data_dir),
            "WALMU_PORT": str(port),
            "WALMU_PUBLIC_URL": "http://walmu.test",
            "WALMU_DRAIN_SECONDS": "0",
            "WALMU_DATABASE_POOL": "2",
        }
        processes.append(
            await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "walmu_api.cli",
                "serve",
                env=os.environ | environment,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
            )
        )
    urls = [f"http://127.0.0.1:{port}" for port in ports]
    try:
        for url in urls:
            await _ready(url)
        yield urls
    finally:
        for process in processes:
            process.terminate()
        await asyncio.gather(*(process.wait() for process in processes))


async def _ready(url: str) -> None:
    async with asyncio.timeout(30), httpx.AsyncClient() as http:
        while True:
            try:
                if (await http.get(f"{url}/readyz")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)


async def test_a_change_at_one_server_holds_at_the_other_at_once(
    world: TenantFixture, servers: list[str]
) -> None:
    agreement = await world.signed_agreement()
    organiser, provider = ({"Authorization": each.bearer()} for each in (world.organiser, world.provider_a))
    async with httpx.AsyncClient(base_url=servers[0]) as one, httpx.AsyncClient(base_url=servers[1]) as other:

        async def absent(http: httpx.AsyncClient, days_ago: int) -> int:
            day = f"/v1/agreements/{agreement['id']}/attendance/{world.day(days_ago)}"
            data = {"status": "absent", "absence_reason": "funeral"}
            return (await http.put(day, json=data, headers=provider)).status_code

        for http in (one, other):
            assert await absent(http, 2) == 422
        for number in range(5):
            valid_to = {"valid_to": world.day(60)} if number % 2 else {}
            match = {"If-Match": f'"{number}"'} if number else {}
            answer = await one.put(CODE, json={"fi": f"Syy {number}"} | valid_to, headers=organiser | match)
            assert answer.status_code == (200 if number else 201), answer.text
            expected = 422 if valid_to else 201
            assert [await absent(http, 10 + 2 * number + at) for at, http in enumerate((one, other))] == [
                expected
            ] * 2


async def test_what_is_undone_is_not_remembered(world: TenantFixture) -> None:
    """The same revision means another content then: the transaction that changes lists does not fill the memory."""
    agreement = await world.signed_agreement()
    actor = Actor(world.organiser.organisation_id, world.organiser.system_id)
    with pytest.raises(ZeroDivisionError):
        async with world.transaction() as session:
            await service.put_code(session, actor, "absence_reason", "ghost", OwnCodeEntry(fi="Haamu"), None)
            raise ZeroDivisionError
    await world.organiser.put(CODE, {"fi": "Hautajaiset"})
    for reason, expected in (("ghost", 422), ("funeral", 201)):
        day = f"/v1/agreements/{agreement['id']}/attendance/{world.day(3)}"
        data = {"status": "absent", "absence_reason": reason}
        assert (await world.provider_a.put(day, data)).status_code == expected


async def test_an_organiser_without_codes_of_its_own_costs_no_query(
    world: TenantFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And one with its own costs one for each change."""
    asked: list[str] = []
    agreement = await world.signed_agreement()

    async def record(days_ago: int) -> None:
        day = f"/v1/agreements/{agreement['id']}/attendance/{world.day(days_ago)}"
        answer = await world.provider_a.put(day, {"status": "absent", "absence_reason": "own_illness"})
        assert answer.status_code == 201

    laid_over = service._laid_over

    def counted(rows: Any) -> Any:
        asked.append("read")
        return laid_over(rows)

    monkeypatch.setattr(service, "_laid_over", counted)
    await record(3)
    assert asked == []
    await world.organiser.put(CODE, {"fi": "Hautajaiset"})
    await record(4)
    await record(5)
    assert asked == ["read"]
