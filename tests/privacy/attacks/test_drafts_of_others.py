"""A draft that is given another client, and a permission that was given for another agreement. The page: what is hidden can't be
probed or erased; the client's name with a permission that names it; once the agreement is offered."""

from typing import Any

from tests.conftest import TenantFixture
from tests.privacy.test_hidden_stays import GUARDIAN, SISTER, agreed, as_read, set_protection
from tests.record.case_file.permissions.to_workplaces import permit
from tests.record.case_file.workplace_agreements.test_workplace_agreements_api import at


async def _give_to_another(world: TenantFixture, path: str) -> Any:
    """The draft as its provider reads it, put with the service relationship of another client."""
    other = await world.relationship((await world.client())["id"])
    decision = await world.decision(other)
    entry, etag = await as_read(world.provider_a, path)
    entry |= {"service_relationship_id": other["id"], "decision_id": str(decision)}
    return await world.provider_a.put(path, entry, If_Match=etag)


async def test_a_draft_of_a_protected_client_does_not_become_one_of_another_client(
    world: TenantFixture,
) -> None:
    """Tried: the guardian's contacts stood in a record of somebody who is not protected, and were in the answer."""
    client, path = await agreed(world)
    await set_protection(world, client["id"])
    answer = await _give_to_another(world, path)
    ways = [answer, await world.provider_a.get(path), await world.provider_a.get(f"{path}/versions/1")]
    for text in (each.text for each in ways):
        assert str(GUARDIAN["phone"]) not in text
        assert SISTER["phone"] not in text
    assert answer.status_code == 422, answer.text
    feed, _ = await world.feed(world.provider_a)
    assert str(GUARDIAN["phone"]) not in str(feed)


async def test_a_permission_for_one_agreement_gives_no_name_in_another(world: TenantFixture) -> None:
    relationship = await world.relationship((await world.client())["id"])
    decision = await world.decision(relationship)
    first, second = [
        await world.agreement(relationship, decision, sign=False, place=at(world.workplace)) for _ in range(2)
    ]
    for each in (first, second):
        assert (await world.provider_a.post(f"/v1/agreements/{each['id']}/offer", {})).status_code == 200
    await permit(world, first, agreement_id=first["id"])
    read = {
        each["id"]: "client_name" in each
        for each in (await world.workplace.get("/v1/workplace-agreements")).json()["items"]
    }
    assert read == {first["id"]: True, second["id"]: False}
