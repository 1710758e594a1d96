"""A relationship opens a provider's access to a client, and ends it: 60 days of grace."""

from typing import Any

import pytest
from tests.conftest import TenantFixture, forward

from walmu_api.foundation.clock import Clock

SERVER = {"id", "version", "recorded_at", "recorded_by"}


def entry(relationship: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {name: value for name, value in relationship.items() if name not in SERVER} | changes


async def change(world: TenantFixture, relationship: dict[str, Any], **changes: Any) -> dict[str, Any]:
    path = f"/v1/service-relationships/{relationship['id']}"
    answer = await world.organiser.put(
        path, entry(relationship, **changes), If_Match=f'"{relationship["version"]}"'
    )
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def seen(world: TenantFixture, client_id: str) -> bool:
    status = (await world.provider_a.get(f"/v1/clients/{client_id}")).status_code
    assert status in {200, 404}
    listed = (await world.provider_a.get("/v1/clients")).json()["items"]
    assert ([item["id"] for item in listed] == [client_id]) == (status == 200)
    relationships = (await world.provider_a.get("/v1/service-relationships")).json()["items"]
    assert bool(relationships) == (status == 200)
    return status == 200


async def test_a_provider_sees_the_client_from_the_start_on(world: TenantFixture, clock: Clock) -> None:
    client = await world.client()
    assert not await seen(world, client["id"])
    await world.relationship(client["id"], starts_on=world.day(-2))
    assert not await seen(world, client["id"])
    forward(clock, days=2)
    assert await seen(world, client["id"])


async def test_access_ends_60_days_after_the_relationship(world: TenantFixture, clock: Clock) -> None:
    client = await world.client()
    search = {"identity": client["identity"]}
    relationship = await world.relationship(client["id"])
    decision = await world.decision(relationship)
    agreement = await world.agreement(relationship, decision)
    path = f"/v1/agreements/{agreement['id']}/attendance/{world.day(3)}"
    await change(world, relationship, ends_on=world.day(0))
    forward(clock, days=60)
    assert await seen(world, client["id"])
    assert (await world.provider_a.put(path, {"status": "present"})).status_code == 201, (
        "days inside may still be recorded"
    )
    assert len((await world.provider_a.post("/v1/client-searches", search)).json()["items"]) == 1
    forward(clock, days=61)
    assert not await seen(world, client["id"])
    assert (await world.provider_a.post("/v1/client-searches", search)).json()["items"] == []
    for gone in (
        path,
        f"/v1/agreements/{agreement['id']}",
        f"/v1/decisions/{decision}",
        f"/v1/service-relationships/{relationship['id']}",
    ):
        answer = await world.provider_a.get(gone)
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found"), gone
    for emptied in ("agreements", "decisions", "attendance", "service-relationships"):
        assert (await world.provider_a.get(f"/v1/{emptied}")).json()["items"] == []
    assert (await world.provider_a.put(path, {"status": "absent"}, If_Match='"1"')).status_code == 404
    line = {"agreement_id": agreement["id"], "date": world.day(70), "status": "present"}
    data = (await world.provider_a.post("/v1/attendance-batches", {"items": [line]})).json()
    assert data["causes"][0]["code"] == "unknown-agreement"
    items, _ = await world.feed(world.provider_a)
    assert not [item for item in items if "record" in item], "what was told stays told, without the records"
    assert (await world.organiser.get(path)).status_code == 200


async def test_an_end_taken_back_opens_the_access_again(world: TenantFixture, clock: Clock) -> None:
    client = await world.client()
    relationship = await change(world, await world.relationship(client["id"]), ends_on=world.day(100))
    assert not await seen(world, client["id"])
    del relationship["ends_on"]
    await change(world, relationship)
    assert await seen(world, client["id"])


async def test_one_of_two_relationships_is_enough(world: TenantFixture) -> None:
    client = await world.client()
    first = await world.relationship(client["id"])
    await world.relationship(client["id"], service_kind="job_coaching")
    await change(world, first, ends_on=world.day(100))
    assert (await world.provider_a.get(f"/v1/clients/{client['id']}")).status_code == 200


async def test_another_provider_gets_404_and_empty_lists(world: TenantFixture) -> None:
    client = await world.client()
    relationship = await world.relationship(client["id"])
    for path in (f"/v1/clients/{client['id']}", f"/v1/service-relationships/{relationship['id']}"):
        assert (await world.provider_b.get(path)).status_code == 404
    for path in (
        "/v1/clients",
        "/v1/service-relationships",
        f"/v1/service-relationships?client_id={client['id']}",
    ):
        assert (await world.provider_b.get(path)).json()["items"] == []


async def test_the_feed_tells_the_provider_that_access_began_and_ended(world: TenantFixture) -> None:
    client = await world.client()
    _, start = await world.feed(world.provider_a)
    relationship = await world.relationship(client["id"])
    items, link = await world.feed(world.provider_a, start)
    data = [(item["resource_type"], item["change"]) for item in items]
    assert ("client", "access-granted") in data
    (granted,) = [item for item in items if item["change"] == "access-granted"]
    assert granted["record"]["id"] == client["id"]
    ended = await change(world, relationship, ends_on=world.day(0))
    items, link = await world.feed(world.provider_a, link)
    assert [(item["resource_type"], item["change"]) for item in items] == [
        ("service-relationship", "updated"),
        ("client", "access-ended"),
    ]
    del ended["ends_on"]
    await change(world, ended)
    items, _ = await world.feed(world.provider_a, link)
    assert ("client", "access-granted") in [(item["resource_type"], item["change"]) for item in items]
    assert (await world.feed(world.provider_b))[0] == []


async def test_client_and_provider_stay(world: TenantFixture) -> None:
    relationship = await world.relationship((await world.client())["id"])
    other = await world.client()
    path = f"/v1/service-relationships/{relationship['id']}"
    answer = await world.organiser.put(
        path,
        entry(relationship, client_id=other["id"], provider_id=str(world.provider_b.organisation_id)),
        If_Match='"1"',
    )
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/client_id", "/provider_id"]


async def test_both_responsible_workers_are_named_and_can_change(world: TenantFixture) -> None:
    relationship = await world.relationship((await world.client())["id"])
    person = {"family_name": "Uusi", "given_names": "Ohjaaja", "registration_number": "12345678901"}
    workers = {"organiser": relationship["responsible_workers"]["organiser"], "provider": person}
    assert (await change(world, relationship, responsible_workers=workers))["responsible_workers"] == workers
    missing = entry(relationship, responsible_workers={"organiser": person}, source_id="x")
    answer = await world.organiser.post("/v1/service-relationships", missing)
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [
        ("/responsible_workers/provider", "missing")
    ]


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"legal_bases": ["KISSA"]}, "/legal_bases/0", "unknown-code"),
        (
            {
                "legal_bases": ["SHL_710_1982_27E", "VPL_675_2023_27"],
                "referral": {"source": "disability_services", "received_on": "2024-06-01"},
            },
            "/legal_bases/1",
            "unknown-code",
        ),
        ({"legal_bases": []}, "/legal_bases", "invalid-value"),
        ({"referral": {"source": "kissa", "received_on": "2026-01-01"}}, "/referral/source", "unknown-code"),
        ({"ends_on": "2020-01-01"}, "/ends_on", "out-of-order"),
        ({"client_id": "01a20f63-1f4e-7ad9-8185-f3a69261964b"}, "/client_id", "unknown-reference"),
        ({"provider_id": "01a20f63-1f4e-7ad9-8185-f3a69261964b"}, "/provider_id", "unknown-reference"),
        ({"unit_id": "01a20f63-1f4e-7ad9-8185-f3a69261964b"}, "/unit_id", "unknown-reference"),
        ({"service_kind": "kissa"}, "/service_kind", "invalid-value"),
    ],
)
async def test_what_it_names_must_be_there(
    world: TenantFixture, changes: dict[str, Any], pointer: str, code: str
) -> None:
    relationship = await world.relationship((await world.client())["id"])
    answer = await world.organiser.post(
        "/v1/service-relationships", entry(relationship, source_id="x") | changes
    )
    assert answer.status_code == 422, answer.text
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]


