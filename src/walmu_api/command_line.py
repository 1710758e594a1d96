"""What the commands share: settings, the database, and how a command fails."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import typer

from walmu_api.settings import Settings, SettingsError, read_settings

if TYPE_CHECKING:
    from walmu_api.foundation.database import Database

T = TypeVar("T")
MOST = 100_000
"""Bytes of a file that a command reads at once."""
Organiser = Annotated[str | None, typer.Option(help="Business id or id; needed where there are several.")]


def read() -> Settings:
    try:
        return read_settings()
    except SettingsError as error:
        fail(str(error))


def fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(2)


def database_url(settings: Settings) -> str:
    if settings.database.url is None:
        fail("DATABASE_URL is not set. For a database of its own, use `make run`.")
    return settings.database.url


def auditors_url(settings: Settings) -> str:
    if settings.database.auditor_url is None:
        fail(
            "WALMU_AUDITOR_URL is not set: the API reads the use log with a login of its own. "
            "docs/database-logins.md has the statement that makes it."
        )
    return settings.database.auditor_url


def workers_url(settings: Settings) -> str:
    return settings.database.worker_url or database_url(settings)


def owners_url(settings: Settings) -> str:
    return settings.database.migration_url or database_url(settings)


def opened(settings: Settings, url: str, **more: Any) -> "Database":
    """The database as one command comes to it."""
    from walmu_api.foundation.clock import Clock
    from walmu_api.foundation.database import Database

    try:
        return Database(url, Clock(settings.clock_file), pool_size=1, application="walmu-command", **more)
    except Exception:  # noqa: BLE001 - its text may hold the password
        fail("A database is addressed as postgresql://login:password@host:port/name: look at the variables.")


def with_database(act: Callable[["Database"], Awaitable[T]], *, as_owner: bool = False) -> T:
    """Do something with the database; what it cannot do is told in a line, without a traceback."""
    import asyncpg
    from sqlalchemy.exc import SQLAlchemyError

    from walmu_api.foundation.migrating import VARIABLES
    from walmu_api.foundation.starting import StartError, named, require_ready
    from walmu_api.record.parties.codes.command import CommandError

    settings = read()
    database = opened(settings, owners_url(settings) if as_owner else database_url(settings))

    async def done() -> T:
        try:
            await require_ready(database, VARIABLES if as_owner else "DATABASE_URL", as_owner=as_owner)
            return await act(database)
        finally:
            await database.close()

    try:
        return asyncio.run(done())
    except (CommandError, StartError) as error:
        fail(str(error))
    except (OSError, TimeoutError, SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        fail(
            f"The database did not do it ({named(error)}). Run the command again: nothing is recorded twice."
        )
    except (KeyboardInterrupt, asyncio.CancelledError):
        fail("Interrupted. Run the command again: nothing is recorded twice.")


def contents(file: Path, what: str) -> bytes:
    """Of a small file that the operator names."""
    try:
        with file.open("rb") as opened_file:
            raw = opened_file.read(MOST + 1)
    except OSError as error:
        fail(f"The file of {what}, {file}, cannot be read: {error.strerror}.")
    if len(raw) > MOST:
        fail(f"The file of {what}, {file}, is too long to be one.")
    return raw
