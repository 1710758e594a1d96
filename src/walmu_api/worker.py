"""The composition root of the background loops: exchange with the record systems."""

import asyncio
import contextlib
import signal
from collections.abc import Collection
from uuid import UUID

import structlog

from walmu_api.adapters.ehr import targets
from walmu_api.adapters.ehr.engine import Engine
from walmu_api.foundation.clock import Clock
from walmu_api.foundation.database import Database, Tenancy
from walmu_api.foundation.encryption import Keyring
from walmu_api.foundation.logins import WORKER
from walmu_api.foundation.starting import await_databases
from walmu_api.settings import Settings

log = structlog.get_logger()
LOOK_FOR_TARGETS = 5.0
PATIENCE = 3.0
"""Seconds in which what is in flight may end. What is cut off then is verified or repeated by the next
worker."""
Key = tuple[UUID, str, str]


async def run(settings: Settings, database_url: str) -> None:
    """Until the process is told to stop. Targets that come later are found within a few seconds."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    keyring = Keyring.read(settings.keyring_file)
    clock = Clock(settings.clock_file)
    database = Database(database_url, clock, group=WORKER, pool_size=12, application="walmu-worker")
    await await_databases((database,), stop.is_set)
    running: dict[Key, asyncio.Task[None]] = {}
    while not stop.is_set():
        try:
            await _keep_up(running, await _wanted(database, keyring), database, keyring, stop)
        except Exception as error:  # noqa: BLE001 - the database may be away for a while
            log.error("targets cannot be read", kind=type(error).__name__)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), 0.5 if not running else LOOK_FOR_TARGETS)
    await _end(running.values(), PATIENCE)
    await database.close()


async def _wanted(database: Database, keyring: Keyring) -> dict[Key, targets.Target]:
    """Every active target, by what it is reached with."""
    async with database.transaction(Tenancy(None)) as session:
        organisers = [row["id"] for row in await session.fetch("select id from organisers")]
    wanted: dict[Key, targets.Target] = {}
    for organiser in organisers:
        async with database.transaction(Tenancy(organiser)) as session:
            found = await targets.active(session, keyring)
        wanted |= {(target.id, target.base_url, target.secret): target for target in found}
    return wanted


async def _keep_up(
    running: dict[Key, asyncio.Task[None]],
    wanted: dict[Key, targets.Target],
    database: Database,
    keyring: Keyring,
    stop: asyncio.Event,
) -> None:
    """Exchange with what is wanted and nothing else. One that was changed or switched off ends before it
    begins anew."""
    gone = [running.pop(key) for key in list(running) if key not in wanted or running[key].done()]
    await _end(gone, 0)
    for key, target in wanted.items():
        if key not in running:
            running[key] = asyncio.create_task(_exchange(database, keyring, target, stop))


async def _end(tasks: Collection[asyncio.Task[None]], patience: float) -> None:
    if not tasks:
        return
    _, late = await asyncio.wait(tasks, timeout=patience)
    for task in late:
        task.cancel()
    for ended in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(ended, Exception):
            log.error("exchange ended", kind=type(ended).__name__)


async def _exchange(
    database: Database, keyring: Keyring, target: targets.Target, stop: asyncio.Event
) -> None:
    log.info("exchange begins", target=target.name, dialect=target.dialect)
    system = targets.gateway(target)
    try:
        await Engine(database, keyring, target, system).run(stop)
    finally:
        await system.close()
