"""Which days count in an allowance while nobody can say whose the decision is: those that were attended before that was
known (ADR 63, 69)."""

from typing import Any

import pytest
from tests.adapters.ehr.conftest import Exchange
from tests.adapters.ehr.test_attacked_deliveries_api import relationship_of
from tests.adapters.ehr.test_delivery import beside
from tests.adapters.ehr.test_moved_decisions_api import another, conflicts, moved, settle, summary

pytestmark = pytest.mark.enable_socket
PRESENT = {"status": "present", "actual_minutes": 240}


async def at_the_workplace(exchange: Exchange) -> dict[str, Any]:
    world = exchange.world
    created = await exchange.decided()
    (filed,) = [one for one in await exchange.received() if one["ehr"]["id"] == created["id"]]
    return await world.agreement(
        await relationship_of(exchange, filed),
        filed["id"],
        starts_on=world.day(50),
        schedule={"type": "flexible"},
        place={"name": "Kotola", "organisation_id": str(world.workplace.organisation_id)},
    )


async def test_a_day_before_the_hold_that_is_confirmed_or_corrected_still_counts(exchange: Exchange) -> None:
    world = exchange.world
    agreement = await at_the_workplace(exchange)
    days = f"/v1/agreements/{agreement['id']}/attendance"
    for ago in (4, 3):
        assert (await world.workplace.put(f"{days}/{world.day(ago)}", PRESENT)).status_code == 201
    for ago in (6, 5):
        assert (await world.provider_a.put(f"{days}/{world.day(ago)}", PRESENT)).status_code == 201
    await moved(exchange, agreement, **another())
    confirmed = await world.provider_a.post(f"{days}/{world.day(4)}/confirm", {}, If_Match='"1"')
    assert confirmed.status_code == 200, confirmed.text
    same = {"agreement_id": agreement["id"], "date": world.day(3), "if_version": 1} | PRESENT
    batch = await world.provider_a.post("/v1/attendance-batches", {"items": [same]})
    assert batch.json()["outcomes"][0]["outcome"] == "updated", batch.text
    for version, minutes in ((1, 200), (2, 220)):
        fewer = PRESENT | {"actual_minutes": minutes}
        corrected = await world.provider_a.put(f"{days}/{world.day(6)}", fewer, If_Match=f'"{version}"')
        assert corrected.status_code == 200, corrected.text
    voided = await world.provider_a.post(f"{days}/{world.day(5)}/void", {"reason": "x"}, If_Match='"1"')
    assert voided.status_code == 200, voided.text
    again = await world.provider_a.put(f"{days}/{world.day(5)}", PRESENT, If_Match='"2"')
    assert again.status_code == 200, again.text
    assert await summary(exchange, agreement) == ({world.day(ago): None for ago in (6, 5, 4, 3)}, 4)


async def test_a_day_that_becomes_attended_during_the_hold_counts_when_it_is_settled(
    exchange: Exchange,
) -> None:
    world = exchange.world
    agreement = await at_the_workplace(exchange)
    days = f"/v1/agreements/{agreement['id']}/attendance"
    absent = {"status": "absent", "absence_reason": "own_illness"}
    assert (await world.provider_a.put(f"{days}/{world.day(4)}", absent)).status_code == 201
    await moved(exchange, agreement, **another())
    assert (await world.provider_a.put(f"{days}/{world.day(4)}", PRESENT, If_Match='"1"')).status_code == 200
    assert (await world.workplace.put(f"{days}/{world.day(3)}", PRESENT)).status_code == 201
    confirmed = await world.provider_a.post(f"{days}/{world.day(3)}/confirm", {}, If_Match='"1"')
    assert confirmed.status_code == 200, confirmed.text
    in_conflict = "decision-in-conflict"
    assert await summary(exchange, agreement) == ({world.day(4): in_conflict, world.day(3): in_conflict}, 0)
    (conflict,) = await conflicts(exchange)
    await settle(exchange, conflict, "ours")
    assert await summary(exchange, agreement) == ({world.day(4): None, world.day(3): None}, 2)


@pytest.mark.parametrize("before", ["partial", "elsewhere"])
async def test_a_day_before_the_hold_counts_whatever_is_said_beside_it_meanwhile(
    exchange: Exchange, before: str
) -> None:
    """The client came under one agreement before the conflict; the other agreement of the decision says more during the hold."""
    world = exchange.world
    other = await exchange.agreement(schedule={"type": "flexible"})
    came = await beside(exchange, other, schedule={"type": "flexible"})
    paths = [f"/v1/agreements/{each['id']}/attendance/{world.day(2)}" for each in (other, came)]
    if before == "partial":
        first = [(paths[1], {"status": "partial", "actual_minutes": 120})]
    else:
        first = [(paths[0], {"status": "absent", "absence_reason": "own_illness"}), (paths[1], PRESENT)]
    for path, entry in first:
        assert (await world.provider_a.put(path, entry)).status_code == 201
    await moved(exchange, other, **another())
    now = await world.provider_a.get(paths[0])
    match = {"If_Match": now.headers["etag"]} if now.status_code == 200 else {}
    assert (await world.provider_a.put(paths[0], PRESENT, **match)).status_code in {200, 201}
    assert [(await summary(exchange, each))[1] for each in (other, came)] == [0, 1]
