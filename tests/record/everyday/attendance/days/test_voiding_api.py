"""A day recorded in error is voided, and a day that moved names the other."""

from typing import Any

import pytest
from tests.conftest import TenantFixture

PRESENT = {"status": "present", "actual_minutes": 240, "form": "group"}
WRONG = {"reason": "Väärä asiakas"}


async def recorded(world: TenantFixture, entry: dict[str, Any] = PRESENT, ago: int = 3) -> str:
    agreement = await world.signed_agreement()
    path = f"/v1/agreements/{agreement['id']}/attendance/{world.day(ago)}"
    answer = await world.provider_a.put(path, entry)
    assert answer.status_code == 201, answer.text
    return path


async def test_a_voided_day_stays_readable_and_nothing_of_it_can_be_counted(world: TenantFixture) -> None:
    path = await recorded(
        world, {"status": "absent", "absence_reason": "own_illness", "planned_minutes": 240}
    )
    before = (await world.provider_a.get(path)).text
    voided = await world.provider_a.post(f"{path}/void", WRONG)
    assert (voided.status_code, voided.headers["etag"]) == (200, '"2"'), voided.text
    data = voided.json()
    assert (data["status"], data["void_reason"]) == ("voided", "Väärä asiakas")
    assert not {"absence_reason", "planned_minutes", "actual_minutes"} & data.keys()
    assert (await world.organiser.get(path)).json() == data
    assert (await world.organiser.get("/v1/attendance?status=voided")).json()["items"] == [data]
    row = await world.owner.fetchrow(
        "select change, replaced::text from journal where organiser_id = $1 and resource_type = 'attendance' and version = 2",
        world.organiser_id,
    )
    assert row is not None
    assert (row["change"], row["replaced"]) == ("voided", before)
    assert (await world.feed(world.provider_a))[0][-1]["change"] == "voided"


async def test_voiding_again_changes_nothing_and_another_reason_is_a_conflict(world: TenantFixture) -> None:
    path = await recorded(world)
    first = await world.provider_a.post(f"{path}/void", WRONG)
    again = await world.provider_a.post(f"{path}/void", WRONG)
    assert (again.status_code, again.content) == (200, first.content)
    other = await world.provider_a.post(f"{path}/void", {"reason": "Toinen syy"})
    assert (other.status_code, other.json()["code"]) == (409, "conflict")


async def test_an_old_device_does_not_bring_a_voided_day_back_but_who_knows_its_version_does(
    world: TenantFixture,
) -> None:
    path = await recorded(world)
    await world.provider_a.post(f"{path}/void", WRONG)
    late = await world.provider_a.put(path, PRESENT)
    assert (late.status_code, late.json()["code"]) == (428, "precondition-required")
    agreement, day = path.split("/")[3], path.split("/")[5]
    line = {"agreement_id": agreement, "date": day} | PRESENT
    batch = await world.provider_a.post("/v1/attendance-batches", {"items": [line]})
    assert batch.json()["outcomes"][0]["problems"][0]["code"] == "already-recorded"
    batch = await world.provider_a.post("/v1/attendance-batches", {"items": [line | {"if_version": 2}]})
    assert batch.json()["counts"]["updated"] == 1, batch.text
    data = (await world.provider_a.get(path)).json()
    assert (data["status"], data["version"], data["actual_minutes"]) == ("present", 3, 240)
    assert "void_reason" not in data
    await world.provider_a.post(f"{path}/void", WRONG)
    anew = await world.provider_a.put(path, PRESENT, If_Match='"4"')
    assert (anew.status_code, "void_reason" in anew.json()) == (200, False)


@pytest.mark.parametrize(
    ("if_match", "status", "code"), [('"7"', 412, "stale-version"), ('"1"', 200, None), (None, 200, None)]
)
async def test_voiding_honours_the_version(
    world: TenantFixture, if_match: str | None, status: int, code: str | None
) -> None:
    path = await recorded(world)
    headers = {"If_Match": if_match} if if_match else {}
    answer = await world.provider_a.post(f"{path}/void", WRONG, **headers)
    assert (answer.status_code, answer.json().get("code")) == (status, code)


async def test_who_may_not_see_the_day_cannot_void_it_and_a_day_not_recorded_is_not_there(
    world: TenantFixture,
) -> None:
    path = await recorded(world)
    assert (await world.provider_b.post(f"{path}/void", WRONG)).status_code == 404
    assert (await world.organiser.post(f"{path}/void", WRONG)).status_code == 403
    other = path.replace(world.day(3), world.day(4))
    assert (await world.provider_a.post(f"{other}/void", WRONG)).status_code == 404


async def test_a_voided_day_is_no_absence_to_be_justified(world: TenantFixture) -> None:
    path = await recorded(world, {"status": "absent", "absence_reason": "own_illness"})
    await world.provider_a.post(f"{path}/void", WRONG)
    why = {"reason": "own_illness", "given_by": "client", "given_on": world.day(3)}
    answer = await world.provider_a.put(f"{path}/justification", why)
    assert (answer.status_code, answer.json()["code"]) == (409, "not-an-absence")


async def test_nobody_says_that_a_day_is_voided(world: TenantFixture) -> None:
    agreement = await world.signed_agreement()
    path = f"/v1/agreements/{agreement['id']}/attendance/{world.day(3)}"
    assert (await world.provider_a.put(path, {"status": "voided"})).status_code == 422
    answer = await world.provider_a.put(path, {"status": "present", "void_reason": "x"})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "read-only")


async def test_swapped_days_name_each_other(world: TenantFixture) -> None:
    agreement = await world.signed_agreement()
    days = f"/v1/agreements/{agreement['id']}/attendance"
    moved = {"status": "rescheduled", "rescheduled_to": world.day(-2)}
    answer = await world.provider_a.put(f"{days}/{world.day(3)}", moved)
    assert (answer.status_code, answer.json()["rescheduled_to"]) == (201, world.day(-2)), answer.text
    line = {
        "agreement_id": agreement["id"],
        "date": world.day(2),
        "status": "present",
        "rescheduled_from": world.day(9),
    }
    response = await world.provider_a.post("/v1/attendance-batches", {"items": [line]})
    assert response.json()["counts"]["created"] == 1, response.text
    assert (await world.provider_a.get(f"{days}/{world.day(2)}")).json()["rescheduled_from"] == world.day(9)
    changed = await world.provider_a.put(
        f"{days}/{world.day(3)}", moved | {"rescheduled_to": world.day(1)}, If_Match='"1"'
    )
    assert (changed.status_code, changed.json()["rescheduled_to"]) == (200, world.day(1))


@pytest.mark.parametrize(
    ("entry", "pointer"),
    [
        ({"status": "present", "rescheduled_to": 1}, "/rescheduled_to"),
        ({"status": "rescheduled", "rescheduled_to": 3}, "/rescheduled_to"),
        ({"status": "rescheduled", "rescheduled_from": 1}, "/rescheduled_from"),
        ({"status": "present", "rescheduled_from": 3}, "/rescheduled_from"),
    ],
)
async def test_a_day_that_did_not_move_names_no_other(
    world: TenantFixture, entry: dict[str, Any], pointer: str
) -> None:
    agreement = await world.signed_agreement()
    data = {name: world.day(value) if isinstance(value, int) else value for name, value in entry.items()}
    answer = await world.provider_a.put(f"/v1/agreements/{agreement['id']}/attendance/{world.day(3)}", data)
    assert (answer.status_code, answer.json()["code"]) == (422, "not-rescheduled"), answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer
