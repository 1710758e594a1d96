"""Which days an agreement plans, and how long each is. Pure: schedule, period and pauses in, minutes by day
out.

A fixed schedule plans its weekdays, but for Finnish public holidays (arkipyhät, with Midsummer Eve and
Christmas Eve) and the days on which the service is paused. A plan that was amended holds from its day on; the days before
stay what they were. A flexible schedule plans nothing: days follow the
client's condition, so none is ever missing. Days are days in Finland."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import holidays

from walmu_api.record.commitments.agreements.rules import plans

_FINLAND = ZoneInfo("Europe/Helsinki")

Span = tuple[date, date]
"""First and last day, both included."""


@cache
def public_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("FI", years=year))


def is_public_holiday(day: date) -> bool:
    return day in public_holidays(day.year)


def within(day: date, spans: Sequence[Span]) -> bool:
    return any(first <= day <= last for first, last in spans)


def planned_minutes(schedule: Mapping[str, Any], day: date, pauses: Sequence[Span] = ()) -> int | None:
    """The minutes planned for a day; None where nothing is planned."""
    return planned_days(schedule, day, day, pauses).get(day)


def is_planned(schedule: Mapping[str, Any], day: date) -> bool | None:
    """Whether the week plan names the day, pauses aside; None where it names none."""
    part = next(part for until, part in plans(schedule) if day <= until)
    if part["type"] != "fixed":
        return None
    weekday = day.isoweekday()
    return any(each["weekday"] == weekday for each in part["days"]) and not is_public_holiday(day)


def minutes_of_weekday(schedule: Mapping[str, Any], day: date) -> int | None:
    """What the week plan says of a day, whether or not it is a holiday or in a pause."""
    part = next(part for until, part in plans(schedule) if day <= until)
    data = _week_plan(part).get(day.isoweekday())
    return _passed(day, *data) if data is not None else None


def planned_days(
    schedule: Mapping[str, Any], first: date, last: date, pauses: Sequence[Span] = ()
) -> dict[date, int]:
    """The planned days of a period with their minutes, in order. Both ends are included."""
    found: dict[date, int] = {}
    for until, part in plans(schedule):
        found |= _planned_days(part, first, min(last, until), pauses)
        if until >= last:
            break
        first = max(first, until + timedelta(days=1))
    return found


def _planned_days(
    schedule: Mapping[str, Any], first: date, last: date, pauses: Sequence[Span]
) -> dict[date, int]:
    if schedule["type"] != "fixed":
        return {}
    plan = _week_plan(schedule)
    every = (date.fromordinal(at) for at in range(first.toordinal(), last.toordinal() + 1))
    return {
        day: _passed(day, *data)
        for day in every
        if (data := plan.get(day.isoweekday())) is not None
        and not is_public_holiday(day)
        and not within(day, pauses)
    }


def _week_plan(schedule: Mapping[str, Any]) -> dict[int, tuple[str, str]]:
    """Begin and end by weekday."""
    return {
        data["weekday"]: (data["starts_at"], data["ends_at"]) for data in reversed(schedule.get("days") or ())
    }


@lru_cache(4096)
def _passed(day: date, starts_at: str, ends_at: str) -> int:
    """Minutes that really pass, as arrival and leaving tell them: where the clocks change in between, an hour
    more or less."""
    begin, end = (
        datetime.combine(day, time.fromisoformat(data), _FINLAND).astimezone(UTC)
        for data in (starts_at, ends_at)
    )
    return int((end - begin).total_seconds()) // 60
