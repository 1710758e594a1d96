"""A client has died: what was planned ends with the day, the last days are still recorded and confirmed; and a death that was
recorded by mistake is taken back."""

import asyncio
from typing import Any

import httpx
import pytest
from tests.conftest import ApiClient, TenantFixture, forward
from tests.privacy.stage import without_server_members
from tests.record.case_file.documents.samples import AUTHOR, WORK_ACTIVITY

from walmu_api.foundation.clock import Clock

PRESENT = {"status": "present", "actual_minutes": 240}
CONTACT = {
    "phone": "040 5550101",
    "email": "eeva@example.org",
    "street_address": "Salakuja 3",
    "contact_address": {"street_address": "PL 31"},
}
MOTHER = {"family_name": "Virtanen", "given_names": "Äiti", "phone": "040 5550102"}


async def put_client(world: TenantFixture, client_id: str, **changes: Any) -> httpx.Response:
    """The client as read, with changes; None leaves a member out."""
    now = await world.organiser.get(f"/v1/clients/{client_id}")
    entry = without_server_members(now.json()) | changes
    entry = {name: value for name, value in entry.items() if value is not None}
    return await world.organiser.put(f"/v1/clients/{client_id}", entry, If_Match=now.headers["ETag"])


async def dies(world: TenantFixture, client_id: str, days_ago: int) -> None:
    answer = await put_client(world, client_id, died_on=world.day(days_ago))
    assert answer.status_code == 200, answer.text
    assert answer.json()["died_on"] == world.day(days_ago)


async def lives(world: TenantFixture, client_id: str) -> None:
    answer = await put_client(world, client_id, died_on=None)
    assert answer.status_code == 200, answer.text
    assert "died_on" not in answer.json()


@pytest.fixture
async def served(world: TenantFixture) -> dict[str, Any]:
    client = await world.client(contact=CONTACT, related_persons=[MOTHER])
    relationship = await world.relationship(client["id"], service=WORK_ACTIVITY)
    agreement = await world.agreement(relationship, await world.decision(relationship))
    return {
        "client": client["id"],
        "relationship": relationship["id"],
        "agreement": agreement,
        "days": f"/v1/agreements/{agreement['id']}/attendance",
    }


async def test_a_death_is_recorded_and_ends_each_service_on_its_day(
    world: TenantFixture, served: dict[str, Any]
) -> None:
    path = f"/v1/service-relationships/{served['relationship']}"
    assert "ends_on" not in (await world.provider_a.get(path)).json()
    await dies(world, served["client"], 3)
    for speaker in (world.organiser, world.provider_a):
        now = (await speaker.get(path)).json()
        assert (now["ends_on"], now["version"]) == (world.day(3), 2)
        assert (await speaker.get(f"/v1/clients/{served['client']}")).json()["died_on"] == world.day(3)


async def test_the_last_days_are_recorded_and_corrected_and_later_ones_are_refused(
    world: TenantFixture, served: dict[str, Any]
) -> None:
    days = served["days"]
    before = await world.provider_a.put(f"{days}/{world.day(1)}", PRESENT)
    assert before.status_code == 201
    await dies(world, served["client"], 3)
    for day in (3, 4):
        answer = await world.provider_a.put(f"{days}/{world.day(day)}", PRESENT)
        assert answer.status_code == 201, answer.text
    corrected = await world.provider_a.put(
        f"{days}/{world.day(4)}", PRESENT | {"actual_minutes": 200}, If_Match=answer.headers["ETag"]
    )
    assert corrected.status_code == 200
    refused = await world.provider_a.put(f"{days}/{world.day(2)}", {"status": "absent"})
    assert refused.status_code == 422
    (error,) = refused.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/date", "day-outside-agreement")
    voided = await world.provider_a.post(
        f"{days}/{world.day(1)}/void", {"reason": "Kuollut"}, If_Match=before.headers["ETag"]
    )
    assert voided.status_code == 200, voided.text


async def test_nothing_of_the_dead_is_in_force_or_ends_next(
    world: TenantFixture, served: dict[str, Any]
) -> None:
    """On the day of death itself it still is."""
    path = f"/v1/clients/{served['client']}/overview"
    for ago, some in ((0, True), (1, False)):
        await dies(world, served["client"], ago)
        overview = (await world.organiser.get(path)).json()
        assert [bool(overview[name]) for name in ("decisions", "ends_next")] == [some, some]


