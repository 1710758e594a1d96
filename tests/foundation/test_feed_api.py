"""The change feed under slow and concurrent writers: each change exactly once, in order, nothing passed over."""

import asyncio
import random
from uuid import uuid4

import pytest
from tests.conftest import TenantFixture

from walmu_api.foundation import journal
from walmu_api.foundation.journal import LAST_SEQ, Change, Cursor
from walmu_api.foundation.problems import Problem
from walmu_api.foundation.restoring import begin_era


async def note(world: TenantFixture, name: str, *, before: float = 0.0, after: float = 0.0) -> None:
    """One writer: it begins, waits, writes its journal row, waits, commits."""
    actor = journal.Actor(world.organiser.organisation_id, world.organiser.system_id)
    async with world.transaction() as session:
        await session.fetchval("select pg_current_xact_id()::text")
        await asyncio.sleep(before)
        await journal.append(session, actor, Change("unit", uuid4(), 1, "created", source_id=name))
        await asyncio.sleep(after)


async def names(world: TenantFixture, link: str) -> tuple[list[str], str]:
    items, link = await world.feed(world.organiser, link)
    return [item["source_id"] for item in items], link


async def test_the_cursor_given_at_the_end_is_taken_again(world: TenantFixture) -> None:
    _, link = await world.feed(world.organiser)
    assert await names(world, link) == ([], (await names(world, link))[1])
    await note(world, "later")
    data, again = await names(world, link)
    assert data == ["later"]
    assert (await names(world, again))[0] == []


async def test_a_transaction_that_began_earlier_and_commits_later_is_not_passed_over(
    world: TenantFixture,
) -> None:
    _, link = await world.feed(world.organiser)
    slow = asyncio.create_task(note(world, "slow", before=0.05, after=0.4))
    await asyncio.sleep(0.15)
    await note(world, "quick")
    data, link = await names(world, link)
    assert data == [], "the quick one is held back while the slow one may still commit"
    await slow
    data, link = await names(world, link)
    assert sorted(data) == ["quick", "slow"]
    assert (await names(world, link))[0] == []


async def test_a_reader_gets_each_change_of_many_writers_once_and_in_order(world: TenantFixture) -> None:
    _, link = await world.feed(world.organiser)
    chance = random.Random(7)
    expected = [f"w{writer}-{at}" for writer in range(4) for at in range(8)]

    async def writer(number: int) -> None:
        for at in range(8):
            await note(world, f"w{number}-{at}", before=chance.random() * 0.02, after=chance.random() * 0.05)

    writing = asyncio.gather(*(writer(number) for number in range(4)))
    seen: list[str] = []
    while not writing.done():
        answer = await world.organiser.get(f"{link}&limit={chance.choice([1, 2, 5])}")
        seen += [item["source_id"] for item in answer.json()["items"]]
        link = answer.json()["next"].partition("&")[0]
        await asyncio.sleep(0.005)
    await writing
    data, _ = await names(world, link)
    seen += data
    assert sorted(seen) == sorted(expected)
    for number in range(4):
        own = [name for name in seen if name.startswith(f"w{number}-")]
        assert own == [f"w{number}-{at}" for at in range(8)]
    statement = "select source_id from journal where organiser_id = $1 and resource_type = 'unit' order by era, txid, seq"
    assert seen == [row[0] for row in await world.owner.fetch(statement, world.organiser_id)]


async def test_what_was_rolled_back_is_never_told(world: TenantFixture) -> None:
    _, link = await world.feed(world.organiser)
    with pytest.raises(ZeroDivisionError):
        async with world.transaction() as session:
            actor = journal.Actor(world.organiser.organisation_id, world.organiser.system_id)
            await journal.append(session, actor, Change("unit", uuid4(), 1, "created", source_id="gone"))
            raise ZeroDivisionError
    assert (await names(world, link))[0] == []


