"""The death of one of two clients who are one person is the person's; taken apart, each has its own again."""

from typing import Any

import pytest
from tests.conftest import TenantFixture
from tests.record.parties.clients.test_death_api import dies, lives, put_client
from tests.record.parties.clients.test_merging_api import merge, served, unmerge

PHONE = "040 5550103"


async def ends(world: TenantFixture, *whose: dict[str, Any]) -> list[str | None]:
    paths = [f"/v1/service-relationships/{each['relationship']['id']}" for each in whose]
    return [(await world.organiser.get(path)).json().get("ends_on") for path in paths]


async def died(world: TenantFixture, *whose: dict[str, Any]) -> list[str | None]:
    paths = [f"/v1/clients/{each['client']['id']}" for each in whose]
    return [(await world.organiser.get(path)).json().get("died_on") for path in paths]


@pytest.fixture
async def two(world: TenantFixture) -> tuple[dict[str, Any], dict[str, Any]]:
    contact = {"phone": PHONE}
    return await served(world, contact=contact), await served(world, world.provider_b, contact=contact)


@pytest.mark.parametrize("first", [True, False], ids=["the one merged died", "the one that stays died"])
async def test_the_death_of_either_is_the_persons(
    world: TenantFixture, two: tuple[dict[str, Any], dict[str, Any]], first: bool
) -> None:
    one, into = two
    dead = one if first else into
    await dies(world, dead["client"]["id"], 5)
    assert (await merge(world, one, into)).status_code == 200
    assert await died(world, into) == [world.day(5)]
    assert await ends(world, one, into) == [world.day(5)] * 2
    for provider in (world.provider_a, world.provider_b):
        for each in two:
            assert PHONE not in (await provider.get(f"/v1/clients/{each['client']['id']}/versions")).text
    for changes in ({}, {"occupation": "Puuseppä"}):  # what is sent back as it was read is nobody's new word
        same = await put_client(world, into["client"]["id"], **changes)
        assert (same.status_code, same.json()["died_on"]) == (200, world.day(5))
    assert (await unmerge(world, one)).status_code == 200
    expected = [world.day(5), None] if first else [None, world.day(5)]
    assert await died(world, one, into) == expected
    assert await ends(world, one, into) == expected
    provider, lives_on = (world.provider_b, into) if first else (world.provider_a, one)
    assert PHONE in (await provider.get(f"/v1/clients/{lives_on['client']['id']}")).text


async def test_of_two_days_the_first_counts_whichever_way_they_were_merged(
    world: TenantFixture, two: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    one, into = two
    for dead, day in ((one, 5), (into, 9)):
        await dies(world, dead["client"]["id"], day)
    for merged, stays in ((one, into), (into, one)):
        assert (await merge(world, merged, stays)).status_code == 200
        assert await died(world, stays) == [world.day(9)]
        assert await ends(world, one, into) == [world.day(9)] * 2
        assert (await unmerge(world, merged)).status_code == 200
        assert await ends(world, one, into) == [world.day(5), world.day(9)]


async def test_a_death_that_came_with_another_is_taken_back_for_the_person(
    world: TenantFixture, two: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    one, into = two
    await dies(world, one["client"]["id"], 5)
    assert (await merge(world, one, into)).status_code == 200
    await lives(world, into["client"]["id"])
    assert await ends(world, one, into) == [None, None]
    assert PHONE in (await world.provider_a.get(f"/v1/clients/{into['client']['id']}")).text


async def test_a_death_is_passed_on_over_several_merges(
    world: TenantFixture, two: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    one, into = two
    third = await served(world)
    await dies(world, one["client"]["id"], 5)
    assert (await merge(world, one, into)).status_code == 200
    assert (await merge(world, into, third)).status_code == 200
    assert await ends(world, one, into, third) == [world.day(5)] * 3
    assert (await unmerge(world, one)).status_code == 200
    assert await died(world, one, third) == [world.day(5), None]
    assert await ends(world, one, into, third) == [world.day(5), None, None]
    assert (await unmerge(world, into)).status_code == 200
    assert await ends(world, one, into, third) == [world.day(5), None, None]
