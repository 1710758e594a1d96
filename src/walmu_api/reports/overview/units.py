"""One unit's month at a glance."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from walmu_api.access import visibility
from walmu_api.access.context import RequestContext
from walmu_api.access.scopes import Scope
from walmu_api.foundation.problems import NOT_FOUND
from walmu_api.record.everyday.service_events import service as service_events
from walmu_api.reports.follow_up.schemas import SummaryDay
from walmu_api.reports.follow_up.summary import day_counts
from walmu_api.reports.overview import days, statements
from walmu_api.reports.overview.schemas import OverviewDay
from walmu_api.reports.overview.unit_schemas import DayOfUnit, ServiceOfUnit, UnitMissingReport, UnitOverview

Days = Mapping[UUID, Sequence[OverviewDay]]


async def of_unit(ctx: RequestContext, unit_id: UUID, month: str | None) -> UnitOverview:
    """A provider sees its own units, the organiser all."""
    unit = await ctx.session.fetchrow(
        statements.UNIT, organiser=ctx.organiser_id, organisation=ctx.tenant_scope, unit_id=unit_id
    )
    if unit is None:
        raise NOT_FOUND()
    today = ctx.today
    first = date.fromisoformat(f"{month}-01") if month is not None else today.replace(day=1)
    last = min((first + timedelta(days=31)).replace(day=1) - timedelta(days=1), today)
    agreements = await ctx.session.fetch(
        statements.AGREEMENTS_OF_UNIT, **visibility.parameters(ctx), unit_id=unit_id, first=first, last=last
    )
    ctx.session.log_access(*{row["client_id"] for row in agreements})
    pauses = await service_events.pauses(ctx.session, {row["service_relationship_id"] for row in agreements})
    found = (await days.read(ctx, agreements, first, last, pauses)).days
    items = days.of_persons(agreements, found)
    return UnitOverview.model_validate(
        {
            "unit": {"id": unit["id"], "name": unit["name"]},
            "provider": {"id": unit["provider_id"], "name": unit["provider"]},
            "month": f"{first:%Y-%m}",
            "starts_on": first,
            "ends_on": last,
            "clients": len({row["client_id"] for row in agreements}),
            "days": day_counts(items),
            **days.shares(items),
            "reasons": days.by_reason(items),
            "services": _services(agreements, found),
            "calendar": _calendar(items),
            "missing": await _missing(ctx, agreements, found),
        }
    )


def _services(agreements: Sequence[asyncpg.Record], found: Days) -> list[ServiceOfUnit]:
    kinds: dict[str, list[asyncpg.Record]] = defaultdict(list)
    for row in agreements:
        kinds[row["service_kind"]].append(row)
    of_kinds = {kind: days.of_persons(rows, found) for kind, rows in sorted(kinds.items())}
    return [
        ServiceOfUnit.model_validate({"service_kind": kind, "days": day_counts(items), **days.shares(items)})
        for kind, items in of_kinds.items()
    ]


def _calendar(items: Sequence[SummaryDay]) -> list[DayOfUnit]:
    by_day: dict[date, list[SummaryDay]] = defaultdict(list)
    for item in items:
        by_day[item.date].append(item)
    return [_day(day, its) for day, its in sorted(by_day.items())]


def _day(day: date, items: Sequence[SummaryDay]) -> DayOfUnit:
    data = day_counts(items)
    return DayOfUnit(
        date=day,
        planned=data.planned,
        attended=data.present + data.partial,
        absent=data.absent,
        unreported=data.unreported,
    )


async def _missing(
    ctx: RequestContext, agreements: Sequence[asyncpg.Record], found: Days
) -> list[UnitMissingReport]:
    clients = {row["id"]: row["client_id"] for row in agreements}
    missing = [
        (item, agreement) for agreement, its in found.items() for item in its if item.status == "unreported"
    ]
    wanted = (
        {clients[agreement] for _, agreement in missing} if Scope.CLIENTS_READ in ctx.caller.scopes else set()
    )
    rows = await ctx.session.fetch(statements.NAMES, organiser=ctx.organiser_id, ids=list(wanted))
    names = {row["id"]: row for row in rows}
    return [
        UnitMissingReport.model_validate(
            {
                "agreement_id": agreement,
                "client_id": clients[agreement],
                "date": item.date,
                "planned_minutes": item.planned_minutes,
                "client": _name(names.get(clients[agreement])),
            }
        )
        for item, agreement in sorted(missing, key=lambda each: (each[0].date, each[1]))
    ]


def _name(row: asyncpg.Record | None) -> dict[str, Any] | None:
    return {name: row[name] for name in ("family_name", "given_names")} if row is not None else None
