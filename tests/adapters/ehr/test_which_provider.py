"""For which provider a decision of the record system is: by our id, else by the business id, and never guessed."""

from typing import Any

import pytest
from tests.adapters.ehr.conftest import PERSONAL, Exchange
from tests.conftest import TenantFixture, business_id, identity_code

from walmu_api.adapters.ehr.port import Done

pytestmark = pytest.mark.enable_socket


async def provider(world: TenantFixture, number: str, **changes: Any) -> str:
    entry = {"kind": "provider", "name": "Kotola", "business_id": number, "source_id": "kotola"} | changes
    answer = await world.organiser.post("/v1/organisations", entry)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def decided(exchange: Exchange, **words: Any) -> str:
    person = {"identity": {"system": PERSONAL, "value": identity_code()}}
    return str((await exchange.theirs.act("create", **person | words))["id"])


async def spelled(exchange: Exchange, number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The record system spells the business ids of its next decisions so."""
    original = exchange.system._call

    async def respelled(method: str, path: str, **options: Any) -> Any:
        outcome = await original(method, path, **options)
        if path == "/decisions" and isinstance(outcome, Done):
            for item in outcome.value["Items"]:
                item["Provider"]["BusinessId"] = number
        return outcome

    monkeypatch.setattr(exchange.system, "_call", respelled)


@pytest.mark.parametrize(
    "spelling", ["{0}-{1}", "{0}{1}", "FI{0}{1}", "fi {0}{1}", "FI {0}-{1}", " {0} - {1} ", "{0}–{1}"]
)
async def test_a_decision_finds_its_provider_however_the_business_id_is_spelled(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch, spelling: str
) -> None:
    number = business_id()
    kotola = await provider(exchange.world, number)
    await spelled(exchange, spelling.format(*number.split("-")), monkeypatch)
    await decided(exchange, provider_business_id=number)
    await exchange.take_in()
    (decision,) = await exchange.received()
    assert decision["provider_id"] == kotola


async def test_what_is_no_business_id_is_told_as_such(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = business_id()
    await provider(exchange.world, number)
    await spelled(exchange, f"{number[:-1]}{(int(number[-1]) + 1) % 10}", monkeypatch)
    await decided(exchange, provider_business_id=number)
    await exchange.take_in()
    (item,) = await exchange.inbox(state="quarantined")
    assert item["reason"] == "Provider.BusinessId is no business id"


async def test_a_business_id_that_several_providers_have_is_left_to_the_organiser(exchange: Exchange) -> None:
    """As older data has it: nobody gets the decision, and it names where to look."""
    world, number = exchange.world, business_id()
    first = await provider(world, number)
    twin = await provider(world, business_id(), source_id="twin")
    await world.owner.execute("update organisations set business_id = $2 where id = $1::uuid", twin, number)
    await decided(exchange, provider_business_id=number)
    by_id = await decided(exchange, provider_id=first)
    await exchange.take_in()
    (item,) = await exchange.inbox(state="quarantined")
    assert item["reason"] == "Provider.BusinessId is that of several providers"
    (filed,) = await exchange.received()
    assert (filed["ehr"]["id"], filed["provider_id"]) == (by_id, first)


async def test_our_id_beside_the_business_id_of_another_provider_is_not_guessed_about(
    exchange: Exchange,
) -> None:
    world, number, other = exchange.world, business_id(), business_id()
    kotola = await provider(world, number)
    await provider(world, other, source_id="verstas")
    await decided(exchange, provider_id=kotola, provider_business_id=other)
    fine = await decided(exchange, provider_id=kotola, provider_business_id=number)
    unknown = await decided(exchange, provider_id=kotola, provider_business_id=business_id())
    await exchange.take_in()
    (item,) = await exchange.inbox(state="quarantined")
    assert item["reason"] == "Provider.ExternalId and Provider.BusinessId are not the same provider"
    assert {one["ehr"]["id"] for one in await exchange.received()} == {fine, unknown}


async def test_what_begins_after_its_provider_has_closed_is_left_to_the_organiser(exchange: Exchange) -> None:
    """What was decided before goes on, also when it is amended."""
    world, number = exchange.world, business_id()
    kotola = await provider(world, number)
    before = await decided(exchange, provider_business_id=number, valid_from=world.day(20))
    await exchange.take_in()
    closing = {"closed_on": world.day(10), "reason": "Toiminta päättyi"}
    closed = await world.organiser.post(f"/v1/organisations/{kotola}/close", closing)
    assert closed.status_code == 200, closed.text
    await exchange.theirs.act("amend", id=before, days_per_week=2)
    late = await decided(exchange, provider_business_id=number, valid_from=world.day(5))
    recorded_late = await decided(exchange, provider_business_id=number, valid_from=world.day(15))
    await exchange.take_in()
    (item,) = await exchange.inbox(state="quarantined")
    assert (item["remote_id"], item["reason"]) == (late, "invalid /provider_id:closed")
    filed = {one["ehr"]["id"]: one["version"] for one in await exchange.received()}
    assert filed == {before: 2, recorded_late: 1}
