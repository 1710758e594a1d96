"""Both sides of the exchange: one organiser with a target of its own, and a simulator that answers over a real socket."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from tests import instant
from tests.conftest import TenantFixture, identity_code

from walmu_api.adapters.ehr import targets
from walmu_api.adapters.ehr.delivery import Delivery
from walmu_api.adapters.ehr.dialects.lifecare_rest import LifecareRest
from walmu_api.adapters.ehr.engine import Engine
from walmu_api.adapters.ehr.intake import Intake
from walmu_api.adapters.ehr.targets import Target
from walmu_api.foundation.database import Database, Tenancy
from walmu_api.foundation.encryption import Keyring
from walmu_dev.settings import read_dev_settings
from walmu_dev.simulator.server import ClosableProtocol, create_simulator

KEY = "a-test-key"
PERSONAL = "urn:oid:1.2.246.21"


class RecordSystem:
    """The simulator in a thread of its own: dropped answers need a socket to close."""

    def __init__(self, folder: Path) -> None:
        environment = {"WALMU_DATA_DIR": str(folder), "WALMU_EHR_API_KEY": KEY, "WALMU_SIM_CONTROL": "1"}
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        settings = read_dev_settings(environment)
        instant.set_clock_of(settings)
        app = create_simulator(settings)
        config = uvicorn.Config(
            app,
            http=ClosableProtocol,
            ws="none",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]})
        self._thread.start()
        self.http = httpx.AsyncClient(
            base_url=self.url, timeout=20, headers={"X-API-Key": KEY}, trust_env=False
        )

    async def close(self) -> None:
        await self.http.aclose()
        self._server.should_exit = True
        await asyncio.to_thread(self._thread.join)

    async def act(self, action: str, **decision: Any) -> dict[str, Any]:
        answer = await self.http.post("/__sim/decisions", json={"action": action, "decision": decision})
        assert answer.status_code in {200, 201}, answer.text
        data: dict[str, Any] = answer.json()
        return data

    async def faults(self, *faults: dict[str, Any]) -> None:
        assert (await self.http.post("/__sim/faults", json={"faults": faults})).status_code == 200

    async def items(self, path: str, **params: Any) -> list[dict[str, Any]]:
        answer = await self.http.get(f"/__sim/{path}", params=params)
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    async def count(self, external_id: str) -> dict[str, int]:
        return {
            item["entity"]: item["count"] for item in await self.items("effects", external_id=external_id)
        }

    async def calls(self, method: str, path: str) -> int:
        """How often something was asked of it, answered or not."""
        lines = await self.items("journal")
        return sum(line["method"] == method and line["path"].endswith(path) for line in lines)


@pytest.fixture
async def record_system(tmp_path: Path) -> AsyncIterator[RecordSystem]:
    running = RecordSystem(tmp_path)
    yield running
    await running.close()


@dataclass
class Exchange:
    """One target of one organiser, both ways, turned by hand."""

    world: TenantFixture
    database: Database
    theirs: RecordSystem
    target: Target
    system: LifecareRest
    intake: Intake
    delivery: Delivery

    @property
    def keyring(self) -> Keyring:
        return self.world.app_context.keyring

    def engine(self) -> Engine:
        return Engine(self.database, self.keyring, self.target, self.system)

    async def take_in(self, *, again: bool = False) -> None:
        assert await self.intake.poll(again=again) is None
        await self.intake.apply()

    async def send_out(self) -> None:
        """Plan, and deliver whatever is due now."""
        await self.planned()
        for _ in range(100):
            if not (await self.delivery.process_client_queue()).found:
                return
        raise AssertionError("a lane is due again and again")

    async def planned(self) -> None:
        """Everything committed so far is planned (the journal is read up to the oldest running transaction)."""
        for _ in range(50):
            await self.delivery.plan()
            if not await self.world.owner.fetchval(
                _UNPLANNED, self.target.organiser_id, self.target.id, self.target.system_id
            ):
                return
            await asyncio.sleep(0.05)
        raise AssertionError("a change was never planned")

    async def due_now(self) -> None:
        """As if every wait were over."""
        for table in ("ehr_deliveries", "ehr_lanes"):
            statement = f"update {table} set due_at = walmu_now() where target_id = $1 and due_at is not null"
            await self.world.owner.execute(statement, self.target.id)

    async def delivery_of(self, resource_id: str) -> dict[str, Any]:
        answer = await self.world.organiser.get(f"/v1/ehr/deliveries?resource_id={resource_id}")
        (found,) = answer.json()["items"]
        return dict(found)

    async def inbox(self, **wanted: Any) -> list[dict[str, Any]]:
        items = (await self.world.organiser.get("/v1/ehr/inbox")).json()["items"]
        return [item for item in items if wanted.items() <= item.items()]

    async def decision(self, decision_id: str) -> dict[str, Any]:
        answer = await self.world.organiser.get(f"/v1/decisions/{decision_id}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def received(self) -> list[dict[str, Any]]:
        return list((await self.world.organiser.get("/v1/decisions")).json()["items"])

    async def decided(self, **words: Any) -> dict[str, Any]:
        """A decision of the caseworker for a new person, filed with us; theirs."""
        created = await self.decided_over_there(**words)
        await self.take_in()
        return created

    async def decided_over_there(self, **words: Any) -> dict[str, Any]:
        """The same before anybody here has heard of it."""
        today = self.world.today
        return await self.theirs.act(
            "create",
            **{
                "identity": {"system": PERSONAL, "value": identity_code()},
                "provider_id": str(self.world.provider_a.organisation_id),
                "decided_on": str(today - timedelta(days=60)),
                "valid_from": str(today - timedelta(days=60)),
            }
            | words,
        )

    async def agreement(self, **changes: Any) -> dict[str, Any]:
        """A client from the caseworker's decision up to a signed agreement."""
        created = await self.decided()
        (filed,) = [one for one in await self.received() if one["ehr"]["id"] == created["id"]]
        answer = await self.world.organiser.get(
            f"/v1/service-relationships/{filed['service_relationship_id']}"
        )
        return await self.world.agreement(answer.json(), filed["id"], starts_on=self.world.day(50), **changes)

    async def day(
        self, agreement: dict[str, Any], days_ago: int = 1, minutes: int = 240, **headers: str
    ) -> str:
        path = f"/v1/agreements/{agreement['id']}/attendance/{self.world.day(days_ago)}"
        entry = {"status": "present", "actual_minutes": minutes}
        answer = await self.world.provider_a.put(path, entry, **headers)
        assert answer.status_code in {200, 201}, answer.text
        return str(answer.json()["id"])

    async def draft(self, **changes: Any) -> dict[str, Any]:
        """A draft of the organiser for a client of its own."""
        client = changes.pop("client", None) or await self.world.client()
        answer = await self.world.organiser.post("/v1/decisions", self.draft_entry(client["id"], **changes))
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def draft_entry(self, client_id: str, **changes: Any) -> dict[str, Any]:
        return {
            "client_id": client_id,
            "provider_id": str(self.world.provider_a.organisation_id),
            "legal_bases": ["SHL_710_1982_27E"],
            "service_task": {
                "system": "urn:oid:1.2.246.537.6.1221",
                "code": "20",
                "display": "Vammaispalvelut",
            },
            "service_kind": "work_activity",
            "valid_from": str(self.world.today),
            "valid_to": str(self.world.today + timedelta(days=100)),
            "source_id": f"draft-{client_id}",
        } | changes

    async def edit(self, draft: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """Another content for a draft, over its newest version."""
        version = (await self.decision(draft["id"]))["version"]
        entry = self.draft_entry(draft["client_id"], **changes)
        answer = await self.world.organiser.put(
            f"/v1/decisions/{draft['id']}", entry, If_Match=f'"{version}"'
        )
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def rows(self, statement: str) -> list[dict[str, Any]]:
        """Behind the curtain; `$1` is the target."""
        return [dict(row) for row in await self.world.owner.fetch(statement, self.target.id)]


_UNPLANNED = """
select count(*) from journal j where j.organiser_id = $1
  and (j.resource_type = 'attendance' or (j.resource_type = 'decision' and j.provider_id is null and j.actor_system <> $3))
  and not exists (
    select from ehr_deliveries d where d.organiser_id = $1 and d.target_id = $2 and d.resource_id = j.resource_id
      and d.wanted_version >= j.version)
"""


async def open_exchange(world: TenantFixture, database: Database, theirs: RecordSystem) -> Exchange:
    app_context = world.app_context
    async with database.transaction(Tenancy(world.organiser_id)) as session:
        await targets.add(
            session,
            app_context.keyring,
            name="lifecare",
            dialect="lifecare_rest",
            base_url=theirs.url,
            secret=KEY,
            system_id=world.ehr.system_id,
        )
        (target,) = await targets.active(session, app_context.keyring)
    system = LifecareRest(theirs.url, KEY)
    parts = (database, app_context.keyring, target, system)
    return Exchange(world, database, theirs, target, system, Intake(*parts), Delivery(*parts))


@pytest.fixture
async def exchange(
    world: TenantFixture, worker_database: Database, record_system: RecordSystem
) -> AsyncIterator[Exchange]:
    opened = await open_exchange(world, worker_database, record_system)
    yield opened
    await opened.system.close()
    await world.owner.execute("update ehr_targets set active = false where id = $1", opened.target.id)
