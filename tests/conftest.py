"""One embedded PostgreSQL for the run, migrated once; each test gets a fresh organiser and really commits."""

import itertools
import secrets
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from walmu_api.access.context import RequestContext, system_context
from walmu_api.access.guard import AppContext
from walmu_api.access.scopes import ROLES
from walmu_api.access.system_registry import System
from walmu_api.access.tokens import public_jwk
from walmu_api.app import build_app_context, create_app
from walmu_api.foundation.clock import Clock
from walmu_api.foundation.database import Session, Tenancy
from walmu_api.foundation.encryption import Keyring, SigningKey, _new_signing_key
from walmu_api.foundation.identifiers import check_character
from walmu_api.foundation.migrating import migrate, plain_url
from walmu_api.record.commitments.decisions import service as decisions
from walmu_api.record.parties.organisations.founding import add_system, found
from walmu_api.settings import Settings, read_settings
from walmu_dev.postgres.embedded import EmbeddedPostgres, temporary_cluster

SIGNING = SigningKey(**_new_signing_key())
"""The key that the connected systems of these tests sign their assertions with."""
KEYS = {"keys": [public_jwk(SIGNING)]}
_numbers = itertools.count(1)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What this run could not check is said aloud."""
    files = Path(__file__).parents[2] / "shared" / "reference" / "sosmeta"
    if not files.is_dir():
        terminalreporter.write_line(
            "NOT CHECKED: the official schema files of the national structures are not in ../shared/reference/sosmeta; "
            "tables and documents were checked against our own rules only, 1505.8 was not generated.",
            yellow=True,
        )


@pytest.fixture(scope="session")
async def cluster() -> AsyncIterator[EmbeddedPostgres]:
    async with temporary_cluster() as running:
        await migrate(running.url())
        yield running


@pytest.fixture(scope="session")
def database_url(cluster: EmbeddedPostgres) -> str:
    return cluster.url()


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder: Path = tmp_path_factory.mktemp("walmu")
    settings = read_settings(
        {
            "WALMU_DATA_DIR": str(folder),
            "WALMU_DATABASE_POOL": "10",
            "WALMU_PUBLIC_URL": "http://walmu.test",
            "WALMU_REQUESTS_AT_ONCE": "64",  # tests of races send more at once than one system should
        }
    )
    Keyring.create(settings.keyring_file)
    return settings


@pytest.fixture(scope="session")
async def app_context(database_url: str, settings: Settings) -> AsyncIterator[AppContext]:
    app_context = build_app_context(settings, database_url)
    await app_context.database.require_safe_role()
    yield app_context
    await app_context.database.close()


@pytest.fixture(scope="session")
def app(app_context: AppContext) -> FastAPI:
    return create_app(app_context)


@pytest.fixture
def clock(app_context: AppContext) -> Iterator[Clock]:
    """The clock that the API shares, to be moved with `forward`; put back afterwards."""
    yield app_context.clock
    assert app_context.clock._file is not None
    app_context.clock._file.unlink(missing_ok=True)
    app_context.clock._look_again = 0.0


def forward(clock: Clock, **by: float) -> None:
    """Move the shared clock so that it is ahead of the machine's by this much."""
    clock.set(datetime.now(UTC) + timedelta(**by))


