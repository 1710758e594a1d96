"""Whatever is lost, spoilt or killed on either side: in the end both hold the same, each thing once."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from tests import instant
from tests.adapters.ehr.conftest import KEY, PERSONAL
from tests.conftest import TenantFixture, identity_code

from walmu_api.adapters.ehr import targets
from walmu_api.foundation.database import Database, Tenancy
from walmu_api.foundation.identity_codes import ANYWHERE
from walmu_api.foundation.logins import WORKER
from walmu_api.settings import Settings, read_settings
from walmu_dev.operating_system import free_port
from walmu_dev.postgres.logins import Logins

pytestmark = pytest.mark.enable_socket

CLIENTS, WRITERS, ROUNDS = 60, 4, 3
BLIND = """
from walmu_api.adapters.ehr.dialects.lifecare_rest import LifecareRest
from walmu_api.adapters.ehr.port import Done
async def blind(self, decision_id):
    return Done(None)
LifecareRest.find_draft = blind
"""


class Process:
    """One side, started, killed and started again."""

    def __init__(self, code: str, environment: dict[str, str], log: Path) -> None:
        path = os.pathsep.join(entry for entry in sys.path if entry)
        self._command = [sys.executable, "-c", code]
        self._environment = os.environ | environment | {"PYTHONPATH": path, "WALMU_LOG_LEVEL": "info"}
        self.log = log
        self.start()

    def start(self) -> None:
        with self.log.open("a") as log:
            self.running = subprocess.Popen(self._command, env=self._environment, stdout=log, stderr=log)

    async def kill(self) -> None:
        self.running.kill()
        await asyncio.to_thread(self.running.wait)

    async def stop(self) -> int:
        """Told to stop: the exit code."""
        self.running.send_signal(signal.SIGTERM)
        return await asyncio.to_thread(self.running.wait, 20)


def worker_code(prelude: str = "") -> str:
    return prelude + "\nimport sys; sys.argv = ['walmu-api', 'worker']\nfrom walmu_api.cli import app\napp()"


class Sides:
    def __init__(self, world: TenantFixture, url: str, simulator: Process, worker: Process) -> None:
        self.world, self.simulator, self.worker = world, simulator, worker
        self.http = httpx.AsyncClient(base_url=url, timeout=10, trust_env=False)

    async def sim(self, method: str, path: str, **options: Any) -> Any:
        """Ask the simulator's control plane, again while it is being started."""
        for _ in range(150):
            try:
                answer = await self.http.request(method, f"/__sim{path}", **options)
            except httpx.TransportError:
                await asyncio.sleep(0.1)
            else:
                assert answer.status_code in {200, 201}, answer.text
                return answer.json()
        raise AssertionError("the simulator did not come back")


@asynccontextmanager
async def both_sides(
    world: TenantFixture, settings: Settings, logins: Logins, folder: Path, prelude: str = ""
) -> AsyncIterator[Sides]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    worker = Database(logins.worker, world.app_context.clock, group=WORKER, pool_size=1)
    async with worker.transaction(Tenancy(world.organiser_id)) as session:
        await targets.add(
            session,
            world.app_context.keyring,
            name="lifecare",
            dialect="lifecare_rest",
            base_url=url,
            secret=KEY,
            system_id=world.ehr.system_id,
        )
    await worker.close()
    simulated = {
        "WALMU_DATA_DIR": str(folder),
        "WALMU_EHR_PORT": str(port),
        "WALMU_EHR_API_KEY": KEY,
        "WALMU_SIM_CONTROL": "1",
    }
    instant.set_clock_of(read_settings(simulated))
    code = "import sys; sys.argv = ['walmu-api', 'simulate-ehr']\nfrom walmu_api.cli import app\napp()"
    simulator = Process(code, simulated, folder / "simulator.log")
    working = {"WALMU_WORKER_URL": logins.worker, "WALMU_DATA_DIR": str(settings.data_dir)}
    sides = Sides(world, url, simulator, Process(worker_code(prelude), working, folder / "worker.log"))
    try:
        yield sides
    finally:
        await sides.worker.kill()
        await simulator.kill()
        await sides.http.aclose()
        await world.owner.execute(
            "update ehr_targets set active = false where organiser_id = $1", world.organiser_id
        )


