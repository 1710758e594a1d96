"""The feed for each role: what one may see, with the record as it is now, and no more."""

from collections import Counter
from typing import Any

from tests.access.test_use_log_api import scene
from tests.conftest import HELD, ApiClient, TenantFixture


async def kinds(world: TenantFixture, speaker: ApiClient) -> Counter[tuple[str, str, bool]]:
    items, _ = await world.feed(speaker)
    return Counter((item["resource_type"], item["change"], "record" in item) for item in items)


async def test_the_organiser_and_the_record_system_are_told_everything(world: TenantFixture) -> None:
    await scene(world)
    everything = {
        ("organisation", "created", False): 3,
        ("client", "created", True): 1,
        ("service-relationship", "created", True): 1,
        ("client", "access-granted", True): 1,
        ("decision", "created", True): 1,
        ("agreement", "created", True): 2,
        ("agreement", "updated", True): 2,
        ("attendance", "created", True): 1,
        ("justification", "created", False): 1,
        ("unit", "created", False): 1,
    }
    for speaker in (world.organiser, world.ehr):
        data = await kinds(world, speaker)
        del data["justification", "created", True], data["justification", "created", False]
        expected = {name: count for name, count in everything.items() if name[0] != "justification"}
        assert data == expected


async def test_a_provider_is_told_of_its_clients_only(world: TenantFixture) -> None:
    data = await scene(world)
    other = await world.client()
    await world.relationship(other["id"], provider=world.provider_b)
    items, _ = await world.feed(world.provider_a)
    assert {item.get("client_id") for item in items} == {data["client"]["id"]}
    assert {item["resource_type"] for item in items} == {
        "client",
        "service-relationship",
        "decision",
        "agreement",
        "attendance",
        "justification",
    }
    theirs, _ = await world.feed(world.provider_b)
    assert {item.get("client_id") for item in theirs} == {other["id"]}


async def test_every_address_in_the_feed_gives_the_record_it_carries(world: TenantFixture) -> None:
    await scene(world)
    for speaker in (world.organiser, world.provider_a):
        items, _ = await world.feed(speaker)
        assert len(items) > 6
        for item in items:
            answer = await speaker.get(item["url"])
            assert answer.status_code == 200, item
            if "record" in item:
                assert answer.json() == item["record"]


async def test_a_justification_in_the_feed_carries_its_record(world: TenantFixture) -> None:
    data = await scene(world)
    for speaker in (world.organiser, world.provider_a):
        items, _ = await world.feed(speaker, "/v1/changes?resource_type=justification")
        assert [item.get("record") for item in items] == [data["given"]]


async def test_the_record_is_as_it_is_now_and_the_item_as_it_was(world: TenantFixture) -> None:
    data = await scene(world)
    await world.provider_a.put(data["day"], {"status": "partial"}, If_Match='"1"')
    items, _ = await world.feed(world.provider_a, "/v1/changes?resource_type=attendance")
    assert [(item["version"], item["change"], item["record"]["version"]) for item in items] == [
        (1, "created", 2),
        (2, "updated", 2),
    ]


async def test_without_the_right_to_read_a_record_its_change_is_told_without_it(world: TenantFixture) -> None:
    import time

    await scene(world)
    token = world.app_context.tokens.issue(
        world.provider_a.client_id, HELD, ["changes:read"], None, now=time.time()
    )
    answer = await world.provider_a.get("/v1/changes", Authorization=f"Bearer {token}")
    items: list[dict[str, Any]] = answer.json()["items"]
    assert items
    assert not [item for item in items if "record" in item]


async def test_no_identity_code_is_in_the_journal_and_replaced_bodies_hold_the_past(
    world: TenantFixture,
) -> None:
    data = await scene(world)
    entry = {
        "family_name": "Uusi",
        "given_names": "Testi",
        "turvakielto": False,
        "source_id": data["client"]["source_id"],
    }
    await world.organiser.put(f"/v1/clients/{data['client']['id']}", entry, If_Match='"1"')
    rows = await world.owner.fetch(
        "select replaced::text as body, j::text as whole from journal j where organiser_id = $1",
        world.organiser_id,
    )
    assert not [row for row in rows if data["code"] in row["whole"]]
    assert [row for row in rows if row["body"] and '"Esimerkki"' in row["body"]]


async def test_the_feed_needs_its_right(world: TenantFixture) -> None:
    assert (await world.auditor.get("/v1/changes")).status_code == 403
