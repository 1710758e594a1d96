"""The feed's lag counts every open write: the API's own exactly, anybody else's from the look that first saw it."""

import asyncio
import re
import time

import asyncpg
import pytest
from tests.conftest import ApiClient, TenantFixture

from walmu_api.foundation.feed_lag import FeedLag
from walmu_api.foundation.migrating import plain_url
from walmu_dev.postgres.logins import Logins

AN_OPEN_WRITE = "select pg_current_xact_id()"


async def lag(speaker: ApiClient) -> float:
    answer = await speaker.get("/metrics")
    found = re.search(r"(?m)^walmu_feed_lag_seconds (.*)$", answer.text)
    assert found is not None
    return float(found[1])


@pytest.mark.parametrize("whose", ["api", "worker"])
async def test_an_open_write_holds_the_feed_back(world: TenantFixture, logins: Logins, whose: str) -> None:
    connection = await asyncpg.connect(plain_url(getattr(logins, whose)))
    transaction = connection.transaction()
    await transaction.start()
    began = time.monotonic()
    await connection.execute(AN_OPEN_WRITE)
    try:
        await world.client()  # a change that has to wait
        await lag(world.organiser)
        await asyncio.sleep(0.3)
        found = await lag(world.organiser)
        assert 0.3 <= found <= time.monotonic() - began + 0.1
    finally:
        await transaction.rollback()
        await connection.close()
    until = time.monotonic() + 5  # others of this cluster may write meanwhile
    while await lag(world.organiser) > 0.2:
        assert time.monotonic() < until


def test_a_write_that_ends_does_not_count_for_the_next_one() -> None:
    lag = FeedLag()
    assert lag.after("10", 0, any_open=True) < 0.1
    time.sleep(0.15)
    assert lag.after("10", 0, any_open=True) > 0.1
    assert lag.after("11", 0, any_open=True) < 0.1
    time.sleep(0.15)
    assert lag.after("11", 0, any_open=False) < 0.1
    assert lag.after("12", 7.5, any_open=True) == pytest.approx(7.5)
