"""What a workplace can learn from a notice that it was given: after its permission was narrowed, after the end, and of a client
under turvakielto. The page: a permission that ends takes its field group at once; after the end only days; nobody may learn
that a person is protected."""

from typing import Any
from uuid import UUID

import pytest
from tests.access.test_use_log_api import plain
from tests.conftest import TenantFixture, forward
from tests.privacy.stage import contact, without_server_members
from tests.record.case_file.notices.test_notices_api import Scene, refused
from tests.record.case_file.workplace_agreements.test_workplace_agreements_api import at

from walmu_api.foundation.clock import Clock


async def _permission(scene: Scene, **changes: Any) -> None:
    """The permission with other terms."""
    path = f"/v1/permissions/{scene.permission['id']}"
    now = await scene.world.provider_a.get(path)
    entry = {name: value for name, value in plain(now.json()).items() if name in scene.permission}
    read_only = {"status", "provider_id", "client_id", "dated_on"}
    entry = {name: value for name, value in entry.items() if name not in read_only} | changes
    answer = await scene.world.provider_a.put(path, entry, If_Match=now.headers["etag"])
    assert answer.status_code == 200, answer.text


async def _protect(scene: Scene) -> None:
    path = f"/v1/clients/{scene.client['id']}"
    now = await scene.world.organiser.get(path)
    entry = without_server_members(now.json()) | {"turvakielto": True}
    answer = await scene.world.organiser.put(path, entry, If_Match=now.headers["etag"])
    assert answer.status_code == 200, answer.text


def _groups(received: dict[str, Any]) -> set[str]:
    return {each["group"] for each in received["shown"]}


async def test_a_field_group_that_was_taken_out_of_the_permission_is_out_of_the_notice(
    world: TenantFixture,
) -> None:
    """Tried: the notice once more, after the permission was narrowed to the period."""
    scene = await Scene.set(world)
    notice = await scene.notify(scene.to_workplace(), by=world.provider_a)
    path = f"/v1/received-notices/{notice['id']}"
    before = (await world.workplace.get(path)).json()
    assert _groups(before) >= {"client_name", "client_contact", "tasks_and_goals", "schedule"}
    await _permission(scene, field_groups=["agreement_period"])
    after = (await world.workplace.get(path)).json()
    agreement = before["view"]["agreement"]
    period = {name: agreement[name] for name in ("kind", "starts_on", "ends_on")}
    assert after["view"] == {"agreement": period}
    assert _groups(after) == {"agreement_period"}
    assert (await scene.disclosures())[-1]["field_groups"] == ["agreement_period"]


@pytest.mark.parametrize(
    "changes",
    [
        {"purposes": ["finding_work"]},
        {"disclosers": ["organiser"]},
        {"recipient": {"name": "Toinen työpaikka"}},
        {"field_groups": ["instructors"]},
    ],
)
async def test_a_permission_that_names_this_notice_no_more_gives_nothing(
    world: TenantFixture, changes: dict[str, Any]
) -> None:
    """Tried: a notice of the provider, after its purpose, its discloser, its recipient or all that it shows was taken out."""
    scene = await Scene.set(world)
    notice = await scene.notify(scene.to_workplace(), by=world.provider_a)
    await _permission(scene, **changes)
    answer = await world.workplace.get(f"/v1/received-notices/{notice['id']}")
    assert (answer.status_code, answer.json()["code"]) == (403, "permission-ended"), answer.text
    assert await scene.disclosures() == []


async def test_nothing_is_read_after_the_end_of_the_agreement(world: TenantFixture, clock: Clock) -> None:
    """Tried: list and notice in the days in which a workplace still reports days, under a permission that goes on."""
    scene = await Scene.set(world)
    await _permission(scene, valid_until=world.day(-300))
    notice = await scene.notify(scene.to_workplace(), by=world.provider_a)
    path = f"/v1/received-notices/{notice['id']}"
    ending = {"ends_on": world.day(0), "reason": "Töihin"}
    ended = await world.provider_a.post(f"/v1/agreements/{scene.agreement['id']}/end", ending)
    assert ended.status_code == 200, ended.text
    assert (await world.workplace.get(path)).status_code == 200, "its last day is today"
    forward(clock, days=1)
    assert (await world.workplace.get(path)).status_code == 404
    assert (await world.workplace.get("/v1/received-notices")).json()["items"] == []


async def test_a_workplace_cannot_tell_protection_from_a_contact_that_is_not_told_for_another_reason(
    world: TenantFixture,
) -> None:
    """Tried: `withheld` of a notice, which gave `turvakielto` as the reason: of one made before the protection and of one made
    under it, beside a narrowed permission and a client without contacts."""
    answers = []
    for case in ("protected since", "protected before", "narrowed", "no contacts"):
        scene = await Scene.set(world)
        if case == "no contacts":
            await world.organiser.put(
                f"/v1/clients/{scene.client['id']}",
                {n: v for n, v in without_server_members(scene.client).items() if n != "contact"},
                If_Match='"1"',
            )
        if case == "protected before":
            await _protect(scene)
        notice = await scene.notify(scene.to_workplace(), by=world.provider_a)
        if case == "protected since":
            await _protect(scene)
        if case == "narrowed":
            groups = [each for each in scene.permission["field_groups"] if each != "client_contact"]
            await _permission(scene, field_groups=groups)
        received = (await world.workplace.get(f"/v1/received-notices/{notice['id']}")).json()
        assert "turvakielto" not in str(received)
        own = {"id", "agreement_id"}
        answers.append({name: value for name, value in received.items() if name not in own})
    assert answers == [answers[0]] * 4
    assert contact().keys().isdisjoint(answers[0]["view"]["client"])
    assert "client_name" in _groups(answers[0])


async def test_a_permission_for_another_agreement_is_none_for_this_notice(world: TenantFixture) -> None:
    """Tried: what the client permitted for one agreement, named in a notice about another one at the same place."""
    scene = await Scene.set(world)
    other = await world.agreement(scene.relationship, UUID(scene.decision), place=at(world.workplace))
    permission = await scene.permit(agreement_id=other["id"])
    answer = await scene.say(scene.to_workplace(permission_id=permission["id"]), by=world.provider_a)
    assert refused(answer) == [("/permission_id", "unknown-reference")]
