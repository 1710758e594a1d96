"""A period of one agreement: its planned and recorded days, what is justified, and the sums of it.

Nothing of it is stored: a later day can lengthen a run of illness, a late report can shorten it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

from walmu_api.access import visibility
from walmu_api.access.context import RequestContext
from walmu_api.foundation.problems import NOT_FOUND
from walmu_api.foundation.schema_types import values_of
from walmu_api.foundation.statements import Record
from walmu_api.record.everyday.attendance import planning, rules
from walmu_api.record.everyday.attendance.justifications.rules import (
    REHABILITATIVE,
    DayFacts,
    DayJustification,
    Runs,
    Verdict,
    is_absence,
    runs_of,
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

D = TypeVar("D")
S = TypeVar("S", bound=SummaryDay)
Pauses = Mapping[UUID, Sequence[Span]]
NO_RUNS = runs_of((), ())


async def summary(ctx: RequestContext, agreement_id: UUID, first: date, last: date) -> bytes:
    today = ctx.today
    row = await ctx.session.fetchrow(
        statements.AGREEMENT, **visibility.parameters(ctx), agreement_id=agreement_id
    )
    if row is None:
        raise NOT_FOUND()
    ctx.session.log_access(row["client_id"])
    pauses = await service_events.pauses(ctx.session, {row["service_relationship_id"]})
    of_all = await gather(ctx, [row], first, today, pauses)
    items = judged(of_all, SummaryDay)[agreement_id]
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


async def gather(
    ctx: RequestContext, agreements: Sequence[Record], first: date, last: date, pauses: Pauses
) -> "list[Reported]":
    """These agreements, and those in which their runs of absence go on, with all that decides what is justified in the
    period. `pauses` are those of their service relationships."""
    others = await _beside(ctx, agreements)
    all_of_them: list[Record] = [*agreements, *others]
    recorded: dict[UUID, list[Record]] = {row["id"]: [] for row in all_of_them}
    who = {"organiser": ctx.organiser_id, "organisation": ctx.tenant_scope, "first": first, "last": last}
    for row in await ctx.session.fetchmany(
        statements.DAYS, [who | {"agreement_id": each} for each in recorded]
    ):
        recorded[row["agreement_id"]].append(row)
    if unknown := {row["service_relationship_id"] for row in others} - pauses.keys():
        pauses = {**pauses, **await service_events.pauses(ctx.session, unknown)}
    return [_reported(row, recorded[row["id"]], last, pauses) for row in all_of_them]


def _reported(agreement: Record, rows: Sequence[Record], last: date, pauses: Pauses) -> "Reported":
    """Judged from the last day attended before the period on, as that breaks every run; from the beginning where none was."""
    facts = facts_of(agreement)
    since = (rows[0]["since"] if rows else None) or facts.starts_on
    known = replace(facts, starts_on=max(facts.starts_on, since))
    paused = pauses.get(agreement["service_relationship_id"], ())
    return Reported(agreement, facts, rows, planned_until(known, agreement["schedule"], rows, last, paused))


async def _beside(ctx: RequestContext, agreements: Sequence[Record]) -> Sequence[Record]:
    """The other agreements that the caller sees of the same clients, where runs of absence go on from one to the other."""
    clients = {row["client_id"] for row in agreements if REHABILITATIVE in row["legal_bases"]}
    if not clients:
        return ()
    rows: Sequence[Record] = await ctx.session.fetch(
        statements.BESIDE,
        **visibility.parameters(ctx),
        clients=list(clients),
        known=[row["id"] for row in agreements],
        basis=REHABILITATIVE,
    )
    return rows


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


@dataclass(frozen=True)
class Reported:
    """An agreement with its recorded days, and those that were planned with their minutes."""

    agreement: Record
    facts: rules.AgreementFacts
    rows: Sequence[Record]
    planned: Mapping[date, int | None]

    @cached_property
    def standing(self) -> Sequence[Record]:
        """The recorded days that are days of the agreement: one outside it says nothing of the client's attendance."""
        return [row for row in self.rows if rules.check_within(row["date"], self.facts) is None]

    @property
    def by_law(self) -> bool:
        return REHABILITATIVE in self.agreement["legal_bases"]

    @cached_property
    def days(self) -> list[DayFacts]:
        return [
            DayFacts(
                row["date"],
                row["status"],
                row["reason"],
                row["state"],
                row["certified"],
                row["second_reason"],
            )
            for row in self.standing
        ]

    @cached_property
    def unreported(self) -> set[date]:
        return self.planned.keys() - {row["date"] for row in self.rows}


def judged(of_all: Sequence[Reported], day: Callable[..., D]) -> dict[UUID, list[D]]:
    """By agreement every planned or recorded day, in order, made of the members of a `SummaryDay`. A run of absence
    belongs to the person: it is looked for in all agreements of the same client."""
    by_person: dict[UUID, list[Reported]] = defaultdict(list)
    for each in of_all:
        if each.by_law:
            by_person[each.agreement["client_id"]].append(each)
    runs = {
        client: runs_of(
            [fact for each in its for fact in each.days], set().union(*(each.unreported for each in its))
        )
        for client, its in by_person.items()
    }
    return {
        each.agreement["id"]: _days_of(each, runs.get(each.agreement["client_id"], NO_RUNS), day)
        for each in of_all
    }


def _days_of(of: Reported, runs: Runs, day: Callable[..., D]) -> list[D]:
    recorded = {row["date"]: row for row in of.rows}
    verdicts = validate(of.days, runs, of.agreement["legal_bases"])
    states = {each.date: each.state for each in of.days if is_absence(each)}
    return [
        day(**_item(at, of, recorded.get(at), states.get(at), verdicts.get(at)))
        for at in sorted(of.planned.keys() | recorded.keys())
    ]


def _item(
    day: date, of: Reported, row: Record | None, state: DayJustification | None, verdict: Verdict | None
) -> dict[str, Any]:
    planned = of.planned.get(day)
    if row is None:
        return {"date": day, "status": "unreported", "planned_minutes": planned}
    minutes = row["planned_minutes"]
    return {
        "date": day,
        "status": row["status"],
        "planned_minutes": planned if minutes is None else minutes,
        "actual_minutes": row["actual_minutes"],
        "absence_reason": row["reason"],
        "absence_reasons": row["parts"],
        "justification": state,
        "justified": Justified.model_validate(verdict) if verdict is not None else None,
        "confirmation": row["confirmation"],
        "finding": rules.finding_of(
            day, of.facts, began_in_conflict=row["began_in_conflict"], in_another=row["in_another"]
        ),
    }


def counting(items: Iterable[S]) -> list[S]:
    """The days that are in counts and shares: one outside its agreement is listed, with its finding."""
    return [item for item in items if item.finding != rules.DAY_OUTSIDE_AGREEMENT.code]


def summed(items: Sequence[SummaryDay], **of: Any) -> AttendanceSummary:
    """The days with their sums."""
    counted = counting(items)
    return AttendanceSummary(
        days=day_counts(counted),
        minutes=minute_counts(counted),
        absences=absence_counts(items),
        unconfirmed=sum(item.confirmation == "unconfirmed" for item in items),
        allowance_days=sum(item.status in rules.ATTENDED and item.finding is None for item in items),
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
