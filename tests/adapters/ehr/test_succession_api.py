"""One provider succeeds another from a day on: new decisions follow, and what was decided before stays where it is."""

from typing import Any

import pytest
from tests.adapters.ehr.conftest import PERSONAL, Exchange
from tests.conftest import TenantFixture, business_id, identity_code

pytestmark = pytest.mark.enable_socket


async def provider(world: TenantFixture, number: str | None = None, **changes: Any) -> str:
    number = number or business_id()
    entry = {"kind": "provider", "name": "Kotola", "business_id": number, "source_id": number} | changes
    answer = await world.organiser.post("/v1/organisations", entry)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def succeeded(
    world: TenantFixture, older: str, newer: str, days_ago: int = 10, **headers: str
) -> dict[str, Any]:
    entry = {"by": newer, "from": world.day(days_ago), "reason": "Sulautuminen"}
    answer = await world.organiser.post(f"/v1/organisations/{older}/succeed", entry, **headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def decided(exchange: Exchange, days_ago: int, **words: Any) -> str:
    person = {"identity": {"system": PERSONAL, "value": identity_code()}}
    valid_from = exchange.world.day(days_ago)
    return str((await exchange.theirs.act("create", **person | words, valid_from=valid_from))["id"])


async def providers_of(exchange: Exchange) -> dict[str, str]:
    assert await exchange.inbox(state="quarantined") == []
    return {one["ehr"]["id"]: one["provider_id"] for one in await exchange.received()}


async def test_a_decision_that_names_the_older_provider_goes_to_its_successor_from_the_day_on(
    exchange: Exchange,
) -> None:
    world, number = exchange.world, business_id()
    older, newer = await provider(world, number), await provider(world)
    await succeeded(world, older, newer)
    before = await decided(exchange, 11, provider_business_id=number)
    first_day = await decided(exchange, 10, provider_business_id=number)
    by_id = await decided(exchange, 5, provider_id=older)
    of_successor = await decided(exchange, 15, provider_id=newer)
    await exchange.take_in()
    expected = {before: older, first_day: newer, by_id: newer, of_successor: newer}
    assert await providers_of(exchange) == expected


async def test_a_successor_that_is_succeeded_too_hands_on(exchange: Exchange) -> None:
    world = exchange.world
    first, second, third = [await provider(world) for _ in range(3)]
    await succeeded(world, first, second, 20)
    await succeeded(world, second, third, 10)
    older = await decided(exchange, 15, provider_id=first)
    newer = await decided(exchange, 10, provider_id=first)
    await exchange.take_in()
    assert await providers_of(exchange) == {older: second, newer: third}


async def test_what_was_filed_before_the_succession_was_recorded_stays_with_the_older_provider(
    exchange: Exchange,
) -> None:
    """Its agreement and days hang on it; whether they go along is decided in the record system."""
    world = exchange.world
    older, newer = await provider(world), await provider(world)
    filed = await decided(exchange, 5, provider_id=older)
    await exchange.take_in()
    await succeeded(world, older, newer)
    await exchange.theirs.act("amend", id=filed, days_per_week=2)
    await exchange.take_in()
    assert await providers_of(exchange) == {filed: older}
    await exchange.theirs.act("amend", id=filed, provider_id=newer)
    await exchange.take_in()
    assert await providers_of(exchange) == {filed: newer}


async def test_a_succession_closes_the_older_one_and_every_party_reads_it(world: TenantFixture) -> None:
    older, newer = await provider(world), str(world.provider_b.organisation_id)
    row = await succeeded(world, older, newer)
    assert row["close_reason"] == "Sulautuminen"
    for reader in (world.organiser, world.provider_a, world.provider_b, world.workplace):
        shown = (await reader.get(f"/v1/organisations/{older}")).json()
        shown_of_it = {name: shown[name] for name in ("succeeded_by", "succeeded_from", "closed_on")}
        assert shown_of_it == {
            "succeeded_by": newer,
            "succeeded_from": world.day(10),
            "closed_on": world.day(10),
        }
    unit = {"organisation_id": older, "name": "Uusi", "source_id": "uusi"}
    refused = await world.organiser.post("/v1/units", unit)
    assert refused.json()["errors"][0]["code"] == "closed"
    assert await succeeded(world, older, newer) == row


async def test_one_that_had_closed_before_stays_closed_from_its_own_day(world: TenantFixture) -> None:
    older, newer = await provider(world), await provider(world)
    closing = {"closed_on": world.day(30), "reason": "Konkurssi"}
    closed = await world.organiser.post(f"/v1/organisations/{older}/close", closing)
    row = await succeeded(world, older, newer, 10, If_Match=closed.headers["etag"])
    assert (row["closed_on"], row["close_reason"]) == (world.day(30), "Konkurssi")
    assert row["succeeded_from"] == world.day(10)


async def test_a_succession_is_corrected_and_taken_back_under_if_match(exchange: Exchange) -> None:
    world = exchange.world
    older, wrong, right = [await provider(world) for _ in range(3)]
    url = f"/v1/organisations/{older}"
    await succeeded(world, older, wrong)
    other = {"by": right, "from": world.day(20), "reason": "Sulautuminen"}
    assert (await world.organiser.post(f"{url}/succeed", other)).status_code == 428
    corrected = await world.organiser.post(f"{url}/succeed", other, If_Match='"2"')
    assert (corrected.json()["succeeded_by"], corrected.json()["closed_on"]) == (right, world.day(20))
    opened = await world.organiser.post(f"{url}/reopen", {"reason": "Virhe"}, If_Match='"3"')
    assert not {"succeeded_by", "succeeded_from", "closed_on", "close_reason"} & opened.json().keys()
    stays = await decided(exchange, 5, provider_id=older)
    await exchange.take_in()
    assert await providers_of(exchange) == {stays: older}


async def test_who_cannot_succeed_whom(world: TenantFixture, elsewhere: TenantFixture) -> None:
    first, second, third = [await provider(world) for _ in range(3)]
    await succeeded(world, first, second)
    closed = await provider(world)
    closing = {"closed_on": world.day(10), "reason": "x"}
    assert (await world.organiser.post(f"/v1/organisations/{closed}/close", closing)).status_code == 200

    async def refused(older: Any, newer: Any) -> tuple[int, str]:
        entry = {"by": str(newer), "from": world.day(10), "reason": "x"}
        answer = await world.organiser.post(f"/v1/organisations/{older}/succeed", entry)
        data = answer.json()
        return answer.status_code, "; ".join(
            f"{e['pointer']} {e['code']}" for e in data.get("errors", ())
        ) or data["code"]

    assert await refused(third, third) == (422, "/by invalid-value")
    assert await refused(second, first) == (422, "/by invalid-value")
    assert await refused(third, closed) == (422, "/by closed")
    assert await refused(third, world.workplace.organisation_id) == (422, "/by unknown-reference")
    assert await refused(third, elsewhere.provider_a.organisation_id) == (422, "/by unknown-reference")
    assert await refused(world.workplace.organisation_id, third) == (409, "conflict")
    assert await refused(world.organiser.organisation_id, third) == (409, "conflict")
    for speaker in (world.provider_a, world.workplace, world.ehr):
        assert (await speaker.post(f"/v1/organisations/{third}/succeed", {})).status_code == 403
