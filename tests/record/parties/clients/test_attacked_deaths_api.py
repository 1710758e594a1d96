"""What others do beside a death, before it and after it: they are told, and what they send back as read is no fault."""

from typing import Any

import pytest
from tests.conftest import TenantFixture
from tests.privacy.stage import without_server_members
from tests.record.parties.clients.test_death_api import dies, lives, put_client


async def test_where_a_protected_person_moved_is_the_organisers(world: TenantFixture) -> None:
    client = await world.client(turvakielto=True)
    await world.relationship(client["id"])
    moved = await put_client(world, client["id"], emigrated_on=world.day(10))
    assert (moved.status_code, moved.json()["emigrated_on"]) == (200, world.day(10))
    assert "emigrated_on" not in (await world.provider_a.get(f"/v1/clients/{client['id']}")).json()


async def test_nobody_moves_abroad_after_death(world: TenantFixture) -> None:
    client = await world.client()
    answer = await put_client(world, client["id"], died_on=world.day(9), emigrated_on=world.day(8))
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/emigrated_on"]
    answer = await put_client(world, client["id"], died_on=world.day(9), emigrated_on=world.day(9))
    assert answer.status_code == 200


@pytest.mark.parametrize("ends", [None, -30])
@pytest.mark.parametrize("first", [None, 3])
async def test_a_provider_whose_access_a_late_known_death_ends_learns_it_by_the_feed(
    world: TenantFixture, ends: int | None, first: int | None
) -> None:
    client = await world.client()
    changes: dict[str, Any] = {} if ends is None else {"ends_on": world.day(ends)}
    await world.relationship(client["id"], **changes)
    if first is not None:
        await dies(world, client["id"], first)
    _, position = await world.feed(world.provider_a)
    await dies(world, client["id"], 90)
    assert (await world.provider_a.get(f"/v1/clients/{client['id']}")).status_code == 404
    lines, position = await world.feed(world.provider_a, position)
    assert [line["change"] for line in lines if line["resource_type"] == "client"] == ["access-ended"]
    await lives(world, client["id"])
    lines, _ = await world.feed(world.provider_a, position)
    assert "access-granted" in [line["change"] for line in lines if line["resource_type"] == "client"]


async def test_a_service_that_never_began_is_sent_back_with_another_member(world: TenantFixture) -> None:
    client = await world.client()
    coming = await world.relationship(client["id"], starts_on=world.day(-10))
    await dies(world, client["id"], 3)
    path = f"/v1/service-relationships/{coming['id']}"
    now = await world.organiser.get(path)
    entry = without_server_members(now.json()) | {"benefit_matters_included": True}
    answer = await world.organiser.put(path, entry, If_Match=now.headers["ETag"])
    assert answer.status_code == 200, answer.text
    entry |= {"ends_on": world.day(5)}
    refused = await world.organiser.put(path, entry, If_Match=answer.headers["ETag"])
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/ends_on"]


async def test_an_end_after_the_death_is_sent_twice(world: TenantFixture) -> None:
    client = await world.client()
    service = await world.relationship(client["id"])
    path = f"/v1/service-relationships/{service['id']}"
    await dies(world, client["id"], 3)
    now = await world.organiser.get(path)
    entry = without_server_members(now.json()) | {"ends_on": world.day(-30)}
    for _ in range(2):
        answer = await world.organiser.put(path, entry, If_Match=now.headers["ETag"])
        assert (answer.status_code, answer.json()["ends_on"]) == (200, world.day(3))
    await lives(world, client["id"])
    assert (await world.organiser.get(path)).json()["ends_on"] == world.day(-30)
