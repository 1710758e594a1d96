"""A real server process on a PostgreSQL of its own, for tests that break one of them."""

import asyncio
import os
import signal
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import httpx

from contract_tests.landscape import Landscape, Party, prepare
from contract_tests.server import NOW
from walmu_api.access.guard import AppContext
from walmu_api.access.key_strength import thumbprint
from walmu_api.access.scopes import ROLES
from walmu_api.app import build_app_context
from walmu_api.foundation.encryption import Keyring
from walmu_api.foundation.migrating import migrate, plain_url
from walmu_api.settings import read_settings
from walmu_dev.postgres.embedded import EmbeddedPostgres, temporary_cluster
from walmu_dev.postgres.logins import Logins, make_logins

BACKENDS = "select pid from pg_stat_activity where application_name = 'walmu-api'"


@dataclass
class Server:
    """One `walmu-api serve`."""

    process: asyncio.subprocess.Process
    http: httpx.AsyncClient
    seconds_to_first_answer: float

    async def in_use(self) -> int:
        """Connections that are out of the server's pool."""
        data = (await self.http.get("/metrics")).text
        (line,) = [
            line for line in data.splitlines() if line.startswith("walmu_database_connections_in_use ")
        ]
        return round(float(line.split()[1]))

    async def comes_to_rest(self, within: float = 15) -> None:
        """No connection stays out of the pool when nothing is asked any more."""
        until = time.monotonic() + within
        while (left := await self.in_use()) and time.monotonic() < until:
            await self.http.get("/livez")
        assert left == 0, f"{left} connections never came back into the pool"

    async def ready(self, within: float = 10) -> float:
        """Wait until the server says so; the seconds it took."""
        started = time.monotonic()
        while (await self.http.get("/readyz")).status_code != 200:
            assert time.monotonic() < started + within, "not ready again"
            await asyncio.sleep(0.05)
        return time.monotonic() - started


@dataclass
class Stage:
    """The cluster, what is recorded in it, and where servers are started on it, one after the other."""

    cluster: EmbeddedPostgres
    logins: Logins
    app_context: AppContext
    folder: Path
    port: int
    landscape: Landscape

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def owner(self) -> AsyncIterator[asyncpg.Connection]:
        """A superuser's connection of its own."""
        connection = await asyncpg.connect(plain_url(self.cluster.url(user="postgres")))
        try:
            yield connection
        finally:
            await connection.close()

    async def leaves_no_transaction_open(self, within: float = 5) -> None:
        """A connection that is cut is gone from the pool at once; its backend sees so a moment later, when it is run again.
        Well before `idle_in_transaction_session_timeout` (10 s) would clear up after us."""
        until = time.monotonic() + within
        async with self.owner() as owner:
            while left := await owner.fetchval(
                f"select count(*) from ({BACKENDS} and state like 'idle in%') as found"
            ):
                assert time.monotonic() < until, f"{left} transactions stay open"
                await asyncio.sleep(0.05)

    def authorization(self, party: Party, role: str = "provider") -> dict[str, str]:
        token = self.app_context.tokens.issue(
            party.client_id, thumbprint(party.key.public), sorted(ROLES[role]), None, now=time.time()
        )
        return {"Authorization": f"Bearer {token}"}

    def a(self) -> dict[str, str]:
        return self.authorization(self.landscape.provider_a)

    def b(self) -> dict[str, str]:
        return self.authorization(self.landscape.provider_b)

    def day(self, number: int) -> str:
        """Where one of the days between the agreement's start and today is recorded."""
        return f"/v1/agreements/{self.landscape.ids['agreement_id']}/attendance/2026-09-{number % 27 + 1:02}"

    @asynccontextmanager
    async def server(self, **environment: str) -> AsyncIterator[Server]:
        async with serving(self.logins, self.folder, self.port, environment) as server:
            yield server


@asynccontextmanager
async def serving(logins: Logins, folder: Path, port: int, more: dict[str, str]) -> AsyncIterator[Server]:
    base = f"http://127.0.0.1:{port}"
    environment = (
        os.environ
        | logins.environment
        | {
            "WALMU_DATA_DIR": str(folder),
            "WALMU_PORT": str(port),
            "WALMU_PUBLIC_URL": base,
            "WALMU_LOG_LEVEL": "warning",
            "WALMU_DRAIN_SECONDS": "0",
        }
        | more
    )
    log = folder / "api.log"
    started = time.monotonic()
    with log.open("ab") as out:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "walmu_api.cli", "serve", env=environment, stdout=out, stderr=out
        )
    try:
        async with httpx.AsyncClient(
            base_url=base, timeout=30, limits=httpx.Limits(max_connections=200)
        ) as http:
            await _answers(process, http, log)
            yield Server(process, http, time.monotonic() - started)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), 15)
        except TimeoutError:
            process.kill()
            await process.wait()


async def _answers(process: asyncio.subprocess.Process, http: httpx.AsyncClient, log: Path) -> None:
    until = time.monotonic() + 60  # a start takes one second here, and many on a machine that ten others use
    while process.returncode is None and time.monotonic() < until:
        try:
            await http.get("/livez")
        except httpx.TransportError:
            await asyncio.sleep(0.02)
        else:
            return
    raise RuntimeError(f"the server did not start:\n{_last_words(log)}")


def _last_words(log: Path) -> str:
    return log.read_text()[-2000:]


@asynccontextmanager
async def staged(place: str | None = None) -> AsyncIterator[Stage]:
    """`place` is the folder that the database's own folder is made in."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="walmu-faults-") as folder:
        async with temporary_cluster(place) as cluster:
            await migrate(cluster.url())
            logins = await make_logins(cluster.url())
            base = f"http://127.0.0.1:{port}"
            settings = read_settings({"WALMU_DATA_DIR": folder, "WALMU_PUBLIC_URL": base})
            Keyring.create(settings.keyring_file)
            app_context = build_app_context(settings, logins.api, logins.auditor)
            app_context.clock.set(NOW)
            owner = await asyncpg.connect(plain_url(cluster.url()))
            try:
                async with serving(logins, Path(folder), port, {}):
                    landscape = await prepare(base, Path(folder), app_context, owner)
            finally:
                await owner.close()
                await app_context.database.close()
            yield Stage(cluster, logins, app_context, Path(folder), port, landscape)