async def test_a_day_recorded_after_the_death_counts_in_no_allowance(
    world: TenantFixture, served: dict[str, Any]
) -> None:
    for day in (4, 1):
        assert (await world.provider_a.put(f"{served['days']}/{world.day(day)}", PRESENT)).status_code == 201
    await dies(world, served["client"], 3)
    summary = await _summary(world, served)
    assert summary["allowance_days"] == 1
    findings = {item["date"]: item.get("finding") for item in summary["items"] if item["status"] == "present"}
    assert findings == {world.day(4): None, world.day(1): "day-outside-agreement"}


async def test_no_day_after_the_death_is_planned_or_missing(
    world: TenantFixture, served: dict[str, Any]
) -> None:
    before = {item["date"] for item in (await _summary(world, served))["items"]}
    assert any(day > world.day(10) for day in before), "something was planned"
    overview = (await world.organiser.get(f"/v1/clients/{served['client']}/overview")).json()
    unreported, plans = overview["attendance"]["days"]["unreported"], overview["agreements"]
    assert [each["id"] for each in plans] == [served["agreement"]["id"]]
    await dies(world, served["client"], 10)
    after = {item["date"] for item in (await _summary(world, served))["items"]}
    assert after == {day for day in before if day <= world.day(10)}
    for day in sorted(before):
        missing = await world.organiser.get(f"/v1/attendance/missing?on={day}")
        listed = [item["agreement_id"] for item in missing.json()["items"]]
        assert listed == ([served["agreement"]["id"]] if day <= world.day(10) else []), day
    overview = (await world.organiser.get(f"/v1/clients/{served['client']}/overview")).json()
    assert overview["attendance"]["days"]["unreported"] == unreported - len(before) + len(after)
    assert not overview.get("agreements"), "no week plan is in force"


async def _summary(world: TenantFixture, served: dict[str, Any]) -> dict[str, Any]:
    path = f"/v1/agreements/{served['agreement']['id']}/attendance-summary"
    answer = await world.provider_a.get(f"{path}?from={world.day(20)}&to={world.day(0)}")
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def test_a_death_recorded_by_mistake_is_taken_back_and_all_is_as_it_was(
    world: TenantFixture, served: dict[str, Any]
) -> None:
    other = await world.relationship(served["client"], world.provider_b, ends_on=world.day(-30))
    paths = [f"/v1/service-relationships/{each}" for each in (served["relationship"], other["id"])]
    first = [(await world.organiser.get(path)).json() for path in paths]
    before = await _summary(world, served)
    await dies(world, served["client"], 10)
    assert [(await world.organiser.get(path)).json()["ends_on"] for path in paths] == [world.day(10)] * 2
    await lives(world, served["client"])
    now = [(await world.organiser.get(path)).json() for path in paths]
    varying = {"version", "recorded_at"}
    assert [_without(each, varying) for each in now] == [_without(each, varying) for each in first]
    assert await _summary(world, served) == before
    assert (await world.provider_a.put(f"{served['days']}/{world.day(2)}", PRESENT)).status_code == 201


async def test_an_ending_beside_a_death_stays_when_the_death_is_taken_back(
    world: TenantFixture, served: dict[str, Any]
) -> None:
    path = f"/v1/service-relationships/{served['relationship']}"
    await dies(world, served["client"], 10)
    entry = {"service_relationship_id": served["relationship"], "kind": "ended", "ends_on": world.day(5)}
    entry["source_id"] = "loppu"
    ended = await world.provider_a.post("/v1/service-events", entry | ENDING)
    assert ended.status_code == 201, ended.text
    assert (await world.organiser.get(path)).json()["ends_on"] == world.day(10), "death was earlier"
    await lives(world, served["client"])
    assert (await world.organiser.get(path)).json()["ends_on"] == world.day(5)
    voided = await world.provider_a.post(
        f"/v1/service-events/{ended.json()['id']}/void", {"reason": "Erehdys"}
    )
    assert voided.status_code == 200, voided.text
    assert "ends_on" not in (await world.organiser.get(path)).json()


ENDING = {"author": AUTHOR}


def _without(record: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name not in names}


async def test_nothing_begins_after_the_death(world: TenantFixture, served: dict[str, Any]) -> None:
    future = await world.relationship(served["client"], world.provider_b, starts_on=world.day(-10))
    await dies(world, served["client"], 3)
    new = without_server_members(future) | {"starts_on": world.day(2)}
    refused = await world.organiser.post(
        "/v1/service-relationships", _without(new, {"ends_on"}) | {"source_id": "uusi"}
    )
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/starts_on"]
    known = await world.organiser.get(f"/v1/service-relationships/{future['id']}")
    assert known.json()["ends_on"] == world.day(3)
    with pytest.raises(AssertionError, match='"pointer":"/starts_on"'):
        await world.agreement({"id": served["relationship"]}, None, starts_on=world.day(2))


