"""The same person was entered twice: everything of the one is read under the other, nothing is lost, and it can be undone."""

import asyncio
from typing import Any

import httpx
import pytest
from tests.conftest import ApiClient, TenantFixture, identity_code

HETU = "urn:oid:1.2.246.21"
PRESENT = {"status": "present", "actual_minutes": 240}
WHY = {"reason": "Sama henkilö, kirjattu kahdesti"}


async def served(world: TenantFixture, provider: ApiClient | None = None, **of_client: Any) -> dict[str, Any]:
    """A client with an agreement, a day, a measurement and an absence with its reason at this provider."""
    provider = provider or world.provider_a
    client = await world.client(**of_client)
    relationship = await world.relationship(client["id"], provider)
    agreement = await world.agreement(relationship, await world.decision(relationship), provider=provider)
    days = f"/v1/agreements/{agreement['id']}/attendance"
    assert (await provider.put(f"{days}/{world.day(3)}", PRESENT)).status_code == 201
    assert (await provider.put(f"{days}/{world.day(4)}", {"status": "absent"})).status_code == 201
    why = {"reason": "own_illness", "given_by": "client", "given_on": world.day(3)}
    assert (await provider.put(f"{days}/{world.day(4)}/justification", why)).status_code == 201
    entry = world.measurement_entry(relationship)
    measured = await provider.post("/v1/measurements", entry)
    assert measured.status_code == 201, measured.text
    return {
        "client": client,
        "relationship": relationship,
        "agreement": agreement,
        "days": days,
        "measurement": measured.json(),
    }


async def merge(
    world: TenantFixture, one: dict[str, Any], into: dict[str, Any], **changes: Any
) -> httpx.Response:
    client, other = await client_now(world, one), await client_now(world, into)
    body = WHY | {"into": other["id"], "into_version": other["version"]} | changes
    return await world.organiser.post(
        f"/v1/clients/{client['id']}/merge", body, If_Match=f'"{client["version"]}"'
    )


async def client_now(world: TenantFixture, whose: dict[str, Any]) -> dict[str, Any]:
    answer = await world.organiser.get(f"/v1/clients/{whose['client']['id']}")
    assert answer.status_code == 200
    return answer.json()  # type: ignore[no-any-return]


async def unmerge(world: TenantFixture, one: dict[str, Any]) -> httpx.Response:
    version = (await client_now(world, one))["version"]
    path = f"/v1/clients/{one['client']['id']}/unmerge"
    return await world.organiser.post(path, {"reason": "Eri henkilöt"}, If_Match=f'"{version}"')


LISTS = ("service-relationships", "decisions", "agreements", "attendance", "measurements")


async def of_client(speaker: ApiClient, client_id: str) -> dict[str, Any]:
    """All that lists give of a client, without what says under whom it is read."""
    found: dict[str, Any] = {}
    for name in LISTS:
        answer = await speaker.get(f"/v1/{name}?client_id={client_id}")
        assert answer.status_code == 200, (name, answer.text)
        assert {item["client_id"] for item in answer.json()["items"]} <= {client_id}, name
        found[name] = [
            {member: value for member, value in item.items() if member != "client_id"}
            for item in answer.json()["items"]
        ]
    return found


def together(one: dict[str, Any], other: dict[str, Any]) -> dict[str, list[str]]:
    return {name: sorted(item["id"] for item in one[name] + other[name]) for name in one}


def ids(found: dict[str, Any]) -> dict[str, list[str]]:
    return {name: sorted(item["id"] for item in items) for name, items in found.items()}


@pytest.fixture(params=["there", "back"])
async def pair(world: TenantFixture, request: pytest.FixtureRequest) -> tuple[dict[str, Any], dict[str, Any]]:
    """Served by two providers; merged either way round."""
    one, two = await served(world), await served(world, world.provider_b)
    return (one, two) if request.param == "there" else (two, one)


