"""Planning takes the journal in turns, and no turn leaves changes out for good."""

import pytest
from tests.adapters.ehr.conftest import Exchange
from tests.adapters.ehr.test_delivery import visits
from tests.adapters.ehr.test_visits_under_their_decision_api import ANY, name_decision, second_decision

from walmu_api.adapters.ehr import delivery_queue

pytestmark = pytest.mark.enable_socket


async def test_a_full_turn_with_a_change_that_sends_nothing_leaves_the_rest_to_the_next(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a backlog: the agreement names another decision before any of its days was sent."""
    agreement = await exchange.agreement(schedule=ANY)
    other = await second_decision(exchange, agreement)
    await exchange.send_out()
    monkeypatch.setattr(delivery_queue, "MOST", 3)
    days = [await exchange.day(agreement, ago) for ago in (9, 8)]
    await name_decision(exchange, agreement, other)
    days += [await exchange.day(agreement, ago) for ago in (7, 6, 5, 4, 3, 2)]
    while await exchange.delivery.plan():
        pass
    await exchange.send_out()
    assert (await visits(exchange)).keys() == set(days)
