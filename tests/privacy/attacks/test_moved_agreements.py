"""An agreement that is moved to another workplace, and a permission that ends: what the next workplace gets, and what a
kept copy is worth. The page of audiences: each workplace sees what was of its own periods; the client's name with a
permission or where the client signed the annex; an ETag is over the bytes that are sent."""

from typing import Any

from tests.access.test_use_log_api import plain
from tests.conftest import TenantFixture
from tests.record.case_file.permissions.to_workplaces import permit
from tests.record.case_file.workplace_agreements.test_workplace_agreements_api import (
    PLACE,
    _another_workplace,
    at,
)


async def _move(world: TenantFixture, agreement_id: str, place: str) -> dict[str, Any]:
    path = f"/v1/agreements/{agreement_id}"
    agreement = (await world.provider_a.get(path)).json()
    entry = plain(agreement) | {"place": PLACE | {"organisation_id": place}}
    moved = await world.provider_a.put(path, entry, If_Match=f'"{agreement["version"]}"')
    assert moved.status_code == 200, moved.text
    return moved.json()  # type: ignore[no-any-return]


async def _ways(world: TenantFixture, agreement_id: str, version: int) -> list[dict[str, Any]]:
    speaker, path = world.workplace, f"/v1/workplace-agreements/{agreement_id}"
    feed = [item["record"] for item in (await world.feed(speaker))[0] if item["resource_id"] == agreement_id]
    return [
        (await speaker.get(path)).json(),
        (await speaker.get(f"{path}/versions/{version}")).json(),
        (await speaker.get("/v1/workplace-agreements")).json()["items"][0],
        feed[-1],
    ]


async def test_the_next_workplace_reads_no_signature_and_no_name_given_for_the_one_before(
    world: TenantFixture,
) -> None:
    """Tried: an agreement that the client signed for another place, then moved here. The name came with that signature,
    and with it the names of who signed there."""
    elsewhere = await _another_workplace(world)
    signed = await world.signed_agreement(place=PLACE | {"organisation_id": elsewhere})
    moved = await _move(world, signed["id"], str(world.workplace.organisation_id))
    assert moved["signatures"] == signed["signatures"], "the provider's record keeps them"
    amended = plain(moved) | {"absence_reporting": "Soita."}
    path = f"/v1/agreements/{signed['id']}"
    assert (await world.provider_a.put(path, amended, If_Match=f'"{moved["version"]}"')).status_code == 200
    for version in (moved["version"], moved["version"] + 1):
        for record in await _ways(world, signed["id"], version):
            assert record["status"] == "signed"
            assert (record["signatures"], "client_name" in record) == ([], False)


async def test_moved_there_and_back_its_own_signatures_are_read_again(world: TenantFixture) -> None:
    signed = await world.signed_agreement(place=at(world.workplace))
    await _move(world, signed["id"], await _another_workplace(world))
    back = await _move(world, signed["id"], str(world.workplace.organisation_id))
    for record in await _ways(world, signed["id"], back["version"]):
        assert record["signatures"] == signed["signatures"]
        assert "client_name" in record


async def test_a_kept_copy_with_the_name_is_not_called_current_when_the_permission_ended(
    world: TenantFixture,
) -> None:
    """Tried: If-None-Match with the ETag of the answer that held the name, after the permission was revoked: 304 said that
    the copy still held."""
    relationship = await world.relationship((await world.client())["id"])
    decision = await world.decision(relationship)
    agreement = await world.agreement(relationship, decision, sign=False, place=at(world.workplace))
    signing = {"signed_on": world.day(0), "signatories": [{"party": "provider", "name": "Testi Esimerkki"}]}
    assert (await world.provider_a.post(f"/v1/agreements/{agreement['id']}/sign", signing)).status_code == 200
    permission = await permit(world, agreement)
    read = f"/v1/workplace-agreements/{agreement['id']}"
    with_name = await world.workplace.get(read)
    assert "client_name" in with_name.json()
    revocation = {"revoked_on": world.day(0), "reason": "Asiakas perui"}
    revoked = await world.provider_a.post(f"/v1/permissions/{permission['id']}/revoke", revocation)
    assert revoked.status_code == 200, revoked.text
    again = await world.workplace.get(read, If_None_Match=with_name.headers["etag"])
    assert (again.status_code, "client_name" in again.json()) == (200, False)
