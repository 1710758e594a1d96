"""The start of a process: a database that is only just coming up is waited for, one that never comes is told
of clearly.

A power cut starts everything at once, and a database that recovers takes longer than an API. So who starts
waits a while, says so once, and gives up with a reason; what waiting cannot mend (a password, a role) ends it
at once."""

import asyncio
import time
from collections.abc import Callable, Sequence

import structlog

from walmu_api.foundation.database import Database, Tenancy
from walmu_api.foundation.logins import VARIABLES, UnsafeLoginError
from walmu_api.foundation.migrating import head
from walmu_api.foundation.problem_responses import from_database

log = structlog.get_logger()
PATIENCE = 30.0
"""Seconds that a start waits for its database."""


class StartError(Exception):
    """The process cannot start; the text says why and what to do."""


async def await_databases(
    databases: Sequence[Database], leaving: Callable[[], bool] = lambda: False, patience: float = PATIENCE
) -> bool:
    """Until the database answers and every login is safe, the first one sees the tables; False when the
    process was told to leave meanwhile."""
    until = time.monotonic() + patience
    warned = False
    database = databases[0]
    while not leaving():
        try:
            for database in databases:
                await database.require_safe_login()
        except UnsafeLoginError as error:
            raise StartError(str(error)) from None
        except Exception as error:  # noqa: BLE001 - every layer below has its own
            why = _named(error)
            if from_database(error) is None:
                raise StartError(
                    f"The database lets nobody in ({why}): check login, database and password in "
                    f"{VARIABLES[database.group]} (docs/database-logins.md)."
                ) from None
            if time.monotonic() >= until:
                raise StartError(
                    f"The database did not answer within {patience:g} s ({why}): check DATABASE_URL and the database."
                ) from None
            if not warned:
                log.warning("waiting for the database", seconds=patience, why=why)
                warned = True
            await asyncio.sleep(min(0.5, patience / 4))
        else:
            await _look_at_tables(databases[0])
            return True
    return False


async def _look_at_tables(database: Database) -> None:
    """Tables that are not there yet may still come (`/readyz` waits for them): said once, where it is looked
    for."""
    async with database.transaction(Tenancy(None)) as session:
        known = await session.fetchval("select to_regclass('alembic_version') is not null")
        found = await session.fetchval("select version_num from alembic_version") if known else None
    if found != head():
        log.warning(
            "the tables are not those of this version: run `walmu-api migrate`", found=found, wanted=head()
        )


def _named(error: BaseException) -> str:
    """The kind of what went wrong, never its text: that may hold the address with its password."""
    origin = getattr(error, "orig", None)
    return type((origin.__cause__ or origin) if origin is not None else error).__name__
