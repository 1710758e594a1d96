"""Planned days: the week plan without public holidays and pauses."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from walmu_api.record.everyday.attendance.planning import is_public_holiday, planned_days, planned_minutes


def fixed(*weekdays: int, starts_at: str = "09:00", ends_at: str = "13:00") -> dict[str, Any]:
    days = [{"weekday": day, "starts_at": starts_at, "ends_at": ends_at} for day in weekdays]
    return {"type": "fixed", "days": days}


FLEXIBLE = {"type": "flexible", "min_days_per_week": 1, "max_days_per_week": 3}
EVERY_DAY = fixed(1, 2, 3, 4, 5, 6, 7)


def test_a_week_plan_plans_its_weekdays() -> None:
    assert planned_days(fixed(1, 3), date(2026, 10, 5), date(2026, 10, 14)) == {
        date(2026, 10, day): 240 for day in (5, 7, 12, 14)
    }


def test_nothing_is_planned_where_days_follow_the_clients_condition() -> None:
    assert planned_days(FLEXIBLE, date(2026, 1, 1), date(2026, 12, 31)) == {}


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 1),
        date(2026, 1, 6),
        date(2026, 4, 3),
        date(2026, 4, 6),
        date(2026, 5, 1),
        date(2026, 5, 14),
        date(2026, 6, 19),
        date(2026, 6, 20),
        date(2026, 10, 31),
        date(2026, 12, 6),
        date(2026, 12, 24),
        date(2026, 12, 25),
        date(2027, 3, 26),
        date(2027, 3, 29),
        date(2027, 6, 25),
    ],
)
def test_public_holidays_are_not_planned(day: date) -> None:
    assert planned_minutes(EVERY_DAY, day) is None
    assert is_public_holiday(day)


@pytest.mark.parametrize("day", [date(2026, 4, 2), date(2026, 12, 31), date(2026, 12, 23), date(2026, 11, 1)])
def test_days_beside_holidays_are_planned(day: date) -> None:
    assert planned_minutes(EVERY_DAY, day) == 240


def test_leap_day_is_a_day_and_other_years_have_none() -> None:
    assert list(planned_days(EVERY_DAY, date(2028, 2, 28), date(2028, 3, 1))) == [
        date(2028, 2, 28),
        date(2028, 2, 29),
        date(2028, 3, 1),
    ]
    assert len(planned_days(EVERY_DAY, date(2027, 2, 28), date(2027, 3, 1))) == 2


@pytest.mark.parametrize(
    ("day", "starts_at", "ends_at", "minutes"),
    [
        (date(2026, 3, 29), "09:00", "13:00", 240),  # the clocks go forward at 3, long before
        (date(2026, 10, 25), "09:00", "13:00", 240),
        (date(2026, 3, 29), "01:00", "05:00", 180),  # who works then, works an hour less
        (date(2026, 10, 25), "01:00", "05:00", 300),
        (date(2026, 10, 26), "01:00", "05:00", 240),
        (date(2026, 10, 27), "00:00", "23:59", 1439),
    ],
)
def test_minutes_are_those_that_really_pass(day: date, starts_at: str, ends_at: str, minutes: int) -> None:
    assert planned_minutes(fixed(1, 2, 7, starts_at=starts_at, ends_at=ends_at), day) == minutes


def test_pauses_leave_out_their_first_and_last_day() -> None:
    pauses = [(date(2026, 10, 6), date(2026, 10, 7)), (date(2026, 10, 9), date.max)]
    assert list(planned_days(EVERY_DAY, date(2026, 10, 5), date(2026, 10, 12), pauses)) == [
        date(2026, 10, 5),
        date(2026, 10, 8),
    ]


@given(
    st.dates(date(1990, 1, 1), date(2190, 1, 1)), st.integers(0, 400), st.sets(st.integers(1, 7), min_size=1)
)
def test_a_period_is_the_sum_of_its_days(first: date, length: int, weekdays: set[int]) -> None:
    last = first + timedelta(days=length)
    whole = planned_days(fixed(*weekdays), first, last)
    middle = first + timedelta(days=length // 2)
    parts = planned_days(fixed(*weekdays), first, middle) | planned_days(
        fixed(*weekdays), middle + timedelta(days=1), last
    )
    assert whole == parts
    assert all(day.isoweekday() in weekdays and first <= day <= last for day in whole)
