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
from walmu_api.foundation.migrating import NOT_THE_OWNER, head
from walmu_api.foundation.problem_responses import from_database
from walmu_api.foundation.statements import Statement

log = structlog.get_logger()
PATIENCE = 30.0
"""Seconds that a start waits for its database."""
_MAY = Statement("""
select to_regrole(:group::text) is not null as made, has_schema_privilege('public', 'create') as is_owner
""")


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
            why = named(error)
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


async def require_ready(database: Database, variable: str, *, as_owner: bool = False) -> None:
    """For a command, which waits for nothing: the database lets this login in, and has the tables of this version."""
    found = None
    try:
        async with database.transaction(Tenancy(None, as_login=True)) as session:
            may = await session.fetchrow(_MAY, group=database.group)
        if may is not None and may["made"]:
            found = await _version(database)
    except Exception as error:  # noqa: BLE001 - every layer below has its own
        raise StartError(
            f"The database lets nobody in ({named(error)}): check address, login and database in {variable}."
        ) from None
    if found != head():
        raise StartError("The tables are not those of this version: run `walmu-api migrate` first.")
    if as_owner and may is not None and not may["is_owner"]:
        raise StartError(NOT_THE_OWNER)


async def _version(database: Database) -> str | None:
    """Of the tables; None where there are none."""
    async with database.transaction(Tenancy(None)) as session:
        if not await session.fetchval("select to_regclass('alembic_version') is not null"):
            return None
        found: str = await session.fetchval("select version_num from alembic_version")
        return found


async def _look_at_tables(database: Database) -> None:
    """Tables that are not there yet may still come (`/readyz` waits for them): said once, where it is looked
    for."""
    found = await _version(database)
    if found != head():
        log.warning(
            "the tables are not those of this version: run `walmu-api migrate`", found=found, wanted=head()
        )


def named(error: BaseException) -> str:
    """The kind of what went wrong, never its text: that may hold the address with its password."""
    origin = getattr(error, "orig", None)
    return type((origin.__cause__ or origin) if origin is not None else error).__name__
