"""Words of one day that contradict each other: they are refused, one by one and in a batch, with the place."""

from typing import Any

import pytest
from tests.conftest import TenantFixture

pytestmark = pytest.mark.dated
PRESENCE = {"actual_minutes": 240, "arrived_at": "09:00", "left_at": "13:00"}


@pytest.mark.parametrize("status", ["absent", "not_arranged", "rescheduled"])
@pytest.mark.parametrize("member", PRESENCE)
async def test_who_did_not_come_has_no_minutes_and_did_not_arrive(
    world: TenantFixture, status: str, member: str
) -> None:
    agreement = await world.signed_agreement()
    day = world.day(3)
    value = PRESENCE[member] if member == "actual_minutes" else f"{day}T{PRESENCE[member]}:00Z"
    entry = {"status": status, member: value} | (
        {"absence_reason": "own_illness"} if status == "absent" else {}
    )
    alone = await world.provider_a.put(f"/v1/agreements/{agreement['id']}/attendance/{day}", entry)
    line = {"agreement_id": agreement["id"], "date": day} | entry
    batch = await world.provider_a.post("/v1/attendance-batches", {"items": [line]})
    (of_line,) = batch.json()["outcomes"][0]["problems"]
    assert (alone.status_code, alone.json()["code"]) == (422, "not-attended")
    assert alone.json()["errors"][0]["pointer"] == of_line["pointer"] == f"/{member}"
    assert of_line["code"] == "not-attended"


async def test_planned_minutes_and_nought_minutes_contradict_nothing(world: TenantFixture) -> None:
    agreement = await world.signed_agreement()
    path = f"/v1/agreements/{agreement['id']}/attendance/"
    entry: dict[str, Any] = {"status": "absent", "absence_reason": "own_illness", "planned_minutes": 240}
    assert (await world.provider_a.put(path + world.day(3), entry | {"actual_minutes": 0})).status_code == 201


async def test_a_day_moves_within_its_agreement(world: TenantFixture) -> None:
    agreement = await world.signed_agreement(ends_on=world.day(-10))
    path = f"/v1/agreements/{agreement['id']}/attendance/{world.day(3)}"
    beyond = await world.provider_a.put(path, {"status": "rescheduled", "rescheduled_to": world.day(-11)})
    assert (beyond.status_code, beyond.json()["code"]) == (422, "day-outside-agreement")
    assert beyond.json()["errors"][0]["pointer"] == "/rescheduled_to"
    within = await world.provider_a.put(path, {"status": "rescheduled", "rescheduled_to": world.day(-10)})
    assert within.status_code == 201