@pytest.fixture
async def owner(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """The owner's connection, past row-level security: to set the scene and to look behind the curtain."""
    connection = await asyncpg.connect(plain_url(database_url))
    yield connection
    await connection.close()


def identity_code(number: int | None = None) -> str:
    """A well-formed synthetic identity code of the 900 series."""
    number = next(_numbers) if number is None else number
    born = f"{number % 28 + 1:02}{number // 28 % 12 + 1:02}{number // 336 % 100:02}"
    individual = f"{900 + number // 33600 % 100}"
    return f"{born}-{individual}{check_character(born + individual)}"


def business_id() -> str:
    """The next business id with its check digit (none has remainder 1)."""
    while True:
        digits = f"{9_000_000 + next(_numbers)}"
        remainder = sum(int(d) * w for d, w in zip(digits, (7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
        if remainder != 1:
            return f"{digits}-{(11 - remainder) % 11}"


@dataclass
class ApiClient:
    """A connected system that speaks HTTP to the API under test."""

    http: httpx.AsyncClient
    client_id: str
    system_id: UUID
    organisation_id: UUID
    issue: Callable[[], str]
    issued: float = field(default_factory=time.monotonic)

    def bearer(self) -> str:
        """Its Authorization: a token lives five minutes, a module of tests on a busy machine may live longer."""
        if time.monotonic() - self.issued > 120:
            self.http.headers["Authorization"], self.issued = self.issue(), time.monotonic()
        return self.http.headers["Authorization"]

    async def renewed(self, request: httpx.Request) -> None:
        """Before each request, unless the test says what stands there."""
        if request.headers.get("Authorization") == self.http.headers["Authorization"]:
            request.headers["Authorization"] = self.bearer()

    async def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if isinstance(body, bytes):
            return await self.http.request(
                method, path, content=body, headers={"Content-Type": "application/json"} | named
            )
        return (
            await self.http.request(method, path, json=body, headers=named)
            if body is not None
            else await self.http.request(method, path, headers=named)
        )

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self("GET", path, **headers)

    async def post(self, path: str, body: Any, **headers: str) -> httpx.Response:
        return await self("POST", path, body, **headers)

    async def put(self, path: str, body: Any, **headers: str) -> httpx.Response:
        return await self("PUT", path, body, **headers)


@dataclass
class TenantFixture:
    """One organiser with its parties, and builders with defaults; nothing is shared between tests."""

    app_context: AppContext
    app: FastAPI
    owner: asyncpg.Connection
    organiser_id: UUID
    organiser: ApiClient
    provider_a: ApiClient
    provider_b: ApiClient
    workplace: ApiClient
    auditor: ApiClient
    ehr: ApiClient

    @property
    def speakers(self) -> tuple[ApiClient, ...]:
        return (self.organiser, self.provider_a, self.provider_b, self.workplace, self.auditor, self.ehr)

    @property
    def tenancy(self) -> Tenancy:
        return Tenancy(self.organiser_id)

    @property
    def today(self) -> date:
        return self.app_context.clock.today()

    def day(self, days_ago: int) -> str:
        return (self.today - timedelta(days=days_ago)).isoformat()

    async def client(self, **changes: Any) -> dict[str, Any]:
        entry = {
            "family_name": "Esimerkki",
            "given_names": "Testi",
            "turvakielto": False,
            "source_id": secrets.token_hex(8),
            "identity": {"system": "urn:oid:1.2.246.21", "value": identity_code()},
        }
        answer = await self.organiser.post("/v1/clients", entry | changes)
        assert answer.status_code == 201, answer.text
        return answer.json()  # type: ignore[no-any-return]

    async def relationship(
        self, client_id: str, provider: ApiClient | None = None, **changes: Any
    ) -> dict[str, Any]:
        person = {"family_name": "Korhonen", "given_names": "Aino"}
        entry = {
            "client_id": client_id,
            "provider_id": str((provider or self.provider_a).organisation_id),
            "service_task": {
                "system": "urn:oid:1.2.246.537.6.1221",
                "code": "20",
                "display": "Vammaispalvelut",
            },
            "service_kind": "work_activity",
            "legal_bases": ["SHL_710_1982_27E"],
            "referral": {"source": "disability_services", "received_on": self.day(200)},
            "responsible_workers": {"organiser": person, "provider": person},
            "starts_on": self.day(180),
            "source_id": secrets.token_hex(8),
        }
        answer = await self.organiser.post("/v1/service-relationships", entry | changes)
        assert answer.status_code == 201, answer.text
        return answer.json()  # type: ignore[no-any-return]

    async def decision(self, relationship: dict[str, Any], **changes: Any) -> UUID:
        """A decision as the record system would have made it."""
        row_id, _ = await self.receive(relationship, **changes)
        return row_id

    async def receive(
        self,
        relationship: dict[str, Any],
        *,
        ehr_id: str | None = None,
        version: int = 1,
        answers: UUID | None = None,
        **changes: Any,
    ) -> tuple[UUID, str]:
        """What the record system says of a decision: the id here, and what became of it."""
        values: dict[str, Any] = {
            "kind": "client",
            "outcome": "granted",
            "legal_bases": ["SHL_710_1982_27E"],
            "service_task": relationship["service_task"],
            "service": None,
            "service_kind": relationship["service_kind"],
            "decided_on": self.today - timedelta(days=185),
            "valid_from": self.today - timedelta(days=180),
            "valid_to": self.today + timedelta(days=180),
            "days_per_week": 5,
            "work_allowance_per_day": None,
            "travel": None,
            "place": None,
            "reasons": None,
            "revoked_on": None,
            "decision_maker": {"family_name": "Päättäjä", "given_names": "Pirkko"},
            "status": "decided",
        }
        received = decisions.Received(
            "lifecare",
            ehr_id or secrets.token_hex(6),
            version,
            answers,
            UUID(relationship["client_id"]),
            UUID(relationship["provider_id"]),
            values | changes,
        )
        async with self.transaction() as session:
            row, outcome = await decisions.receive(self.context(session), received)
            assert row is not None
            return row.id, outcome

    def context(self, session: Session, of: "ApiClient | None" = None) -> RequestContext:
        """What a service is given of a request of this system, or of a step that the record system takes."""
        who, role = (of, "provider") if of is not None else (self.ehr, "ehr")
        system = System(
            who.system_id, self.organiser_id, who.organisation_id, who.client_id, role, revoked=False
        )
        return system_context(session, system, self.app_context.keyring)

    def transaction(self) -> AbstractAsyncContextManager[Session]:
        """A transaction of the organiser, as requests have them."""
        return self.app_context.database.transaction(self.tenancy)

    async def feed(self, speaker: ApiClient, start: str = "/v1/changes") -> tuple[list[dict[str, Any]], str]:
        """Everything in the feed from a link on, and the link to go on from."""
        items, link, more = [], start, True
        while more:
            answer = await speaker.get(link)
            assert answer.status_code == 200, answer.text
            data = answer.json()
            items += data["items"]
            link, more = data["next"], data["more"]
        return items, link

    async def pages(self, speaker: ApiClient, link: str) -> list[dict[str, Any]]:
        """Every item of a list, page by page."""
        items: list[dict[str, Any]] = []
        following: str | None = link
        while following is not None:
            answer = await speaker.get(following)
            assert answer.status_code == 200, answer.text
            items += answer.json()["items"]
            following = answer.json()["next"]
        return items

    async def use_log(self, **where: Any) -> list[asyncpg.Record]:
        """The rows of the use log, as the owner sees them."""
        condition = "".join(f" and {name} = ${at}" for at, name in enumerate(where, 2))
        statement = f"select * from use_log where organiser_id = $1{condition} order by at, id"
        return await self.owner.fetch(statement, self.organiser_id, *where.values())

    async def agreement(
        self, relationship: dict[str, Any], decision_id: UUID | None, *, sign: bool = True, **changes: Any
    ) -> dict[str, Any]:
        entry = {
            "service_relationship_id": relationship["id"],
            "kind": "work_activity",
            "place": {"name": "Kotola, puutyöpaja"},
            "instructors": [{"family_name": "Ohjaaja", "given_names": "Olli"}],
            "starts_on": self.day(120),
            "ends_on": self.day(-60),
            "schedule": {
                "type": "fixed",
                "days": [{"weekday": day, "starts_at": "09:00", "ends_at": "13:00"} for day in (1, 2, 3)],
            },
            "absence_reporting": "Soita ennen klo 9.",
            "source_id": secrets.token_hex(8),
        } | ({"decision_id": str(decision_id)} if decision_id else {})
        answer = await self.provider_a.post("/v1/agreements", entry | changes)
        assert answer.status_code == 201, answer.text
        if not sign:
            return answer.json()  # type: ignore[no-any-return]
        signing = {
            "signed_on": self.day(120),
            "signatories": [{"party": "client", "name": "Testi Esimerkki"}],
        }
        signed = await self.provider_a.post(f"/v1/agreements/{answer.json()['id']}/sign", signing)
        assert signed.status_code == 200, signed.text
        return signed.json()  # type: ignore[no-any-return]

    async def measurement(
        self, relationship: dict[str, Any], speaker: ApiClient | None = None, **changes: Any
    ) -> dict[str, Any]:
        answer = await (speaker or self.provider_a).post(
            "/v1/measurements", self.measurement_entry(relationship, **changes)
        )
        assert answer.status_code == 201, answer.text
        return answer.json()  # type: ignore[no-any-return]

    def measurement_entry(self, relationship: dict[str, Any], **changes: Any) -> dict[str, Any]:
        return {
            "client_id": relationship["client_id"],
            "service_relationship_id": relationship["id"],
            "instrument": "kykyviisari",
            "form_version": "2017",
            "language": "fi",
            "phase": "start",
            "answered_on": self.day(100),
            "respondent": "client",
            "assisted": False,
            "mode": "interview",
            "scores": [{"scale": "work_ability", "value": 5}],
            "source_id": secrets.token_hex(8),
        } | changes

    async def signed_agreement(self, **changes: Any) -> dict[str, Any]:
        """A client with everything up to a signed agreement at provider A."""
        relationship = await self.relationship((await self.client())["id"])
        return await self.agreement(relationship, await self.decision(relationship), **changes)


def _speaker(
    app: FastAPI, app_context: AppContext, client_id: str, system: UUID, organisation: UUID, role: str
) -> ApiClient:
    def issue() -> str:
        return f"Bearer {app_context.tokens.issue(client_id, sorted(ROLES[role]), None, now=time.time())}"

    transport, headers = httpx.ASGITransport(app), {"Authorization": issue()}
    http = httpx.AsyncClient(transport=transport, base_url="http://walmu.test", headers=headers)
    speaker = ApiClient(http, client_id, system, organisation, issue)
    http.event_hooks = {"request": [speaker.renewed]}
    return speaker


@pytest.fixture
async def world(
    app: FastAPI, app_context: AppContext, owner: asyncpg.Connection
) -> AsyncIterator[TenantFixture]:
    created = await make_world(app, app_context, owner)
    yield created
    for speaker in created.speakers:
        await speaker.http.aclose()


@pytest.fixture
async def elsewhere(
    app: FastAPI, app_context: AppContext, owner: asyncpg.Connection
) -> AsyncIterator[TenantFixture]:
    """Another organiser in the same installation."""
    created = await make_world(app, app_context, owner)
    yield created
    for speaker in created.speakers:
        await speaker.http.aclose()


async def make_world(app: FastAPI, app_context: AppContext, owner: asyncpg.Connection) -> TenantFixture:
    tag = secrets.token_hex(5)
    founded = await found(owner, f"Hyvinvointialue {tag}", business_id(), f"organiser-{tag}", KEYS)
    organiser = _speaker(
        app, app_context, f"organiser-{tag}", founded.system_id, founded.organisation_id, "organiser"
    )

    async def party(kind: str, name: str) -> ApiClient:
        answer = await organiser.post(
            "/v1/organisations", {"kind": kind, "name": name, "source_id": f"{name}-{tag}"}
        )
        assert answer.status_code == 201, answer.text
        organisation = UUID(answer.json()["id"])
        system = await add_system(
            owner, founded.organiser_id, organisation, f"{name}-{tag}", name, kind, KEYS
        )
        return _speaker(app, app_context, f"{name}-{tag}", system, organisation, kind)

    async def system(role: str) -> ApiClient:
        added = await add_system(
            owner, founded.organiser_id, founded.organisation_id, f"{role}-{tag}", role, role, KEYS
        )
        return _speaker(app, app_context, f"{role}-{tag}", added, founded.organisation_id, role)

    return TenantFixture(
        app_context,
        app,
        owner,
        founded.organiser_id,
        organiser,
        await party("provider", "provider-a"),
        await party("provider", "provider-b"),
        await party("workplace", "workplace-a"),
        await system("auditor"),
        await system("ehr"),
    )
