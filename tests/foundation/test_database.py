"""The one place that commits: role and tenant go with the transaction, dead connections are replaced."""

import asyncio
import contextlib
from typing import Any

import asyncpg
import pytest
from tests.conftest import TenantFixture

from walmu_api.foundation.database import Database, Session, Tenancy, driver_url
from walmu_api.foundation.problem_responses import from_database
from walmu_api.foundation.record_ids import uuid7
from walmu_api.foundation.statements import Statement

STATE = "select current_user, current_setting('walmu.organiser', true), current_setting('walmu.organisation', true)"


async def test_a_connection_goes_back_without_tenant_or_role(world: TenantFixture) -> None:
    scoped = Tenancy(world.organiser_id, world.provider_a.organisation_id)
    async with world.app_context.database.transaction(scoped) as session:
        first, driver = [tuple(row) for row in await session.fetch(STATE)], session.driver
    assert first == [("walmu_app", str(world.organiser_id), str(world.provider_a.organisation_id))]
    (left,) = [tuple(row) for row in await driver.fetch(STATE)]
    assert left[0] != "walmu_app"
    assert (left[1] or "", left[2] or "") == ("", "")


async def test_who_steps_out_of_the_narrowing_inside_who_did_is_narrowed_again_by_the_outer(
    world: TenantFixture,
) -> None:
    """What the whole organiser is asked for may itself ask so: it must not narrow what comes after it."""
    scoped = Tenancy(world.organiser_id, world.provider_a.organisation_id)
    async with world.app_context.database.transaction(scoped) as session:
        async with session.without_tenant_scope():
            async with session.without_tenant_scope():
                pass
            inside = (await session.fetch(STATE))[0][2]
        after = (await session.fetch(STATE))[0][2]
    assert (inside, after) == ("", str(world.provider_a.organisation_id))


async def test_a_transaction_of_nobody_sees_nothing(world: TenantFixture) -> None:
    await world.client()
    async with world.app_context.database.transaction(Tenancy(None)) as session:
        for table in ("clients", "organisations", "journal", "connected_systems"):
            assert await session.fetchval(f"select count(*) from {table}") == 0


async def test_a_session_of_another_organiser_sees_and_changes_nothing(
    world: TenantFixture, elsewhere: TenantFixture
) -> None:
    client = await world.client()
    async with elsewhere.transaction() as session:
        assert (
            await session.fetchval(
                Statement("select count(*) from clients where organiser_id = :organiser"),
                organiser=world.organiser_id,
            )
            == 0
        )
        done = await session.execute(
            Statement("update clients set family_name = 'x' where id = :id"), id=client["id"]
        )
        assert done == "UPDATE 0"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with elsewhere.transaction() as session:
            await session.execute(
                Statement(
                    "insert into journal (organiser_id, era, resource_type, resource_id, version, change, actor_organisation, actor_system)"
                    " values (:organiser, 1, 'client', :id, 1, 'created', :id, :id)"
                ),
                organiser=world.organiser_id,
                id=uuid7(),
            )


async def test_a_provider_sees_through_the_second_net_only_what_names_it(world: TenantFixture) -> None:
    await world.signed_agreement()
    counts = {}
    for speaker in (world.provider_a, world.provider_b):
        async with world.app_context.database.transaction(
            Tenancy(world.organiser_id, speaker.organisation_id)
        ) as session:
            counts[speaker.client_id[:10]] = [
                await session.fetchval(f"select count(*) from {table}")
                for table in ("clients", "service_relationships", "decisions", "agreements", "client_access")
            ]
    assert list(counts.values()) == [[1, 1, 1, 1, 1], [0, 0, 0, 0, 0]]


async def test_killed_connections_are_replaced_without_an_error_to_the_next_request(
    world: TenantFixture,
) -> None:
    callers = (world.organiser, world.provider_a, world.provider_b, world.workplace, world.auditor)
    await asyncio.gather(*(speaker.get("/v1/whoami") for speaker in callers * 6))
    killed = await world.owner.fetch(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'walmu-api'"
    )
    assert len(killed) > 3
    answers = await asyncio.gather(*(speaker.get("/v1/whoami") for speaker in callers * 4))
    assert {answer.status_code for answer in answers} == {200}


async def test_one_request_finds_its_way_past_any_number_of_dead_connections(world: TenantFixture) -> None:
    """Tried: a database that cut everything off while six connections lay idle; a request took three of them and failed."""
    database = world.app_context.database
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(6):
            await stack.enter_async_context(database.transaction(Tenancy(None)))
    await world.owner.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'walmu-api'"
    )
    await asyncio.sleep(0.2)  # the ends of the connections arrive
    async with database.transaction(Tenancy(None)) as session:
        assert await session.fetchval("select 1") == 1


