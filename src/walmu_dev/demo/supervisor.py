"""The one process behind `make run`: it starts everything in order, keeps it running, and stops it in order.

Children and PostgreSQL end with it, however it ends: the kernel sees to that."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from walmu_api.settings import DatabaseSettings
from walmu_dev.console import say, step
from walmu_dev.demo.checks import check_database, check_ports, take_data_folder
from walmu_dev.demo.processes import Child, Program, environment_of, keep_running
from walmu_dev.errors import DemoError
from walmu_dev.greeting import Greeting, greeting
from walmu_dev.postgres.account import EmbeddedError
from walmu_dev.postgres.embedded import EmbeddedPostgres
from walmu_dev.settings import DevSettings

Migrate = Callable[[DevSettings], Awaitable[DevSettings]]
"""Answers the settings with a login to the database for each process."""
Seed = Callable[[DevSettings], Awaitable[Greeting | None]]
PATIENCE = 10.0  # seconds that a program has to stop by itself


class Supervisor:
    """`programs` in the order in which they are stopped; they are started together."""

    def __init__(
        self, settings: DevSettings, programs: Sequence[Program], *, migrate: Migrate, seed: Seed
    ) -> None:
        self._settings = settings
        self._programs = programs
        self._migrate, self._seed = migrate, seed
        self._lock: int | None = None
        self._cluster: EmbeddedPostgres | None = None
        self._children: list[Child] = []
        self._keepers: list[asyncio.Task[None]] = []

    async def run(self) -> int:
        """Until Ctrl-C, SIGTERM or a closed terminal. Returns the exit code."""
        asked = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, asked.set)
        work = asyncio.create_task(self._work())
        waiting = asyncio.create_task(asked.wait())
        await asyncio.wait({work, waiting}, return_when=asyncio.FIRST_COMPLETED)
        failure = work.exception() if work.done() else None
        for task in (work, waiting):
            task.cancel()
        await asyncio.gather(work, waiting, return_exceptions=True)
        await self._stop()
        if failure is None:
            return 0
        if isinstance(failure, DemoError | EmbeddedError):
            say(str(failure))
            return failure.exit_code if isinstance(failure, DemoError) else 2
        raise failure

    async def _work(self) -> None:
        self._lock = take_data_folder(self._settings.data_dir)
        check_ports(self._settings)
        settings = await self._database()
        with step("Bringing the schema up to date", "The schema is up to date"):
            settings = await self._migrate(settings)
        self._settings.seeding_file.touch()  # until it is gone, `/readyz` says that the data is being made
        await self._start_children(settings)
        self._keep()
        with step("Looking for example data", "Example data is there"):
            seeded = await self._seed(settings)
        self._settings.seeding_file.unlink(missing_ok=True)
        say(greeting(self._settings, seeded), who="")
        await asyncio.gather(*self._keepers)

    async def _database(self) -> DevSettings:
        """Make sure of a database; the settings returned name it."""
        if self._settings.database.url:
            with step("Asking the database of DATABASE_URL", "The database answers"):
                await check_database(self._settings.database.url)
            return self._settings
        self._cluster = EmbeddedPostgres(self._settings.data_dir)
        if not self._cluster.data.exists():
            with step("First start: making a PostgreSQL cluster", "The cluster is made"):
                await self._cluster.prepare()
        with step("Starting PostgreSQL", "PostgreSQL answers"):
            await self._cluster.start()
        url, pool = self._cluster.url(), self._settings.database.pool_size
        return replace(self._settings, database=DatabaseSettings(url, url, pool_size=pool))

    async def _start_children(self, settings: DevSettings) -> None:
        environment = environment_of(
            {
                "DATABASE_URL": settings.database.url or "",
                "WALMU_WORKER_URL": settings.database.worker_url or "",
                "WALMU_AUDITOR_URL": settings.database.auditor_url or "",
                "WALMU_MIGRATION_URL": "",  # the owner's login is for the supervisor alone
                "WALMU_DATA_DIR": str(settings.data_dir),
                "WALMU_SEEDING_FILE": str(settings.seeding_file),
                "WALMU_SIM_CONTROL": "1",
                "WALMU_LOG_LEVEL": os.environ.get("WALMU_LOG_LEVEL", "warning"),
            }
        )
        self._children = [Child(program, environment) for program in self._programs]
        await asyncio.gather(*(_bring_up(child) for child in self._children))

    def _keep(self) -> None:
        keepers = [keep_running(child.program.name, child.ended, child.start) for child in self._children]
        if self._cluster is not None:
            keepers.append(keep_running("PostgreSQL", self._cluster.ended, self._cluster.start))
        self._keepers = [asyncio.create_task(keeper) for keeper in keepers]

    async def _stop(self) -> None:
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        for child in self._children:
            if child.running:
                with step(f"Stopping {child.program.name}", f"{child.program.name} has stopped"):
                    await child.stop(PATIENCE)
        if self._cluster is not None:
            with step("Stopping PostgreSQL", "PostgreSQL has stopped"):
                await self._cluster.stop()
        if self._lock is not None:
            os.close(self._lock)


async def _bring_up(child: Child) -> None:
    done = "is ready" if child.program.ready_url else "has started"
    with step(f"Starting {child.program.name}", f"{child.program.name} {done}"):
        await child.start()
        await child.ready()
