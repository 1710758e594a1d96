"""A visit stands under the decision of its agreement over there too, also when that changes after it was sent."""

from typing import Any

import pytest
from tests.adapters.ehr.conftest import Exchange
from tests.adapters.ehr.test_attacked_deliveries_api import merged, relationship_of
from tests.adapters.ehr.test_delivery import beside, visits
from tests.adapters.ehr.test_held_until_applied_api import decisions_of_visits
from tests.adapters.ehr.test_moved_decisions_api import another, conflicts, moved, settle
from tests.record.parties.clients.test_merging_api import unmerge

pytestmark = pytest.mark.enable_socket
ANY = {"type": "flexible"}


async def second_decision(exchange: Exchange, agreement: dict[str, Any]) -> dict[str, Any]:
    """Another decision for the client of this agreement."""
    client = (await exchange.world.organiser.get(f"/v1/clients/{agreement['client_id']}")).json()
    created = await exchange.decided(identity=client["identity"])
    (filed,) = [one for one in await exchange.received() if one["ehr"]["id"] == created["id"]]
    return filed


async def name_decision(exchange: Exchange, agreement: dict[str, Any], decision: dict[str, Any]) -> None:
    """The provider amends the agreement: it is of another decision."""
    path = f"/v1/agreements/{agreement['id']}"
    entry = (await exchange.world.provider_a.get(path)).json() | {"decision_id": decision["id"]}
    changed = await exchange.world.provider_a.put(path, entry, If_Match=f'"{entry["version"]}"')
    assert changed.status_code == 200, changed.text


async def test_after_theirs_the_visits_sent_before_are_under_nobody_elses_decision(
    exchange: Exchange,
) -> None:
    agreement = await exchange.agreement(schedule=ANY)
    ours = await exchange.decision(agreement["decision_id"])
    code = (await exchange.world.organiser.get(f"/v1/clients/{ours['client_id']}")).json()["identity"]
    days = [await exchange.day(agreement, ago) for ago in (3, 2)]
    await exchange.send_out()
    assert await decisions_of_visits(exchange) == dict.fromkeys(days, ours["ehr"]["id"])
    await moved(exchange, agreement, **another())
    (conflict,) = await conflicts(exchange)
    await settle(exchange, conflict, "theirs")
    await exchange.send_out()
    assert await decisions_of_visits(exchange) == dict.fromkeys(days)
    # That was an error: the record system says so, and the organiser agrees.
    await moved(exchange, agreement, identity=code)
    (conflict,) = await conflicts(exchange)
    await settle(exchange, conflict, "theirs")
    await exchange.send_out()
    assert await decisions_of_visits(exchange) == dict.fromkeys(days, ours["ehr"]["id"])


async def test_after_ours_nothing_is_sent_anew(exchange: Exchange) -> None:
    agreement = await exchange.agreement(schedule=ANY)
    day = await exchange.day(agreement, 2)
    await exchange.send_out()
    await moved(exchange, agreement, **another())
    (conflict,) = await conflicts(exchange)
    await settle(exchange, conflict, "ours")
    await exchange.send_out()
    assert (await exchange.delivery_of(day))["wanted_version"] == 1


async def test_an_agreement_that_goes_to_another_decision_takes_its_visits_along(exchange: Exchange) -> None:
    agreement = await exchange.agreement(schedule=ANY)
    other = await second_decision(exchange, agreement)
    day = await exchange.day(agreement, 1)
    await exchange.send_out()
    await name_decision(exchange, agreement, other)
    await exchange.send_out()
    assert await decisions_of_visits(exchange) == {day: other["ehr"]["id"]}


async def test_two_decisions_of_one_day_are_two_visits_once_an_agreement_goes_to_another(
    exchange: Exchange,
) -> None:
    """Whichever of the two agreements it is that goes."""
    for goes in (0, 1):
        both = [first := await exchange.agreement(schedule=ANY), await beside(exchange, first, schedule=ANY)]
        other = await second_decision(exchange, first)
        days = {await exchange.day(each, 1) for each in both}
        await exchange.send_out()
        assert len(days & (await visits(exchange)).keys()) == 1
        await name_decision(exchange, both[goes], other)
        await exchange.send_out()
        assert days <= (await visits(exchange)).keys()


async def test_an_agreement_that_comes_to_the_same_decision_withdraws_the_second_visit(
    exchange: Exchange,
) -> None:
    """Whichever of the two agreements it is that comes."""
    world = exchange.world
    for comes in (0, 1):
        first = await exchange.agreement(schedule=ANY)
        decisions = [await exchange.decision(first["decision_id"]), await second_decision(exchange, first)]
        relationship = await relationship_of(exchange, decisions[1])
        second = await world.agreement(
            relationship, decisions[1]["id"], starts_on=world.day(50), schedule=ANY
        )
        days = {await exchange.day(each, 1) for each in (first, second)}
        await exchange.send_out()
        assert days <= (await visits(exchange)).keys()
        await name_decision(exchange, (first, second)[comes], decisions[1 - comes])
        await exchange.send_out()
        done = [day for day, visit in (await visits(exchange)).items() if visit[0] == "Completed"]
        assert len(days & set(done)) == 1, "one visit for one presence"


async def test_a_visit_leaves_the_decision_of_a_client_who_was_merged_and_is_parted(
    exchange: Exchange,
) -> None:
    """While both are one person, the agreement of the one may be under a decision of the other."""
    world = exchange.world
    one, other = await exchange.agreement(schedule=ANY), await exchange.agreement(schedule=ANY)
    theirs = await exchange.decision(other["decision_id"])
    day = await exchange.day(one, 1)
    await exchange.send_out()
    await merged(world, one["client_id"], other["client_id"])
    await name_decision(exchange, one, theirs)
    await exchange.send_out()
    assert (await decisions_of_visits(exchange))[day] == theirs["ehr"]["id"]
    assert (await unmerge(world, {"client": {"id": one["client_id"]}})).status_code == 200
    await exchange.send_out()
    assert (await decisions_of_visits(exchange))[day] is None
    await merged(world, one["client_id"], other["client_id"])
    await exchange.send_out()
    assert (await decisions_of_visits(exchange))[day] == theirs["ehr"]["id"]


@pytest.mark.parametrize("first", [0, 1])
async def test_parted_each_of_two_persons_has_the_visit_that_was_one_of_both(
    exchange: Exchange, first: int
) -> None:
    """While they were one person, the agreement of the one was under the decision of the other: one presence."""
    world = exchange.world
    both = [await exchange.agreement(schedule=ANY), await exchange.agreement(schedule=ANY)]
    one, other = both
    await merged(world, one["client_id"], other["client_id"])
    await name_decision(exchange, one, await exchange.decision(other["decision_id"]))
    days = {await exchange.day(each, 1) for each in (both[first], both[1 - first])}
    await exchange.send_out()
    assert len(await completed(exchange)) == 1
    assert (await unmerge(world, {"client": {"id": one["client_id"]}})).status_code == 200
    await exchange.send_out()
    assert await completed(exchange) == days
    await merged(world, one["client_id"], other["client_id"])
    await exchange.send_out()
    assert len(await completed(exchange)) == 1


async def completed(exchange: Exchange) -> set[str]:
    return {day for day, visit in (await visits(exchange)).items() if visit[0] == "Completed"}
