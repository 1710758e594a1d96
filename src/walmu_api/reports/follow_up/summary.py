"""A period of one agreement: its planned and recorded days, what is justified, and the sums of it.

Nothing of it is stored: a later day can lengthen a run of illness, a late report can shorten it."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol, TypeVar
from uuid import UUID

from walmu_api.access import visibility
from walmu_api.access.context import RequestContext
from walmu_api.foundation.problems import NOT_FOUND
from walmu_api.foundation.schema_types import values_of
from walmu_api.record.everyday.attendance import planning, rules
from walmu_api.record.everyday.attendance.justifications.rules import (
    DayFacts,
    DayJustification,
    Verdict,
    is_absence,
    validate,
)
from walmu_api.record.everyday.attendance.planning import Span
from walmu_api.record.everyday.attendance.row_mapping import facts_of
from walmu_api.record.everyday.service_events import service as service_events
from walmu_api.reports.follow_up import statements
from walmu_api.reports.follow_up.schemas import (
    AbsenceCounts,
    AttendanceSummary,
    DayCounts,
    DayState,
    Justified,
    MinuteCounts,
    SummaryDay,
)

D = TypeVar("D", bound=SummaryDay)


async def summary(ctx: RequestContext, agreement_id: UUID, first: date, last: date) -> bytes:
    today = ctx.today
    row = await ctx.session.fetchrow(
        statements.AGREEMENT, **visibility.parameters(ctx), agreement_id=agreement_id
    )
    if row is None:
        raise NOT_FOUND()
    ctx.session.log_access(row["client_id"])
    rows = await ctx.session.fetch(
        statements.DAYS_OF_AGREEMENT, organiser=ctx.organiser_id, agreement_id=agreement_id
    )
    relationship = row["service_relationship_id"]
    pauses = (await service_events.pauses(ctx.session, {relationship})).get(relationship, ())
    planned = planned_until(facts_of(row), row["schedule"], rows, today, pauses)
    items = days_of(rows, planned, row["legal_bases"], SummaryDay)
    return (
        summed(
            [item for item in items if first <= item.date <= last],
            agreement_id=agreement_id,
            client_id=row["client_id"],
            starts_on=first,
            ends_on=last,
            legal_bases=list(row["legal_bases"]),
        )
        .model_dump_json(exclude_none=True)
        .encode()
    )


class Record(Protocol):
    """A row as it was read: its values by name."""

    def __getitem__(self, name: str, /) -> Any: ...


def planned_until(
    facts: rules.AgreementFacts,
    schedule: Mapping[str, Any],
    rows: Sequence[Record],
    today: date,
    pauses: Sequence[Span],
) -> dict[date, int | None]:
    """The days that have come and were planned, with their minutes: by the week plan, and those that another
    moved to."""
    last = min(facts.ends_on, today)
    planned: dict[date, int | None] = dict(planning.planned_days(schedule, facts.starts_on, last, pauses))
    for row in rows:
        if (day := row["rescheduled_to"]) is not None and not planning.within(day, pauses):
            minutes = row["planned_minutes"] or planning.minutes_of_weekday(schedule, row["date"])
            planned.setdefault(day, minutes)
    return {day: data for day, data in planned.items() if _may_be_recorded(day, facts, today)}


def _may_be_recorded(day: date, facts: rules.AgreementFacts, today: date) -> bool:
    finding = rules.check_day(day, facts, today)
    return finding is None or finding.severity == "warning"


def days_of(
    rows: Sequence[Record], planned: Mapping[date, int | None], bases: Sequence[str], day: Callable[..., D]
) -> list[D]:
    """Every planned or recorded day, in order, as a message of this kind of `SummaryDay`."""
    recorded = {row["date"]: row for row in rows}
    data = [_as_data(row) for row in rows]
    verdicts = validate(data, planned.keys() - recorded.keys(), bases)
    states = {each.date: each.state for each in data if is_absence(each)}
    return [
        day(**_item(at, recorded.get(at), planned.get(at), states.get(at), verdicts.get(at)))
        for at in sorted(planned.keys() | recorded.keys())
    ]


def _as_data(row: Record) -> DayFacts:
    """A day as the rules need it. A certificate that has come covers the days it names, else the day it was
    given for."""
    certificate = row["certificate"] or {}
    first, last = (
        date.fromisoformat(certificate[name]) if certificate.get(name) else row["date"]
        for name in ("valid_from", "valid_to")
    )
    covers = (first, last) if certificate.get("received_on") else None
    return DayFacts(
        row["date"], row["status"], row["reason"] or row["absence_reason"], row["state"] or "missing", covers
    )


def _item(
    day: date,
    row: Record | None,
    planned: int | None,
    state: DayJustification | None,
    verdict: Verdict | None,
) -> dict[str, Any]:
    if row is None:
        return {"date": day, "status": "unreported", "planned_minutes": planned}
    minutes = row["planned_minutes"]
    return {
        "date": day,
        "status": row["status"],
        "planned_minutes": planned if minutes is None else minutes,
        "actual_minutes": row["actual_minutes"],
        "absence_reason": row["absence_reason"],
        "justification": state,
        "justified": Justified.model_validate(verdict) if verdict is not None else None,
        "confirmation": row["confirmation"],
    }


def summed(items: Sequence[SummaryDay], **of: Any) -> AttendanceSummary:
    """The days with their sums."""
    return AttendanceSummary(
        days=day_counts(items),
        minutes=minute_counts(items),
        absences=absence_counts(items),
        unconfirmed=sum(item.confirmation == "unconfirmed" for item in items),
        items=list(items),
        **of,
    )


def day_counts(items: Sequence[SummaryDay]) -> DayCounts:
    statuses = Counter(item.status for item in items)
    planned = sum(item.planned_minutes is not None for item in items)
    return DayCounts(planned=planned, **{name: statuses[name] for name in _STATUSES})


def minute_counts(items: Sequence[SummaryDay]) -> MinuteCounts:
    return MinuteCounts(
        planned=sum(item.planned_minutes or 0 for item in items),
        actual=sum(item.actual_minutes or 0 for item in items),
    )


def absence_counts(items: Sequence[SummaryDay]) -> AbsenceCounts:
    results: Counter[str] = Counter(item.justified.result for item in items if item.justified is not None)
    return AbsenceCounts(**{name: results[name] for name in AbsenceCounts.model_fields})


_STATUSES: tuple[DayState, ...] = values_of(DayState)
