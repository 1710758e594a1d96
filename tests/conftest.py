"""One embedded PostgreSQL for the run, migrated once; each test gets a fresh organiser and really commits.

Every test begins at the instant of the run (`instant.py`)."""

import gc
import itertools
import json
import math
import os
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
import structlog
from fastapi import FastAPI

from tests import answers, instant
from walmu_api.access.context import RequestContext, system_context
from walmu_api.access.guard import AppContext
from walmu_api.access.key_strength import thumbprint
from walmu_api.access.scopes import ROLES
from walmu_api.access.system_registry import System
from walmu_api.access.tokens import public_jwk
from walmu_api.app import build_app_context, create_app
from walmu_api.foundation.clock import HELSINKI, Clock
from walmu_api.foundation.database import Database, Session, Tenancy
from walmu_api.foundation.encryption import Keyring, SigningKey, _new_signing_key
from walmu_api.foundation.identity_codes import check_character
from walmu_api.foundation.load_shedding import TOKENS, Admission, Limits
from walmu_api.foundation.logins import WORKER
from walmu_api.foundation.migrating import migrate, plain_url
from walmu_api.foundation.record_ids import uuid7, uuid7s
from walmu_api.record.commitments.decisions import service as decisions
from walmu_api.record.commitments.decisions.parties import Received
from walmu_api.settings import Settings, read_settings
from walmu_dev.postgres.embedded import EmbeddedPostgres, temporary_cluster
from walmu_dev.postgres.logins import Logins, make_logins

SIGNING = SigningKey(**_new_signing_key())
"""The key that the connected systems of these tests sign their assertions with."""
KEYS = {"keys": [public_jwk(SIGNING)]}
HELD = thumbprint(public_jwk(SIGNING))
"""The name of that key, as tokens carry it."""
_numbers = itertools.count(1)
_clocks: list[Clock] = []
"""The clock of the API under test, once it is there."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--instant", type=instant.parse, help="let the tests stand at this instant: 2027-10-31T01:30:00Z"
    )


def pytest_configure(config: pytest.Config) -> None:
    """The run's own process draws the instant; the workers find it in their environment."""
    structlog.configure(processors=[structlog.processors.add_log_level, structlog.processors.JSONRenderer()])
    config.addinivalue_line(
        "markers", "dated: sends documents with days of 2026, and stands on the last of November"
    )
    if hasattr(config, "workerinput"):
        return
    if (at := config.getoption("--instant", None)) is not None:
        instant.choose(at)
    elif instant.VARIABLE not in os.environ:
        instant.choose(instant.draw(secrets.randbits(32)))


def pytest_collection_finish() -> None:
    """As the server does when it has started: the collector need not walk through modules and tests again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Not among the header's lines, which `-q` does not print."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        reporter.write_line(instant.described())


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before the fixtures of each test, whatever moved the clock before."""
    instant.begin(day=instant.OF_THE_EXAMPLES if item.get_closest_marker("dated") else None)
    for clock in _clocks:
        clock.set(instant.of_this_test())


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
        await _without_care_for_power_cuts(running)
        await migrate(running.url())
        await make_logins(running.url())
        await _with_a_view_behind_the_curtain(running)
        yield running


async def _without_care_for_power_cuts(cluster: EmbeddedPostgres) -> None:
    """Commits are commits, but nobody waits for the disk: this cluster is gone after the run."""
    administrator = await asyncpg.connect(cluster.url("postgres", user="postgres"))
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        await administrator.execute(f"alter system set {setting} = off")
    await administrator.execute("select pg_reload_conf()")
    await administrator.close()


async def _with_a_view_behind_the_curtain(cluster: EmbeddedPostgres) -> None:
    """The owner of these tests sees and ends the sessions of the processes, as a superuser could."""
    administrator = await asyncpg.connect(cluster.url("postgres", user="postgres"))
    await administrator.execute(
        "grant walmu_app_demo, walmu_worker_demo, walmu_auditor_demo to walmu_owner with inherit true"
    )
    await administrator.close()


@pytest.fixture(scope="session")
def owner_url(cluster: EmbeddedPostgres) -> str:
    """For migrations, and to look behind the curtain."""
    return cluster.url()


@pytest.fixture(scope="session")
async def logins(owner_url: str) -> Logins:
    """One for each process, as the demo has them."""
    return await make_logins(owner_url)


@pytest.fixture(scope="session")
def database_url(logins: Logins) -> str:
    """As the API comes to the database."""
    return logins.api


@pytest.fixture(scope="session")
async def worker_database(logins: Logins, app_context: AppContext) -> AsyncIterator[Database]:
    """As the worker comes to it."""
    database = Database(logins.worker, app_context.clock, group=WORKER, application="walmu-worker")
    await database.require_safe_login()
    yield database
    await database.close()


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
    instant.set_clock_of(settings)
    return settings


