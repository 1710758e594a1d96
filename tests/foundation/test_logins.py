"""A process asks who it logged in as and what that login may become, and serves only when the database would hold alone.

Each case is a login that an operator could have given; the expected answer is from the rules of the service (ADR 40)."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from walmu_api.access.guard import AppContext
from walmu_api.foundation.clock import Clock
from walmu_api.foundation.database import Database, Tenancy
from walmu_api.foundation.logins import APP, AUDITOR, LOOK, WORKER, UnsafeLoginError
from walmu_dev.postgres.embedded import DATABASE, EmbeddedPostgres

PAGE = Path(__file__).parents[2] / "docs" / "database-logins.md"
GROUPS = (APP, WORKER, AUDITOR)
SAFE = "create role case_login login noinherit in role walmu_app"
REFUSED = {
    "a superuser": ("create role case_login superuser login", "SUPERUSER"),
    "who bypasses row-level security": (
        "create role case_login login bypassrls noinherit in role walmu_app",
        "BYPASSRLS",
    ),
    "who makes roles": ("create role case_login login createrole noinherit in role walmu_app", "CREATEROLE"),
    "who reads the files by replication": (
        "create role case_login login replication noinherit in role walmu_app",
        "REPLICATION",
    ),
    "who may become the owner": (f"{SAFE}, walmu_owner", "walmu_owner"),
    "who may become the owner through another": (
        f"create role case_between in role walmu_owner; {SAFE}, case_between",
        "walmu_owner",
    ),
    "who may become a superuser": (f"create role case_between superuser; {SAFE}, case_between", "SUPERUSER"),
    "who may become one that bypasses": (
        f"create role case_between bypassrls; {SAFE}, case_between",
        "BYPASSRLS",
    ),
    "who may let itself become the owner": (
        f"{SAFE}; grant walmu_owner to case_login with admin option",
        "walmu_owner",
    ),
    "who reads all data": (f"{SAFE}, pg_read_all_data", "pg_read_all_data"),
    "who writes all data": (f"{SAFE}, pg_write_all_data", "pg_write_all_data"),
    "who runs programs": (f"{SAFE}, pg_execute_server_program", "pg_execute_server_program"),
    "who reads files": (f"{SAFE}, pg_read_server_files", "pg_read_server_files"),
    "who writes files": (f"{SAFE}, pg_write_server_files", "pg_write_server_files"),
    "who reads what others ask": (f"{SAFE}, pg_read_all_stats", "pg_read_all_stats"),
    "API and auditor in one": (f"{SAFE}, walmu_auditor", "may become walmu_auditor"),
    "API and worker in one": (f"{SAFE}, walmu_worker", "may become walmu_worker"),
    "the worker's": (
        "create role case_login login noinherit in role walmu_worker",
        "is no member of walmu_app",
    ),
    "no member": ("create role case_login login", "is no member of walmu_app"),
    "who has the rights without asking for the role": (
        "create role case_login login inherit in role walmu_app",
        "without taking a role",
    ),
    "who has a table's rights itself": (
        f"{SAFE}; grant select on clients to case_login",
        "without taking a role",
    ),
    "who has a column's rights itself": (
        f"{SAFE}; grant select (id) on clients to case_login",
        "without taking a role",
    ),
    "the owner of a table": (
        f"{SAFE}; create table case_table (); alter table case_table owner to case_login",
        "owns",
    ),
    "the owner of a schema": (f"{SAFE}; create schema case_schema authorization case_login", "owns"),
    "who may make tables": (f"{SAFE}; grant create on schema public to case_login", "may create in public"),
    "who may make tables in another schema": (
        f"{SAFE}; create schema case_schema; grant create on schema case_schema to case_login",
        "may create in case_schema",
    ),
    "who may make schemas": (
        f"{SAFE}; grant create on database {DATABASE} to case_login",
        f"may create in {DATABASE}",
    ),
    "who may let others become its group": (
        f"{SAFE}; grant walmu_app to case_login with admin option",
        "may give walmu_app to others",
    ),
    "who may let others become its group, and not itself": (
        f"{SAFE}; grant walmu_app to case_login with admin option, inherit false, set false",
        "may give walmu_app to others",
    ),
}
OF_GROUP = {
    "makes tables": (
        "grant create on schema public to walmu_app",
        "revoke create on schema public from walmu_app",
        "may create in public",
    ),
    "makes schemas": (
        f"grant create on database {DATABASE} to walmu_app",
        f"revoke create on database {DATABASE} from walmu_app",
        f"may create in {DATABASE}",
    ),
    "makes databases": ("alter role walmu_app createdb", "alter role walmu_app nocreatedb", "CREATEDB"),
    "makes roles": ("alter role walmu_app createrole", "alter role walmu_app nocreaterole", "CREATEROLE"),
    "bypasses row-level security": (
        "alter role walmu_app bypassrls",
        "alter role walmu_app nobypassrls",
        "BYPASSRLS",
    ),
    "is a superuser": ("alter role walmu_app superuser", "alter role walmu_app nosuperuser", "SUPERUSER"),
    "may let itself become a superuser": (
        "create role case_between superuser; grant case_between to walmu_app with admin option, set false",
        "drop role case_between",
        "SUPERUSER",
    ),
    "writes all data": (
        "grant pg_write_all_data to walmu_app",
        "revoke pg_write_all_data from walmu_app",
        "pg_write_all_data",
    ),
    "owns a table": (
        "create table case_table (); alter table case_table owner to walmu_app",
        "drop table case_table",
        "owns",
    ),
    "empties a table, past every policy": (
        "grant truncate on clients to walmu_app",
        "revoke truncate on clients from walmu_app",
        "past row-level security (clients, …)",
    ),
    "puts triggers on a table, that run as whoever writes": (
        "grant trigger on clients to walmu_app",
        "revoke trigger on clients from walmu_app",
        "past row-level security (clients, …)",
    ),
    "lets others become it": (
        "create role case_between; grant case_between to walmu_app with admin option, set false",
        "drop role case_between",
        "case_between",
    ),
}
"""What the group itself was given later, which the login then has: what is done, how it is undone, what is said."""
MENDED = """
drop table if exists case_table; drop schema if exists case_schema;
do $$ declare each text; begin
  for each in select rolname from pg_roles where rolname like 'case\\_%' loop
    execute format('drop owned by %I; drop role %I', each, each);
  end loop;
