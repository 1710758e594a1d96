"""Organisations and units: registered by the organiser, seen by its parties only."""

from typing import Any

import pytest
from tests.conftest import TenantFixture


async def test_the_parties_of_an_organiser_are_listed_by_kind(
    world: TenantFixture, elsewhere: TenantFixture
) -> None:
    items = await world.pages(world.provider_a, "/v1/organisations?limit=1")
    assert [item["kind"] for item in items] == ["organiser", "provider", "provider", "workplace"]
    only = (await world.provider_a.get("/v1/organisations?kind=workplace")).json()["items"]
    assert [item["id"] for item in only] == [str(world.workplace.organisation_id)]
    foreign = await elsewhere.organiser.get(f"/v1/organisations/{world.provider_a.organisation_id}")
    assert foreign.status_code == 404


async def test_a_unit_is_registered_once_per_source_id(
    world: TenantFixture, elsewhere: TenantFixture
) -> None:
    entry = {"organisation_id": str(world.provider_a.organisation_id), "name": "Puutyöpaja", "source_id": "u"}
    first, again = (
        await world.organiser.post("/v1/units", entry),
        await world.organiser.post("/v1/units", entry),
    )
    assert (first.status_code, again.status_code, again.content) == (201, 200, first.content)
    other = await world.organiser.post("/v1/units", entry | {"name": "Pesula"})
    assert (other.status_code, other.json()["url"]) == (409, f"/v1/units/{first.json()['id']}")
    listed = await world.provider_a.get(f"/v1/units?organisation_id={world.provider_a.organisation_id}")
    assert listed.json()["items"] == [first.json()]
    foreign = await elsewhere.organiser.post("/v1/units", entry)
    assert foreign.json()["errors"][0]["pointer"] == "/organisation_id"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"business_id": "2795153-4"}, "/business_id"),
        ({"business_id": "27951535"}, "/business_id"),
        ({"oid": "1.2.x"}, "/oid"),
        ({"kind": "organiser"}, "/kind"),
        ({"name": "a\nb"}, "/name"),
        ({"contact": {"family_name": "A"}}, "/contact/given_names"),
    ],
)
async def test_what_an_organisation_may_not_hold(
    world: TenantFixture, changes: dict[str, Any], pointer: str
) -> None:
    entry = {"kind": "provider", "name": "Kotola", "business_id": "2795153-5", "source_id": "o"}
    answer = await world.organiser.post("/v1/organisations", entry | changes)
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_only_the_organiser_registers(world: TenantFixture) -> None:
    """Connected systems: `test_registration_api`."""
    for speaker in (world.provider_a, world.workplace, world.ehr, world.auditor):
        for path in ("/v1/organisations", "/v1/units"):
            assert (await speaker.post(path, {})).status_code == 403
