"""Why a day was not attended: what the provider said and what the organiser decided are both kept."""

import asyncio
from typing import Any

import pytest
from tests.conftest import TenantFixture

GIVEN = {"reason": "own_illness", "given_by": "client"}


async def absence(world: TenantFixture, status: str = "absent") -> str:
    agreement = await world.signed_agreement()
    path = f"/v1/agreements/{agreement['id']}/attendance/{world.day(3)}"
    assert (await world.provider_a.put(path, {"status": status})).status_code == 201
    return path


def given(world: TenantFixture, **changes: Any) -> dict[str, Any]:
    return GIVEN | {"given_on": world.day(3)} | changes


async def test_it_is_given_read_by_two_ways_and_given_again_without_a_version(world: TenantFixture) -> None:
    path = await absence(world)
    assert (await world.provider_a.get(f"{path}/justification")).status_code == 404
    certificate = {
        "required": True,
        "received_on": world.day(2),
        "valid_from": world.day(4),
        "valid_to": world.day(1),
    }
    response = await world.provider_a.put(
        f"{path}/justification", given(world, certificate=certificate, explanation="Kuumetta")
    )
    assert (response.status_code, response.headers["location"], response.json()["state"]) == (
        201,
        f"{path}/justification",
        "given",
    )
    assert response.json()["certificate"] == certificate
    again = await world.provider_a.put(
        f"{path}/justification", given(world, certificate=certificate, explanation="Kuumetta")
    )
    assert (again.status_code, again.headers["etag"], again.content) == (200, '"1"', response.content)
    for link in (f"{path}/justification", f"/v1/justifications/{response.json()['id']}"):
        read = await world.organiser.get(link)
        assert (read.status_code, read.json()) == (200, response.json())


async def test_a_changed_one_needs_the_etag_and_a_rejected_one_is_replaced(world: TenantFixture) -> None:
    path = f"{await absence(world)}/justification"
    await world.provider_a.put(path, given(world))
    other = given(world, reason="healthcare_or_therapy")
    assert (await world.provider_a.put(path, other)).status_code == 428
    rejected = await world.organiser.post(
        f"{path}/review", {"decision": "rejected", "reason": "Todistus puuttuu"}
    )
    assert (rejected.status_code, rejected.json()["state"]) == (200, "rejected")
    assert rejected.json()["reason"] == "own_illness", "what was said stays"
    assert rejected.json()["review"] == {
        "decision": "rejected",
        "reason": "Todistus puuttuu",
        "reviewed_on": world.day(0),
    }
    replaced = await world.provider_a.put(path, other, If_Match='"2"')
    assert (replaced.status_code, replaced.json()["state"], "review" in replaced.json()) == (
        200,
        "given",
        False,
    )


async def test_an_accepted_one_stays(world: TenantFixture) -> None:
    path = f"{await absence(world)}/justification"
    await world.provider_a.put(path, given(world))
    accepted = await world.organiser.post(f"{path}/review", {"decision": "accepted"}, If_Match='"1"')
    assert (accepted.json()["state"], accepted.json()["version"]) == ("accepted", 2)
    again = await world.organiser.post(f"{path}/review", {"decision": "accepted"})
    assert again.json()["version"] == 2
    changed = await world.provider_a.put(path, given(world, reason="unauthorised"), If_Match='"2"')
    assert (changed.status_code, changed.json()["code"]) == (409, "conflict")
    stale = await world.organiser.post(
        f"{path}/review", {"decision": "rejected", "reason": "x"}, If_Match='"1"'
    )
    assert stale.status_code == 412


async def test_only_the_organiser_reviews(world: TenantFixture) -> None:
    path = f"{await absence(world)}/justification"
    await world.provider_a.put(path, given(world))
    for speaker in (world.provider_a, world.workplace, world.ehr):
        assert (await speaker.post(f"{path}/review", {"decision": "accepted"})).status_code == 403
    assert (await world.organiser.post(f"{path}/review", {"decision": "rejected"})).status_code == 422
    assert (await world.organiser.put(path, given(world))).status_code == 403


@pytest.mark.parametrize("reason", ["kissa", "unknown", ""])
async def test_a_reason_is_one_of_the_list_and_never_unknown(world: TenantFixture, reason: str) -> None:
    path = f"{await absence(world)}/justification"
    assert (await world.provider_a.put(path, given(world, reason=reason))).status_code == 422


async def test_a_certificate_is_not_over_before_it_begins(world: TenantFixture) -> None:
    path = await absence(world)
    certificate = {"required": True, "valid_from": world.day(1), "valid_to": world.day(2)}
    answer = await world.provider_a.put(f"{path}/justification", given(world, certificate=certificate))
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [
        ("/certificate/valid_to", "out-of-order")
    ]


async def test_a_day_attended_needs_none_and_a_day_not_recorded_has_none(world: TenantFixture) -> None:
    path = await absence(world, "present")
    answer = await world.provider_a.put(f"{path}/justification", given(world))
    assert (answer.status_code, answer.json()["code"]) == (409, "not-an-absence")
    elsewhere = path.replace(world.day(3), world.day(4))
    assert (await world.provider_a.put(f"{elsewhere}/justification", given(world))).status_code == 404
    assert (
        await world.organiser.post(f"{path}/justification/review", {"decision": "accepted"})
    ).status_code == 404


async def test_a_part_day_may_be_justified(world: TenantFixture) -> None:
    path = await absence(world, "partial")
    assert (await world.provider_a.put(f"{path}/justification", given(world))).status_code == 201


async def test_a_source_id_stands_for_one_justification(world: TenantFixture) -> None:
    first, second = await absence(world), await absence(world)
    assert (
        await world.provider_a.put(f"{first}/justification", given(world, source_id="j"))
    ).status_code == 201
    other = await world.provider_a.put(f"{second}/justification", given(world, source_id="j"))
    assert (other.status_code, other.json()["code"]) == (409, "duplicate-source")


async def test_of_several_first_justifications_at_once_one_is_recorded_and_the_others_hear_of_it(
    world: TenantFixture,
) -> None:
    for _ in range(4):
        path = f"{await absence(world)}/justification"
        words = [given(world), given(world, reason="agreed_holiday")] * 4
        answers = await asyncio.gather(*(world.provider_a.put(path, data) for data in words))
        assert sorted(answer.status_code for answer in answers) == [200] * 3 + [201] + [428] * 4


async def test_of_a_review_and_a_change_at_once_under_the_same_etag_one_is_done(world: TenantFixture) -> None:
    for _ in range(6):
        path = f"{await absence(world)}/justification"
        await world.provider_a.put(path, given(world))
        answers = await asyncio.gather(
            world.organiser.post(f"{path}/review", {"decision": "accepted"}, If_Match='"1"'),
            world.provider_a.put(path, given(world, reason="agreed_holiday"), If_Match='"1"'),
            world.organiser.post(f"{path}/review", {"decision": "rejected", "reason": "x"}, If_Match='"1"'),
        )
        assert sorted(answer.status_code for answer in answers) == [200, 412, 412]
        assert (await world.organiser.get(path)).json()["version"] == 2
