"""Who has not reported: the planned days of one day of which nothing is recorded (ADR 22)."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import asyncpg

from walmu_api.access import visibility
from walmu_api.access.context import RequestContext
from walmu_api.foundation import responses
from walmu_api.foundation.database import Session
from walmu_api.record.everyday.attendance import planning, rules
from walmu_api.record.everyday.attendance.planning import Span
from walmu_api.record.everyday.attendance.row_mapping import facts_of
from walmu_api.record.everyday.service_events import service as service_events
from walmu_api.reports.follow_up import statements
from walmu_api.reports.follow_up.schemas import MissingReport

AT_ONCE = 500
"""Candidates read by one query; nearly all of them are really missing."""


async def missing(
    ctx: RequestContext, *, on: date, provider_id: UUID | None, limit: int, cursor: str | None
) -> tuple[list[bytes], str | None]:
    """In the order of the agreements, and the key of the next page."""
    after = responses.after(cursor)
    found: list[MissingReport] = []
    weekday = None if planning.is_public_holiday(on) else on.isoweekday()
    while len(found) <= limit:
        rows = await ctx.session.fetch(
            statements.MISSING,
            **visibility.parameters(ctx),
            provider_id=provider_id,
            day=on,
            weekday=weekday,
            after=after,
            limit=AT_ONCE,
        )
        found += await _still_missing(ctx.session, rows, on)
        if len(rows) < AT_ONCE:
            break
        after = rows[-1]["id"]
    page = found[:limit]
    ctx.session.log_access(*{each.client_id for each in page})
    following = responses.key_text(page[-1].agreement_id) if len(found) > limit else None
    return [each.model_dump_json(exclude_none=True).encode() for each in page], following


async def _still_missing(session: Session, rows: Sequence[asyncpg.Record], on: date) -> list[MissingReport]:
    """The candidates, without those that another week plan planned, whose service is paused, or whose decision is not in
    force on the day."""
    pauses = await service_events.pauses(session, {row["service_relationship_id"] for row in rows})
    found = []
    for row in rows:
        finding = rules.check_day(on, facts_of(row), session.clock.today())
        spans = pauses.get(row["service_relationship_id"], ())
        if (finding is None or finding.severity == "warning") and not planning.within(on, spans):
            data = _minutes(row, on, spans)
            if data is None and row["moved_from"] is None:
                continue  # planned before or after it, not then
            found.append(
                MissingReport(
                    agreement_id=row["id"], client_id=row["client_id"], date=on, planned_minutes=data
                )
            )
    return found


def _minutes(row: asyncpg.Record, on: date, pauses: Sequence[Span]) -> int | None:
    data = planning.planned_minutes(row["schedule"], on, pauses)
    if data is None and row["moved_from"] is not None:
        data = row["moved_minutes"]
        if data is None:
            data = planning.minutes_of_weekday(row["schedule"], row["moved_from"])
    return data
