"""An agreement was ended on the wrong day, or the wrong one was: it is corrected by who may end it, and no day is stuck."""

from datetime import timedelta
from typing import Any

import pytest
from tests.conftest import TenantFixture

pytestmark = pytest.mark.dated
PRESENT = {"status": "present", "actual_minutes": 240}


async def ended(world: TenantFixture, ago: int = 10) -> tuple[str, Any]:
    """An agreement that is agreed on for two months more, and was ended; its path and the answer."""
    path = f"/v1/agreements/{(await world.signed_agreement())['id']}"
    for day in (3, 12):
        recorded = await world.provider_a.put(f"{path}/attendance/{world.day(day)}", PRESENT)
        assert recorded.status_code == 201
    answer = await world.provider_a.post(f"{path}/end", {"ends_on": world.day(ago), "reason": "Muutto"})
    assert (answer.status_code, answer.json()["agreed_ends_on"]) == (200, world.day(-60))
    return path, answer


async def test_another_end_corrects_the_first_one_with_its_version(world: TenantFixture) -> None:
    path, answer = await ended(world)
    other = {"ends_on": world.day(-5), "reason": "Muutto siirtyi"}
    assert (await world.provider_a.post(f"{path}/end", other)).status_code == 428
    stale = await world.provider_a.post(f"{path}/end", other, If_Match='"2"')
    assert stale.status_code == 412
    corrected = await world.provider_a.post(f"{path}/end", other, If_Match=answer.headers["etag"])
    data = corrected.json()
    assert (corrected.status_code, data["ends_on"], data["end_reason"], data["agreed_ends_on"]) == (
        200,
        world.day(-5),
        "Muutto siirtyi",
        world.day(-60),
    )
    again = await world.provider_a.post(f"{path}/end", other)
    assert (again.status_code, again.headers["etag"]) == (200, corrected.headers["etag"]), (
        "the same changes nothing"
    )
    beyond = await world.provider_a.post(
        f"{path}/end", other | {"ends_on": world.day(-61)}, If_Match=corrected.headers["etag"]
    )
    assert (beyond.status_code, beyond.json()["errors"][0]["pointer"]) == (422, "/ends_on")


async def test_an_end_that_was_said_in_error_is_taken_back(world: TenantFixture) -> None:
    path, answer = await ended(world)
    why = {"reason": "Väärä asiakas päätettiin"}
    assert (await world.provider_a.post(f"{path}/reopen", why)).status_code == 428
    reopened = await world.provider_a.post(f"{path}/reopen", why, If_Match=answer.headers["etag"])
    data = reopened.json()
    assert (reopened.status_code, data["status"], data["ends_on"], data["reopen_reason"]) == (
        200,
        "signed",
        world.day(-60),
        "Väärä asiakas päätettiin",
    )
    assert {"end_reason", "agreed_ends_on"}.isdisjoint(data)
    again = await world.provider_a.post(f"{path}/reopen", why, If_Match=reopened.headers["etag"])
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    assert (await world.provider_a.put(f"{path}/attendance/{world.day(1)}", PRESENT)).status_code == 201


async def test_who_may_not_end_it_may_not_take_the_end_back(world: TenantFixture) -> None:
    path, answer = await ended(world)
    for speaker, status in (world.provider_b, 404), (world.workplace, 403), (world.auditor, 403):
        refused = await speaker.post(f"{path}/reopen", {"reason": "x"}, If_Match=answer.headers["etag"])
        assert refused.status_code == status


async def test_days_recorded_after_the_end_are_told_and_can_be_corrected_and_voided(
    world: TenantFixture,
) -> None:
    path, _ = await ended(world)
    day = f"{path}/attendance/{world.day(3)}"
    for speaker in (world.provider_a, world.organiser):
        data = (await speaker.get(f"{path}/attendance-summary?from={world.day(20)}")).json()["items"]
        told = {each["date"]: each.get("finding") for each in data if each["status"] == "present"}
        assert told == {world.day(12): None, world.day(3): "day-outside-agreement"}
    corrected = await world.provider_a.put(day, PRESENT | {"actual_minutes": 200}, If_Match='"1"')
    assert (corrected.status_code, corrected.headers["walmu-warnings"]) == (200, "day-outside-agreement")
    line = {"agreement_id": path.split("/")[3], "date": world.day(3), "if_version": 2} | PRESENT
    batch = await world.provider_a.post("/v1/attendance-batches", {"items": [line]})
    assert batch.json()["outcomes"][0]["outcome"] == "updated"
    assert (await world.provider_a.put(f"{path}/attendance/{world.day(2)}", PRESENT)).status_code == 422
    assert (await world.provider_a.post(f"{day}/void", {"reason": "Ei ollut"})).status_code == 200
    assert (await world.provider_a.put(day, PRESENT, If_Match='"4"')).status_code == 422, (
        "it is not there any more"
    )


async def test_days_after_a_revocation_are_told_and_can_be_corrected(world: TenantFixture) -> None:
    relationship = await world.relationship((await world.client())["id"])
    decision, _ = await world.receive(relationship)
    agreement = await world.agreement(relationship, decision)
    day = f"/v1/agreements/{agreement['id']}/attendance/{world.day(3)}"
    assert (await world.provider_a.put(day, PRESENT)).status_code == 201
    await world.owner.execute(
        "update decisions set valid_to = $3 where organiser_id = $1 and id = $2",
        world.organiser_id, decision, world.today - timedelta(days=10),
    )  # fmt: skip
    summary = await world.organiser.get(
        f"/v1/agreements/{agreement['id']}/attendance-summary?from={world.day(5)}"
    )
    (item,) = [each for each in summary.json()["items"] if each["status"] == "present"]
    assert item["finding"] == "decision-not-in-force"
    assert (await world.provider_a.put(day, {"status": "not_arranged"}, If_Match='"1"')).status_code == 200
