"""A start waits for a database that is coming up, and says clearly why it gave up; the commands say what is wrong."""

import asyncio
import gc
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from walmu_api.app import build_app_context, create_app
from walmu_api.foundation.clock import Clock
from walmu_api.foundation.database import Database
from walmu_api.foundation.encryption import Keyring
from walmu_api.foundation.migrating import migrate
from walmu_api.foundation.starting import StartError, await_databases
from walmu_api.settings import Settings
from walmu_dev.postgres.embedded import temporary_cluster
from walmu_dev.postgres.logins import Logins, make_logins

NOWHERE = "postgresql://walmu@127.0.0.1:1/walmu"


def walmu(folder: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("WALMU_", "DATABASE_"))
    }
    return subprocess.run(
        [sys.executable, "-m", "walmu_api.cli", *command],
        env=clean | {"WALMU_DATA_DIR": str(folder)} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


async def test_a_database_that_comes_up_late_is_waited_for_with_one_line(
    house_clock: Clock, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(database_url, house_clock, pool_size=1)
    begun, calls = database._begun, 0

    async def late(*given: object) -> object:
        nonlocal calls
        calls += 1
        if calls < 4:
            raise ConnectionRefusedError
        return await begun(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(database, "_begun", late)
    with capture_logs() as lines:
        assert await await_databases((database,), patience=5)
    assert [(line["event"], line["why"]) for line in lines] == [
        ("waiting for the database", "ConnectionRefusedError")
    ]
    await database.close()


async def test_tables_that_are_not_there_are_said_once(
    house_clock: Clock, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("walmu_api.foundation.starting.head", lambda: "9999")
    database = Database(database_url, house_clock, pool_size=1)
    with capture_logs() as lines:
        assert await await_databases((database,))
    assert [(line["event"], line["wanted"]) for line in lines] == [
        ("the tables are not those of this version: run `walmu-api migrate`", "9999")
    ]
    await database.close()


async def test_one_that_never_comes_ends_the_start_in_bounded_time(house_clock: Clock) -> None:
    database = Database(NOWHERE, house_clock, pool_size=1)
    started = time.monotonic()
    with pytest.raises(StartError, match=r"did not answer within 1 s .ConnectionRefusedError"):
        await await_databases((database,), patience=1)
    assert time.monotonic() - started < 5
    await database.close()


async def test_what_waiting_cannot_mend_is_not_waited_for(house_clock: Clock, database_url: str) -> None:
    database = Database(database_url.replace("/walmu?", "/no_such_database?"), house_clock, pool_size=1)
    started = time.monotonic()
    with pytest.raises(StartError, match=r"lets nobody in .InvalidCatalogNameError"):
        await await_databases((database,))
    assert time.monotonic() - started < 5
    await database.close()


async def test_who_is_told_to_leave_does_not_wait_on(house_clock: Clock) -> None:
    database = Database(NOWHERE, house_clock, pool_size=1)
    assert not await await_databases((database,), lambda: True)
    await database.close()


@pytest.fixture
def house_clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path / "clock")


@pytest.mark.enable_socket
@pytest.mark.parametrize("command", ["serve", "worker"])
async def test_serve_and_worker_start_before_their_database_and_go_on_when_it_is_there(
    tmp_path: Path, command: str
) -> None:
    Keyring.create(tmp_path / "keyring.json")
    async with temporary_cluster() as cluster:
        await migrate(cluster.url())
        logins = await make_logins(cluster.url())
        await cluster.stop()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = str(free.getsockname()[1])
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "walmu_api.cli",
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=os.environ | logins.environment | {"WALMU_DATA_DIR": str(tmp_path), "WALMU_PORT": port},
        )
        assert process.stdout is not None
        while b"waiting for the database" not in (
            line := await asyncio.wait_for(process.stdout.readline(), 20)
        ):
            assert line, "it ended instead"
        await cluster.start()
        if command == "serve":
            while b"Uvicorn running" not in (line := await asyncio.wait_for(process.stdout.readline(), 20)):
                assert line, "it ended instead"
        else:
            await asyncio.sleep(2)
        process.send_signal(signal.SIGTERM)
        rest = await asyncio.wait_for(process.communicate(), 20)
        assert process.returncode == 0, rest
        assert b"Traceback" not in rest[0]


@pytest.mark.parametrize(
    ("command", "environment", "data"),
    [
        ("serve", {}, "DATABASE_URL is not set."),
        (
            "serve",
            {"DATABASE_URL": NOWHERE},
            "WALMU_AUDITOR_URL is not set: the API reads the use log with a login of its own.",
        ),
        ("serve", {"DATABASE_URL": "nonsense"}, "DATABASE_URL must begin with postgresql://."),
        (
            "migrate",
            {"WALMU_MIGRATION_URL": "mysql://h/d"},
            "WALMU_MIGRATION_URL must begin with postgresql://.",
        ),
        ("worker", {"WALMU_LOG_LEVEL": "loud"}, "WALMU_LOG_LEVEL must be one of debug, info"),
        ("worker", {"DATABASE_URL": NOWHERE}, "There is no keyring at"),
        (
            "restored",
            {"DATABASE_URL": NOWHERE},
            "The database does not answer (ConnectionRefusedError): check WALMU_MIGRATION_URL",
        ),
        (
            "keys create",
            {"WALMU_KEYRING": "/proc/nowhere/keyring.json"},
            "/proc/nowhere/keyring.json cannot be written",
        ),
        (
            "simulate-ehr",
            {"WALMU_DATA_DIR": "/proc/nowhere"},
            "The record system cannot keep its state in /proc/nowhere",
        ),
        ("openapi --file /proc/nowhere/x.yaml", {}, "/proc/nowhere/x.yaml cannot be written"),
    ],
)
def test_a_command_that_cannot_do_it_says_why_in_one_line(
    tmp_path: Path, command: str, environment: dict[str, str], data: str
) -> None:
    done = walmu(tmp_path, *command.split(), **environment)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert data in done.stderr


def test_restored_grows_the_era_and_says_what_that_means(tmp_path: Path, own_cluster_url: str) -> None:
    first, again = (walmu(tmp_path, "restored", DATABASE_URL=own_cluster_url) for _ in range(2))
    assert (first.returncode, again.returncode) == (0, 0), first.stderr + again.stderr
    assert "era 2 now" in first.stdout
    assert "era 3 now" in again.stdout
    assert "410" in first.stdout


@pytest.fixture
async def own_cluster_url() -> AsyncIterator[str]:
    async with temporary_cluster() as cluster:
        await migrate(cluster.url())

        yield cluster.url()


async def test_whoever_serves_collects_again_what_the_start_left_alone(
    settings: Settings, logins: Logins
) -> None:
    app = create_app(build_app_context(settings, logins.api, logins.auditor))
    gc.disable()
    try:
        async with app.router.lifespan_context(app):
            assert gc.isenabled()
    finally:
        gc.enable()
        gc.unfreeze()
