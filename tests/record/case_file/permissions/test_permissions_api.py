"""Permissions to exchange information over HTTP: given, changed, revoked."""

import secrets
from typing import Any

from tests.conftest import TenantFixture
from tests.record.case_file.documents.samples import FILED
from tests.record.case_file.documents.test_store_api import entry_of

PERMISSION = FILED["permission"]


async def permission(world: TenantFixture, relationship: dict[str, Any], **changes: Any) -> dict[str, Any]:
    entry = (
        PERMISSION.entry({"relationship": relationship["id"]}) | {"source_id": secrets.token_hex(6)} | changes
    )
    answer = await world.provider_a.post("/v1/permissions", entry)
    assert answer.status_code == 201, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def served(world: TenantFixture) -> dict[str, Any]:
    return await world.relationship((await world.client())["id"])


async def test_a_permission_is_given_changed_and_revoked(world: TenantFixture) -> None:
    first = await permission(world, await served(world))
    path = f"/v1/permissions/{first['id']}"
    assert "structure" not in first, "no national structure fits"
    longer = entry_of(first) | {"valid_until": "2029-01-31"}
    assert (await world.provider_a.put(path, longer, If_Match='"1"')).json()["valid_until"] == "2029-01-31"
    act = {"revoked_on": world.day(0), "reason": "Asiakas peruutti"}
    revoked = (await world.organiser.post(f"{path}/revoke", act)).json()
    assert (revoked["version"], revoked["revoked_on"], revoked["revocation_reason"]) == (
        3,
        world.day(0),
        "Asiakas peruutti",
    )
    assert (await world.provider_a.get(path)).json() == revoked
    assert (await world.organiser.post(f"{path}/revoke", act)).json() == revoked, (
        "the same again changes nothing"
    )
    other = await world.organiser.post(f"{path}/revoke", act | {"reason": "x"})
    assert (other.status_code, other.json()["code"]) == (409, "already-revoked")
    changed = await world.provider_a.put(path, longer, If_Match='"3"')
    assert (changed.status_code, changed.json()["code"]) == (409, "already-revoked")
    assert (await world.organiser.get(f"{path}/versions/1")).json() == first


async def test_a_permission_sent_again_after_its_revocation_is_the_one_that_is_there(
    world: TenantFixture,
) -> None:
    relationship = await served(world)
    first = await permission(world, relationship, source_id="lupa-1")
    act = {"revoked_on": world.day(0), "reason": "x"}
    revoked = (await world.provider_a.post(f"/v1/permissions/{first['id']}/revoke", act)).json()
    entry = PERMISSION.entry({"relationship": relationship["id"]}) | {"source_id": "lupa-1"}
    again = await world.provider_a.post("/v1/permissions", entry)
    assert (again.status_code, again.json()) == (200, revoked)
    other = await world.provider_a.post("/v1/permissions", entry | {"valid_until": "2029-01-01"})
    assert (other.status_code, other.json()["code"]) == (409, "duplicate-source")


async def test_what_a_permission_cannot_say_is_refused_with_its_place(world: TenantFixture) -> None:
    relationship = await served(world)
    entry = PERMISSION.entry({"relationship": relationship["id"]}) | {"source_id": "a"}
    of_client = {name: value for name, value in entry.items() if name != "service_relationship_id"}
    of_client["client_id"] = relationship["client_id"]
    for changed, pointer in (
        (entry | {"valid_until": "2026-05-31"}, "/valid_until"),
        (entry | {"given_on": world.day(-1)}, "/given_on"),
        (
            entry | {"recipient": {"organisation_id": relationship["id"], "name": "x"}},
            "/recipient/organisation_id",
        ),
        (entry | {"field_groups": ["diagnoses"]}, "/field_groups/0"),
        (of_client, "/service_relationship_id"),
    ):
        answer = await world.organiser.post("/v1/permissions", changed)
        assert (answer.status_code, [e["pointer"] for e in answer.json()["errors"]]) == (422, [pointer]), (
            answer.text
        )
    by_organiser = of_client | {"disclosers": ["organiser"]}
    assert (await world.organiser.post("/v1/permissions", by_organiser)).status_code == 201


async def test_a_revocation_is_not_of_tomorrow_nor_from_before_the_permission(world: TenantFixture) -> None:
    first = await permission(world, await served(world))
    for day in (world.day(-1), "2026-05-31"):
        answer = await world.organiser.post(
            f"/v1/permissions/{first['id']}/revoke", {"revoked_on": day, "reason": "x"}
        )
        assert [e["pointer"] for e in answer.json()["errors"]] == ["/revoked_on"]
