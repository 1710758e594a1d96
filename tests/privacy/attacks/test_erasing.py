"""What a workplace could erase without reading it. The page: hidden members stay as stored; a workplace's PUT does not wipe the
provider's reason."""

from typing import Any

import pytest
from tests.conftest import TenantFixture
from tests.record.everyday.attendance.days.test_workplace_api import own_and_other

NOTED = "2026-01-07T20:00:00Z"
REASON = {"status": "absent", "absence_reason": "condition_of_day", "noted_at": NOTED}


@pytest.fixture
async def days(world: TenantFixture) -> str:
    own, _ = await own_and_other(world)
    return f"/v1/agreements/{own['id']}/attendance"


async def _put(
    world: TenantFixture, days: str, entry: dict[str, Any], version: int, *, by_batch: bool
) -> None:
    if by_batch:
        of_line = {"agreement_id": days.split("/")[3], "date": world.day(3), "if_version": version}
        answer = await world.workplace.post("/v1/attendance-batches", {"items": [entry | of_line]})
        assert answer.json()["counts"]["updated"] == 1, answer.text
        return
    answer = await world.workplace.put(f"{days}/{world.day(3)}", entry, If_Match=f'"{version}"')
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("by_batch", [False, True])
@pytest.mark.parametrize("between", ["void", "present", "own reason"])
async def test_the_providers_reason_is_there_again_when_the_day_is_an_absence_again(
    world: TenantFixture, days: str, between: str, by_batch: bool
) -> None:
    """Tried: to void an absence, to call it a presence or to give another reason, and to record it anew as it was."""
    path = f"{days}/{world.day(3)}"
    assert (await world.provider_a.put(path, REASON)).status_code == 201
    if between == "void":
        assert (await world.workplace.post(f"{path}/void", {"reason": "Väärä"})).status_code == 200
    elif between == "present":
        await _put(world, days, {"status": "present"}, 1, by_batch=by_batch)
    else:
        await _put(world, days, {"status": "absent", "absence_reason": "own_illness"}, 1, by_batch=by_batch)
    now = (await world.provider_a.get(path)).json()
    assert now.get("absence_reason") == ("own_illness" if between == "own reason" else None)
    again = {"status": "partial"} if between == "own reason" else {"status": "absent"}
    await _put(world, days, again, 2, by_batch=by_batch)
    stored = (await world.provider_a.get(path)).json()
    assert (stored["absence_reason"], "absence_reason_by" in stored) == ("condition_of_day", False)
    assert stored["noted_at"].startswith(NOTED[:-1])
    assert (await world.workplace.get(path)).json().keys().isdisjoint({"absence_reason", "noted_at"})


async def test_what_the_provider_says_is_the_last_word(world: TenantFixture, days: str) -> None:
    """A reason that the workplace put aside does not come back over the provider's own later words."""
    path = f"{days}/{world.day(3)}"
    assert (await world.provider_a.put(path, REASON)).status_code == 201
    await _put(world, days, {"status": "present"}, 1, by_batch=False)
    assert (await world.provider_a.put(path, {"status": "present"}, If_Match='"2"')).status_code == 200
    await _put(world, days, {"status": "absent"}, 3, by_batch=False)
    assert (await world.provider_a.get(path)).json()["absence_reason"] == "unknown"


async def test_a_new_justification_of_a_workplace_leaves_the_organisers_review(
    world: TenantFixture, days: str
) -> None:
    """Tried: other words after the organiser had rejected the first; the review, which the workplace does not read, was gone."""
    path = f"{days}/{world.day(3)}"
    absent = {"status": "absent", "absence_reason": "own_illness"}
    assert (await world.workplace.put(path, absent)).status_code == 201
    words = {"reason": "own_illness", "given_by": "client", "given_on": world.day(3)}
    assert (await world.workplace.put(f"{path}/justification", words)).status_code == 201
    rejected = {"decision": "rejected", "reason": "Kanaria puuttuu todistus"}
    review = await world.organiser.post(f"{path}/justification/review", rejected)
    assert review.status_code == 200, review.text
    anew = await world.workplace.put(
        f"{path}/justification", words | {"explanation": "Todistus tulee."}, If_Match='"2"'
    )
    assert (anew.status_code, anew.json()["state"], "Kanaria" in anew.text) == (200, "given", False), (
        anew.text
    )
    for speaker in (world.organiser, world.provider_a):
        stored = (await speaker.get(f"{path}/justification")).json()
        assert (stored["state"], stored["review"]["reason"]) == ("given", rejected["reason"])