@pytest.fixture(scope="session")
async def app_context(logins: Logins, settings: Settings) -> AsyncIterator[AppContext]:
    app_context = build_app_context(settings, logins.api, logins.auditor)
    rates = Limits(per_second=10**6, burst=10**6, at_once=TOKENS.at_once)  # all tests have one address
    app_context = replace(app_context, token_gate=Admission(rates))
    for database in app_context.databases:
        await database.require_safe_login()
    _clocks.append(app_context.clock)
    yield app_context
    _clocks.clear()
    for database in app_context.databases:
        await database.close()


@pytest.fixture(scope="session")
def app(app_context: AppContext) -> FastAPI:
    return create_app(app_context)


@pytest.fixture
def clock(app_context: AppContext) -> Clock:
    """The clock that the API shares, to be moved with `forward`; the next test finds it in its place."""
    return app_context.clock


def forward(clock: Clock, **by: float) -> None:
    """Move the shared clock on from the instant of the test, by the Finnish calendar: in 120 days it is as late a day."""
    clock.set(instant.of_this_test().astimezone(HELSINKI) + timedelta(**by))


@pytest.fixture(scope="session")
async def shared_owner(owner_url: str) -> AsyncIterator[asyncpg.Connection]:
    """One for all tests in turn: a new connection costs the database more than most tests do."""
    connection = await asyncpg.connect(plain_url(owner_url))
    yield connection
    await connection.close()


@pytest.fixture
async def owner(
    shared_owner: asyncpg.Connection, app_context: AppContext
) -> AsyncIterator[asyncpg.Connection]:
    """The owner's connection, past row-level security: to set the scene and to look behind the curtain."""
    await set_clock_of(shared_owner, app_context.clock)
    yield shared_owner
    await shared_owner.reset()


async def set_clock_of(connection: asyncpg.Connection, clock: Clock) -> None:
    """`walmu_now()` of this connection is that of the API, until a test moves the clock."""
    await connection.execute("select set_config('walmu.clock', $1, false)", str(clock.offset.total_seconds()))


def identity_code(number: int | None = None) -> str:
    """A well-formed synthetic identity code of the 900 series."""
    number = next(_numbers) if number is None else number
    born = f"{number % 28 + 1:02}{number // 28 % 12 + 1:02}{number // 336 % 100:02}"
    individual = f"{900 + number // 33600 % 100}"
    return f"{born}-{individual}{check_character(born + individual)}"


def identity_code_of(born: str) -> str:
    """A well-formed synthetic identity code of somebody born on this day of the last century."""
    year, month, day = born.split("-")
    individual = f"{900 + next(_numbers) % 100}"
    digits = f"{day}{month}{year[2:]}{individual}"
    return f"{digits[:6]}-{individual}{check_character(digits)}"


