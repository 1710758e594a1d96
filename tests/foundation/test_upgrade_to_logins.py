"""An installation from before each process had a login of its own (ADR 40): what it is told, and that the page mends it."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
from tests.foundation.test_starting import walmu

from walmu_api.foundation.clock import Clock
from walmu_api.foundation.database import Database
from walmu_api.foundation.encryption import Keyring
from walmu_api.foundation.logins import APP, AUDITOR, WORKER
from walmu_api.foundation.migrating import MigrationError, _upgrade, migrate
from walmu_dev.founding import found
from walmu_dev.postgres.embedded import DATABASE, EmbeddedPostgres, temporary_cluster
from walmu_dev.postgres.logins import Logins, make_logins

PAGE = Path(__file__).parents[2] / "docs" / "database-logins.md"
BEFORE = "0014"


@pytest.fixture
async def old() -> AsyncIterator[EmbeddedPostgres]:
    """With one login for all, as the README had it, an organiser, and an assertion that was used."""
    async with temporary_cluster() as cluster:
        administrator = await asyncpg.connect(cluster.url(DATABASE, user="postgres"))
        await asyncio.to_thread(_upgrade, cluster.url(), BEFORE)
        await administrator.execute("create role of_yesterday login in role walmu_app, walmu_auditor")
        await found(administrator, "Hyvinvointialue", "1234567-1", "organiser-1", {"keys": []})
        await administrator.execute(
            "insert into used_jti values ('organiser-1', 'kept', now() + interval '1 hour'),"
            " ('unknown', 'lost', now() + interval '1 hour')"
        )
        await administrator.close()
        yield cluster


async def test_the_login_of_yesterday_is_told_what_to_run(old: EmbeddedPostgres, tmp_path: Path) -> None:
    await migrate(old.url())
    Keyring.create(tmp_path / "keyring.json")
    given = old.url(user="of_yesterday")
    for command, group, variable in (("serve", APP, "DATABASE_URL"), ("worker", WORKER, "WALMU_WORKER_URL")):
        done = walmu(tmp_path, command, DATABASE_URL=given, WALMU_AUDITOR_URL=given)
        assert done.returncode == 3
        text = done.stdout + done.stderr
        assert "of_yesterday" in text
        assert f"CREATE ROLE {group}_login LOGIN NOINHERIT PASSWORD '…' IN ROLE {group};" in text
        assert variable in text
        assert "Traceback" not in text


async def test_the_page_mends_it(old: EmbeddedPostgres, tmp_path: Path) -> None:
    """As the owner, who may make roles; what was there before is there afterwards."""
    await migrate(old.url())
    owner = await asyncpg.connect(old.url())
    rows = await owner.fetch(
        "select u.client_id, u.jti, o.name from used_jti u join organisers o on o.id = organiser_id"
    )
    assert [tuple(row) for row in rows] == [("organiser-1", "kept", "Hyvinvointialue")]
    administrator = await asyncpg.connect(old.url(DATABASE, user="postgres"))
    for group in (APP, WORKER, AUDITOR):
        (line,) = re.findall(rf"(?m)^CREATE ROLE {group}_login .*;$", PAGE.read_text(encoding="utf-8"))
        await administrator.execute(line)
        database = Database(old.url(user=f"{group}_login"), Clock(), group=group, pool_size=1)
        await database.require_safe_login()
        await database.close()
    await administrator.close()
    await owner.close()


async def test_an_owner_that_may_make_no_roles_is_told_what_an_administrator_runs(
    old: EmbeddedPostgres,
) -> None:
    administrator = await asyncpg.connect(old.url(DATABASE, user="postgres"))
    await administrator.execute("alter role walmu_owner nocreaterole")
    with pytest.raises(MigrationError, match=r"CREATE ROLE walmu_worker; GRANT walmu_worker TO walmu_owner;"):
        await migrate(old.url())
    await administrator.execute("create role walmu_worker; grant walmu_worker to walmu_owner")
    await migrate(old.url())
    await administrator.close()


async def test_so_is_one_of_a_new_installation() -> None:
    async with temporary_cluster() as cluster:
        administrator = await asyncpg.connect(cluster.url(DATABASE, user="postgres"))
        await administrator.execute("alter role walmu_owner nocreaterole")
        with pytest.raises(MigrationError) as refused:
            await migrate(cluster.url())
        what = "CREATE ROLE walmu_app; CREATE ROLE walmu_worker; CREATE ROLE walmu_auditor; GRANT walmu_app, walmu_worker, walmu_auditor TO walmu_owner;"
        assert what in str(refused.value)
        assert what in " ".join(PAGE.read_text(encoding="utf-8").split())
        await administrator.execute(what)
        await migrate(cluster.url())
        await administrator.close()


@pytest.mark.parametrize("command", ["migrate", "restored"])
async def test_what_the_owner_does_is_refused_to_the_login_of_the_api_in_one_line(
    logins: Logins, tmp_path: Path, command: str
) -> None:
    done = walmu(tmp_path, command, DATABASE_URL=logins.api)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert "set WALMU_MIGRATION_URL to the login of the tables' owner" in done.stderr


async def test_where_the_owner_has_a_password_each_login_of_the_demo_gets_one(old: EmbeddedPostgres) -> None:
    await migrate(old.url())
    parts = urlsplit(old.url())
    named = parts._replace(netloc="walmu_owner:secret@").geturl()
    first, second = await make_logins(named), await make_logins(named)
    passwords = {
        urlsplit(url).password
        for logins in (first, second)
        for url in (logins.api, logins.worker, logins.auditor)
    }
    assert len(passwords - {None, "secret"}) == 6
    connection = await asyncpg.connect(second.worker)
    assert await connection.fetchval("select session_user::text") == "walmu_worker_demo"
    await connection.close()
