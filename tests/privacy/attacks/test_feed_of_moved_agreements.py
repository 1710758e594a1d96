"""What the feed tells a workplace of days of the place before. The page: each workplace sees what was of its own periods only."""

from tests.conftest import TenantFixture
from tests.privacy.attacks.test_moved_agreements import _move
from tests.record.case_file.workplace_agreements.test_workplace_agreements_api import (
    PLACE,
    _another_workplace,
)


async def test_a_justification_of_a_day_at_the_place_before_is_not_in_the_next_ones_feed(
    world: TenantFixture,
) -> None:
    """Tried: the provider justifies an absence of last week after the move. The line, without a record, told that there was
    one."""
    elsewhere = await _another_workplace(world)
    signed = await world.signed_agreement(place=PLACE | {"organisation_id": elsewhere})
    path = f"/v1/agreements/{signed['id']}/attendance/{world.day(5)}"
    assert (await world.provider_a.put(path, {"status": "absent"})).status_code == 201
    await _move(world, signed["id"], str(world.workplace.organisation_id))
    words = {"reason": "own_illness", "given_by": "client", "given_on": world.day(1)}
    justified = await world.provider_a.put(f"{path}/justification", words)
    assert justified.status_code == 201, justified.text
    review = {"decision": "accepted"}
    assert (await world.organiser.post(f"{path}/justification/review", review)).status_code == 200
    lines = [item["resource_type"] for item in (await world.feed(world.workplace))[0]]
    assert "workplace-agreement" in lines
    assert "justification" not in lines