@pytest.mark.parametrize("limit", [1, 2, 1000])
async def test_the_feed_is_the_same_whatever_the_size_of_its_pages(world: TenantFixture, limit: int) -> None:
    await world.signed_agreement()
    whole, _ = await world.feed(world.organiser)
    paged, _ = await world.feed(world.organiser, f"/v1/changes?limit={limit}")
    assert [(item["resource_id"], item["change"]) for item in paged] == [
        (item["resource_id"], item["change"]) for item in whole
    ]
    stored, _ = await world.feed(world.organiser, f"/v1/changes?limit={limit}&resource_type=client")
    assert {item["resource_type"] for item in stored} == {"client"}


async def test_a_whole_link_is_taken_as_cursor(world: TenantFixture) -> None:
    await note(world, "one")
    answer = await world.organiser.get("/v1/changes?limit=1")
    link = answer.json()["next"]
    same = await world.organiser.http.get("/v1/changes", params={"cursor": link, "limit": "1"})
    assert same.json()["items"] == (await world.organiser.get(link)).json()["items"]


async def test_a_cursor_from_before_a_restore_has_expired_and_everything_is_read_again(
    world: TenantFixture, owner_url: str
) -> None:
    await note(world, "before the restore")
    before, link = await world.feed(world.organiser)
    # a cluster that was restored from a dump counts its transactions from the beginning again
    await world.owner.execute(
        "update journal set txid = '999999999999' where organiser_id = $1", world.organiser_id
    )
    era = await begin_era(owner_url)
    try:
        answer = await world.organiser.get(link)
        assert (answer.status_code, answer.json()["code"]) == (410, "cursor-expired")
        await note(world, "after the restore")
        for limit in (1, 1000):
            items, link = await world.feed(world.organiser, f"/v1/changes?limit={limit}")
            assert len(items) == len(before) + 1, "everything again, page by page"
            assert [item["source_id"] for item in items[-2:]] == ["before the restore", "after the restore"]
        assert (await world.organiser.get(link)).json()["items"] == []
        assert await begin_era(owner_url) == era + 1
        assert (await world.organiser.get(link)).status_code == 410
    finally:
        await world.owner.execute("delete from journal where organiser_id = $1", world.organiser_id)
        await world.owner.execute("update journal_era set era = 1")


async def test_the_new_era_waits_for_whoever_is_writing_in_the_old_one(
    world: TenantFixture, owner_url: str
) -> None:
    writing = asyncio.create_task(note(world, "slow", after=0.4))
    await asyncio.sleep(0.2)
    try:
        era = await begin_era(owner_url)
        await asyncio.wait_for(writing, 1)
        items, _ = await world.feed(world.organiser)
        assert "slow" in [item.get("source_id") for item in items]
        assert await world.owner.fetchval("select max(era) from journal where source_id = 'slow'") == era - 1
    finally:
        await world.owner.execute("delete from journal where organiser_id = $1", world.organiser_id)
        await world.owner.execute("update journal_era set era = 1")


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "",
        "MS4x",
        "LTEuMS4x",
        Cursor(1, 1, 2**63).text(),
        Cursor(1, 10**18, 1).text(),
        Cursor(1, 1, LAST_SEQ + 1).text(),
        "é",
    ],
)
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(Problem) as caught:
        Cursor.read(text)
    assert caught.value.errors[0].pointer == "/query/cursor"


@pytest.mark.parametrize(
    "cursor", [Cursor(1, 0, 0), Cursor(1, 799, 4), Cursor(999_999, 10**18 - 1, LAST_SEQ)]
)
def test_a_cursor_reads_back(cursor: Cursor) -> None:
    assert Cursor.read(cursor.text()) == cursor


async def test_the_largest_cursor_that_is_taken_is_within_the_databases_numbers(world: TenantFixture) -> None:
    answer = await world.organiser.get(f"/v1/changes?cursor={Cursor(1, 10**18 - 1, LAST_SEQ).text()}")
    assert answer.status_code == 200, answer.text
    assert answer.json()["items"] == []


def test_every_kind_of_record_has_an_address() -> None:
    from walmu_api.exchange.changes.schemas import ResourceType
    from walmu_api.exchange.registry import BY_TYPE
    from walmu_api.foundation.schema_types import values_of

    assert set(BY_TYPE) == set(values_of(ResourceType))
    assert all(each.definition.url("id", "code").startswith("/v1/") for each in BY_TYPE.values())
