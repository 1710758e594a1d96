"""Drafts that no workplace was shown, and void agreements. The page of audiences: an annex is read once it is offered or
signed, and not void."""

import pytest
from tests.conftest import TenantFixture, forward
from tests.record.case_file.workplace_agreements.test_workplace_agreements_api import at

from walmu_api.foundation.clock import Clock


@pytest.mark.parametrize("offered", [False, True])
async def test_a_draft_that_is_voided_is_told_to_nobody_who_was_not_offered_it(
    world: TenantFixture, *, offered: bool
) -> None:
    """Tried: the feed, after a draft was voided that had never been offered. It named the agreement and the client."""
    relationship = await world.relationship((await world.client())["id"])
    signed = await world.agreement(
        relationship, await world.decision(relationship), place=at(world.workplace)
    )
    draft = await world.agreement(
        relationship, signed["decision_id"], sign=False, place=at(world.workplace), starts_on=world.day(-1)
    )
    path = f"/v1/agreements/{draft['id']}"
    if offered:
        assert (await world.provider_a.post(f"{path}/offer", None)).status_code == 200
    assert (await world.provider_a.post(f"{path}/void", {"reason": "Väärä asiakas"})).status_code == 200
    fed, _ = await world.feed(world.workplace)
    assert {signed["id"]} <= {item["resource_id"] for item in fed}
    changes = [item["change"] for item in fed if item["resource_id"] == draft["id"]]
    assert changes[-1:] == (["voided"] if offered else [])
    assert (await world.workplace.get(f"/v1/workplace-agreements/{draft['id']}")).status_code == 404


async def test_a_void_agreement_does_not_keep_the_feed_open(world: TenantFixture, clock: Clock) -> None:
    """Tried: the feed more than sixty days after the end, when another agreement of the client had been voided whose last
    day was still to come. It named days and agreement again. The page: voiding is an end."""
    relationship = await world.relationship((await world.client())["id"])
    decision = await world.decision(relationship)
    ended = await world.agreement(relationship, decision, place=at(world.workplace))
    day = f"/v1/agreements/{ended['id']}/attendance/{world.day(3)}"
    assert (await world.workplace.put(day, {"status": "present"})).status_code == 201
    void = await world.agreement(relationship, decision, place=at(world.workplace), ends_on=world.day(-100))
    answer = await world.provider_a.post(f"/v1/agreements/{void['id']}/void", {"reason": "Väärä"})
    assert answer.status_code == 200, answer.text
    ending = {"ends_on": world.day(0), "reason": "Töihin"}
    assert (await world.provider_a.post(f"/v1/agreements/{ended['id']}/end", ending)).status_code == 200
    forward(clock, days=60)
    assert void["id"] in {item["resource_id"] for item in (await world.feed(world.workplace))[0]}
    forward(clock, days=61)
    assert (await world.feed(world.workplace))[0] == []
