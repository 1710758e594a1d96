"""A provider that was allowed to register systems for a workplace, after the organiser took that back. The page: a provider
registers its workplaces "once the organiser allows it"; what it may no longer name is not there."""

from typing import Any

import pytest
from tests.access.assertions import NewKey, with_keys
from tests.access.test_registration_api import SYSTEMS, entry
from tests.conftest import TenantFixture


async def _delegate(world: TenantFixture, version: int, *workplaces: str) -> None:
    path = f"/v1/delegated-workplaces/{world.provider_a.organisation_id}"
    answer = await world.organiser.put(path, {"workplace_ids": [*workplaces]}, If_Match=f'"{version}"')
    assert answer.status_code == 200, answer.text


@pytest.fixture
async def taken_back(world: TenantFixture) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the provider sent for the workplace, and the system that it made."""
    workplace = str(world.workplace.organisation_id)
    await _delegate(world, 1, workplace)
    sent = entry(workplace, "workplace")
    created = await world.provider_a.post(SYSTEMS, sent)
    assert created.status_code == 201, created.text
    await _delegate(world, 2)
    return sent, created.json()


async def test_a_workplaces_system_is_out_of_reach(
    world: TenantFixture, taken_back: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    """Tried: read, new key, revocation, and the registration once more under its `source_id`."""
    sent, system = taken_back
    path, speaker, key = f"{SYSTEMS}/{system['id']}", world.provider_a, NewKey()
    changed = sent | {"name": "Toinen"} | with_keys(key)
    assert (await speaker.get(path)).status_code == 404
    assert (await speaker.put(path, changed, If_Match='"1"')).status_code == 404
    assert (await speaker.post(f"{path}/revoke", None)).status_code == 404
    again = await speaker.post(SYSTEMS, sent)
    assert (again.status_code, again.json()["errors"][0]["pointer"]) == (422, "/organisation_id")
    assert system["id"] not in (await speaker.get(SYSTEMS)).text
