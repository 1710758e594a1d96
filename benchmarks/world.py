"""The world that is measured: a cluster of its own, an organiser, a provider, forty clients with signed agreements, and the
two servers, ours started as an operator starts it."""

import asyncio
import os
import secrets
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx

from benchmarks import history
from walmu_api.access.context import system_context
from walmu_api.access.key_strength import thumbprint
from walmu_api.access.scopes import ROLES
from walmu_api.access.system_registry import System
from walmu_api.access.tokens import Tokens, public_jwk
from walmu_api.foundation.clock import Clock
from walmu_api.foundation.database import Database, Tenancy
from walmu_api.foundation.encryption import Keyring, new_signing_key
from walmu_api.foundation.migrating import migrate, plain_url
from walmu_api.record.commitments.decisions import service as decisions
from walmu_api.record.commitments.decisions.parties import Received
from walmu_dev.founding import add_system, found
from walmu_dev.operating_system import free_port
from walmu_dev.people import identity_code
from walmu_dev.postgres.embedded import EmbeddedPostgres
from walmu_dev.postgres.logins import Logins, make_logins

CLIENTS = 40
KEYS = {"keys": [public_jwk(new_signing_key())]}
HELD = thumbprint(KEYS["keys"][0])
SPAN = timedelta(days=9000)  # long agreements: every round finds days that are new
_PERSON = {"family_name": "Korhonen", "given_names": "Aino"}
_TASK = {"system": "urn:oid:1.2.246.537.6.1221", "code": "20", "display": "Vammaispalvelut"}


@dataclass
class TenantFixture:
    url: str
    logins: Logins
    owner: asyncpg.Connection
    tokens: Tokens
    api_port: int
    floor_port: int
    organiser_id: UUID
    provider_id: UUID
    agreements: list[tuple[str, str]]  # agreement, client
    first: date
    folder: Path
    history: str = ""  # the client with three years of history

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.api_port}"

    @property
    def floor(self) -> str:
        return f"http://127.0.0.1:{self.floor_port}"

    def token(self, system: str = "provider") -> str:
        """A token, the provider's, as it would fetch one; good for five minutes."""
        return self.tokens.issue(system, HELD, sorted(ROLES[system]), None, now=time.time())

    async def rows(self, table: str) -> int:
        count: int = await self.owner.fetchval(f"select count(*) from {table}")
        return count


@asynccontextmanager
async def make_world(
    cluster: EmbeddedPostgres, folder: Path, *, profile: Path | None = None
) -> AsyncIterator[TenantFixture]:
    url = cluster.url()
    await migrate(url)
    Keyring.create(folder / "keyring.json")
    owner = await asyncpg.connect(plain_url(url))
    for table in ("floor_raw", "floor_http"):
        await owner.execute(f"create table {table} (like attendance including all)")
    api_port, floor_port = free_port(), free_port()
    tokens = Tokens(f"http://127.0.0.1:{api_port}", Keyring.read(folder / "keyring.json").signing)
    logins = await make_logins(url)
    api = logins.environment | {"WALMU_DATA_DIR": str(folder), "WALMU_PORT": str(api_port)}
    floor = {"FLOOR_DATABASE": plain_url(url), "FLOOR_PORT": str(floor_port)}
    profiler = ["-m", "cProfile", "-o", str(profile)] if profile else []
    try:
        async with (
            run_server([*profiler, "-m", "walmu_api.cli", "serve"], api, api_port, folder / "api.log"),
            run_server(["-m", "benchmarks.floor"], floor, floor_port, folder / "floor.log"),
        ):
            yield await _populate(
                TenantFixture(
                    url,
                    logins,
                    owner,
                    tokens,
                    api_port,
                    floor_port,
                    UUID(int=0),
                    UUID(int=0),
                    [],
                    date.min,
                    folder,
                )
            )
    finally:
        await owner.close()


@asynccontextmanager
async def server_of_its_own(world: TenantFixture, log: str) -> AsyncIterator[tuple[int, int]]:
    """Another API process on the same database, its port and process id. It has the limits that everybody has; only the
    rate is raised, for one system alone would never get so far."""
    port = free_port()
    environment = world.logins.environment | {
        "WALMU_DATA_DIR": str(world.folder),
        "WALMU_PORT": str(port),
        "WALMU_PUBLIC_URL": world.api,
        "WALMU_RATE_PER_SECOND": "100000",
        "WALMU_RATE_BURST": "1000000",
    }
    async with run_server(["-m", "walmu_api.cli", "serve"], environment, port, world.folder / log) as pid:
        yield port, pid


@asynccontextmanager
async def run_server(
    arguments: list[str], environment: dict[str, str], port: int, log: Path
) -> AsyncIterator[int]:
    compiled = {"PYTHONDONTWRITEBYTECODE": ""}  # modules are compiled once, as where it is installed
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *arguments, env=os.environ | compiled | environment, stdout=out, stderr=out
        )
    try:
        await _listening(process, port, log)
        yield process.pid
    finally:
        if process.returncode is None:
            process.send_signal(2)
        await process.wait()


