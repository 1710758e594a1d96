"""A day is a day in Finland: around midnight, on leap day, and when the clocks change."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.conftest import TenantFixture
from tests.reports.follow_up.test_missing_api import missing

from walmu_api.foundation.clock import Clock

FINLAND = ZoneInfo("Europe/Helsinki")
EVERY_NIGHT = {
    "type": "fixed",
    "days": [{"weekday": day, "starts_at": "01:00", "ends_at": "05:00"} for day in range(1, 8)],
}


async def days_of(world: TenantFixture, clock: Clock, day: date) -> str:
    """The days of an agreement that is in force around `day`, with a plan for every night."""
    stand(clock, f"{day}T12:00:00")
    relationship = await world.relationship((await world.client())["id"])
    decision = await world.decision(relationship, valid_to=None, days_per_week=7)
    agreement = await world.agreement(relationship, decision, schedule=EVERY_NIGHT)
    return f"/v1/agreements/{agreement['id']}/attendance"


def stand(clock: Clock, data: str) -> None:
    """Let it be this time of day in Finland."""
    clock.set(datetime.fromisoformat(data).replace(tzinfo=FINLAND))


@pytest.mark.parametrize("day", [date(2028, 3, 26), date(2027, 10, 31), date(2028, 2, 29), date(2027, 1, 1)])
async def test_a_day_begins_and_ends_at_midnight_in_finland(
    world: TenantFixture, clock: Clock, day: date
) -> None:
    days, before, after = await days_of(world, clock, day), day - timedelta(days=1), day + timedelta(days=1)
    present: dict[str, Any] = {"status": "present", "actual_minutes": 240}
    stand(clock, f"{before}T23:59:30")
    early = await world.provider_a.put(f"{days}/{day}", present)
    assert (early.status_code, early.json()["code"]) == (422, "day-in-future")
    assert (await world.provider_a.get(f"/v1/attendance/missing?on={day}")).status_code == 422
    stand(clock, f"{day}T00:00:30")
    assert (await world.provider_a.put(f"{days}/{before}", present)).status_code == 201
    assert (await world.provider_a.put(f"{days}/{day}", {"status": "absent"})).status_code == 201
    stand(clock, f"{day}T23:59:30")
    assert (await world.provider_a.put(f"{days}/{after}", present)).status_code == 422
    noted = {"status": "present", "noted_at": f"{day}T23:59:00+02:00"}
    stand(clock, f"{after}T00:00:30")
    late = await world.provider_a.put(f"{days}/{after}", noted)
    assert (late.status_code, late.json()["date"]) == (201, str(after)), (
        "the day is said, never worked out from a clock"
    )


@pytest.mark.parametrize(
    ("day", "minutes"), [(date(2028, 3, 26), 180), (date(2027, 10, 31), 300), (date(2028, 2, 29), 240)]
)
async def test_a_night_on_which_the_clocks_change_is_as_long_as_it_really_is(
    world: TenantFixture, clock: Clock, day: date, minutes: int
) -> None:
    days = await days_of(world, clock, day)
    assert [each["planned_minutes"] for each in await missing(world.provider_a, day)] == [minutes]
    arrived, left = (datetime(day.year, day.month, day.day, hour, tzinfo=FINLAND) for hour in (1, 5))
    assert (left.astimezone(UTC) - arrived.astimezone(UTC)).total_seconds() == minutes * 60
    data = {
        "status": "present",
        "arrived_at": arrived.isoformat(),
        "left_at": left.isoformat(),
        "actual_minutes": minutes,
    }
    assert (await world.provider_a.put(f"{days}/{day}", data)).status_code == 201
    summary = await world.provider_a.get(
        f"{days.removesuffix('/attendance')}/attendance-summary?from={day}&to={day}"
    )
    assert summary.json()["minutes"] == {"planned": minutes, "actual": minutes}
    twice = datetime(2027, 10, 31, 3, 30, tzinfo=FINLAND)
    if (
        day == twice.date()
    ):  # half past three comes twice: leaving the second time is not before arriving the first
        first, second = twice.isoformat(), twice.replace(fold=1).isoformat()
        changed = data | {"arrived_at": first, "left_at": second}
        assert (await world.provider_a.put(f"{days}/{day}", changed, If_Match='"1"')).status_code == 200
        turned = data | {"arrived_at": second, "left_at": first}
        refused = await world.provider_a.put(f"{days}/{day}", turned, If_Match='"2"')
        assert refused.json()["errors"][0]["pointer"] == "/left_at"
    csv = await world.provider_a.get(f"/v1/attendance?from={day}&to={day}", Accept="text/csv")
    assert (";01:00;05:00;" in csv.text) or (";03:30;03:30;" in csv.text)
