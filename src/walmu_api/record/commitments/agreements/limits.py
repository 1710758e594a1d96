"""Limits that hold for the person over all agreements that the caller sees: days a week of one decision and of act 189/2001,
planned or attended, and that nobody is at two places at once. A provider sees its own agreements; what holds over several
providers is found for the organiser."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from typing import Any

from walmu_api.foundation.database import Session
from walmu_api.foundation.problems import Finding
from walmu_api.foundation.statements import Record, Statement
from walmu_api.record.commitments.agreements import rules
from walmu_api.record.commitments.agreements.tables import AgreementRow

_BESIDE = Statement("""
select g.id, g.decision_id, g.workplace_id, g.place_name, g.starts_on, g.ends_on, g.schedule, g.earlier_schedules,
    g.content -> 'days_per_week' as days_per_week, r.service_kind, d.days_per_week as decided_days
from agreements g
join service_relationships r on r.organiser_id = g.organiser_id and r.id = g.service_relationship_id
left join decisions d on d.organiser_id = g.organiser_id and d.id = g.decision_id
    and d.client_id = g.client_id and d.provider_id = g.provider_id
where g.organiser_id = :organiser and g.client_id = :client_id and g.kind <> 'employment'
  and (g.id = :id or g.status in ('signed', 'terminated'))
  and g.starts_on <= :last and g.ends_on >= :first
""")

_ATTENDED = Statement("""
select max(decided) as decided, max(by_law) as by_law from (
    select count(distinct a.date) filter (where g.decision_id = own.decision_id and g.provider_id = own.provider_id) as decided,
        count(distinct a.date) filter (where r.service_kind = :rehabilitative) as by_law
    from agreements own
    join agreements g on g.organiser_id = :organiser and g.client_id = own.client_id
        and g.status in ('signed', 'terminated') and g.kind <> 'employment'
    join service_relationships r on r.organiser_id = :organiser and r.id = g.service_relationship_id
    join attendance a on a.organiser_id = :organiser and a.agreement_id = g.id
        and a.date between g.starts_on and g.ends_on and a.status in ('present', 'partial')
    where own.organiser_id = :organiser and own.id = :id
    group by date_trunc('week', a.date) having bool_or(g.id = :id)) weeks
""")
"""The most days that the client attended in one of the weeks in which it came under the agreement: under its decision, and of
rehabilitative work. A date under two agreements is one day."""

Week = Mapping[str, Any]


@dataclass(frozen=True)
class Agreed:
    """What an agreement plans, one week plan after another, each with its first and last day."""

    place: tuple[Any, ...]
    parts: Sequence[tuple[date, date, Week]]
    days_per_week: float | None

    def on(self, day: date) -> Week | None:
        return next((week for first, last, week in self.parts if first <= day <= last), None)


def agreed(row: Record) -> Agreed:
    parts, first, ends_on = [], row["starts_on"], row["ends_on"]
    for until, week in rules.plans(row["schedule"] | {"earlier": row["earlier_schedules"]}):
        last = min(until, ends_on)
        if first <= last:
            parts.append((first, last, week))
            first = last + timedelta(days=1)
    return Agreed((row["workplace_id"], row["place_name"]), parts, row["days_per_week"])


async def findings(session: Session, row: AgreementRow) -> list[Finding]:
    """What this agreement and those beside it exceed together: by their week plans, or by the days that were attended."""
    if row.status == "voided" or row.kind == "employment":
        return []
    rows = await session.fetch(
        _BESIDE,
        organiser=session.organiser_id,
        client_id=row.client_id,
        id=row.id,
        first=row.starts_on,
        last=row.ends_on,
    )
    (own,) = [each for each in rows if each["id"] == row.id]
    attended = await session.fetchrow(
        _ATTENDED, organiser=session.organiser_id, id=row.id, rehabilitative=rules.REHABILITATIVE
    )
    assert attended is not None, "an aggregate has a row"
    found = []
    decided = own["decided_days"]
    together = [
        agreed(each)
        for each in rows
        if each["decision_id"] == row.decision_id and each["decided_days"] is not None
    ]
    if decided is not None and (
        (attended["decided"] or 0) > decided
        or (len(together) > 1 and most_days(agreed(own), together) > decided)
    ):
        found.append(rules.DECISION_DAYS_EXCEEDED.at("/schedule", allowed=decided))
    by_law = [agreed(each) for each in rows if each["service_kind"] == rules.REHABILITATIVE]
    if own["service_kind"] == rules.REHABILITATIVE and (
        (attended["by_law"] or 0) > rules.REHABILITATIVE_MOST
        or (len(by_law) > 1 and most_days(agreed(own), by_law) > rules.REHABILITATIVE_MOST)
    ):
        found.append(rules.REHABILITATIVE_DAYS_EXCEEDED.at("/schedule"))
    if any(meet(agreed(own), agreed(each)) for each in rows if each["id"] != row.id):
        found.append(rules.SAME_HOURS_ELSEWHERE.at("/schedule"))
    return found


def most_days(own: Agreed, together: Collection[Agreed]) -> float:
    """The most days a week that these plan at one time of the own agreement. A weekday in two of them is one day."""
    begin, end = own.parts[0][0], own.parts[-1][1]
    starts = {begin} | {first for each in together for first, _, _ in each.parts if begin <= first <= end}
    return max(_days_on(together, day) for day in starts)


def _days_on(together: Iterable[Agreed], day: date) -> float:
    weekdays: set[int] = set()
    more = 0.0
    for each in together:
        week = each.on(day)
        if week is None:
            continue
        if week["type"] == "fixed":
            weekdays |= {planned["weekday"] for planned in week["days"]}
        else:
            more += rules.planned_days("flexible", (), week.get("max_days_per_week"), each.days_per_week) or 0
    return min(7, len(weekdays) + more)


def meet(one: Agreed, other: Agreed) -> bool:
    """Whether two agreements plan hours that overlap, at two places."""
    return one.place != other.place and any(
        mine[0] < its[1] and its[0] < mine[1]
        for (first, last, week), (begin, end, theirs) in product(one.parts, other.parts)
        if first <= end and begin <= last
        for mine, its in _same_weekdays(week, theirs)
    )


def _same_weekdays(one: Week, other: Week) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    for mine, its in product(one.get("days") or (), other.get("days") or ()):
        if mine["weekday"] == its["weekday"]:
            yield (mine["starts_at"], mine["ends_at"]), (its["starts_at"], its["ends_at"])
