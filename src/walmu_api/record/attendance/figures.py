"""Attendance of a period in figures: what was planned, what was recorded, why days were missed, and how that was justified."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import holidays

from walmu_api.access.guard import Caller
from walmu_api.foundation.database import Session
from walmu_api.record.attendance import statements

STATUSES = ("present", "partial", "absent", "not_arranged", "rescheduled")
JUSTIFIED = ("missing", "given", "accepted", "rejected")


@dataclass(frozen=True)
class Figures:
    """Days by status; absences and part-days by reason and by the state of their justification."""

    days: Counter[str] = field(default_factory=Counter)
    absences: Counter[str] = field(default_factory=Counter)
    justified: Counter[str] = field(default_factory=Counter)


async def count(session: Session, caller: Caller, agreements: Sequence[UUID], first: date, last: date) -> Figures:
    """The days of these agreements, as far as the caller may see them."""
    rows = await session.fetch(
        statements.FIGURES,
        session.organiser_id,
        caller.narrowed_to,
        session.clock.today(),
        list(agreements),
        first,
        last,
    )
    told = Figures()
    for row in rows:
        told.days[row["status"]] += row["days"]
        if row["absence_reason"] is not None:
            told.absences[row["absence_reason"]] += row["days"]
            told.justified[row["justified"]] += row["days"]
    return told


def planned(schedule: dict[str, Any], first: date, last: date) -> int | None:
    """How many days a week plan has in a period, without Finnish public holidays; nothing where the schedule is flexible:
    there days follow the client's condition."""
    if schedule["type"] != "fixed":
        return None
    weekdays = {day["weekday"] for day in schedule["days"]}
    days = (first + timedelta(days=at) for at in range((last - first).days + 1))
    return sum(day.isoweekday() in weekdays and day not in public_holidays(day.year) for day in days)


@cache
def public_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("FI", years=year))