end $$
"""


@pytest.fixture
async def administrator(cluster: EmbeddedPostgres) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(cluster.url(DATABASE, user="postgres"))
    yield connection
    await connection.execute(MENDED)
    await connection.close()


async def refusal(cluster: EmbeddedPostgres, tmp_path: Path, login: str, group: str = APP) -> str:
    """What a process says of the login that it was given; nothing when it would serve."""
    database = Database(cluster.url(user=login), Clock(tmp_path / "clock"), group=group, pool_size=1)
    try:
        await database.require_safe_login()
    except UnsafeLoginError as error:
        return str(error)
    finally:
        await database.close()
    return ""


@pytest.mark.parametrize("case", REFUSED)
async def test_a_login_that_could_see_more_is_refused(
    cluster: EmbeddedPostgres, administrator: asyncpg.Connection, tmp_path: Path, case: str
) -> None:
    given, reason = REFUSED[case]
    await administrator.execute(given)
    message = await refusal(cluster, tmp_path, "case_login")
    assert "case_login in DATABASE_URL" in message, f"{case} serves"
    assert reason in message
    assert "CREATE ROLE walmu_app_login LOGIN NOINHERIT PASSWORD '…' IN ROLE walmu_app;" in message
    assert "docs/database-logins.md" in message


@pytest.mark.parametrize("case", OF_GROUP)
async def test_a_login_whose_group_could_see_more_is_refused(
    cluster: EmbeddedPostgres, administrator: asyncpg.Connection, tmp_path: Path, case: str
) -> None:
    given, undone, reason = OF_GROUP[case]
    await administrator.execute(SAFE)
    assert await refusal(cluster, tmp_path, "case_login") == ""
    await administrator.execute(given)
    try:
        assert reason in await refusal(cluster, tmp_path, "case_login"), f"a group that {case} serves"
    finally:
        await administrator.execute(undone)


async def test_the_owner_is_refused(cluster: EmbeddedPostgres, tmp_path: Path) -> None:
    message = await refusal(cluster, tmp_path, "walmu_owner")
    assert "walmu_owner" in message
    assert "owns" in message


async def test_who_owns_the_database_is_refused(
    cluster: EmbeddedPostgres, administrator: asyncpg.Connection, tmp_path: Path
) -> None:
    await administrator.execute(SAFE)
    await administrator.execute(f"alter database {DATABASE} owner to case_login")
    try:
        assert "owns" in await refusal(cluster, tmp_path, "case_login")
    finally:
        await administrator.execute(f"alter database {DATABASE} owner to walmu_owner")


async def test_a_refusal_names_everything_at_once(
    cluster: EmbeddedPostgres, administrator: asyncpg.Connection, tmp_path: Path
) -> None:
    await administrator.execute(
        "create role case_login login createrole inherit in role walmu_app, pg_read_all_data"
    )
    message = await refusal(cluster, tmp_path, "case_login")
    for word in ("case_login", "CREATEROLE", "pg_read_all_data", "NOINHERIT"):
        assert word in message


async def test_who_logged_in_is_told_whatever_role_was_taken(app_context: AppContext) -> None:
    """The role always agrees with itself: that was the mistake."""
    async with app_context.database.transaction(Tenancy(None)) as session:
        assert await session.fetchval("select current_user::text") == APP
        found = await session.fetchrow(LOOK, group=APP)
    assert found is not None
    assert found["login"] == "walmu_app_demo"


@pytest.mark.parametrize("group", GROUPS)
async def test_the_logins_that_the_page_makes_are_taken(
    cluster: EmbeddedPostgres, administrator: asyncpg.Connection, tmp_path: Path, group: str
) -> None:
    """The statements are the page's, letter by letter, but for the name and the password."""
    (line,) = re.findall(rf"(?m)^CREATE ROLE {group}_login .*;$", PAGE.read_text(encoding="utf-8"))
    await administrator.execute(line.replace(f"{group}_login", "case_login"))
    assert await refusal(cluster, tmp_path, "case_login", group) == ""


@pytest.mark.parametrize("group", GROUPS)
async def test_the_logins_of_demo_and_tests_are_taken(
    cluster: EmbeddedPostgres, tmp_path: Path, group: str
) -> None:
    assert await refusal(cluster, tmp_path, f"{group}_demo", group) == ""


async def test_a_database_of_yesterday_is_told_to_be_migrated_first(
    cluster: EmbeddedPostgres, administrator: asyncpg.Connection, tmp_path: Path
) -> None:
    await administrator.execute("create role case_login login noinherit")
    assert "walmu-api migrate" in await refusal(cluster, tmp_path, "case_login", "walmu_of_tomorrow")
