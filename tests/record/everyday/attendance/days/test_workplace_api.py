"""A workplace writes attendance of its own agreements, and nothing else."""

from datetime import timedelta
from typing import Any

from tests.conftest import TenantFixture, forward

from walmu_api.foundation.clock import Clock


async def own_and_other(world: TenantFixture) -> tuple[dict[str, Any], dict[str, Any]]:
    relationship = await world.relationship((await world.client())["id"])
    decision = await world.decision(relationship)
    place = {"name": "Kotkan leipomo", "organisation_id": str(world.workplace.organisation_id)}
    return await world.agreement(
        relationship, decision, schedule={"type": "flexible"}, place=place
    ), await world.agreement(relationship, decision)


async def test_it_sees_and_records_what_its_agreements_name(world: TenantFixture) -> None:
    own, other = await own_and_other(world)
    listed = await world.workplace.get("/v1/workplace-agreements")
    assert [item["id"] for item in listed.json()["items"]] == [own["id"]]
    path = f"/v1/agreements/{own['id']}/attendance/{world.day(3)}"
    assert (await world.workplace.put(path, {"status": "absent"})).status_code == 201
    by_provider = await world.provider_a.get(path)
    assert by_provider.json()["recorded_by"]["organisation_id"] == str(world.workplace.organisation_id)
    corrected = await world.provider_a.put(path, {"status": "partial"}, If_Match='"1"')
    assert corrected.status_code == 200
    assert (await world.workplace.get(path)).json() == corrected.json()
    values = {"reason": "own_illness", "given_by": "workplace", "given_on": world.day(3)}
    assert (await world.workplace.put(f"{path}/justification", values)).status_code == 201
    batch = [{"agreement_id": each["id"], "date": world.day(4), "status": "present"} for each in (own, other)]
    data = (await world.workplace.post("/v1/attendance-batches", {"items": batch})).json()
    assert [each["outcome"] for each in data["outcomes"]] == ["created", "rejected"]
    assert data["causes"][0]["code"] == "unknown-agreement"
    days = (await world.workplace.get("/v1/attendance")).json()["items"]
    assert {day["agreement_id"] for day in days} == {own["id"]}


