"""A client at a glance: everything that a caller may see of how it goes, in one read (ADR 25)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

import asyncpg

from walmu_api.access import visibility
from walmu_api.access.context import RequestContext
from walmu_api.access.scopes import Scope
from walmu_api.foundation.database import Session
from walmu_api.foundation.problems import NOT_FOUND
from walmu_api.foundation.schema_types import Message
from walmu_api.foundation.statements import Record, Statement
from walmu_api.record.everyday.assessments.forms import service as forms
from walmu_api.record.everyday.attendance.planning import within
from walmu_api.record.everyday.measurements import changes
from walmu_api.record.everyday.measurements.baseline_pairs import Pair
from walmu_api.record.everyday.measurements.changes import Changes
from walmu_api.record.everyday.measurements.instruments.rules import Instrument
from walmu_api.record.everyday.service_events import service as service_events
from walmu_api.reports.follow_up.schemas import SummaryDay
from walmu_api.reports.follow_up.summary import Pauses, absence_counts, counting, day_counts, minute_counts
from walmu_api.reports.overview import days, statements, timeline, trends
from walmu_api.reports.overview.schemas import (
    AgreementInForce,
    ClientOverview,
    DecisionInForce,
    DiaryGlimpse,
    MonthOfDays,
    OverviewClient,
    OverviewRelationship,
    RatedForm,
    YearOfDays,
)

DIARY_ENTRIES = 5
_RIGHTS: dict[str, set[str]] = {
    "service_relationships": {Scope.SERVICE_RELATIONSHIPS_READ},
    "decisions": {Scope.DECISIONS_READ},
    "agreements": {Scope.AGREEMENTS_READ},
    "attendance": {Scope.AGREEMENTS_READ, Scope.ATTENDANCE_READ},
    "ratings": {Scope.ASSESSMENTS_READ},
    "measurements": {Scope.MEASUREMENTS_READ},
    "goals": {Scope.PLANS_READ},
    "diary": {Scope.DIARY_ENTRIES_READ},
}
"""What each part takes; what is read of documents is read by the right to its kind."""
_KINDS = {
    "assessment": Scope.ASSESSMENTS_READ,
    "plan": Scope.PLANS_READ,
    "case": Scope.CASES_READ,
    "service-event": Scope.SERVICE_EVENTS_READ,
    "diary-entry": Scope.DIARY_ENTRIES_READ,
}


Rows = list[asyncpg.Record]


@dataclass(frozen=True)
class Shown:
    """What only the page shows, in the words of its reader."""

    measured: Sequence[tuple[Pair, Instrument]]
    performances: Mapping[UUID, Mapping[str, Any] | None]
    """Of the diary entries, by id: the parts that a description was made of."""


@dataclass
class Seen:
    """What the caller may read of the client."""

    client: asyncpg.Record
    relationships: Rows
    decisions: Rows
    agreements: Rows
    documents: Rows

    def of_kind(self, kind: str) -> Rows:
        return [row for row in self.documents if row["resource_type"] == kind]


async def _read(ctx: RequestContext, client_id: UUID) -> Seen:
    who = visibility.parameters(ctx) | {"client_id": client_id}
    found = await ctx.session.fetch(
        statements.CLIENT, **who, with_relationships=Scope.SERVICE_RELATIONSHIPS_READ in ctx.caller.scopes
    )
    if not found:
        raise NOT_FOUND()
    ctx.session.log_access(client_id)

    async def read(statement: Statement, scope: Scope) -> Rows:
        return await ctx.session.fetch(statement, **who) if scope in ctx.caller.scopes else []

    kinds = [kind for kind, scope in _KINDS.items() if scope in ctx.caller.scopes]
    return Seen(
        found[0],
        [row for row in found if row["id"] is not None],
        await read(statements.DECISIONS, Scope.DECISIONS_READ),
        await read(statements.AGREEMENTS_OF_CLIENT, Scope.AGREEMENTS_READ),
        await ctx.session.fetch(statements.DOCUMENTS, **who, kinds=kinds, entries=DIARY_ENTRIES),
    )


async def of_client(ctx: RequestContext, client_id: UUID) -> tuple[ClientOverview, Shown]:
    """The overview, and what its page needs besides. What the caller has no right to is left out as
    if it were not there."""
    today = ctx.today
    seen = await _read(ctx, client_id)
    relationships, decisions, agreements = seen.relationships, seen.decisions, seen.agreements
    pauses = await _pauses(ctx, seen)
    assessments = seen.of_kind("assessment")
    plans = _in_use(seen.of_kind("plan"), relationships, today)
    alive = seen.client["died_on"] is None or seen.client["died_on"] >= today
    in_force = timeline.in_force(decisions, today) if alive else []
    signed = timeline.agreements_in_force(agreements, today)
    data: dict[str, Any] = {
        "service_relationships": [_relationship(row, today, pauses) for row in relationships],
        "decisions": [_members(DecisionInForce, row) for row in in_force],
        "agreements": [_members(AgreementInForce, row) for row in signed],
        "diary": [_glimpse(row) for row in reversed(seen.of_kind("diary-entry"))],
        "goals": trends.goals(plans, assessments),
    }
    measured = Changes((), ())
    if Scope.ATTENDANCE_READ in ctx.caller.scopes:
        data["attendance"] = await _year(ctx, agreements, today, pauses)
    if Scope.ASSESSMENTS_READ in ctx.caller.scopes:
        data["ratings"] = await _ratings(ctx.session, assessments)
    if Scope.MEASUREMENTS_READ in ctx.caller.scopes:
        measured = await changes.of_client(ctx, client_id)
        data["measurements"] = measured.items()
    allowed = {name: value for name, value in data.items() if _RIGHTS[name] <= ctx.caller.scopes}
    overview = ClientOverview.model_validate(
        allowed
        | {
            "as_of": today,
            "client": _members(OverviewClient, dict(seen.client) | {"id": client_id}),
            "ends_next": timeline.ends_next(
                timeline.current(relationships, today), in_force, signed, plans if alive else (), today
            ),
            "path": timeline.steps(relationships, decisions, agreements, seen.documents, measured.rows),
        }
    )
    performances = {row["id"]: row["content"]["performance"] for row in seen.of_kind("diary-entry")}
    return overview, Shown(measured.pairs, performances)


async def _pauses(ctx: RequestContext, seen: Seen) -> Pauses:
    """As the events tell that were read; asked apart for who may not read events, yet plans by them."""
    if Scope.SERVICE_EVENTS_READ in ctx.caller.scopes:
        return service_events.pauses_of(seen.of_kind("service-event"))
    return await service_events.pauses(
        ctx.session, {row["service_relationship_id"] for row in seen.agreements}
    )


async def _ratings(session: Session, assessments: Rows) -> list[RatedForm]:
    data = [row["content"] for row in assessments if row["content"]["form"] is not None]
    known = await forms.named(session, {(each["form"], each["form_version"]) for each in data})
    return trends.ratings(assessments, lambda form, version: known.get((form, version)))


def _relationship(row: asyncpg.Record, today: date, pauses: Pauses) -> OverviewRelationship:
    data = dict(row) | {"provider": {"id": row["provider_id"], "name": row["provider"]}}
    data["unit"] = {"id": row["unit_id"], "name": row["unit"]} if row["unit"] is not None else None
    data["paused"] = within(today, pauses.get(row["id"], ()))
    return OverviewRelationship.model_validate(_members(OverviewRelationship, data))


def _members(model: type[Message], row: Record) -> dict[str, Any]:
    return {name: row[name] for name in model.model_fields}


def _in_use(
    plans: Sequence[asyncpg.Record], relationships: Sequence[asyncpg.Record], today: date
) -> list[asyncpg.Record]:
    """Plans but for those of relationships that are over."""
    running = {row["id"] for row in timeline.current(relationships, today)}
    return [
        row
        for row in plans
        if row["service_relationship_id"] is None or row["service_relationship_id"] in running
    ]


def _glimpse(row: asyncpg.Record) -> DiaryGlimpse:
    data = row["content"]
    return DiaryGlimpse.model_validate(
        {
            "id": row["id"],
            "dated_on": row["dated_on"],
            "status": row["status"],
            "workplace_id": row["workplace_id"],
            "kind": data["kind"],
            "author": data["author"],
            "text": trends.excerpt(data["text"]) if data["text"] is not None else None,
        }
    )


async def _year(
    ctx: RequestContext, agreements: Sequence[asyncpg.Record], today: date, pauses: Pauses
) -> YearOfDays:
    first = twelve_months_before(today)
    found = await days.read(ctx, agreements, first, today, pauses)
    items = sorted(
        (item for its in found.days.values() for item in its), key=attrgetter("date", "agreement_id")
    )
    once = days.of_persons(agreements, found.days)
    return YearOfDays(
        starts_on=first,
        ends_on=today,
        days=day_counts(once),
        minutes=minute_counts(
            [item for item in counting(items) if (item.agreement_id, item.date) not in found.again]
        ),
        absences=absence_counts(once),
        reasons=days.by_reason(once),
        **days.shares(once),
        months=_months(once, first, today),
        items=items,
    )


def twelve_months_before(today: date) -> date:
    """The first day of the month eleven months ago: with this one, twelve months."""
    month = today.year * 12 + today.month - 1 - 11
    return date(month // 12, month % 12 + 1, 1)


def _months(items: Sequence[SummaryDay], first: date, last: date) -> list[MonthOfDays]:
    by_month = {
        month: [*its] for month, its in groupby(items, key=lambda item: (item.date.year, item.date.month))
    }
    return [_month(by_month.get(month, []), *month) for month in _each_month(first, last)]


def _month(items: Sequence[SummaryDay], year: int, month: int) -> MonthOfDays:
    return MonthOfDays(month=f"{year}-{month:02}", days=day_counts(items), **days.shares(items))


def _each_month(first: date, last: date) -> list[tuple[int, int]]:
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [(number // 12, number % 12 + 1) for number in numbers]