def plan(seed: int) -> list[dict[str, Any]]:
    """Something goes wrong with about every sixth call."""
    kinds: list[dict[str, Any]] = [
        {"kind": "drop_response", "method": "POST", "probability": 0.05},
        {"kind": "drop_response", "method": "POST", "path": "/decision_proposals", "probability": 0.2},
        {"kind": "status", "status": 503, "probability": 0.03},
        {"kind": "invalid_json", "probability": 0.03},
        {"kind": "html_login", "probability": 0.02},
        {"kind": "latency", "seconds": 0.3, "probability": 0.03},
    ]
    return [kind | {"times": 100_000, "seed": seed + at} for at, kind in enumerate(kinds)]


async def agreements(sides: Sides) -> list[dict[str, Any]]:
    """Clients who come from the caseworker, up to their signed agreements."""
    world = sides.world
    start = str(world.today - timedelta(days=60))
    for _ in range(CLIENTS):
        decision = {
            "identity": {"system": PERSONAL, "value": identity_code()},
            "decided_on": start,
            "valid_from": start,
            "provider_id": str(world.provider_a.organisation_id),
        }
        await sides.sim("POST", "/decisions", json={"action": "create", "decision": decision})

    async def all_in() -> Any:
        items = (await world.organiser.get("/v1/decisions?limit=200")).json()["items"]
        return items if len(items) == CLIENTS else None

    created = []
    for filed in await until("every decision", all_in, 15):
        relationship = {"id": filed["service_relationship_id"]}
        created.append(await world.agreement(relationship, filed["id"], starts_on=world.day(50)))
    return created


async def until(what: str, look: Callable[[], Any], seconds: float) -> Any:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if (found := await look()) is not None:
            return found
        await asyncio.sleep(0.2)
    raise AssertionError(f"{what}: not within {seconds:.0f} s")


async def write(world: TenantFixture, mine: list[dict[str, Any]], luck: random.Random) -> None:
    """One writer: days, corrections, a draft for every fourth client, corrected too."""
    for number, agreement in enumerate(mine):
        for days_ago in (1, 2, 3):
            path = f"/v1/agreements/{agreement['id']}/attendance/{world.day(days_ago)}"
            entry = {"status": "present", "actual_minutes": luck.randrange(1, 400)}
            assert (await world.provider_a.put(path, entry)).status_code == 201
            if luck.random() < 0.3:
                corrected = {"status": "present", "actual_minutes": 401}
                assert (await world.provider_a.put(path, corrected, If_Match='"1"')).status_code == 200
            await asyncio.sleep(luck.random() * 0.08)
        if number % 4 == 0:
            await draft(world, agreement, luck)


async def draft(world: TenantFixture, agreement: dict[str, Any], luck: random.Random) -> None:
    entry = {
        "client_id": agreement["client_id"],
        "provider_id": str(world.provider_a.organisation_id),
        "service_kind": "work_activity",
        "service_task": {"system": "urn:oid:1.2.246.537.6.1221", "code": "20"},
        "legal_bases": ["SHL_710_1982_27E"],
        "valid_from": str(world.today),
        "source_id": f"draft-{agreement['id']}",
    }
    response = await world.organiser.post("/v1/decisions", entry)
    assert response.status_code == 201, response.text
    path = f"/v1/decisions/{response.json()['id']}"
    if luck.random() < 0.5:
        for _ in range(10):  # the worker notes meanwhile how the draft fares
            version = (await world.organiser.get(path)).headers["etag"]
            if (
                await world.organiser.put(path, entry | {"place": "Verstas"}, If_Match=version)
            ).status_code == 200:
                return
        raise AssertionError("the draft could not be corrected")


async def trouble(sides: Sides, luck: random.Random) -> None:
    """Each worker gets to work, loses its database once, and is killed in the middle of it; so is the record system."""
    for at in range(1, ROUNDS + 1):

        async def at_work(number: int = at) -> bool | None:
            return sides.worker.log.read_text().count("exchange begins") >= number or None

        await until("a worker at work", at_work, 15)
        await asyncio.sleep(0.2 + luck.random() / 2)
        await sides.world.owner.execute(_CUT)
        await asyncio.sleep(0.2 + luck.random() / 2)
        await sides.worker.kill()
        if luck.random() < 0.7:
            await sides.simulator.kill()
            sides.simulator.start()
        sides.worker.start()


