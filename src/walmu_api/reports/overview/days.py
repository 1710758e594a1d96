"""The days of agreements in a period, judged as the attendance summary judges them, and how often the client
came."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

from walmu_api.access.context import RequestContext
from walmu_api.foundation.statements import Record
from walmu_api.record.everyday.assessments.schemas import AbsencesByReason
from walmu_api.record.everyday.attendance.presences import Presence, visits
from walmu_api.record.everyday.attendance.rules import ATTENDED
from walmu_api.reports.follow_up.schemas import SummaryDay
from walmu_api.reports.follow_up.summary import Pauses, Reported, counting, gather, judged
from walmu_api.reports.overview.schemas import OverviewDay

Shares = dict[Literal["reported_share", "attended_share"], float | None]


@dataclass(frozen=True)
class Found:
    """The days of agreements."""

    days: Mapping[UUID, Sequence[OverviewDay]]
    """By agreement, in order, every day of the period that was planned or recorded."""
    again: Collection[tuple[UUID, date]]
    """Those, by agreement, on which the client was at once under another agreement of the decision too."""


async def read(
    ctx: RequestContext, agreements: Sequence[Record], first: date, last: date, pauses: Pauses
) -> Found:
    wanted = [row for row in agreements if row["ends_on"] >= first and row["starts_on"] <= last]
    wanted = [row for row in wanted if row["kind"] != "employment"]
    of_all = await gather(ctx, wanted, first, last, pauses)
    found = judged(of_all, dict[str, Any])
    days = {
        row["id"]: [
            OverviewDay(agreement_id=row["id"], **item)
            for item in found[row["id"]]
            if first <= item["date"] <= last
        ]
        for row in wanted
    }
    return Found(days, _again(of_all[: len(wanted)]))


def _again(of_all: Sequence[Reported]) -> set[tuple[UUID, date]]:
    by_day: dict[tuple[Any, ...], dict[UUID, tuple[UUID, date]]] = defaultdict(dict)
    present: dict[tuple[Any, ...], list[Presence]] = defaultdict(list)
    for each in of_all:
        of = tuple(each.agreement[name] for name in ("decision_id", "client_id", "provider_id"))
        for row in each.standing:
            if row["status"] in ATTENDED:
                key = *of, row["date"]
                by_day[key][row["id"]] = row["agreement_id"], row["date"]
                present[key].append(Presence(row["id"], row["status"], row["arrived_at"], row["left_at"]))
    return {
        place
        for key, places in by_day.items()
        if len(places) > 1
        for day, place in places.items()
        if day not in visits(present[key])
    }


_WEIGHT = {"present": 5, "partial": 4, "absent": 3, "rescheduled": 2, "not_arranged": 1, "unreported": 0}


def of_persons(
    agreements: Sequence[Record], found: Mapping[UUID, Sequence[OverviewDay]]
) -> list[OverviewDay]:
    """The days as days of people, for sums: under two agreements a day is one day, and what says more of it counts; it
    was planned where either planned it."""
    by_day: dict[tuple[date, UUID], OverviewDay] = {}
    for row in agreements:
        for item in counting(found.get(row["id"], ())):
            key = item.date, row["client_id"]
            if (other := by_day.get(key)) is not None:
                item, other = sorted((item, other), key=lambda each: _WEIGHT[each.status], reverse=True)  # noqa: PLW2901
                if item.planned_minutes is None:
                    item = item.model_copy(update={"planned_minutes": other.planned_minutes})  # noqa: PLW2901
            by_day[key] = item
    return [by_day[key] for key in sorted(by_day)]


ENOUGH = 0.8
"""Of the planned days so many must be reported before it is said how many were attended: a provider that reports
nothing must neither praise nor blame the client."""


def shares(items: Iterable[SummaryDay]) -> Shares:
    """Of the planned days: of how many anything is recorded, and, where that is enough, how many of those on which the
    client could come were attended, in part too."""
    planned = [item.status for item in items if item.planned_minutes is not None]
    reported = 1 - planned.count("unreported") / len(planned) if planned else None
    attended = sum(status in ATTENDED for status in planned)
    known = attended + planned.count("absent")
    return {
        "reported_share": round(reported, 3) if reported is not None else None,
        "attended_share": round(attended / known, 3)
        if known and reported is not None and reported >= ENOUGH
        else None,
    }


def by_reason(items: Iterable[SummaryDay]) -> list[AbsencesByReason]:
    """Absences and part-days by reason, the most frequent first; a day that was missed for two is one of either."""
    found = Counter(reason for item in items for reason in item.reasons)
    ordered = sorted(found.items(), key=lambda each: (-each[1], each[0]))
    return [AbsencesByReason(reason=reason, days=days) for reason, days in ordered]