async def _listening(process: asyncio.subprocess.Process, port: int, log: Path) -> None:
    for _ in range(1500):
        if process.returncode is not None:
            break
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.02)
        else:
            writer.close()
            return
    raise RuntimeError(f"the server did not start:\n{_last_words(log)}")


def _last_words(log: Path) -> str:
    return log.read_text()[-2000:]


async def _populate(world: TenantFixture) -> TenantFixture:
    founded = await found(world.owner, "Hyvinvointialue", "1234567-1", "organiser", KEYS)
    world.organiser_id, world.first = founded.organiser_id, Clock().today() - SPAN
    async with httpx.AsyncClient(base_url=world.api, timeout=30) as http:

        async def post(path: str, body: dict[str, Any], role: str = "organiser") -> dict[str, Any]:
            token = world.tokens.issue(role, HELD, sorted(ROLES[role]), None, now=time.time())
            answer = await http.post(path, json=body, headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code in {200, 201}, answer.text
            data: dict[str, Any] = answer.json()
            return data

        provider = await post("/v1/organisations", {"kind": "provider", "name": "Provider", "source_id": "p"})
        world.provider_id = UUID(provider["id"])
        await add_system(
            world.owner, founded.organiser_id, world.provider_id, "provider", "P", "provider", KEYS
        )
        database = Database(world.logins.api, Clock(), pool_size=1)
        organiser = founded.organiser_id, founded.organisation_id
        system = System(founded.system_id, *organiser, "organiser", "organiser", revoked=False)
        cipher = Keyring.read(world.folder / "keyring.json")

        async def served(number: int, first: date, last: date) -> tuple[dict[str, Any], dict[str, Any]]:
            """A client with a decision and a signed agreement of these days; relationship and agreement."""
            client = await post(
                "/v1/clients",
                {
                    "family_name": "Esimerkki",
                    "given_names": "Testi",
                    "turvakielto": False,
                    "source_id": f"c{number}",
                    "identity": {"system": "urn:oid:1.2.246.21", "value": identity_code(number)},
                },
            )
            relationship = await post("/v1/service-relationships", _relationship(world, client["id"], number))
            received = _decision(world, client["id"])
            async with database.transaction(Tenancy(founded.organiser_id)) as session:
                decision, _ = await decisions.receive(system_context(session, system, cipher), received)
                assert decision is not None
            entry = _agreement(relationship["id"], decision.id, number, first, last)
            agreement = await post("/v1/agreements", entry, "provider")
            signing = {
                "signed_on": first.isoformat(),
                "signatories": [{"party": "client", "name": "Testi Esimerkki"}],
            }
            await post(f"/v1/agreements/{agreement['id']}/sign", signing, "provider")
            return relationship, agreement

        for number in range(CLIENTS):
            relationship, agreement = await served(
                number, world.first, world.first + SPAN + timedelta(days=30)
            )
            world.agreements.append((agreement["id"], relationship["client_id"]))
        today = Clock().today()
        relationship, agreement = await served(CLIENTS, today - history.YEARS, today + timedelta(days=30))
        world.history = relationship["client_id"]
        await history.tell(post, relationship["id"], agreement["id"], world.history, today)
        await database.close()
    return world


def _relationship(world: TenantFixture, client_id: str, number: int) -> dict[str, Any]:
    first = world.first.isoformat()
    return {
        "client_id": client_id,
        "provider_id": str(world.provider_id),
        "service_task": _TASK,
        "service_kind": "work_activity",
        "legal_bases": ["SHL_710_1982_27E"],
        "referral": {"source": "disability_services", "received_on": first},
        "responsible_workers": {"organiser": _PERSON, "provider": _PERSON},
        "starts_on": first,
        "source_id": f"r{number}",
    }


def _decision(world: TenantFixture, client_id: str) -> Received:
    """As the record system would have made it."""
    values: dict[str, Any] = {
        "kind": "client",
        "outcome": "granted",
        "legal_bases": ["SHL_710_1982_27E"],
        "service_task": _TASK,
        "service": None,
        "service_kind": "work_activity",
        "decided_on": world.first,
        "valid_from": world.first,
        "valid_to": None,
        "days_per_week": 5,
        "work_allowance_per_day": None,
        "travel": None,
        "place": None,
        "reasons": None,
        "revoked_on": None,
        "decision_maker": {"family_name": "Päättäjä", "given_names": "Pirkko"},
        "status": "decided",
    }
    ehr_id = secrets.token_hex(6)
    return Received("lifecare", ehr_id, 1, None, UUID(client_id), world.provider_id, values)


def _agreement(
    relationship_id: str, decision_id: UUID, number: int, first: date, last: date
) -> dict[str, Any]:
    day = {"starts_at": "09:00", "ends_at": "13:00"}
    return {
        "service_relationship_id": relationship_id,
        "decision_id": str(decision_id),
        "kind": "work_activity",
        "place": {"name": "Kotola, puutyöpaja"},
        "instructors": [{"family_name": "Ohjaaja", "given_names": "Olli"}],
        "starts_on": first.isoformat(),
        "ends_on": last.isoformat(),
        "schedule": {"type": "fixed", "days": [{"weekday": weekday, **day} for weekday in (1, 2, 3)]},
        "absence_reporting": "Soita ennen klo 9.",
        "source_id": f"a{number}",
    }
