"""What the record system tells of a person holds at once, though the decision that tells it cannot be filed."""

from typing import Any

import pytest
from tests.adapters.ehr.conftest import Exchange


async def client_of(exchange: Exchange, client: dict[str, Any]) -> dict[str, Any]:
    return dict((await exchange.world.organiser.get(f"/v1/clients/{client['id']}")).json())


async def a_client(exchange: Exchange) -> dict[str, Any]:
    client = await exchange.world.client(contact={"phone": "040 5550101", "municipality": "Esimerkkilä"})
    await exchange.world.relationship(client["id"])
    return client


@pytest.mark.parametrize("fault", [{"provider_id": "nobody"}, {"service_kind": "x" * 3000}])
@pytest.mark.parametrize("member", ["turvakielto", "died_on"])
async def test_it_is_taken_over_and_only_the_decision_is_set_aside(
    exchange: Exchange, member: str, fault: dict[str, Any]
) -> None:
    client = await a_client(exchange)
    value = True if member == "turvakielto" else exchange.world.day(3)
    await exchange.decided(identity=client["identity"], **{member: value}, **fault)
    assert len(await exchange.inbox(state="quarantined")) == 1
    assert await exchange.received() == []
    assert (await client_of(exchange, client))[member] == value
    seen = (await exchange.world.provider_a.get(f"/v1/clients/{client['id']}")).json()
    assert "municipality" not in seen.get("contact", {})


async def test_a_death_that_is_told_with_a_decision_that_begins_after_it_is_recorded(
    exchange: Exchange,
) -> None:
    client = await a_client(exchange)
    day = exchange.world.day
    decision = {"valid_from": day(-5), "service": "social_rehabilitation"}
    await exchange.decided(identity=client["identity"], **decision, died_on=day(3))
    assert len(await exchange.inbox(state="quarantined")) == 1
    assert (await client_of(exchange, client))["died_on"] == day(3)


async def test_a_death_that_cannot_be_hides_no_protection(exchange: Exchange) -> None:
    client = await a_client(exchange)
    await exchange.decided(identity=client["identity"], turvakielto=True, died_on=exchange.world.day(-1))
    assert len(await exchange.inbox(state="quarantined")) == 1
    now = await client_of(exchange, client)
    assert (now["turvakielto"], "died_on" in now) == (True, False)


async def test_who_is_not_known_becomes_no_client_by_a_decision_that_is_set_aside(exchange: Exchange) -> None:
    await exchange.decided(provider_id="nobody", turvakielto=True)
    assert len(await exchange.inbox(state="quarantined")) == 1
    assert (await exchange.world.organiser.get("/v1/clients")).json()["items"] == []
