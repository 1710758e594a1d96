"""Days of an agreement that was moved to another workplace. The page: each workplace sees what was of its own periods only;
arrival and leaving are for the organiser, its record system, that provider and that place."""

from tests.conftest import TenantFixture
from tests.privacy.attacks.test_moved_agreements import _move
from tests.record.case_file.workplace_agreements.test_workplace_agreements_api import (
    PLACE,
    _another_workplace,
)


async def test_the_next_workplace_reads_no_day_of_the_one_before(world: TenantFixture) -> None:
    """Tried: GET of the day, the list, and the feed after the provider corrected the day of the former place."""
    elsewhere = await _another_workplace(world)
    signed = await world.signed_agreement(place=PLACE | {"organisation_id": elsewhere})
    path = f"/v1/agreements/{signed['id']}/attendance/{world.day(5)}"
    day = {"status": "present", "arrived_at": f"{world.day(5)}T09:00:00+02:00"}
    assert (await world.provider_a.put(path, day)).status_code == 201
    await _move(world, signed["id"], str(world.workplace.organisation_id))
    assert (await world.workplace.get(path)).status_code == 404
    assert (await world.workplace.get("/v1/attendance")).json()["items"] == []
    corrected = await world.provider_a.put(path, day | {"planned_minutes": 99}, If_Match='"1"')
    assert corrected.status_code == 200
    feed, _ = await world.feed(world.workplace)
    assert [item for item in feed if item["resource_type"] == "attendance"] == []
