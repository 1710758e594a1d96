"""What a workplace can learn by way of assessments: from the draft that is prepared for it, and from what the provider made
of its own. The page of audiences: goals never; reasons of absence its own only; assessments in its own words only."""

from typing import Any

import pytest
from tests.conftest import TenantFixture

REASONS_OF_OTHERS = ("condition_of_day", "child_illness_under_10", "own_illness", "unknown")
ITS_TASKS = "Tiskaus ja pöydät."


@pytest.fixture
async def agreement(world: TenantFixture) -> dict[str, Any]:
    place = {"name": "Leipomo", "organisation_id": str(world.workplace.organisation_id)}
    return await world.signed_agreement(place=place, tasks=ITS_TASKS, tasks_and_goals="Kanaria tavoite")


async def _prefilled(world: TenantFixture, agreement: dict[str, Any], ago: int) -> dict[str, Any]:
    one_day = f"from={world.day(ago)}&to={world.day(ago)}"
    answer = await world.workplace.get(f"/v1/assessment-prefill?agreement_id={agreement['id']}&{one_day}")
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


@pytest.mark.parametrize("status", ["absent", "partial"])
async def test_a_draft_for_one_day_does_not_tell_why_the_client_was_absent(
    world: TenantFixture, agreement: dict[str, Any], status: str
) -> None:
    """Tried: a prepared assessment for a period of one day; its figures named the reason that the provider gave."""
    found = []
    for ago, reason in enumerate(REASONS_OF_OTHERS, 3):
        path = f"/v1/agreements/{agreement['id']}/attendance/{world.day(ago)}"
        assert (
            await world.provider_a.put(path, {"status": status, "absence_reason": reason})
        ).status_code == 201
        found.append((await _prefilled(world, agreement, ago))["attendance"] | {"planned": 0})
    assert [each["absences"] for each in found] == [[]] * len(REASONS_OF_OTHERS)
    assert found == [found[0]] * len(REASONS_OF_OTHERS)
    if status == "partial":
        path = f"/v1/agreements/{agreement['id']}/attendance/{world.day(20)}"
        assert (await world.provider_a.put(path, {"status": status})).status_code == 201
        assert (await _prefilled(world, agreement, 20))["attendance"] | {"planned": 0} == found[0]


async def test_a_draft_counts_the_reason_that_the_workplace_gave(
    world: TenantFixture, agreement: dict[str, Any]
) -> None:
    path = f"/v1/agreements/{agreement['id']}/attendance/{world.day(3)}"
    given = await world.workplace.put(path, {"status": "absent", "absence_reason": "own_illness"})
    assert given.status_code == 201
    figures = (await _prefilled(world, agreement, 3))["attendance"]
    assert figures["absences"] == [{"reason": "own_illness", "days": 1}]


async def test_a_draft_holds_the_tasks_at_the_place_and_no_goals(
    world: TenantFixture, agreement: dict[str, Any]
) -> None:
    """Tried: `tasks` of a prepared assessment, which was `tasks_and_goals` of the agreement."""
    draft = await _prefilled(world, agreement, 3)
    assert draft["tasks"] == ITS_TASKS
    assert "Kanaria" not in str(draft)
