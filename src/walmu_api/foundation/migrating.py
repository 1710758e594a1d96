"""Bringing the database to this version's tables, as its owner."""

import asyncio
from pathlib import Path

import asyncpg

MIGRATIONS = Path(__file__).resolve().parents[3] / "migrations"

VARIABLES = "WALMU_MIGRATION_URL (or, without it, DATABASE_URL)"
NOT_THE_OWNER = "This login may not do that: set WALMU_MIGRATION_URL to the login of the tables' owner."


class MigrationError(Exception):
    """The database cannot be migrated; the text says what to do."""


def plain_url(url: str) -> str:
    """The URL as the driver itself takes it."""
    scheme, _, rest = url.partition("://")
    return f"{scheme.split('+')[0]}://{rest}"


def head() -> str:
    """The version of the tables that this code needs."""
    return max(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


async def connect(url: str) -> asyncpg.Connection:
    """As the owner of the tables, or who may make them."""
    try:
        connection = await asyncpg.connect(plain_url(url), timeout=10)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
        raise MigrationError(
            f"The database does not answer ({type(error).__name__}): check {VARIABLES}."
        ) from None
    if connection.get_server_version().major < 15:
        await connection.close()
        raise MigrationError("PostgreSQL 15 or newer is needed.")
    if not await connection.fetchval("select has_schema_privilege('public', 'create')"):
        await connection.close()
        raise MigrationError(NOT_THE_OWNER)
    return connection


async def migrate(url: str) -> None:
    """Upgrade to the newest version and make the use log's coming months. Safe to run again and from several
    places."""
    connection = await connect(url)
    try:
        known = await connection.fetchval("select to_regclass('alembic_version') is not null")
        if not known or await connection.fetchval("select version_num from alembic_version") != head():
            await asyncio.to_thread(_upgrade, url)
        await connection.execute("select walmu_use_log_months(24)")
    except asyncpg.RaiseError as error:  # what a migration of ours has to say to an operator
        raise MigrationError(error.message) from None
    finally:
        await connection.close()


def _upgrade(url: str, to: str = "head") -> None:
    from alembic import command  # noqa: PLC0415 - half a second that most starts do not need
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    command.upgrade(config, to)


def run_script(sql: str) -> None:
    """Several statements of a migration at once, inside the migration's transaction."""
    from alembic import op  # noqa: PLC0415

    op.execute("select 1")  # the driver's transaction begins with the first statement of SQLAlchemy
    op.get_bind().connection.dbapi_connection.run_async(lambda driver: driver.execute(sql))  # type: ignore[union-attr]