async def test_another_agreement_of_the_same_client_is_404(world: TenantFixture) -> None:
    own, other = await own_and_other(world)
    path = f"/v1/agreements/{other['id']}/attendance/{world.day(3)}"
    assert (await world.provider_a.put(path, {"status": "absent"})).status_code == 201
    for answer in (
        await world.workplace.get(f"/v1/workplace-agreements/{other['id']}"),
        await world.workplace.get(path),
        await world.workplace.put(path, {"status": "present"}),
        await world.workplace.get(f"{path}/justification"),
        await world.workplace.get(f"/v1/attendance/{(await world.provider_a.get(path)).json()['id']}"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert (await world.workplace.get(f"/v1/attendance?client_id={own['client_id']}")).json()["items"] == []


async def test_clients_decisions_and_relationships_are_not_the_workplaces(world: TenantFixture) -> None:
    own, _ = await own_and_other(world)
    for path in (
        "/v1/agreements",
        f"/v1/agreements/{own['id']}",
        f"/v1/agreements/{own['id']}/attendance-summary",
        "/v1/justifications",
        "/v1/clients",
        f"/v1/clients/{own['client_id']}",
        "/v1/decisions",
        "/v1/service-relationships",
        "/v1/use-log",
    ):
        answer = await world.workplace.get(path)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert (await world.workplace.post("/v1/client-searches", {})).status_code == 403
    ending = {"ends_on": world.day(1), "reason": "x"}
    assert (await world.workplace.post(f"/v1/agreements/{own['id']}/end", ending)).status_code == 403
    assert (await world.workplace.post("/v1/agreements", {})).status_code == 403


async def test_its_feed_holds_its_agreements_and_their_days_only(world: TenantFixture) -> None:
    own, other = await own_and_other(world)
    for each in (own, other):
        await world.provider_a.put(
            f"/v1/agreements/{each['id']}/attendance/{world.day(3)}", {"status": "present"}
        )
    items, _ = await world.feed(world.workplace)
    assert [(item["resource_type"], item["change"]) for item in items] == [
        ("workplace-agreement", "updated"),
        ("attendance", "created"),
    ]
    assert {item["record"]["agreement_id"] for item in items if item["resource_type"] == "attendance"} == {
        own["id"]
    }


async def test_it_records_from_the_start_to_60_days_after_the_end(world: TenantFixture, clock: Clock) -> None:
    own, _ = await own_and_other(world)
    path = f"/v1/agreements/{own['id']}/attendance/{world.day(3)}"
    forward(clock, days=120)
    assert (await world.workplace.put(path, {"status": "present"})).status_code == 201
    forward(clock, days=121)
    assert (await world.workplace.get(path)).status_code == 404
    assert (await world.workplace.get("/v1/workplace-agreements")).json()["items"] == []
    assert world.today - timedelta(days=121) < world.today


async def test_another_workplace_sees_nothing(world: TenantFixture, elsewhere: TenantFixture) -> None:
    own, _ = await own_and_other(world)
    assert (await elsewhere.workplace.get(f"/v1/workplace-agreements/{own['id']}")).status_code == 404
    assert (await elsewhere.workplace.get("/v1/workplace-agreements")).json()["items"] == []


async def test_when_the_workplace_changes_the_days_from_then_on_are_the_new_ones(
    world: TenantFixture, elsewhere: TenantFixture
) -> None:
    del elsewhere
    agreement = await world.signed_agreement(place={"name": "Kotola"})
    day = f"/v1/agreements/{agreement['id']}/attendance/{world.day(4)}"
    assert (await world.provider_a.put(day, {"status": "present"})).status_code == 201
    assert (await world.workplace.get(day)).status_code == 404
    read_only = {
        "id",
        "version",
        "recorded_at",
        "recorded_by",
        "client_id",
        "provider_id",
        "status",
        "structure",
        "signatures",
        "schedules",
        "signed_on",
    }
    entry = {name: value for name, value in agreement.items() if name not in read_only}
    entry["place"] = {"organisation_id": str(world.workplace.organisation_id), "name": "Kahvila"}
    assert (
        await world.provider_a.put(f"/v1/agreements/{agreement['id']}", entry, If_Match='"2"')
    ).status_code == 200
    assert (await world.workplace.get(day)).status_code == 404
    refused = await world.workplace.put(day, {"status": "partial", "actual_minutes": 100}, If_Match='"1"')
    assert (refused.status_code, refused.json()["code"]) == (422, "day-outside-agreement"), refused.text
    line = {"agreement_id": agreement["id"], "date": world.day(4), "status": "present", "if_version": 2}
    data = (await world.workplace.post("/v1/attendance-batches", {"items": [line]})).json()
    assert [each["code"] for each in data["outcomes"][0]["problems"]] == ["day-outside-agreement"]
    assert (await world.workplace.get("/v1/changes?resource_type=attendance")).json()["items"] == []
    late = {"agreement_id": agreement["id"], "date": world.day(5), "status": "present"}
    assert (await world.provider_a.post("/v1/attendance-batches", {"items": [late]})).json()["counts"][
        "created"
    ] == 1
    today = f"/v1/agreements/{agreement['id']}/attendance/{world.day(0)}"
    assert (await world.workplace.put(today, {"status": "present"})).status_code == 201
    listed = (await world.workplace.get("/v1/attendance")).json()["items"]
    assert [each["date"] for each in listed] == [world.day(0)]
    feed = (await world.workplace.get("/v1/changes?resource_type=attendance")).json()["items"]
    assert [item["record"]["date"] for item in feed] == [world.day(0)]