_CUT = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'walmu-worker'"
_WAITING = (
    "select count(*) from ehr_deliveries where organiser_id = $1 and state not in ('confirmed', 'superseded')"
)
_NO_LONG_WAITS = """
with hurried as (
    update ehr_deliveries set due_at = walmu_now() + interval '1 s'
    where organiser_id = $1 and state in ('retry', 'unknown') and due_at > walmu_now() + interval '2 s' returning client_id)
update ehr_lanes set due_at = least(due_at, walmu_now() + interval '1 s')
where organiser_id = $1 and client_id in (select client_id from hurried)
"""
"""As if the clock were moved: what failed would wait for five seconds, then for minutes and hours."""
_DAYS = """
select a.id::text, a.version, a.actual_minutes from attendance a where a.organiser_id = $1
"""
_UNPLANNED = """
select count(*) from journal j where j.organiser_id = $1
  and (j.resource_type = 'attendance' or (j.resource_type = 'decision' and j.provider_id is null and j.actor_system <> $2))
  and not exists (select from ehr_deliveries d where d.organiser_id = $1 and d.resource_id = j.resource_id
                  and d.wanted_version >= j.version)
"""


async def settled(owner: asyncpg.Connection, world: TenantFixture) -> bool | None:
    await owner.execute(_NO_LONG_WAITS, world.organiser_id)
    waiting = await owner.fetchval(_WAITING, world.organiser_id)
    unplanned = await owner.fetchval(_UNPLANNED, world.organiser_id, world.ehr.system_id)
    return True if waiting + unplanned == 0 else None


async def check_that_both_hold_the_same(sides: Sides) -> None:
    world, owner = sides.world, sides.world.owner
    held = (await sides.sim("GET", "/state/attendance"))["items"]
    ours = {
        row["id"]: (row["version"], row["actual_minutes"])
        for row in await owner.fetch(_DAYS, world.organiser_id)
    }
    assert Counter(item["ExternalId"] for item in held) == Counter(ours.keys())
    assert {item["ExternalId"]: (item["ExternalVersion"], item["ActualMinutes"]) for item in held} == ours
    drafts = (await world.organiser.get("/v1/decisions?status=draft&limit=200")).json()["items"]
    proposals = (await sides.sim("GET", "/proposals"))["items"]
    assert Counter(one["external_id"] for one in proposals) == Counter(one["id"] for one in drafts)
    assert {one["external_id"]: one["place"] for one in proposals} == {
        one["id"]: one.get("place") for one in drafts
    }
    assert {one["draft_state"] for one in drafts} == {"submitted"}
    states = await owner.fetch(
        "select state from ehr_intents where organiser_id = $1 and state = 'in_flight'", world.organiser_id
    )
    assert states == []
    (target,) = (await world.organiser.get("/v1/ehr/targets")).json()["items"]
    assert (target["quarantined"], target["backlog"]) == (0, 0)
    wrong = "select count(*) from ehr_inbox where organiser_id = $1 and state in ('received', 'quarantined')"
    assert await owner.fetchval(wrong, world.organiser_id) == 0


async def test_both_sides_converge(
    world: TenantFixture, settings: Settings, logins: Logins, tmp_path: Path
) -> None:
    luck = random.Random(20261124)
    async with both_sides(world, settings, logins, tmp_path) as sides:
        created = await agreements(sides)
        await sides.sim("POST", "/faults", json={"faults": plan(7)})
        shares = [created[at::WRITERS] for at in range(WRITERS)]
        await asyncio.gather(
            trouble(sides, luck), *(write(world, share, random.Random(at)) for at, share in enumerate(shares))
        )
        await until("everything delivered", lambda: settled(world.owner, world), 30)
        await check_that_both_hold_the_same(sides)
        assert await sides.worker.stop() == 0
        log = sides.worker.log.read_text()
        assert "Traceback" not in log
        assert ANYWHERE.search(log) is None


async def test_the_check_sees_a_worker_that_does_not_verify(
    world: TenantFixture, settings: Settings, logins: Logins, tmp_path: Path
) -> None:
    """The positive control: a worker that never finds what it sent proposes again, and that is noticed."""
    async with both_sides(world, settings, logins, tmp_path, BLIND) as sides:
        relationship = await world.relationship((await world.client())["id"])
        lost = {"kind": "drop_response", "method": "POST", "path": "/decision_proposals"}
        await sides.sim("POST", "/faults", json={"faults": [lost]})
        await draft(
            world, {"client_id": relationship["client_id"], "id": relationship["id"]}, random.Random(1)
        )
        await until("everything delivered", lambda: settled(world.owner, world), 20)
        with pytest.raises(AssertionError, match="Counter"):
            await check_that_both_hold_the_same(sides)