async def test_a_unit_belongs_to_its_provider(world: TenantFixture) -> None:
    unit = {"organisation_id": str(world.provider_b.organisation_id), "name": "Toinen talo", "source_id": "u"}
    response = await world.organiser.post("/v1/units", unit)
    assert response.status_code == 201
    relationship = await world.relationship((await world.client())["id"])
    answer = await world.organiser.post(
        "/v1/service-relationships", entry(relationship, source_id="x", unit_id=response.json()["id"])
    )
    assert answer.json()["errors"][0]["pointer"] == "/unit_id"


async def test_a_provider_cannot_open_access_for_itself(world: TenantFixture) -> None:
    client = await world.client()
    relationship = await world.relationship(client["id"])
    for call in (
        world.provider_a.post("/v1/service-relationships", entry(relationship, source_id="x")),
        world.provider_a.put(
            f"/v1/service-relationships/{relationship['id']}",
            entry(relationship, starts_on="2020-01-01"),
            If_Match='"1"',
        ),
    ):
        assert (await call).status_code == 403


async def test_lists_know_their_filters(world: TenantFixture) -> None:
    one, two = await world.client(), await world.client()
    first = await world.relationship(one["id"], source_id="own")
    second = await world.relationship(two["id"], provider=world.provider_b, ends_on=world.day(100))

    async def ids(query: str) -> list[str]:
        answer = await world.organiser.get(f"/v1/service-relationships?{query}")
        return [item["id"] for item in answer.json()["items"]]

    assert await ids("") == [first["id"], second["id"]]
    assert await ids(f"client_id={two['id']}") == [second["id"]]
    assert await ids(f"provider_id={world.provider_a.organisation_id}") == [first["id"]]
    assert await ids(f"in_force_on={world.day(0)}") == [first["id"]]
    assert await ids(f"in_force_on={world.day(100)}") == [first["id"], second["id"]]
    assert await ids("source_id=own") == [first["id"]]
