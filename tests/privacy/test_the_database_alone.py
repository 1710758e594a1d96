"""The database holds alone: a session that forgets its role, or whose rows it may touch, sees and writes nothing.

Every table of the catalogue is tried with the logins that the processes have, over connections of their own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
from tests.conftest import ApiClient, TenantFixture
from tests.privacy.row_rules import NO_TENANT
from tests.privacy.test_row_level_security import Undone, with_rows_everywhere

from walmu_api.foundation.clock import Clock
from walmu_api.foundation.database import Database, Tenancy
from walmu_api.foundation.migrating import plain_url
from walmu_dev.postgres.logins import Logins

LOGINS = {"walmu_app": "api", "walmu_worker": "worker", "walmu_auditor": "auditor"}
EVERY_TABLE = """
select relname::text as name, has_table_privilege($1::text, oid, 'select') as reads,
  has_table_privilege($1::text, oid, 'insert') as inserts, has_table_privilege($1::text, oid, 'update') as updates,
  has_table_privilege($1::text, oid, 'delete') as deletes
from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f') order by 1
"""


@asynccontextmanager
async def connected(logins: Logins, group: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(plain_url(getattr(logins, LOGINS[group])))
    try:
        yield connection
    finally:
        await connection.close()


@pytest.fixture
async def full(world: TenantFixture) -> TenantFixture:
    await with_rows_everywhere(world)
    return world


@pytest.mark.parametrize("group", LOGINS)
async def test_a_session_that_forgets_its_role_sees_and_writes_nothing(
    full: TenantFixture, logins: Logins, group: str
) -> None:
    """Even when it says whose rows it wants."""
    tables = [row["name"] for row in await full.owner.fetch(EVERY_TABLE, group)]
    assert len(tables) > 50, "parts of the use log included"
    async with connected(logins, group) as session:
        await session.execute(f"set walmu.organiser = '{full.organiser_id}'")
        for table in tables:
            for statement in (
                f"select * from public.{table}",
                f"insert into public.{table} default values",
                f"delete from public.{table}",
            ):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await session.execute(statement)


@pytest.mark.parametrize("group", LOGINS)
async def test_a_session_that_forgets_its_tenant_sees_and_writes_nothing(
    full: TenantFixture, logins: Logins, group: str
) -> None:
    """Each row that is there is said again: the policy refuses it before any key is looked at."""
    wrong, tried = list[str](), 0
    async with connected(logins, group) as session:
        await session.execute(f"set role {group}")
        for table in await full.owner.fetch(EVERY_TABLE, group):
            name = table["name"]
            if name in NO_TENANT:
                continue
            tried += table["reads"] or table["inserts"]
            if table["reads"] and await session.fetchval(f"select count(*) from {name}"):
                wrong.append(f"{name} is seen")
            if (
                table["updates"]
                and await session.execute(f"update {name} set organiser_id = organiser_id") != "UPDATE 0"
            ):
                wrong.append(f"{name} is changed")
            if table["deletes"] and await session.execute(f"delete from {name}") != "DELETE 0":
                wrong.append(f"{name} is deleted from")
            if table["inserts"]:
                wrong += [f"{name} takes a row"] if await _takes(session, full, name) else []
    assert wrong == []
    assert tried >= {"walmu_app": 25, "walmu_worker": 15, "walmu_auditor": 1}[group]


async def _takes(session: asyncpg.Connection, world: TenantFixture, table: str) -> bool:
    """Whether a row that is there would be taken once more, but for its key."""
    row = await world.owner.fetchval(
        f"select to_json(t)::text from {table} t where organiser_id = $1", world.organiser_id
    )
    assert row is not None, f"{table} is empty: nothing is shown"
    generated = "overriding system value" if table == "journal" else ""
    statement = f"insert into {table} {generated} select * from json_populate_record(null::{table}, $1::json)"
    async with Undone(session):
        try:
            await session.execute(statement, row)
        except asyncpg.InsufficientPrivilegeError:
            return False
        except asyncpg.IntegrityConstraintViolationError:
            return True
    return True


@pytest.mark.parametrize("group", LOGINS)
async def test_a_login_becomes_its_group_and_nobody_else(
    owner: asyncpg.Connection, logins: Logins, group: str
) -> None:
    roles = [
        row[0] for row in await owner.fetch("select rolname::text from pg_roles where rolname <> $1", group)
    ]
    async with connected(logins, group) as session:
        own = await session.fetchval("select session_user::text")
        for role in set(roles) - {own}:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await session.execute(f'set role "{role}"')
        await session.execute(f"set role {group}")


async def test_keys_are_found_by_the_client_id_that_asks(
    world: TenantFixture, elsewhere: TenantFixture
) -> None:
    for speaker in (world.provider_a, elsewhere.organiser):
        known = await world.app_context.registry.find_keys(world.app_context.database, speaker.client_id)
        assert [place.system_id for place in known] == [speaker.system_id]


@pytest.mark.parametrize("asked", ["'; reset role; --", "\\'; select 1; --", "kissa ", "%", "ä", "", "\n"])
async def test_a_client_id_from_outside_is_no_part_of_a_statement(world: TenantFixture, asked: str) -> None:
    assert await world.app_context.registry.find_keys(world.app_context.database, asked) == []
    async with world.app_context.database.transaction(Tenancy(None, client_id=asked)) as session:
        assert await session.fetchval("select walmu_client_id()") == (asked or None)
        assert await session.fetchval("select current_user::text") == "walmu_app"


async def test_the_client_id_does_not_outlive_its_transaction(world: TenantFixture, logins: Logins) -> None:
    one = Database(logins.api, Clock(), pool_size=1)
    async with one.transaction(Tenancy(None, client_id=world.provider_a.client_id)) as session:
        assert await session.fetchval("select count(*) from system_keys") == 1
    async with one.transaction(Tenancy(None)) as session:
        assert await session.fetchval("select count(*) from system_keys") == 0
    await one.close()


async def test_the_use_log_is_read_with_the_auditors_login_and_no_other(world: TenantFixture) -> None:
    seen = {(await each.get("/v1/use-log")).status_code for each in _others(world)}
    assert seen == {403}
    assert (await world.auditor.get("/v1/use-log")).status_code == 200
    assert await _logins(world, "walmu-auditor") == {"walmu_auditor_demo"}
    assert await _logins(world, "walmu-api") == {"walmu_app_demo"}


def _others(world: TenantFixture) -> list[ApiClient]:
    return [each for each in world.speakers if each is not world.auditor]


async def _logins(world: TenantFixture, application: str) -> set[str]:
    rows = await world.owner.fetch(
        "select usename::text from pg_stat_activity where application_name = $1", application
    )
    return {row[0] for row in rows}
