"""No form is answered after the client's death, whichever way it comes."""

from datetime import date
from typing import Any

import pytest
from tests.conftest import TenantFixture
from tests.privacy.stage import without_server_members
from tests.record.everyday.measurements.test_imports_api import HEAD, done
from tests.record.parties.clients.test_death_api import dies


@pytest.fixture
async def relationship(world: TenantFixture) -> dict[str, Any]:
    return await world.relationship((await world.client())["id"])


async def test_a_form_is_amended_to_no_day_after_the_death(
    world: TenantFixture, relationship: dict[str, Any]
) -> None:
    """What was recorded of such a day before the death was known is amended otherwise."""
    made, late = [
        await world.provider_a.post(
            "/v1/measurements",
            world.measurement_entry(relationship) | {"answered_on": world.day(ago), "source_id": key},
        )
        for ago, key in ((9, "before"), (1, "after"))
    ]
    assert (made.status_code, late.status_code) == (201, 201)
    await dies(world, relationship["client_id"], 8)
    for form, ago, status in ((made, 2, 422), (made, 8, 200), (late, 1, 200)):
        entry = without_server_members(form.json()) | {"answered_on": world.day(ago), "assisted": True}
        path = f"/v1/measurements/{form.json()['id']}"
        answer = await world.provider_a.put(path, entry, If_Match=form.headers["ETag"])
        assert answer.status_code == status, answer.text
        if status == 422:
            assert [error["pointer"] for error in answer.json()["errors"]] == ["/answered_on"]


async def test_a_worksheet_brings_none_that_was_answered_after_the_death(
    world: TenantFixture, relationship: dict[str, Any]
) -> None:
    await dies(world, relationship["client_id"], 8)
    lines = ""
    for ago in (2, 8):
        day = date.fromisoformat(world.day(ago))
        lines += f"{relationship['client_id']};alku;{day.day}.{day.month}.{day.year};6,4;{ago}\n"
    counts = (await done(world.organiser, HEAD + lines))["counts"]
    assert (counts["created"], counts["rejected"]) == (1, 1)
