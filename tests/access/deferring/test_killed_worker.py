"""The worker itself, as it runs: a job that it is killed over is taken up by the next one."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest
from tests.conftest import TenantFixture, forward
from tests.record.everyday.measurements.test_imports_api import HEAD, MAPPING, relationship_of, sent

from walmu_api.settings import Settings
from walmu_dev.postgres.logins import Logins

pytestmark = pytest.mark.dated
COMMAND = [sys.executable, "-m", "walmu_api.cli", "worker"]
LINES = 5_000


@contextmanager
def worker(logins: Logins, settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    environment = {
        "PATH": os.environ["PATH"],
        "WALMU_DATA_DIR": str(settings.data_dir),
        "DATABASE_URL": logins.api,
        "WALMU_WORKER_URL": logins.worker,
        "WALMU_LOG_LEVEL": "error",
    }
    process = subprocess.Popen(COMMAND, env=environment, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def until(world: TenantFixture, place: str, *states: str) -> dict[str, Any]:
    for _ in range(1800):
        job: dict[str, Any] = (await world.provider_a.get(place)).json()
        if job["status"] in states:
            return job
        await asyncio.sleep(0.05)
    raise AssertionError(f"never {states}: {job}")


@asynccontextmanager
async def a_minute_later(world: TenantFixture) -> AsyncIterator[None]:
    forward(world.app_context.clock, minutes=1)
    try:
        yield
    finally:
        forward(world.app_context.clock)


async def test_a_killed_worker_has_had_no_effect_and_the_next_one_has_it_once(
    world: TenantFixture, logins: Logins, settings: Settings
) -> None:
    client = (await relationship_of(world))["client_id"]
    file = HEAD.replace("Työkyky", "Työkyky;Avain")
    file += "".join(f"{client};Alku;7.9.2026;6,4;5;k-{at}\n" for at in range(LINES))
    later = {"Prefer": "respond-async", "Idempotency-Key": "sama"}
    mapping = MAPPING | {"source_id": "Avain"}
    accepted = await sent(world.provider_a, file, mapping, **later)
    place = accepted.headers["Location"]
    with worker(logins, settings) as first:
        assert (await until(world, place, "running", "done", "failed"))["status"] == "running"
        first.send_signal(signal.SIGKILL)
        first.wait()
    count = "select count(*) from measurements where organiser_id = $1"
    assert await world.owner.fetchval(count, world.organiser_id) == 0
    assert (await sent(world.provider_a, file, mapping, **later)).headers["Location"] == place
    async with a_minute_later(world):
        with worker(logins, settings):
            done = await until(world, place, "done", "failed")
    assert done["status"] == "done", done
    assert done["result"]["counts"]["created"] == LINES
    assert await world.owner.fetchval(count, world.organiser_id) == LINES


async def test_a_worker_without_the_login_of_the_api_leaves_jobs_to_others(
    world: TenantFixture, logins: Logins, settings: Settings
) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "WALMU_DATA_DIR": str(settings.data_dir),
        "WALMU_WORKER_URL": logins.worker,
    }
    process = await asyncio.create_subprocess_exec(*COMMAND, env=environment, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    line = await asyncio.wait_for(process.stdout.readline(), 60)
    process.terminate()
    await process.communicate()
    assert b"no jobs are carried out" in line
    assert process.returncode == 0