async def test_all_of_the_one_is_read_under_the_other(
    world: TenantFixture, pair: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    one, two = pair
    old, new = one["client"]["id"], two["client"]["id"]
    before = [await of_client(world.organiser, each) for each in (old, new)]
    merged = await merge(world, one, two)
    assert merged.status_code == 200, merged.text
    assert {name: merged.json()[name] for name in ("id", "version", "status", "merged_into")} == {
        "id": old,
        "version": 2,
        "status": "merged",
        "merged_into": new,
    }
    assert "family_name" not in merged.json()
    now = await of_client(world.organiser, new)
    assert ids(now) == together(*before), "nothing is lost, nothing is there twice"
    assert {each["version"] for items in now.values() for each in items} == {
        each["version"] for found in before for items in found.values() for each in items
    }
    for name in LISTS:  # who still asks by the old id is answered the same
        by_old = await world.organiser.get(f"/v1/{name}?client_id={old}")
        assert sorted(item["id"] for item in by_old.json()["items"]) == ids(now)[name], name
    overview = await world.organiser.get(f"/v1/clients/{old}/overview")
    assert (overview.status_code, overview.json()["client"]["id"]) == (200, new)
    listed = (await world.organiser.get("/v1/clients")).json()["items"]
    assert [each["id"] for each in listed] == [new]


async def test_each_provider_reads_its_own_as_before_and_goes_on(
    world: TenantFixture, pair: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    one, two = pair
    speakers = {
        each["client"]["id"]: speaker
        for each in pair
        for speaker in (world.provider_a, world.provider_b)
        if each["relationship"]["provider_id"] == str(speaker.organisation_id)
    }
    seen = {key: ids(await of_client(speaker, key)) for key, speaker in speakers.items()}
    assert (await merge(world, one, two)).status_code == 200
    new = two["client"]["id"]
    for key, speaker in speakers.items():
        assert ids(await of_client(speaker, new)) == seen[key], (
            "a merge shows no provider what another one recorded"
        )
    stub = await speakers[one["client"]["id"]].get(f"/v1/clients/{one['client']['id']}")
    assert stub.json()["merged_into"] == new
    record = await speakers[one["client"]["id"]].get(f"/v1/clients/{new}")
    assert record.json()["family_name"] == two["client"]["family_name"]
    going_on = await speakers[one["client"]["id"]].put(f"{one['days']}/{world.day(5)}", PRESENT)
    assert (going_on.status_code, going_on.json()["client_id"]) == (201, new)


async def test_nothing_is_written_of_a_merged_client(world: TenantFixture) -> None:
    one, two = await served(world), await served(world)
    assert (await merge(world, one, two)).status_code == 200
    old, new = one["client"]["id"], two["client"]["id"]
    entry = {name: one["client"][name] for name in ("family_name", "given_names", "turvakielto", "source_id")}
    refused = [
        await world.organiser.put(f"/v1/clients/{old}", entry, If_Match='"2"'),
        await world.organiser.post("/v1/clients", entry),
        await world.provider_a.post(
            "/v1/measurements", world.measurement_entry(one["relationship"], client_id=old)
        ),
        await world.organiser.post(
            "/v1/service-relationships", {**relationship_entry(one), "source_id": "uusi"}
        ),
    ]
    assert [(each.status_code, each.json().get("code"), each.json().get("url")) for each in refused] == [
        (409, "client-merged", f"/v1/clients/{new}")
    ] * len(refused)


SERVER_SET = {"id", "version", "recorded_at", "recorded_by"}


def relationship_entry(whose: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in whose["relationship"].items() if name not in SERVER_SET}


async def test_a_merge_needs_both_versions_and_says_what_is_wrong(world: TenantFixture) -> None:
    one, two = await served(world), await served(world)
    path = f"/v1/clients/{one['client']['id']}/merge"
    body = WHY | {"into": two["client"]["id"], "into_version": 1}
    assert (await world.organiser.post(path, body)).status_code == 428
    assert (await world.organiser.post(path, body, If_Match='"7"')).status_code == 412
    assert (await world.organiser.post(path, body | {"into_version": 7}, If_Match='"1"')).status_code == 412
    itself = await world.organiser.post(path, body | {"into": one["client"]["id"]}, If_Match='"1"')
    assert (itself.status_code, itself.json()["errors"][0]["pointer"]) == (422, "/into")
    nobody = await world.organiser.post(path, body | {"into": one["agreement"]["id"]}, If_Match='"1"')
    assert (nobody.status_code, nobody.json()["errors"][0]["code"]) == (422, "unknown-reference")
    assert (await world.provider_a.post(path, body, If_Match='"1"')).status_code == 403
    first = await world.organiser.post(path, body, If_Match='"1"')
    again = await world.organiser.post(path, body)
    assert (first.status_code, again.status_code, first.json()) == (200, 200, again.json())
    back = await world.organiser.post(
        f"/v1/clients/{two['client']['id']}/merge",
        body | {"into": one["client"]["id"], "into_version": 2},
        If_Match='"1"',
    )
    assert (back.status_code, back.json()["code"]) == (409, "client-merged"), "no circle"


async def test_each_reader_is_told_once(world: TenantFixture) -> None:
    """Of the one, of the other, of both, and of neither."""
    one, two = await served(world), await served(world, world.provider_b)
    third = await served(world)
    readers = (world.organiser, world.provider_a, world.provider_b)
    starts = [(await world.feed(reader))[1] for reader in readers]
    assert (await merge(world, one, two)).status_code == 200
    assert (await unmerge(world, one)).status_code == 200
    old, new = one["client"]["id"], two["client"]["id"]
    for reader, start in zip(readers, starts, strict=True):
        items = (await world.feed(reader, start))[0]
        assert [(each["change"], each["resource_id"], each["client_id"]) for each in items] == [
            ("merged", old, new),
            ("unmerged", old, new),
        ]
    starts = [(await world.feed(reader))[1] for reader in readers]
    assert (await merge(world, third, one)).status_code == 200
    counts = [
        len((await world.feed(reader, start))[0]) for reader, start in zip(readers, starts, strict=True)
    ]
    assert counts == [1, 1, 0]


async def test_who_reads_late_misses_nothing_of_its_own(
    world: TenantFixture, pair: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    """The feed from its beginning, before, while and after: every change of one's own records, the same ones."""
    one, two = pair
    readers = (world.provider_a, world.provider_b)
    own = [
        {(each["resource_id"], each["version"]) for each in (await world.feed(reader))[0]}
        for reader in readers
    ]
    assert (await merge(world, one, two)).status_code == 200
    for reader, known in zip(readers, own, strict=True):
        items = (await world.feed(reader))[0]
        assert known <= {(each["resource_id"], each["version"]) for each in items}
        assert {each["record"]["client_id"] for each in items if "client_id" in each.get("record", {})} == {
            two["client"]["id"]
        }
    assert (await unmerge(world, one)).status_code == 200
    for reader, known in zip(readers, own, strict=True):
        items = (await world.feed(reader))[0]
        assert known <= {(each["resource_id"], each["version"]) for each in items}


async def test_turvakielto_of_either_protects_both(
    world: TenantFixture, pair: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    one, two = pair
    contact = {"phone": "+358 40 0000001", "street_address": "Salakuja 1"}
    for whose, turvakielto in ((one, True), (two, False)):
        client = whose["client"]
        entry = {name: client[name] for name in ("family_name", "given_names", "source_id")} | {
            "turvakielto": turvakielto,
            "contact": contact,
        }
        path = f"/v1/clients/{client['id']}"
        assert (await world.organiser.put(path, entry, If_Match='"1"')).status_code == 200
    assert (await merge(world, one, two)).status_code == 200
    new = two["client"]["id"]
    for speaker in (world.provider_a, world.provider_b):
        answer = await speaker.get(f"/v1/clients/{new}")
        assert answer.json()["turvakielto"] is True
        assert "Salakuja" not in answer.text
    organisers = await world.organiser.get(f"/v1/clients/{new}")
    assert "Salakuja" in organisers.text
    back = {
        name: value
        for name, value in organisers.json().items()
        if name not in {"id", "version", "recorded_at", "recorded_by"}
    }
    same = await world.organiser.put(f"/v1/clients/{new}", back)
    assert (same.status_code, same.headers["etag"]) == (200, organisers.headers["etag"]), (
        "as it was read it is no change"
    )
    assert (await unmerge(world, one)).status_code == 200
    apart = [(await client_now(world, each))["turvakielto"] for each in pair]
    assert apart == [True, False], "each says again what its own sources said"


async def test_taken_apart_each_has_its_own_again(
    world: TenantFixture, pair: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    one, two = pair
    old, new = one["client"]["id"], two["client"]["id"]
    before = [await of_client(world.organiser, each) for each in (old, new)]
    assert (await merge(world, one, two)).status_code == 200
    speaker = next(
        each
        for each in (world.provider_a, world.provider_b)
        if one["relationship"]["provider_id"] == str(each.organisation_id)
    )
    since = await speaker.put(f"{one['days']}/{world.day(6)}", PRESENT)
    assert since.status_code == 201
    apart = await unmerge(world, one)
    assert (apart.status_code, apart.json()["family_name"]) == (200, one["client"]["family_name"])
    after = [await of_client(world.organiser, each) for each in (old, new)]
    own = [each for each in after[0]["attendance"] if each["id"] != since.json()["id"]]
    assert [after[0] | {"attendance": own}, after[1]] == before
    assert len(after[0]["attendance"]) == len(own) + 1, "a day recorded since is its agreement's"
    gone = await speaker.get(f"/v1/clients/{new}")
    assert gone.status_code == 404, "who came to it by the merge sees it no more"


async def test_a_relationship_that_ends_meanwhile_ends_under_either_id(world: TenantFixture) -> None:
    one, two = await served(world), await served(world, world.provider_b)
    assert (await merge(world, one, two)).status_code == 200
    relationship = (
        await world.organiser.get(f"/v1/service-relationships/{one['relationship']['id']}")
    ).json()
    entry = {name: value for name, value in relationship.items() if name not in SERVER_SET}
    path = f"/v1/service-relationships/{relationship['id']}"
    ended = await world.organiser.put(path, entry | {"ends_on": world.day(100)}, If_Match='"1"')
    assert ended.status_code == 200, ended.text
    for client in (one, two):
        gone = await world.provider_a.get(f"/v1/clients/{client['client']['id']}")
        assert gone.status_code == 404, "the time of grace is over"
    assert (await unmerge(world, one)).status_code == 200
    assert (await world.provider_a.get(f"/v1/clients/{one['client']['id']}")).status_code == 404


async def test_merged_into_one_that_is_merged_in_turn(world: TenantFixture) -> None:
    first, second, third = [await served(world) for _ in range(3)]
    before = [await of_client(world.organiser, each["client"]["id"]) for each in (first, second, third)]
    assert (await merge(world, first, second)).status_code == 200
    assert (await merge(world, second, third)).status_code == 200
    root = third["client"]["id"]
    assert (await client_now(world, first))["merged_into"] == root
    everything = ids(await of_client(world.organiser, root))
    assert everything == {
        name: sorted(item["id"] for found in before for item in found[name]) for name in everything
    }
    assert (await unmerge(world, second)).status_code == 200
    assert (await client_now(world, first))["merged_into"] == second["client"]["id"], "it takes its own along"
    assert await of_client(world.organiser, root) == before[2]
    assert (await unmerge(world, first)).status_code == 200
    assert [await of_client(world.organiser, each["client"]["id"]) for each in (first, second)] == before[:2]


async def test_a_record_that_was_under_way_is_not_left_behind(world: TenantFixture) -> None:
    """While the two are merged, others record of the one."""
    one, two = await served(world), await served(world)
    entries = [world.measurement_entry(one["relationship"]) for _ in range(12)]
    answers = await asyncio.gather(
        *(world.provider_a.post("/v1/measurements", entry) for entry in entries[:6]),
        merge(world, one, two),
        *(world.provider_a.post("/v1/measurements", entry) for entry in entries[6:]),
    )
    recorded = [each.json()["id"] for each in answers if each.status_code == 201]
    assert {each.status_code for each in answers} <= {200, 201, 409, 503}
    under = await of_client(world.organiser, two["client"]["id"])
    assert {*recorded} <= {each["id"] for each in under["measurements"]}


async def test_who_comes_with_the_code_of_either_is_found_as_one(world: TenantFixture) -> None:
    codes = [identity_code(), identity_code()]
    one, two = [await served(world, identity={"system": HETU, "value": code}) for code in codes]
    assert (await merge(world, one, two)).status_code == 200
    for code in codes:
        found = await world.provider_a.post(
            "/v1/client-searches", {"identity": {"system": HETU, "value": code}}
        )
        assert [each["id"] for each in found.json()["items"]] == [two["client"]["id"]]


async def test_the_use_log_of_one_holds_what_was_seen_of_the_other(world: TenantFixture) -> None:
    one, two = await served(world), await served(world)
    old, new = one["client"]["id"], two["client"]["id"]
    assert (await merge(world, one, two)).status_code == 200
    before = (await world.auditor.get(f"/v1/use-log?client_id={new}&limit=200")).json()["items"]
    assert {old, new} <= {each for item in before for each in item["client_ids"]}
    assert any(item["operation"] == "recordAttendance" and old in item["client_ids"] for item in before)
    by_old = (await world.auditor.get(f"/v1/use-log?client_id={old}&limit=200")).json()["items"]
    assert {each["id"] for each in before} <= {each["id"] for each in by_old}
