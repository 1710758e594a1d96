"""A visit that was tried may be there, whatever was answered last: when it is none any more it is withdrawn."""

import asyncio
from typing import Any

import pytest
from tests.adapters.ehr.conftest import Exchange
from tests.adapters.ehr.test_delivery import beside, visits
from tests.adapters.ehr.test_visits_under_their_decision_api import ANY

pytestmark = pytest.mark.enable_socket


async def two_agreements(exchange: Exchange) -> tuple[dict[str, Any], str]:
    """The first of two agreements of one decision, and a part of a day under the other."""
    world = exchange.world
    first = await exchange.agreement(schedule=ANY)
    second = await beside(exchange, first, schedule=ANY)
    path = f"/v1/agreements/{second['id']}/attendance/{world.day(4)}"
    day = await world.provider_a.put(path, {"status": "partial", "actual_minutes": 60})
    assert day.status_code == 201, day.text
    return first, day.json()["id"]


async def test_a_visit_whose_answer_was_lost_and_that_was_refused_then_is_withdrawn(
    exchange: Exchange,
) -> None:
    first, day = await two_agreements(exchange)
    for fault in ({"kind": "drop_response"}, {"kind": "status", "status": 422}):
        await exchange.theirs.faults(fault | {"path": "/reported_visits"})
        await exchange.due_now()
        await exchange.send_out()
    assert (await exchange.delivery_of(day))["state"] == "quarantined"
    assert day in await visits(exchange)
    more = await exchange.day(first, 4)
    await exchange.send_out()
    assert set(await visits(exchange)) == {more}


async def test_a_visit_whose_worker_was_killed_is_withdrawn(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, day = await two_agreements(exchange)
    original = exchange.system.upsert_attendance

    async def killed(data: Any) -> Any:
        await original(data)
        raise asyncio.CancelledError

    with monkeypatch.context() as patch, pytest.raises(asyncio.CancelledError):
        patch.setattr(exchange.system, "upsert_attendance", killed)
        await exchange.send_out()
    assert day in await visits(exchange)
    more = await exchange.day(first, 4)
    await exchange.send_out()
    assert set(await visits(exchange)) == {more}
