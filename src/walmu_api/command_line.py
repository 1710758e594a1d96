"""What the commands share: settings, the database, and how a command fails."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar

import typer

from walmu_api.settings import Settings, SettingsError, read_settings

if TYPE_CHECKING:
    from walmu_api.foundation.database import Database

T = TypeVar("T")
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


def with_database(act: Callable[["Database"], Awaitable[T]], *, as_owner: bool = False) -> T:
    """Do something with the database; what it cannot do is told without a traceback."""
    from walmu_api.foundation.clock import Clock
    from walmu_api.foundation.database import Database
    from walmu_api.record.parties.codes.command import CommandError

    settings = read()
    url = owners_url(settings) if as_owner else database_url(settings)
    database = Database(url, Clock(settings.clock_file), pool_size=1, application="walmu-command")

    async def done() -> T:
        try:
            return await act(database)
        finally:
            await database.close()

    try:
        return asyncio.run(done())
    except CommandError as error:
        fail(str(error))
