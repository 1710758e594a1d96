"""Recording days over HTTP, on a real database."""

from tests.conftest import World


async def test_a_day_is_recorded_once_however_often_it_is_sent(world: World) -> None:
    agreement = await world.signed_agreement()
    path = f"/v1/agreements/{agreement['id']}/attendance/{world.day(3)}"
    entry = {"status": "present", "actual_minutes": 240}
    first = await world.provider_a.put(path, entry)
    assert first.status_code == 201, first.text
    assert first.headers["location"] == path
    again = await world.provider_a.put(path, entry)
    assert (again.status_code, again.headers["etag"], again.content) == (200, '"1"', first.content)
    other = await world.provider_a.put(path, {"status": "absent", "absence_reason": "own_illness"})
    assert (other.status_code, other.json()["code"]) == (428, "precondition-required")
    changed = await world.provider_a.put(path, {"status": "absent", "absence_reason": "own_illness"}, If_Match='"1"')
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    stale = await world.provider_a.put(path, entry, If_Match='"1"')
    assert (stale.status_code, stale.json()["code"]) == (412, "stale-version")
