"""A real PostgreSQL, really killed. Most tests use `folder`, where root's server runs as nobody; pytest's own
`tmp_path` is closed to nobody, so there it runs in a user namespace."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from walmu_dev.operating_system import LockTakenError, lock
from walmu_dev.postgres.account import EmbeddedError
from walmu_dev.postgres.embedded import EmbeddedPostgres, temporary_cluster

START = """
import asyncio, sys, time
from pathlib import Path
from walmu_dev.postgres.embedded import EmbeddedPostgres
cluster = EmbeddedPostgres(Path(sys.argv[1]))
asyncio.run(cluster.start())
print("up", flush=True)
time.sleep(60)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="walmu-test-") as path:
        Path(path).chmod(0o711)
        yield Path(path)


@asynccontextmanager
async def started(data_dir: Path) -> AsyncIterator[EmbeddedPostgres]:
    cluster = EmbeddedPostgres(data_dir)
    try:
        await cluster.start()
        yield cluster
    finally:
        await cluster.stop()


async def query(cluster: EmbeddedPostgres, sql: str) -> object:
    connection = await asyncpg.connect(cluster.url())
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


def in_another_process(data_dir: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", START, str(data_dir)], stdout=subprocess.PIPE, text=True)


def wait_until(true: Callable[[], object], within: float = 10) -> None:
    deadline = time.monotonic() + within
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def nothing_runs_in(cluster: EmbeddedPostgres) -> bool:
    """Every process of a server holds this lock."""
    try:
        os.close(lock(cluster.folder / "server.lock"))
    except LockTakenError:
        return False
    return True


def server_processes(cluster: EmbeddedPostgres) -> list[int]:
    assert cluster.process
    pid = cluster.process.pid
    return [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]


async def test_the_owner_can_make_roles_but_is_no_superuser_and_data_is_safe(folder: Path) -> None:
    async with started(folder) as cluster:
        connection = await asyncpg.connect(cluster.url())
        role = await connection.fetchrow("SELECT * FROM pg_roles WHERE rolname = current_user")
        assert role
        assert (role["rolname"], role["rolsuper"], role["rolcreaterole"]) == ("walmu_owner", False, True)
        for name, value in {"fsync": "on", "data_checksums": "on", "jit": "off", "timezone": "UTC"}.items():
            assert await connection.fetchval(f"SHOW {name}") == value
        await connection.close()
        assert cluster.data.stat().st_mode & 0o777 == 0o700
        assert cluster.socket_folder.stat().st_mode & 0o777 == 0o700


async def test_sqlalchemy_takes_the_same_url(tmp_path: Path) -> None:
    async with started(tmp_path) as cluster:
        engine = create_async_engine(cluster.url().replace("postgresql:", "postgresql+asyncpg:"))
        async with engine.connect() as connection:
            assert (await connection.execute(text("SELECT current_database()"))).scalar() == "walmu"
        await engine.dispose()


async def test_the_log_holds_no_data(folder: Path) -> None:
    async with started(folder) as cluster:
        connection = await asyncpg.connect(cluster.url())
        await connection.execute("CREATE TABLE people (name text UNIQUE, age int)")
        await connection.execute("INSERT INTO people VALUES ('Secret', 1)")
        for sql, value in (
            ("INSERT INTO people VALUES ($1)", "Secret"),
            ("SELECT $1::text::int", "Secret"),
            ("SELECT * FROM secret WHERE name = $1", "Secret"),
        ):
            with pytest.raises(asyncpg.PostgresError):
                await connection.fetchval(sql, value)
        await connection.close()
        assert "secret" not in cluster.log.read_text().lower()


async def test_committed_rows_survive_when_every_server_process_is_killed(folder: Path) -> None:
    async with started(folder) as cluster:
        await query(cluster, "CREATE TABLE kept (n int)")
        connection = await asyncpg.connect(cluster.url())
        for number in range(50):
            await connection.execute("INSERT INTO kept VALUES ($1)", number)
        for pid in server_processes(cluster):
            os.kill(pid, signal.SIGKILL)
        assert await asyncio.wait_for(cluster.ended(), 5) == "SIGKILL"
        connection.terminate()
        await cluster.start()
        assert await query(cluster, "SELECT count(*) FROM kept") == 50


async def test_killing_only_the_postmaster_is_survived_too(folder: Path) -> None:
    async with started(folder) as cluster:
        await query(cluster, "CREATE TABLE kept AS SELECT 7 AS n")
        connection = await asyncpg.connect(cluster.url())
        assert cluster.process
        cluster.process.kill()
        await cluster.start()
        connection.terminate()
        assert await query(cluster, "SELECT n FROM kept") == 7


async def test_notes_of_a_dead_server_whose_process_id_was_given_away_do_not_matter(tmp_path: Path) -> None:
    async with started(tmp_path) as cluster:
        pid_file = cluster.data / "postmaster.pid"
        notes = pid_file.read_text().splitlines()
        await cluster.stop()
        somebody = subprocess.Popen(["sleep", "60"])  # noqa: ASYNC220 -- only its id matters
        try:
            notes[0] = str(somebody.pid)
            pid_file.write_text("\n".join(notes) + "\n")
            await cluster.start()
            assert await query(cluster, "SELECT 1") == 1
            assert somebody.poll() is None
        finally:
            somebody.kill()
            somebody.wait()


async def test_the_server_ends_with_a_killed_parent_and_starts_again_at_once(folder: Path) -> None:
    with in_another_process(folder) as parent:
        assert parent.stdout
        assert parent.stdout.readline() == "up\n"
        cluster = EmbeddedPostgres(folder)
        await query(cluster, "CREATE TABLE kept AS SELECT 7 AS n")
        assert not nothing_runs_in(cluster)
        parent.kill()
        parent.wait()
    async with started(folder) as cluster:
        assert await query(cluster, "SELECT n FROM kept") == 7
        await cluster.stop()
        with in_another_process(folder) as parent:
            assert parent.stdout
            parent.stdout.readline()
            parent.kill()
            wait_until(lambda: nothing_runs_in(cluster))
            assert not list(cluster.socket_folder.glob(".s.*"))


async def test_an_interrupted_initdb_leaves_no_half_made_cluster(folder: Path) -> None:
    cluster = EmbeddedPostgres(folder)
    with in_another_process(folder) as parent:
        wait_until(lambda: list(cluster.folder.glob("draft-*/base/1")))
        parent.kill()
    assert not cluster.data.exists()
    async with started(folder):
        assert await query(cluster, "SELECT 1") == 1
        assert not list(cluster.folder.glob("draft-*"))


async def test_a_second_start_on_the_same_folder_is_refused(folder: Path) -> None:
    async with started(folder) as cluster:
        second = EmbeddedPostgres(folder)
        with pytest.raises(
            EmbeddedError, match=f"Process {os.getpid()} already runs the PostgreSQL in {folder}"
        ):
            await second.start()
        await second.stop()
        assert await query(cluster, "SELECT 1") == 1


async def test_a_folder_with_a_long_or_odd_name_gets_its_socket_elsewhere(tmp_path: Path) -> None:
    for name in ("long" * 30, "two words, ä"):
        async with started(tmp_path / name) as cluster:
            assert tmp_path not in cluster.socket_folder.parents
            assert cluster.socket_folder.stat().st_mode & 0o777 == 0o700
            assert await query(cluster, "SELECT 1") == 1
        assert not cluster.socket_folder.exists()


async def test_what_is_no_cluster_is_left_alone(folder: Path) -> None:
    cluster = EmbeddedPostgres(folder)
    (cluster.data / "letters").mkdir(parents=True)
    with pytest.raises(EmbeddedError, match="is not a PostgreSQL data folder"):
        await cluster.start()
    await cluster.stop()
    assert (cluster.data / "letters").is_dir()


async def test_a_server_that_does_not_listen_is_stopped_by_force(folder: Path) -> None:
    async with started(folder) as cluster:
        assert cluster.process
        cluster.process.send_signal(signal.SIGSTOP)
        began = time.monotonic()
        await cluster.stop(patience=0.3)
        assert time.monotonic() - began < 3
        assert nothing_runs_in(cluster)
        assert not cluster.socket_folder.exists()


async def test_several_clusters_run_side_by_side() -> None:
    async with temporary_cluster() as one, temporary_cluster() as other:
        await query(one, "CREATE TABLE here ()")
        assert await query(other, "SELECT to_regclass('here')") is None
    assert not one.folder.exists()
    assert not other.folder.exists()
