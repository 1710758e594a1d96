"""The worksheet to fill in: the planned days of a period of which nothing is recorded, of the people whom the caller sees."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

import asyncpg

from walmu_api.access import visibility
from walmu_api.access.context import RequestContext
from walmu_api.access.scopes import Scope
from walmu_api.foundation.problems import check_order, invalid, refuse
from walmu_api.record.everyday.attendance import planning, rules
from walmu_api.record.everyday.attendance.export import service as export
from walmu_api.record.everyday.attendance.export.columns import HEADINGS, Column, Row
from walmu_api.record.everyday.attendance.imports import statements
from walmu_api.record.everyday.attendance.planning import Span
from walmu_api.record.everyday.attendance.row_mapping import facts_of
from walmu_api.record.everyday.service_events import service as service_events

LONGEST_PERIOD = 62
_NAMES: tuple[Column, ...] = (
    (HEADINGS["family_name"], 20, lambda row: row["family_name"]),
    (HEADINGS["given_names"], 20, lambda row: row["given_names"]),
)
_TO_FILL_IN = (
    (HEADINGS["actual_minutes"], 18),
    (HEADINGS["arrived_at"], 9),
    (HEADINGS["left_at"], 9),
    (HEADINGS["form"], 12),
)


async def file(
    ctx: RequestContext,
    first: date | None,
    last: date | None,
    *,
    provider_id: UUID | None,
    media_type: str,
    language: str,
) -> bytes:
    """The worksheet of a period; of this week where none is named."""
    first = first or (last or ctx.today) - timedelta(days=(last or ctx.today).weekday())
    last = last or first + timedelta(days=6)
    refuse(check_order(first, last, "/query/to"))
    if (last - first).days >= LONGEST_PERIOD:
        raise invalid(rules.PERIOD_TOO_LONG.at("/query/to", days=LONGEST_PERIOD))
    names = Scope.CLIENTS_READ in ctx.caller.scopes
    agreements = await ctx.session.fetch(
        statements.TO_FILL_IN,
        **visibility.parameters(ctx),
        first=first,
        last=last,
        provider_id=provider_id,
        with_names=names,
        limit=export.MOST_ROWS + 1,
    )
    rows = [*islice(await _rows(ctx, agreements, first, last), export.MOST_ROWS + 1)]
    if len(rows) > export.MOST_ROWS:
        raise rules.TOO_MANY_ROWS(rows=export.MOST_ROWS)
    ctx.session.log_access(*{row["client_id"] for row in rows})
    if ctx.caller.system.role == "workplace":
        ctx.session.disclosed += [_disclosed(row) for row in rows]
    columns = _columns(names=names, own_keys_of=ctx.caller.system.id if media_type == export.XLSX else None)
    return await asyncio.to_thread(export.write, media_type, rows, columns, language, unprinted=1)


async def _rows(
    ctx: RequestContext, agreements: Sequence[asyncpg.Record], first: date, last: date
) -> Iterator[Row]:
    """A row for each day that is planned and not recorded; for an agreement that plans none, one without a day."""
    pauses = await service_events.pauses(ctx.session, {row["service_relationship_id"] for row in agreements})
    recorded: dict[UUID, set[date]] = defaultdict(set)
    moved: dict[UUID, dict[date, asyncpg.Record]] = defaultdict(dict)
    asked = {"ids": [row["id"] for row in agreements], "first": first, "last": last}
    for day in await ctx.session.fetch(statements.RECORDED, organiser=ctx.organiser_id, **asked):
        recorded[day["agreement_id"]].add(day["date"])
        if day["rescheduled_to"] is not None:
            moved[day["agreement_id"]][day["rescheduled_to"]] = day
    return (
        {**row, "date": day, "planned_minutes": minutes}
        for row in agreements
        for day, minutes in _days(
            row, first, last, pauses.get(row["service_relationship_id"], ()), moved[row["id"]]
        )
        if day not in recorded[row["id"]]
    )


def _days(
    row: asyncpg.Record, first: date, last: date, pauses: Sequence[Span], moved: Mapping[date, asyncpg.Record]
) -> Iterator[tuple[date | None, int | None]]:
    if row["schedule"]["type"] != "fixed":
        yield None, None
        return
    days: dict[date, int | None] = {
        day: each["planned_minutes"] or planning.minutes_of_weekday(row["schedule"], each["date"])
        for day, each in moved.items()
        if first <= day <= last and not planning.within(day, pauses)
    }
    days |= planning.planned_days(row["schedule"], first, last, pauses)
    facts = facts_of(row)
    for day in sorted(days):
        finding = rules.check_day(day, facts, today=day)
        if finding is None or finding.severity == "warning":
            yield day, days[day]


def _columns(*, names: bool, own_keys_of: UUID | None) -> Sequence[Column]:
    """With the agreement by the key that this system gave it. In CSV it is our id: a spreadsheet makes another number of the
    key 00123, and a day of 3-4."""

    def agreement(row: Row) -> Any:
        own = row["source_id"] is not None and row["source_system"] == own_keys_of
        return row["source_id"] if own else str(row["id"])

    return (
        (HEADINGS["day"], 11, lambda row: row["date"]),
        *(_NAMES if names else ()),
        (HEADINGS["place"], 28, lambda row: row["place_name"]),
        (HEADINGS["attendance"], 22, _empty),
        (HEADINGS["absence_reason"], 28, _empty),
        (HEADINGS["planned_minutes"], 18, lambda row: row["planned_minutes"]),
        *((heading, width, _empty) for heading, width in _TO_FILL_IN),
        (HEADINGS["agreement"], 37, agreement),
    )


def _empty(_row: Row) -> None:
    """For who fills it in."""


def _disclosed(row: Row) -> tuple[UUID, UUID, str, Any, UUID | None]:
    """What a row of the template tells a workplace."""
    content = {name: str(row[name]) for name in ("date", "place_name", "planned_minutes")}
    return row["client_id"], row["id"], "attendance", content, None
