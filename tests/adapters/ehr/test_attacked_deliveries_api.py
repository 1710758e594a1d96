"""Days under agreements of one decision, of a merged client and under a hold: what an attack found."""

from typing import Any

import pytest
from tests.adapters.ehr.conftest import Exchange
from tests.adapters.ehr.test_delivery import absent, beside, certify, visits
from tests.adapters.ehr.test_moved_decisions_api import another, conflicts, moved, settle
from tests.conftest import TenantFixture
from tests.record.commitments.agreements.test_limits_of_the_person_api import codes, plan

pytestmark = pytest.mark.enable_socket
ANY = {"type": "flexible"}


async def relationship_of(exchange: Exchange, decision: dict[str, Any]) -> dict[str, Any]:
    path = f"/v1/service-relationships/{decision['service_relationship_id']}"
    return dict((await exchange.world.organiser.get(path)).json())


async def test_after_theirs_the_day_of_the_right_person_is_sent(exchange: Exchange) -> None:
    """The decision went to another person; both persons were there on the same day."""
    world = exchange.world
    old = await exchange.agreement(schedule=ANY)
    wrong = await exchange.day(old, 2)
    await moved(exchange, old, **another())
    (conflict,) = await conflicts(exchange)
    await settle(exchange, conflict, "theirs")
    decision = await exchange.decision(old["decision_id"])
    assert decision["client_id"] != old["client_id"]
    new = await world.agreement(
        await relationship_of(exchange, decision), decision["id"], starts_on=world.day(50), schedule=ANY
    )
    right = await exchange.day(new, 2)
    await exchange.send_out()
    assert right in await visits(exchange), await exchange.delivery_of(right)
    assert wrong


async def test_after_theirs_the_day_of_the_right_person_counts(exchange: Exchange) -> None:
    world = exchange.world
    old = await exchange.agreement(schedule=ANY)
    await exchange.day(old, 2)
    await moved(exchange, old, **another())
    (conflict,) = await conflicts(exchange)
    await settle(exchange, conflict, "theirs")
    decision = await exchange.decision(old["decision_id"])
    new = await world.agreement(
        await relationship_of(exchange, decision), decision["id"], starts_on=world.day(50), schedule=ANY
    )
    await exchange.day(new, 2)
    answer = await world.provider_a.get(
        f"/v1/agreements/{new['id']}/attendance-summary?from={world.day(5)}&to={world.day(1)}"
    )
    assert answer.json()["allowance_days"] == 1, answer.text


async def test_a_new_provider_is_not_told_of_the_days_of_the_former(exchange: Exchange) -> None:
    """audiences.md: a provider reads nothing of other providers' days."""
    world = exchange.world
    old = await exchange.agreement(schedule=ANY)
    await exchange.day(old, 2)
    await moved(exchange, old, provider_id=str(world.provider_b.organisation_id))
    (conflict,) = await conflicts(exchange)
    await settle(exchange, conflict, "theirs")
    decision = await exchange.decision(old["decision_id"])
    new = await world.agreement(
        await relationship_of(exchange, decision),
        decision["id"],
        provider=world.provider_b,
        starts_on=world.day(50),
        schedule=ANY,
    )
    ids = []
    for ago in (3, 2):
        path = f"/v1/agreements/{new['id']}/attendance/{world.day(ago)}"
        answer = await world.provider_b.put(path, {"status": "present", "actual_minutes": 240})
        assert answer.status_code == 201, answer.text
        ids.append(answer.json()["id"])
    answer = await world.provider_b.get(
        f"/v1/agreements/{new['id']}/attendance-summary?from={world.day(5)}&to={world.day(1)}"
    )
    assert [each.get("finding") for each in answer.json()["items"]] == [None, None], answer.text
    await exchange.send_out()
    assert set(ids) <= (await visits(exchange)).keys()


async def test_an_ended_first_agreement_leaves_the_visit_to_the_second(exchange: Exchange) -> None:
    world = exchange.world
    first = await exchange.agreement(schedule=ANY)
    second = await beside(exchange, first, schedule=ANY)
    day = await exchange.day(first, 1)
    same = await exchange.day(second, 1)
    await exchange.send_out()
    ended = await world.provider_a.post(
        f"/v1/agreements/{first['id']}/end", {"ends_on": world.day(4), "reason": "Päättyi jo"}
    )
    assert ended.status_code == 200, ended.text
    await exchange.send_out()
    there = await visits(exchange)
    assert len(there.keys() & {day, same}) == 1, "one visit"


async def merged(world: TenantFixture, one: str, into: str) -> None:
    other = (await world.organiser.get(f"/v1/clients/{into}")).json()
    this = (await world.organiser.get(f"/v1/clients/{one}")).json()
    answer = await world.organiser.post(
        f"/v1/clients/{one}/merge",
        {"into": into, "into_version": other["version"], "reason": "Sama henkilö"},
        If_Match=f'"{this["version"]}"',
    )
    assert answer.status_code == 200, answer.text


async def test_a_day_of_a_merged_client_is_sent_again_when_a_certificate_comes(exchange: Exchange) -> None:
    world, agreement = exchange.world, await exchange.agreement(schedule=ANY)
    ids = await absent(exchange, agreement, 4, 3)
    target = await world.client()
    await merged(world, agreement["client_id"], target["id"])
    await certify(exchange, agreement)
    found = {item["ExternalId"]: item for item in await exchange.theirs.items("state/attendance")}
    assert [found[each]["CancelledReason"] for each in ids] == ["own_illness", "own_illness"], [
        await exchange.delivery_of(each) for each in ids
    ]


async def test_the_days_of_somebody_elses_decision_limit_nothing(exchange: Exchange) -> None:
    """The decision went to another person, with one day a week. The agreements of the first one have no decision any more."""
    world = exchange.world
    first = await exchange.agreement(schedule=plan(1))
    second = await beside(exchange, first, schedule=plan(2))
    await moved(exchange, first, **another(), days_per_week=1)
    (conflict,) = await conflicts(exchange)
    await settle(exchange, conflict, "theirs")
    assert (await exchange.decision(first["decision_id"]))["days_per_week"] == 1
    for who in (world.organiser, world.provider_a):
        assert "decision-days-exceeded" not in await codes(world, second, who)
