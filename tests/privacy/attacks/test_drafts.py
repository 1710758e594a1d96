"""Drafts that no workplace was shown. The page of audiences: an annex is read once it is offered or signed, and not void."""

import pytest
from tests.conftest import TenantFixture
from tests.record.case_file.workplace_agreements.test_workplace_agreements_api import at


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