async def test_a_service_that_was_to_begin_after_the_death_gives_no_access(
    world: TenantFixture, clock: Clock, served: dict[str, Any]
) -> None:
    await world.relationship(served["client"], world.provider_b, starts_on=world.day(-10))
    path = f"/v1/clients/{served['client']}"
    await dies(world, served["client"], 3)
    forward(clock, days=20)
    assert (await world.provider_b.get(path)).status_code == 404
    assert (await world.provider_a.get(path)).status_code == 200, "in the time of grace"
    await lives(world, served["client"])
    assert (await world.provider_b.get(path)).status_code == 200
    await dies(world, served["client"], 3)
    forward(clock, days=90)
    assert (await world.provider_a.get(path)).status_code == 404


async def test_a_service_that_is_opened_while_the_death_is_recorded_ends_with_it(
    world: TenantFixture,
) -> None:
    for _ in range(12):
        client = (await world.client())["id"]
        opened, _ = await asyncio.gather(world.relationship(client), dies(world, client, 3))
        now = await world.organiser.get(f"/v1/service-relationships/{opened['id']}")
        assert now.json().get("ends_on") == world.day(3)


async def test_an_absence_after_the_death_waits_for_no_justification(
    world: TenantFixture, served: dict[str, Any]
) -> None:
    for day in (4, 2):
        answer = await world.provider_a.put(f"{served['days']}/{world.day(day)}", {"status": "absent"})
        assert answer.status_code == 201
    await dies(world, served["client"], 3)
    for speaker in (world.organiser, world.provider_a):
        listed = (await speaker.get("/v1/justifications")).json()["items"]
        assert [item["date"] for item in listed] == [world.day(4)]


async def test_nobody_answers_a_form_after_death(world: TenantFixture, served: dict[str, Any]) -> None:
    await dies(world, served["client"], 3)
    relationship = {"id": served["relationship"], "client_id": served["client"]}
    entry = world.measurement_entry(relationship)
    for day, status in ((2, 422), (3, 201)):
        answer = await world.provider_a.post("/v1/measurements", entry | {"answered_on": world.day(day)})
        assert answer.status_code == status, answer.text
        if status == 422:
            assert [error["pointer"] for error in answer.json()["errors"]] == ["/answered_on"]


async def test_the_overview_tells_the_day(world: TenantFixture, served: dict[str, Any]) -> None:
    path = f"/v1/clients/{served['client']}/overview"
    assert "died_on" not in (await world.provider_a.get(path)).json()["client"]
    await dies(world, served["client"], 3)
    assert (await world.provider_a.get(path)).json()["client"]["died_on"] == world.day(3)
    page = await world.provider_a.get(path, Accept="application/xhtml+xml")
    assert "kuollut " in page.text


@pytest.mark.parametrize("member", ["died_on", "emigrated_on"])
async def test_such_a_day_has_come_and_is_not_before_birth(world: TenantFixture, member: str) -> None:
    client = await world.client(date_of_birth="1990-01-01")
    for day in (world.day(-1), "1989-12-31"):
        answer = await put_client(world, client["id"], **{member: day})
        assert answer.status_code == 422, (day, answer.text)
        assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{member}"]
    assert (await put_client(world, client["id"], **{member: "1990-01-01"})).status_code == 200


async def test_emigration_ends_nothing(world: TenantFixture, served: dict[str, Any]) -> None:
    answer = await put_client(world, served["client"], emigrated_on=world.day(10))
    assert answer.status_code == 200
    seen = (await world.provider_a.get(f"/v1/clients/{served['client']}")).json()
    assert seen["emigrated_on"] == world.day(10)
    assert seen["contact"]["phone"] == CONTACT["phone"]
    path = f"/v1/service-relationships/{served['relationship']}"
    assert "ends_on" not in (await world.provider_a.get(path)).json()


async def test_the_feed_tells_it_once_to_each_who_saw_the_client(
    world: TenantFixture, served: dict[str, Any]
) -> None:
    speakers = (world.organiser, world.provider_a, world.provider_b)
    feeds = [(await each.get("/v1/changes?limit=500")).json()["next"] for each in speakers]
    await dies(world, served["client"], 2)
    found = [await _changes(each, at) for each, at in zip(speakers, feeds, strict=True)]
    expected = [("client", "access-ended"), ("client", "updated"), ("service-relationship", "updated")]
    assert [sorted(each) for each in found] == [expected, expected, []]


async def _changes(speaker: ApiClient, at: str) -> list[tuple[str, str]]:
    answer = await speaker.get(at)
    assert answer.status_code == 200, answer.text
    return [(each["resource_type"], each["change"]) for each in answer.json()["items"]]
