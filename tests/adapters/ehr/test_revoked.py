"""A record system that is revoked: from then on nothing is sent to it and nothing asked of it, what is to reach it waits,
and the organiser sees why."""

from typing import Any

import pytest
from tests.access.assertions import NewKey, with_keys
from tests.adapters.ehr.conftest import Exchange
from tests.adapters.ehr.test_engine import target

pytestmark = pytest.mark.enable_socket


async def revoke(exchange: Exchange) -> None:
    path = f"/v1/connected-systems/{exchange.world.ehr.system_id}/revoke"
    assert (await exchange.world.organiser.post(path, None)).status_code == 200


async def calls(exchange: Exchange) -> list[Any]:
    return [line["path"] for line in await exchange.theirs.items("journal") if "/__sim" not in line["path"]]


async def test_nothing_is_sent_and_nothing_is_asked_once_it_is_revoked(exchange: Exchange) -> None:
    agreement = await exchange.agreement()
    engine = exchange.engine()
    await revoke(exchange)
    before = await calls(exchange)
    day, draft = await exchange.day(agreement), await exchange.draft()
    await exchange.decided_over_there()
    await exchange.planned()
    for _ in range(3):
        await exchange.due_now()
        await engine.take_in()
        await engine.send_out()
    assert await calls(exchange) == before
    for waiting in (day, draft["id"]):
        delivery = await exchange.delivery_of(waiting)
        assert (delivery["state"], delivery["attempts"]) == ("pending", 0), "it waits, and loses no attempt"
    data = await target(exchange)
    assert (data["backlog"], data["resting"]) == (2, False)
    (system,) = [
        each
        for each in await exchange.world.pages(exchange.world.organiser, "/v1/connected-systems")
        if each["id"] == str(exchange.world.ehr.system_id)
    ]
    assert data["revoked_on"] == system["revoked_on"]


async def test_what_is_recorded_afterwards_is_queued_by_the_worker(exchange: Exchange) -> None:
    agreement = await exchange.agreement()
    await exchange.planned()
    assert (await target(exchange)).get("revoked_on") is None
    engine = exchange.engine()
    await engine.send_out()
    await revoke(exchange)
    await exchange.day(agreement)
    for _ in range(50):
        await engine.send_out()
        if (await target(exchange))["backlog"]:
            break
    assert (await target(exchange))["backlog"] == 1


async def test_a_revocation_in_the_middle_of_a_turn_ends_it(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreement = await exchange.agreement()
    for ago in (1, 2, 3, 4):
        await exchange.day(agreement, ago)
    await exchange.planned()
    really, sent = exchange.system.upsert_attendance, 0

    async def once(day: Any) -> Any:
        nonlocal sent
        sent += 1
        outcome = await really(day)
        await revoke(exchange)
        return outcome

    monkeypatch.setattr(exchange.system, "upsert_attendance", once)
    await exchange.engine().send_out()
    assert sent == 1
    items = (await exchange.world.organiser.get("/v1/ehr/deliveries")).json()["items"]
    days = sorted(item["state"] for item in items if item["resource_type"] == "attendance")
    assert days == ["confirmed", "pending", "pending", "pending"], "what was answered before is noted"


async def test_what_came_before_is_not_recorded_in_its_name_any_more(exchange: Exchange) -> None:
    await exchange.decided_over_there()
    assert await exchange.intake.poll(again=False) is None
    before = len(await exchange.received())
    await revoke(exchange)
    engine = exchange.engine()
    await engine.take_in()
    assert len(await exchange.received()) == before
    assert [item["state"] for item in await exchange.inbox()] == ["received"]


async def test_its_last_key_is_not_removed_but_by_revoking_it(exchange: Exchange) -> None:
    world = exchange.world
    path = f"/v1/connected-systems/{world.ehr.system_id}"
    there = await world.organiser.get(path)
    fixed = {name: there.json()[name] for name in ("organisation_id", "client_id", "name", "role")}
    none = await world.organiser.put(path, fixed | {"jwks": {"keys": []}}, If_Match=there.headers["etag"])
    assert none.status_code == 422
    other = await world.organiser.put(path, fixed | with_keys(NewKey()), If_Match=there.headers["etag"])
    assert other.status_code == 200
    assert (await target(exchange)).get("revoked_on") is None
