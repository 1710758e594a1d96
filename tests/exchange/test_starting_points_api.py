"""Where a reader of the feed may begin: at an instant, or now. Nothing recorded at the instant or later is ever left out, however
writers overlap (ADR 3, 50)."""

import asyncio
import random
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from tests.conftest import ApiClient, TenantFixture
from tests.foundation.test_feed_api import names, note

from walmu_api.foundation.journal import LONGEST_WRITE
from walmu_api.foundation.restoring import begin_era

_WRITTEN = """
insert into journal (organiser_id, era, txid, at, resource_type, resource_id, version, change, source_id,
                     actor_organisation, actor_system)
select $1, 1, n::text::xid8, at, 'unit', gen_random_uuid(), 1, 'created', at::text, $2, $3
from unnest($4::bigint[], $5::timestamptz[]) as row (n, at)
"""


async def written(world: TenantFixture, moments: list[datetime]) -> None:
    """A row for each moment, in the order of the transactions that wrote them."""
    of = (world.organiser_id, world.organiser.organisation_id, world.organiser.system_id)
    await world.owner.execute(_WRITTEN, *of, list(range(3, 3 + len(moments))), moments)


async def since(world: TenantFixture, speaker: ApiClient, instant: datetime) -> list[datetime]:
    link = f"/v1/changes?resource_type=unit&limit=1000&since={quote(instant.isoformat())}"
    items, _ = await world.feed(speaker, link)
    return [datetime.fromisoformat(item["at"]) for item in items]


async def test_all_from_the_instant_on_is_told_and_little_before(world: TenantFixture) -> None:
    """Writers that last up to fifty minutes: the order of the feed is that of their beginnings."""
    chance = random.Random(13)
    start = world.app_context.clock.now() - timedelta(days=400)
    moments = [
        start + timedelta(minutes=10 * at, seconds=chance.uniform(0, 3000) if chance.random() < 0.2 else 0)
        for at in range(400)
    ]
    await written(world, moments)
    for instant in (
        *chance.sample(moments, 8),
        moments[0],
        moments[-1],
        start - timedelta(days=1),
        moments[-1] + timedelta(days=1),
    ):
        read = await since(world, world.organiser, instant)
        assert {at for at in moments if at >= instant} <= set(read)
        early = [at for at in read if at < instant - LONGEST_WRITE]
        assert len(early) <= 6, "those whose transactions stand beside the ones of the hour before"


async def test_nothing_is_told_twice_or_lost_when_going_on(world: TenantFixture) -> None:
    start = world.app_context.clock.now() - timedelta(days=40)
    moments = [start + timedelta(hours=at) for at in range(200)]
    await written(world, moments)
    items: list[dict[str, Any]] = []
    link = f"/v1/changes?resource_type=unit&limit=7&since={quote(moments[50].isoformat())}"
    while len(items) < 140:
        page = (await world.organiser.get(link)).json()
        items += page["items"]
        assert "since" not in page["next"]
        link = page["next"]
    read = [datetime.fromisoformat(item["at"]) for item in items]
    at = moments.index(read[0])
    assert at in (48, 49, 50)
    assert read == moments[at : at + len(read)]


async def test_who_writes_while_one_begins_is_told_afterwards(world: TenantFixture) -> None:
    await note(world, "long ago")
    slow = asyncio.create_task(note(world, "slow", before=0.05, after=0.4))
    await asyncio.sleep(0.15)
    await note(world, "quick")
    future = world.app_context.clock.now() + timedelta(days=1000)
    begun = [
        (await world.organiser.get(f"/v1/changes?{start}")).json()
        for start in ("from=now", f"since={quote(future.isoformat())}")
    ]
    await slow
    for page in begun:
        assert (page["items"], page["more"]) == ([], False)
        read, link = await names(world, page["next"])
        assert sorted(read) == ["quick", "slow"]
        assert (await names(world, link))[0] == []


async def test_now_is_after_everything_and_before_what_comes(world: TenantFixture) -> None:
    for speaker in (world.organiser, world.provider_a, world.workplace):
        page = (await speaker.get("/v1/changes?from=now&resource_type=service-relationship&limit=5")).json()
        assert (page["items"], page["more"]) == ([], False)
        assert page["next"].endswith("&resource_type=service-relationship&limit=5")
    link = (await world.provider_a.get("/v1/changes?from=now")).json()["next"]
    relationship = await world.relationship((await world.client())["id"])
    items, _ = await world.feed(world.provider_a, link)
    assert relationship["id"] in {item["resource_id"] for item in items}


async def test_a_provider_begins_among_its_own(world: TenantFixture) -> None:
    relationship = await world.relationship((await world.client())["id"])
    past = world.app_context.clock.now() - timedelta(days=2000)
    own, _ = await world.feed(world.provider_a, f"/v1/changes?since={quote(past.isoformat())}")
    assert relationship["id"] in {item["resource_id"] for item in own}
    others, _ = await world.feed(world.provider_b, f"/v1/changes?since={quote(past.isoformat())}")
    assert others == []


async def test_an_instant_before_a_restore_begins_in_the_earlier_era(
    world: TenantFixture, owner_url: str
) -> None:
    start = world.app_context.clock.now() - timedelta(days=100)
    moments = [start + timedelta(hours=at) for at in range(50)]
    await written(world, moments)
    await begin_era(owner_url)
    try:
        await note(world, "after the restore")
        for instant, least in ((moments[20], 31), (start + timedelta(days=99), 1)):
            link = f"/v1/changes?resource_type=unit&since={quote(instant.isoformat())}"
            read, link = await names(world, link)
            assert least <= len(read) <= least + 2
            assert read[-1] == "after the restore"
            assert (await names(world, link))[0] == []
    finally:
        await world.owner.execute("delete from journal where organiser_id = $1", world.organiser_id)
        await world.owner.execute("update journal_era set era = 1")


@pytest.mark.parametrize(
    ("query", "pointers"),
    [
        ("cursor=MS43MDAuMQ&since=2026-11-30T06:00:00Z", ["/query/since"]),
        ("cursor=MS43MDAuMQ&from=now", ["/query/from"]),
        ("since=2026-11-30T06:00:00Z&from=now", ["/query/from"]),
        ("from=yesterday", ["/query/from"]),
        ("since=yesterday", ["/query/since"]),
        ("since=2026-11-30", ["/query/since"]),
    ],
)
async def test_one_begins_at_one_place(world: TenantFixture, query: str, pointers: list[str]) -> None:
    answer = await world.organiser.get(f"/v1/changes?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert [each["pointer"] for each in answer.json()["errors"]] == pointers
