"""The composition root of the background loops: exchange with the record systems, and requests that are answered later."""

import asyncio
import contextlib
import signal
from collections.abc import Collection
from uuid import UUID

import structlog

from walmu_api.access.guard import AppContext, GuardedRoute
from walmu_api.access.import_jobs.running import Runner
from walmu_api.access.system_registry import Registry
from walmu_api.access.tokens import Tokens
from walmu_api.adapters.ehr import targets
from walmu_api.adapters.ehr.engine import Engine
from walmu_api.foundation.clock import Clock
from walmu_api.foundation.database import Database, Tenancy
from walmu_api.foundation.encryption import Keyring
from walmu_api.foundation.load_shedding import TOKENS, Admission
from walmu_api.foundation.logins import WORKER
from walmu_api.foundation.one_at_a_time import OneAtATime
from walmu_api.foundation.starting import StartError, await_databases
from walmu_api.foundation.worksheets.reading import Worksheets
from walmu_api.record.parties.clients.names import index_clients_of_before
from walmu_api.record.registry import RESOURCES
from walmu_api.settings import Settings

log = structlog.get_logger()
LOOK_FOR_TARGETS = 5.0
PATIENCE = 3.0
"""Seconds in which what is in flight may end. What is cut off then is verified or repeated by the next
worker."""
JOBS_AT_ONCE = 4
"""Connections: one works, one says that it is there, two look things up."""
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
    jobs = [
        *_jobs(settings, database_url, keyring, clock, stop),
        asyncio.create_task(index_clients_of_before(database, keyring)),
    ]
    running: dict[Key, asyncio.Task[None]] = {}
    while not stop.is_set():
        try:
            await _keep_up(running, await _wanted(database, keyring), database, keyring, stop)
        except Exception as error:  # noqa: BLE001 - the database may be away for a while
            log.error("targets cannot be read", kind=type(error).__name__)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), 0.5 if not running else LOOK_FOR_TARGETS)
    await _end([*running.values(), *jobs], PATIENCE)
    await database.close()


def _jobs(
    settings: Settings, own_url: str, keyring: Keyring, clock: Clock, stop: asyncio.Event
) -> list[asyncio.Task[None]]:
    """Jobs are carried out with the rights of the API, by its login. A worker that was given its own alone leaves them to
    others."""
    url = settings.database.url
    if url is None or url == own_url:
        log.warning("no jobs are carried out: DATABASE_URL names no login of the API")
        return []
    database = Database(url, clock, pool_size=JOBS_AT_ONCE, application="walmu-jobs")
    app_context = AppContext(
        database=database,
        supervision=database,  # no operation of a job reads the use log
        clock=clock,
        keyring=keyring,
        tokens=Tokens(settings.api.public_url, keyring.signing),
        registry=Registry(),
        public_url=settings.api.public_url,
        admission=Admission(settings.limits),
        token_gate=Admission(TOKENS),
        worksheets=Worksheets(),
        imports=OneAtATime(),
    )

    async def carry_out() -> None:
        try:
            await await_databases((database,), stop.is_set)
            await Runner(app_context, deferrable_routes()).run(stop)
        except StartError as error:
            log.error("no jobs are carried out", why=str(error))
        finally:
            await database.close()

    return [asyncio.create_task(carry_out())]


def deferrable_routes() -> dict[str, GuardedRoute]:
    """The operations that answer later, by their name."""
    routes = (route for each in RESOURCES for router in each.routers for route in router.routes)
    return {
        route.operation_id: route
        for route in routes
        if isinstance(route, GuardedRoute) and route.answers_later and route.operation_id is not None
    }


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
