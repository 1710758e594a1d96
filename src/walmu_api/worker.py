"""The composition root of the background loops: exchange with the record systems."""

import asyncio
import contextlib
import signal
from uuid import UUID

import structlog

from walmu_api.adapters.ehr import targets
from walmu_api.adapters.ehr.engine import Engine
from walmu_api.foundation.clock import Clock
from walmu_api.foundation.database import Database, Tenancy
from walmu_api.foundation.secrecy import Keyring
from walmu_api.settings import Settings

log = structlog.get_logger()
LOOK_FOR_TARGETS = 5.0


async def run(settings: Settings, database_url: str) -> None:
    """Until the process is told to stop. Targets that come later are found within a few seconds."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    database = Database(database_url, Clock(settings.clock_file), pool_size=12, application="walmu-worker")
    keyring = Keyring.read(settings.keyring_file)
    await database.require_safe_role()
    running: dict[tuple[UUID, str, str], asyncio.Task[None]] = {}
    while not stop.is_set():
        try:
            await _start_new(database, keyring, running, stop)
        except Exception as error:  # noqa: BLE001 - the database may be away for a while
            log.error("targets cannot be read", kind=type(error).__name__)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), 0.5 if not running else LOOK_FOR_TARGETS)
    await asyncio.gather(*running.values(), return_exceptions=True)
    await database.close()


async def _start_new(
    database: Database, keyring: Keyring, running: dict[tuple[UUID, str, str], asyncio.Task[None]], stop: asyncio.Event
) -> None:
    async with database.transaction(Tenancy(None)) as session:
        organisers = [row["id"] for row in await session.fetch("select id from organisers")]
    for organiser in organisers:
        async with database.transaction(Tenancy(organiser)) as session:
            found = await targets.active(session, keyring)
        for target in found:
            key = (target.id, target.base_url, target.secret)
            for old in [k for k in running if k[0] == target.id and k != key]:
                running.pop(old).cancel()  # it has another address or secret now
            if key not in running:
                running[key] = asyncio.create_task(_exchange(database, keyring, target, stop))


async def _exchange(database: Database, keyring: Keyring, target: targets.Target, stop: asyncio.Event) -> None:
    log.info("exchange begins", target=target.name, dialect=target.dialect)
    system = targets.gateway(target)
    try:
        await Engine(database, keyring, target, system).run(stop)
    finally:
        await system.close()
