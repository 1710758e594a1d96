"""Attendance of a period in figures: what was planned, what was recorded, why days were missed, and how that
was justified."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from walmu_api.access import visibility
from walmu_api.access.context import RequestContext
from walmu_api.record.commitments.agreements.rules import plans
from walmu_api.record.everyday.attendance import planning, statements, workplace_view

STATUSES = ("present", "partial", "absent", "not_arranged", "rescheduled")
JUSTIFIED = ("missing", "given", "accepted", "rejected")
_COVERED_AS = {"covered": "given"}
"""A certificate was given, if with another day."""


@dataclass(frozen=True)
class Figures:
    """Days by status; absences and part-days by reason and by the state of their justification. A day that was missed for two
    reasons is one of either."""

    days: Counter[str] = field(default_factory=Counter)
    absences: Counter[str] = field(default_factory=Counter)
    justified: Counter[str] = field(default_factory=Counter)


async def count(ctx: RequestContext, agreements: Sequence[UUID], first: date, last: date) -> Figures:
    """The days of those of these agreements that the caller may see. A reason that it does not read counts nowhere."""
    rows = await ctx.session.fetch(
        statements.FIGURES, **visibility.parameters(ctx), ids=list(agreements), first=first, last=last
    )
    data = Figures()
    for row in rows:
        data.days[row["status"]] += row["days"]
        if row["absence_reason"] is None:
            continue
        hidden = "absence_reason" in workplace_view.hidden_from(ctx.caller, row["absence_reason_by"])
        if not hidden:
            for reason in filter(None, (row["absence_reason"], row["second_reason"])):
                data.absences[reason] += row["days"]
        if not hidden or row["status"] == "absent":
            data.justified[_COVERED_AS.get(row["justified"], row["justified"])] += row["days"]
    return data


def planned(of: Sequence[tuple[dict[str, Any], date, date]]) -> int | None:
    """How many days week plans have, each in its period, without Finnish public holidays; a day in two of them is one.
    Nothing where a schedule is flexible: there days follow the client's condition."""
    if not of or any(part["type"] != "fixed" for schedule, _, _ in of for _, part in plans(schedule)):
        return None
    return len(set[date]().union(*(planning.planned_days(*each) for each in of)))
