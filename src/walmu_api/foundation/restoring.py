"""After a restore from backup: the journal begins a new era, so that every reader hears of it."""

import asyncpg

from walmu_api.foundation.migrating import NOT_THE_OWNER, MigrationError, connect


async def begin_era(url: str) -> int:
    """Grow the era by one, as the owner of the tables; answers the new one. Once more is harmless, but costs
    every consumer another reading from the beginning."""
    connection = await connect(url)
    try:
        async with connection.transaction():
            # after the writers of now: a change of the era that ends is then there, or belongs to the new one
            await connection.execute(
                "set local lock_timeout = '30s'; lock table journal in share row exclusive mode"
            )
            era: int | None = await connection.fetchval("update journal_era set era = era + 1 returning era")
    except asyncpg.UndefinedTableError:
        raise MigrationError(
            "This database has no tables of Walmu API: run `walmu-api migrate` first."
        ) from None
    except asyncpg.InsufficientPrivilegeError:
        raise MigrationError(NOT_THE_OWNER) from None
    except asyncpg.LockNotAvailableError:
        raise MigrationError(
            "Something keeps writing to the journal: stop API and worker, and try again."
        ) from None
    finally:
        await connection.close()
    assert era is not None
    return era