def business_id() -> str:
    """The next business id with its check digit (none has remainder 1)."""
    while True:
        digits = f"{9_000_000 + next(_numbers)}"
        remainder = sum(int(d) * w for d, w in zip(digits, (7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
        if remainder != 1:
            return f"{digits}-{(11 - remainder) % 11}"


def _code_for(born: str | None) -> str:
    return identity_code() if born is None else identity_code_of(born)


_BASE = "http://walmu.test"
_ALWAYS = {
    "accept": "*/*",
    "accept-encoding": "gzip, deflate",
    "connection": "keep-alive",
    "user-agent": "tests",
}


@dataclass
class ApiClient:
    """A connected system that speaks HTTP to the API under test."""

    app: FastAPI
    client_id: str
    system_id: UUID
    organisation_id: UUID
    issue: Callable[[], str]
    issued: float = -math.inf
    token: str = ""

    @cached_property
    def http(self) -> httpx.AsyncClient:
        """Made when it first speaks: most tests need two of six."""
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app),
            base_url=_BASE,
            headers={"Authorization": self.bearer()},
            event_hooks={"request": [self.renewed]},
            trust_env=False,
        )

    def bearer(self) -> str:
        """Its Authorization: a token lives five minutes, a module of tests on a busy machine may live longer."""
        if time.monotonic() - self.issued > 120:
            self.token, self.issued = self.issue(), time.monotonic()
            if "http" in self.__dict__:
                self.http.headers["Authorization"] = self.token
        return self.token

    async def renewed(self, request: httpx.Request) -> None:
        """Before each request, unless the test says what stands there."""
        if request.headers.get("Authorization") == self.http.headers["Authorization"]:
            request.headers["Authorization"] = self.bearer()

    async def close(self) -> None:
        if "http" in self.__dict__:
            await self.http.aclose()

    async def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """Past the layers of `http` that find nothing to do here (cookies, redirects, hooks): half of a call's cost."""
        named = _ALWAYS | {"authorization": self.bearer()}
        named |= {name.replace("_", "-").lower(): value for name, value in headers.items()}
        url = path if path.startswith("http") else f"{_BASE}{path}"
        if isinstance(body, bytes):
            named = {"content-type": "application/json"} | named
            request = httpx.Request(method, url, headers=named, content=body)
        else:
            request = httpx.Request(method, url, headers=named, json=body)
        answer = await httpx.ASGITransport(self.app).handle_async_request(request)
        answer.request = request
        await answer.aread()
        answers.check(answer)
        return answer

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

    async def close(self) -> None:
        for speaker in self.speakers:
            await speaker.close()

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
            "identity": {"system": "urn:oid:1.2.246.21", "value": _code_for(changes.get("date_of_birth"))},
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
        received = Received(
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
        self,
        relationship: dict[str, Any],
        decision_id: UUID | None,
        *,
        sign: bool = True,
        provider: ApiClient | None = None,
        **changes: Any,
    ) -> dict[str, Any]:
        speaker = provider or self.provider_a
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
        answer = await speaker.post("/v1/agreements", entry | changes)
        assert answer.status_code == 201, answer.text
        if not sign:
            return answer.json()  # type: ignore[no-any-return]
        signing = {
            "signed_on": self.day(120),
            "signatories": [{"party": "client", "name": "Testi Esimerkki"}],
        }
        signed = await speaker.post(f"/v1/agreements/{answer.json()['id']}/sign", signing)
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
        return (
            f"Bearer {app_context.tokens.issue(client_id, HELD, sorted(ROLES[role]), None, now=time.time())}"
        )

    return ApiClient(app, client_id, system, organisation, issue)


@pytest.fixture
async def world(
    app: FastAPI, app_context: AppContext, owner: asyncpg.Connection
) -> AsyncIterator[TenantFixture]:
    created = await make_world(app, app_context, owner)
    yield created
    await created.close()


@pytest.fixture
async def elsewhere(
    app: FastAPI, app_context: AppContext, owner: asyncpg.Connection
) -> AsyncIterator[TenantFixture]:
    """Another organiser in the same installation."""
    created = await make_world(app, app_context, owner)
    yield created
    await created.close()


async def make_world(app: FastAPI, app_context: AppContext, owner: asyncpg.Connection) -> TenantFixture:
    """In one statement: almost every test begins with it. What it writes is what `found`, `add_system` and
    POST /v1/organisations write (`test_a_world_is_what_the_api_makes`)."""
    tag, organiser_id, (own, *others) = secrets.token_hex(5), uuid7(), sorted(uuid7s(4))
    system_ids, roles = (
        sorted(uuid7s(6)),
        ("organiser", "provider", "provider", "workplace", "auditor", "ehr"),
    )
    names = ("organiser", "provider-a", "provider-b", "workplace-a", "auditor", "ehr")
    organisations = (own, *others, own, own)
    clients = [f"{name}-{tag}" for name in names]
    await owner.execute(
        _WORLD,
        organiser_id,
        f"Hyvinvointialue {tag}",
        business_id(),
        own,
        system_ids[0],
        others,
        list(roles[1:4]),
        list(names[1:4]),
        clients[1:4],
        system_ids,
        organisations,
        clients,
        [f"Hyvinvointialue {tag}", *names[1:]],
        list(roles),
        json.dumps(KEYS),
        instant.of_this_test(),
    )
    speakers = (
        _speaker(app, app_context, *each)
        for each in zip(clients, system_ids, organisations, roles, strict=True)
    )
    return TenantFixture(app_context, app, owner, organiser_id, *speakers)


_WORLD = """
with organiser as (insert into organisers (id, name, business_id, created_at) values ($1, $2, $3, $16)),
organisations as (
    insert into organisations (organiser_id, id, kind, name, business_id, source_id, source_system, recorded_at,
                               recorded_by_organisation, recorded_by_system)
    select $1::uuid, $4::uuid, 'organiser', $2::text, $3::text, null, null::uuid, $16::timestamptz, $4, $5::uuid
    union all
    select $1, id, kind, name, null, source_id, $5, $16, $4, $5
    from unnest($6::uuid[], $7::text[], $8::text[], $9::text[]) as party (id, kind, name, source_id)),
systems as (
    insert into connected_systems (organiser_id, id, organisation_id, client_id, name, role, recorded_at,
                                   recorded_by_organisation, recorded_by_system)
    select $1, id, organisation_id, client_id, name, role, $16, organisation_id, id
    from unnest($10::uuid[], $11::uuid[], $12::text[], $13::text[], $14::text[])
        as system (id, organisation_id, client_id, name, role)),
keys as (
    insert into system_keys (client_id, organiser_id, system_id, jwks)
    select client_id, $1, id, $15::jsonb from unnest($10::uuid[], $12::text[]) as system (id, client_id))
insert into journal (organiser_id, era, at, resource_type, resource_id, version, change, source_id,
                     actor_organisation, actor_system)
select $1, (select era from journal_era), $16, 'organisation', id, 1, 'created', source_id, $4, $5
from unnest($6::uuid[], $9::text[]) as party (id, source_id)
"""
