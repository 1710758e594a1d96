"""What must be true before the demo starts anything. Each failure names the variable that changes it."""

import errno
import os
import socket
from pathlib import Path

from walmu_dev.errors import DemoError
from walmu_dev.operating_system import LockTakenError, lock, make_folder
from walmu_dev.settings import DevSettings

OLDEST_POSTGRESQL = 15


def take_data_folder(folder: Path) -> int:
    """Lock it for one demo; the descriptor holds the lock."""
    another = "Set WALMU_DATA_DIR to another folder."
    try:
        make_folder(folder)
        return lock(folder / "demo.lock")
    except LockTakenError as taken:
        raise DemoError(
            f"A demo already runs on {folder} (process {taken.holder}). Stop it with Ctrl-C. {another}"
        ) from None
    except OSError as error:
        raise DemoError(f"The data folder {folder} cannot be used: {error.strerror}. {another}") from None


def check_ports(settings: DevSettings) -> None:
    api, simulator = settings.api, settings.simulator
    if api.port == simulator.port:
        raise DemoError(
            f"WALMU_PORT and WALMU_EHR_PORT are both {api.port}. Set one of them to another port."
        )
    _check_port(api.host, api.port, "WALMU_PORT")
    _check_port("127.0.0.1", simulator.port, "WALMU_EHR_PORT")


def _check_port(host: str, port: int, variable: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise DemoError(f"Port {port} is taken. Set {variable} to a free port.") from None
        why = os.strerror(error.errno) if error.errno else str(error)
        raise DemoError(
            f"Port {port} on {host} cannot be opened: {why}. Set {variable} to another."
        ) from None


async def check_database(url: str) -> None:
    """The database that `DATABASE_URL` names answers and is new enough."""
    import asyncpg  # noqa: PLC0415 -- late: the first line should appear before this is loaded

    try:
        connection = await asyncpg.connect(url.replace("postgresql+asyncpg:", "postgresql:", 1), timeout=10)
    except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise DemoError(
            f"The database of DATABASE_URL does not answer: {error or type(error).__name__}"
        ) from None
    try:
        version = connection.get_server_version()
    finally:
        await connection.close()
    if version.major < OLDEST_POSTGRESQL:
        raise DemoError(
            f"DATABASE_URL names a PostgreSQL {version.major}; {OLDEST_POSTGRESQL} is the oldest to use."
        )
