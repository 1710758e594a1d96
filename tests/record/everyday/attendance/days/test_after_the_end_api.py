"""After a service relationship has ended, its provider still reads and corrects the days inside it, and records none after it."""

from datetime import timedelta
from typing import Any

import pytest
from tests.conftest import ApiClient, TenantFixture

PRESENT = {"status": "present", "actual_minutes": 240}


async def scene(world: TenantFixture) -> tuple[dict[str, Any], str]:
    """A service relationship with an agreement at a workplace, and the path of its days."""
    relationship = await world.relationship((await world.client())["id"])
    place = {"name": "Leipomo", "organisation_id": str(world.workplace.organisation_id)}
    agreement = await world.agreement(relationship, await world.decision(relationship), place=place)
    return relationship, f"/v1/agreements/{agreement['id']}/attendance"


async def end(world: TenantFixture, relationship: dict[str, Any], ago: int | None) -> None:
    """The organiser says when it ended; with None, that it goes on."""
    path = f"/v1/service-relationships/{relationship['id']}"
    now = await world.organiser.get(path)
    read_only = {"id", "version", "recorded_at", "recorded_by", "ends_on"}
    entry = {name: value for name, value in now.json().items() if name not in read_only}
    entry |= {"ends_on": world.day(ago)} if ago is not None else {}
    answer = await world.organiser.put(path, entry, If_Match=now.headers["etag"])
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("who", ["provider_a", "workplace"])
async def test_a_day_after_the_last_one_is_refused_and_one_inside_is_taken(
    world: TenantFixture, who: str
) -> None:
    relationship, days = await scene(world)
    speaker: ApiClient = getattr(world, who)
    await end(world, relationship, 10)
    refused = await speaker.put(f"{days}/{world.day(9)}", PRESENT)
    data = refused.json()
    assert (refused.status_code, data["code"]) == (422, "day-outside-agreement")
    assert [(e["pointer"], e["rule"]) for e in data["errors"]] == [("/date", "service-relationship-ended")]
    assert world.day(10) in data["detail"]
    assert (await world.organiser.get(f"{days}/{world.day(9)}")).status_code == 404
    assert (await speaker.put(f"{days}/{world.day(10)}", PRESENT)).status_code == 201


async def test_no_day_is_moved_to_one_after_the_last_one(world: TenantFixture) -> None:
    relationship, days = await scene(world)
    before = await world.provider_a.put(f"{days}/{world.day(12)}", PRESENT)
    await end(world, relationship, 10)
    for ago, to, status in ((13, 9, 422), (12, 9, 422), (13, 10, 201)):
        moved = {"status": "rescheduled", "rescheduled_to": world.day(to)}
        versions = {"If_Match": before.headers["etag"]} if ago == 12 else {}
        answer = await world.provider_a.put(f"{days}/{world.day(ago)}", moved, **versions)
        assert answer.status_code == status, answer.text
        if status == 422:
            (error,) = answer.json()["errors"]
            assert (error["pointer"], error["code"]) == ("/rescheduled_to", "day-outside-agreement")
            assert error["rule"] == "service-relationship-ended"


async def test_a_batch_tells_it_line_by_line_and_groups_it_apart(world: TenantFixture) -> None:
    relationship, days = await scene(world)
    await end(world, relationship, 10)
    lines = [
        {"agreement_id": days.split("/")[3], "date": world.day(ago)} | PRESENT for ago in (8, 9, 10, 11, 125)
    ]
    data = (await world.provider_a.post("/v1/attendance-batches", {"items": lines})).json()
    assert [each["outcome"] for each in data["outcomes"]] == [
        "rejected",
        "rejected",
        "created",
        "created",
        "rejected",
    ]
    rules = [each["problems"][0].get("rule") for each in data["outcomes"] if each["outcome"] == "rejected"]
    assert rules == ["service-relationship-ended", "service-relationship-ended", None]
    assert [(cause["code"], cause["lines"]) for cause in data["causes"]] == [
        ("day-outside-agreement", [1, 2]),
        ("day-outside-agreement", [5]),
    ]