@pytest.mark.parametrize(
    "fault",
    [
        asyncpg.InternalClientError("cannot switch to state 12; protocol is in the failed state"),
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
        asyncpg.CannotConnectNowError("the database system is starting up"),
        ConnectionRefusedError(),
    ],
)
def test_a_database_that_dies_is_a_fault_that_passes(fault: Exception) -> None:
    """Whatever the driver makes of it (all of these were seen under kills): no error of ours (500), and no reason to set
    the delivery aside that was just being made."""
    problem = from_database(fault)
    assert problem is not None
    assert problem.kind.status == 503


async def test_a_commit_that_fails_is_not_answered_as_done(
    world: TenantFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute = Session.execute

    async def swallow(session: Session, statement: Statement | str, **values: Any) -> str:
        if "into use_log" not in str(statement):
            return await execute(session, statement, **values)
        try:
            return await session.driver.execute("select 1 / 0")
        except asyncpg.PostgresError:
            return "swallowed"

    entry = {"family_name": "Hukka", "given_names": "Testi", "turvakielto": False, "source_id": "lost"}
    with monkeypatch.context() as patch:
        patch.setattr(Session, "execute", swallow)
        answer = await world.organiser.post("/v1/clients", entry)
    assert answer.status_code == 500, answer.text
    assert (
        await world.owner.fetchval("select count(*) from clients where organiser_id = $1", world.organiser_id)
        == 0
    )


async def test_an_error_rolls_everything_back(world: TenantFixture) -> None:
    with pytest.raises(RuntimeError):
        async with world.transaction() as session:
            await session.execute(
                Statement(
                    "insert into used_jti (organiser_id, client_id, jti, expires_at)"
                    " values (:organiser, 'x', :jti, clock_timestamp() + interval '1 day')"
                ),
                organiser=world.organiser_id,
                jti=world.provider_a.client_id,
            )
            raise RuntimeError
    found = await world.owner.fetchval(
        "select count(*) from used_jti where jti = $1", world.provider_a.client_id
    )
    assert found == 0


async def test_a_cancelled_request_leaves_no_open_transaction(world: TenantFixture) -> None:
    async def sleeper() -> None:
        async with world.transaction() as session:
            await session.fetchval("select pg_sleep(5)")

    task = asyncio.create_task(sleeper())
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.sleep(0.1)
    open_ones = (
        "select count(*) from pg_stat_activity where application_name = 'walmu-api' and state <> 'idle'"
    )
    assert await world.owner.fetchval(open_ones) == 0
    assert (await world.organiser.get("/v1/whoami")).status_code == 200


async def test_a_full_pool_is_503_and_not_an_error_of_ours(
    world: TenantFixture, app: Any, database_url: str
) -> None:
    from dataclasses import replace

    small = Database(database_url, world.app_context.clock, pool_size=1, patience=0.05)
    await world.organiser.get("/v1/whoami")
    app.state.app_context = replace(world.app_context, database=small)
    try:
        async with small.transaction(world.tenancy):
            answer = await world.organiser.get("/v1/whoami")
    finally:
        app.state.app_context = world.app_context
        await small.close()
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["retry-after"]


@pytest.mark.parametrize("url", ["postgres://h/d", "postgresql://h/d", "postgresql+psycopg://h/d"])
def test_every_usual_spelling_of_the_address_is_taken(url: str) -> None:
    assert driver_url(url) == "postgresql+asyncpg://h/d"


@pytest.mark.parametrize("url", ["mysql://h/d", "h/d", ""])
def test_another_database_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="postgresql://"):
        driver_url(url)


async def test_who_waits_gets_the_connection_that_comes_back_or_a_new_one_for_one_thrown_away(
    world: TenantFixture, database_url: str
) -> None:
    small = Database(database_url, world.app_context.clock, pool_size=1)
    stored = await small.connections.take()
    waiting = asyncio.create_task(small.connections.take())
    await asyncio.sleep(0)
    assert (waiting.done(), small.connections.in_use) == (False, 1)
    await small.connections.give_back(stored)
    assert await waiting is stored
    await small.connections.throw_away(stored)
    assert small.connections.in_use == 0
    fresh = await small.connections.take()
    assert fresh is not stored
    await small.connections.give_back(fresh)
    await small.close()
    assert not fresh.is_valid, "closed with the database"
