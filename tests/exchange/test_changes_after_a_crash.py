"""The change feed over a crash of the database: a transaction's number that never reached the disk is given out again."""

import signal
from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest
from tests.conftest import TenantFixture, make_world

from walmu_api.app import build_app_context, create_app
from walmu_api.foundation import journal
from walmu_api.foundation.journal import Change
from walmu_api.foundation.migrating import migrate
from walmu_api.settings import Settings
from walmu_dev.postgres.embedded import EmbeddedPostgres, temporary_cluster
from walmu_dev.postgres.logins import logins_of, make_logins


@pytest.fixture
async def cluster() -> AsyncIterator[EmbeddedPostgres]:
    """Of its own, and slow to bring to the disk what no commit waits for."""
    async with temporary_cluster() as cluster:
        await migrate(cluster.url())
        await make_logins(cluster.url())
        administrator = await asyncpg.connect(cluster.url("postgres", user="postgres"))
        await administrator.execute("alter system set wal_writer_delay = '10s'")
        await administrator.execute("select pg_reload_conf()")
        await administrator.close()
        yield cluster


async def crash(world: TenantFixture, cluster: EmbeddedPostgres) -> None:
    """SIGQUIT is the end without any goodbye: what is not on the disk is gone."""
    await world.app_context.database.close()
    assert cluster.process is not None
    cluster.process.send_signal(signal.SIGQUIT)
    await cluster.ended()
    await cluster.start()


async def note(world: TenantFixture, name: str) -> None:
    actor = journal.Actor(world.organiser.organisation_id, world.organiser.system_id)
    async with world.transaction() as session:
        await journal.append(session, actor, Change("unit", uuid4(), 1, "created", source_id=name))
        if name == "refused":
            raise ZeroDivisionError


@pytest.mark.parametrize("asked", ["/v1/changes", "/v1/changes?resource_type=unit"])
async def test_no_change_after_a_crash_is_passed_over(
    settings: Settings, cluster: EmbeddedPostgres, asked: str
) -> None:
    logins = logins_of(cluster)
    app_context = build_app_context(settings, logins.api, logins.auditor)
    owner = await asyncpg.connect(cluster.url())
    world = await make_world(create_app(app_context), app_context, owner)
    await owner.close()
    _, link = await world.feed(world.organiser, asked)
    for _ in range(20):
        with pytest.raises(ZeroDivisionError):
            await note(world, "refused")
    data, link = await world.feed(world.organiser, link)
    assert data == []
    await crash(world, cluster)
    await note(world, "after the crash")
    data, _ = await world.feed(world.organiser, link)
    await app_context.database.close()
    assert [item["source_id"] for item in data] == ["after the crash"]