async def test_days_that_were_there_before_the_end_was_told_stay_and_can_be_corrected_or_voided(
    world: TenantFixture,
) -> None:
    relationship, days = await scene(world)
    after, line = f"{days}/{world.day(5)}", {"agreement_id": days.split("/")[3], "date": world.day(4)}
    for ago in (4, 5):
        assert (await world.provider_a.put(f"{days}/{world.day(ago)}", PRESENT)).status_code == 201
    await end(world, relationship, 10)
    assert (await world.provider_a.put(after, PRESENT)).status_code == 200, "sent again, it is there"
    corrected = await world.provider_a.put(after, {"status": "not_arranged"}, If_Match='"1"')
    assert (corrected.status_code, corrected.headers["walmu-warnings"]) == (200, "day-outside-agreement")
    batch = {"items": [line | {"status": "not_arranged", "if_version": 1}]}
    data = (await world.provider_a.post("/v1/attendance-batches", batch)).json()["outcomes"][0]
    assert (data["outcome"], data["problems"][0]["severity"]) == ("updated", "warning")
    voided = await world.provider_a.post(f"{after}/void", {"reason": "Päättyi jo"})
    assert voided.status_code == 200
    anew = await world.provider_a.put(after, PRESENT, If_Match=voided.headers["etag"])
    assert anew.json()["errors"][0]["rule"] == "service-relationship-ended", (
        "what was voided is not there any more"
    )


async def test_nothing_is_missing_after_the_last_day(world: TenantFixture) -> None:
    relationship, days = await scene(world)
    summary = f"/v1/agreements/{days.split('/')[3]}/attendance-summary?from={world.day(20)}"
    ended_on = (world.today - timedelta(days=10)).isoformat()
    unreported = [i["date"] for i in (await world.provider_a.get(summary)).json()["items"]]
    assert max(unreported) > ended_on
    await end(world, relationship, 10)
    still = [item["date"] for item in (await world.provider_a.get(summary)).json()["items"]]
    assert still == [day for day in unreported if day <= ended_on]


async def test_when_the_end_is_taken_back_its_days_are_recorded_as_before(world: TenantFixture) -> None:
    relationship, days = await scene(world)
    await end(world, relationship, 10)
    assert (await world.provider_a.put(f"{days}/{world.day(3)}", PRESENT)).status_code == 422
    await end(world, relationship, None)
    assert (await world.provider_a.put(f"{days}/{world.day(3)}", PRESENT)).status_code == 201


async def test_no_agreement_begins_after_the_last_day_but_one_that_stands_can_be_amended(
    world: TenantFixture,
) -> None:
    relationship, days = await scene(world)
    decision = (await world.provider_a.get(f"/v1/agreements/{days.split('/')[3]}")).json()["decision_id"]
    late = await world.agreement(relationship, decision, starts_on=world.day(5), sign=False)
    await end(world, relationship, 10)
    stored = {
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
    }
    entry = {name: value for name, value in late.items() if name not in stored}
    for starts_on, status in ((world.day(9), 422), (world.day(10), 201)):
        data = entry | {"starts_on": starts_on, "source_id": f"new-{status}"}
        answer = await world.provider_a.post("/v1/agreements", data)
        assert answer.status_code == status, answer.text
        if status == 422:
            assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [
                ("/starts_on", "invalid-value")
            ]
    path = f"/v1/agreements/{late['id']}"
    amended = await world.provider_a.put(path, entry | {"absence_reporting": "Tekstaa."}, If_Match='"1"')
    assert amended.status_code == 200, amended.text
    moved = await world.provider_a.put(path, entry | {"starts_on": world.day(4)}, If_Match='"2"')
    assert moved.json()["errors"][0]["pointer"] == "/starts_on"
