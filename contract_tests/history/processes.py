"""The four real processes, each killed, stopped for a while, and started again whenever it ends."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

import asyncpg
import httpx

from contract_tests.server import NOW
from walmu_api.foundation.clock import Clock
from walmu_api.foundation.encryption import Keyring
from walmu_api.foundation.migrating import migrate
from walmu_dev.operating_system import die_with_parent, free_port
from walmu_dev.postgres.embedded import DATABASE, EmbeddedPostgres
from walmu_dev.postgres.logins import logins_of, make_logins
from walmu_dev.settings import read_dev_settings


class Member(Protocol):
    """One of the four."""

    name: str

    def pids(self) -> list[int]: ...

    async def start(self) -> None: ...


class Program:
    """A process of the product, as an operator starts it. What it says goes into a file."""

    def __init__(self, name: str, command: str, environment: dict[str, str], folder: Path) -> None:
        self.name, self._environment, self._log = name, environment, folder / f"{name}.log"
        self._argv = (sys.executable, "-m", "walmu_api.cli", command)
        self._process: subprocess.Popen[bytes] | None = None

    def pids(self) -> list[int]:
        return [] if self._process is None or self._process.poll() is not None else [self._process.pid]

    async def start(self) -> None:
        self._launch()

    def _launch(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._argv,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=0,
                preexec_fn=die_with_parent(signal.SIGKILL),  # noqa: PLW1509 -- system calls only
            )

    async def end(self) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                await asyncio.to_thread(self._process.wait, 15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


class Server:
    """PostgreSQL: killing it means the postmaster and all its children."""

    name = "database"

    def __init__(self, cluster: EmbeddedPostgres) -> None:
        self._cluster = cluster

    def pids(self) -> list[int]:
        process = self._cluster.process
        if process is None or process.poll() is not None:
            return []
        return [process.pid, *_children(process.pid)]

    async def start(self) -> None:
        await self._cluster.start()


def _children(parent: int) -> list[int]:
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                after_name = (folder / "stat").read_text().rpartition(")")[2].split()
                if after_name[1] == str(parent):
                    found.append(int(folder.name))
    return found


class Product:
    """All of it, on this machine, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        api, ehr = free_port(), free_port()
        self.url, self.control = f"http://127.0.0.1:{api}", f"http://127.0.0.1:{ehr}/__sim"
        own = {
            "WALMU_DATA_DIR": str(folder),
            "WALMU_PORT": str(api),
            "WALMU_EHR_PORT": str(ehr),
            "WALMU_PUBLIC_URL": self.url,
            "WALMU_SIM_CONTROL": "1",
            "WALMU_LOG_LEVEL": "warning",
        }
        self.settings = read_dev_settings(own)
        self.cluster = EmbeddedPostgres(folder)
        self.logins = logins_of(self.cluster)
        environment = {**os.environ, **own, **self.logins.environment}
        self.programs = [
            Program(name, command, environment, folder)
            for name, command in (("API", "serve"), ("worker", "worker"), ("simulator", "simulate-ehr"))
        ]
        self.members: dict[str, Member] = {"database": Server(self.cluster)} | {
            p.name: p for p in self.programs
        }

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Everything up; what dies is started again; everything is gone afterwards."""
        await self.cluster.start()
        keepers: list[asyncio.Task[None]] = []
        try:
            await self._found()
            keepers = [asyncio.create_task(self._keep(member)) for member in self.members.values()]
            await self.ready()
            yield
        finally:
            for keeper in keepers:
                keeper.cancel()
            await asyncio.gather(*keepers, return_exceptions=True)
            await asyncio.gather(*(program.end() for program in self.programs))
            await self.cluster.stop()

    async def _found(self) -> None:
        """Tables, a login for each process, secrets, and the contract tests' day."""
        await migrate(self.cluster.url())
        assert await make_logins(self.cluster.url()) == self.logins
        await self.as_administrator(
            "alter system set recovery_init_sync_method = 'syncfs'"
        )  # back in a tenth of the time
        Keyring.create(self.settings.keyring_file)
        Clock(self.settings.clock_file).set(NOW)

    async def as_administrator(self, statement: str) -> None:
        connection = await asyncpg.connect(self.cluster.url(DATABASE, user="postgres"))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    async def ready(self) -> None:
        """Until API and simulator answer, and say that they can be used."""
        async with httpx.AsyncClient(timeout=5) as http:
            for url in (f"{self.url}/readyz", f"{self.control}/clock"):
                deadline = time.monotonic() + 60
                while not await _answers(http, url):
                    if time.monotonic() > deadline:
                        raise TimeoutError(f"{url} does not answer")
                    await asyncio.sleep(0.1)

    async def _keep(self, member: Member) -> None:
        while True:
            if not member.pids():
                try:
                    await member.start()
                except Exception as error:  # noqa: BLE001 - killed while it started: the next round tries again
                    print(f"{member.name} did not start: {type(error).__name__}", flush=True)
            await asyncio.sleep(0.05)

    def kill(self, name: str) -> bool:
        """SIGKILL, all its processes at once; whether there was anything to kill."""
        return _signal(self.members[name].pids(), signal.SIGKILL)

    async def freeze(self, name: str, seconds: float) -> None:
        """SIGSTOP: the connections stay, and nobody answers."""
        pids = self.members[name].pids()
        _signal(pids, signal.SIGSTOP)
        try:
            await asyncio.sleep(seconds)
        finally:
            _signal(pids, signal.SIGCONT)


async def _answers(http: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await http.get(url)).status_code == 200
    except httpx.HTTPError:
        return False


def _signal(pids: list[int], number: signal.Signals) -> bool:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
    return bool(pids)
