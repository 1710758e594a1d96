"""The key that a sender's own system gave a record (`source_id`): who else learns it, and who can take it. A key may hold a number
of that system, such as a client's; the page names it nowhere among what others read."""

from typing import Any

import pytest
from tests.conftest import TenantFixture
from tests.privacy.stage import AUTHOR
from tests.record.case_file.documents.samples import FILED
from tests.record.everyday.attendance.days.test_workplace_api import own_and_other


async def test_the_feed_of_a_provider_names_no_key_of_a_record_that_it_does_not_read(
    world: TenantFixture,
) -> None:
    """Tried: the line about the organiser's case, whose record a provider does not read."""
    relationship = await world.relationship((await world.client())["id"])
    ids = {"client": relationship["client_id"], "relationship": relationship["id"]}
    case = FILED["case"].entry(ids) | {
        "source_id": "kanaria-1",
        "service_relationship_id": relationship["id"],
    }
    answer = await world.organiser.post("/v1/cases", case)
    assert answer.status_code == 201, answer.text
    items, _ = await world.feed(world.provider_a)
    assert "kanaria" not in str(items)
    own = [item for item in (await world.feed(world.organiser))[0] if item["resource_type"] == "case"]
    assert own[0]["source_id"] == "kanaria-1"
    report = {"kind": "other", "description": "x", "author": AUTHOR, "source_id": "oma-1"}
    report |= {"service_relationship_id": relationship["id"]}
    assert (await world.provider_a.post("/v1/diary-entries", report)).status_code == 201
    read = [
        item for item in (await world.feed(world.provider_a))[0] if item["resource_type"] == "diary-entry"
    ]
    assert [item["source_id"] for item in read] == ["oma-1"], "its own is there"


@pytest.fixture
async def days(world: TenantFixture) -> str:
    own, _ = await own_and_other(world)
    return f"/v1/agreements/{own['id']}/attendance"


async def _again(world: TenantFixture, days: str, ago: int, entry: dict[str, Any], *, by_batch: bool) -> None:
    """The workplace records the day anew."""
    if not by_batch:
        answer = await world.workplace.put(f"{days}/{world.day(ago)}", entry, If_Match='"1"')
        assert answer.status_code == 200, answer.text
        return
    line = entry | {"agreement_id": days.split("/")[3], "date": world.day(ago), "if_version": 1}
    data = (await world.workplace.post("/v1/attendance-batches", {"items": [line]})).json()
    assert data["counts"]["updated"] == 1, data


@pytest.mark.parametrize("by_batch", [False, True])
@pytest.mark.parametrize("sent", ["laite-7", "kanaria-1"])
async def test_a_workplaces_key_does_not_take_the_place_of_the_providers(
    world: TenantFixture, days: str, sent: str, by_batch: bool
) -> None:
    """Tried: a day of the provider recorded anew with a key of the workplace's own, and with a guess of the provider's."""
    path, noted = f"{days}/{world.day(3)}", f"{world.day(3)}T20:00:00Z"
    first = {"status": "present", "source_id": "kanaria-1", "noted_at": noted}
    assert (await world.provider_a.put(path, first)).status_code == 201
    entry = {"status": "partial", "source_id": sent, "noted_at": f"{world.day(3)}T21:00:00Z"}
    await _again(world, days, 3, entry, by_batch=by_batch)
    stored = (await world.provider_a.get(path)).json()
    assert (stored["status"], stored["source_id"]) == ("partial", "kanaria-1")
    assert stored["noted_at"].startswith(noted[:-1])
    found = {
        speaker.client_id: len((await speaker.get("/v1/attendance?source_id=kanaria-1")).json()["items"])
        for speaker in (world.provider_a, world.workplace)
    }
    assert found == {world.provider_a.client_id: 1, world.workplace.client_id: 0}


async def test_a_workplace_changes_the_key_that_it_gave(world: TenantFixture, days: str) -> None:
    path = f"{days}/{world.day(3)}"
    assert (await world.workplace.put(path, {"status": "present", "source_id": "laite-1"})).status_code == 201
    await _again(world, days, 3, {"status": "partial", "source_id": "laite-2"}, by_batch=False)
    assert len((await world.workplace.get("/v1/attendance?source_id=laite-2")).json()["items"]) == 1
