"""A justification is of an absence as it was. When the day becomes something else, it is `superseded`: it counts no more,
stays to be read, and if the day is an absence again, that one waits for a justification of its own.

What a workplace changes decides by what the workplace reads: the status, and reasons that it gave itself. Whether the
provider's justification is of the reason that a workplace named is asked when the provider's word comes."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from pydantic_core import from_json
from sqlalchemy import select, tuple_

from walmu_api.access.context import RequestContext
from walmu_api.access.record_change import record_change
from walmu_api.foundation import records
from walmu_api.foundation.statements import Statement
from walmu_api.record.everyday.attendance import rules
from walmu_api.record.everyday.attendance.justifications.definition import JUSTIFICATION
from walmu_api.record.everyday.attendance.justifications.schemas import Justification
from walmu_api.record.everyday.attendance.justifications.tables import JustificationRow

_NOW = Statement("""
select agreement_id, date, status, absence_reason, absence_reasons::text, absence_reason_by from attendance
where organiser_id = :organiser
  and (agreement_id, date) in (select * from unnest(:agreements::uuid[], :dates::date[]))
""")


_NONE: frozenset[str] = frozenset()


class Before(NamedTuple):
    """What a day was before it was changed."""

    agreement_id: UUID
    date: date
    status: str
    reasons: frozenset[str]
    reasons_by: UUID | None
    """The workplace whose word the reasons are."""
    aside: frozenset[str] | None
    """The provider's reasons, where a workplace's word stands in their place."""
    recorded_at: datetime


def reasons_of(reason: str | None, parts: str | None) -> frozenset[str]:
    """The reasons that a day has by its own words: `parts` are those with minutes, the first of which is `reason`."""
    if parts is not None:
        return frozenset(part["reason"] for part in from_json(parts))
    return frozenset({reason} - {None, rules.UNKNOWN})  # type: ignore[arg-type]  # without None they are texts


async def supersede(ctx: RequestContext, changed: Sequence[Before]) -> None:
    """The justifications of these days that were changed, where the absence is not the one that they are of."""
    table = JustificationRow
    statement = (
        select(table)
        .where(
            table.organiser_id == ctx.organiser_id,
            tuple_(table.agreement_id, table.date).in_([(day.agreement_id, day.date) for day in changed]),
            table.state != "superseded",
        )
        .order_by(table.agreement_id, table.date)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    rows = (await ctx.session.orm.scalars(statement)).all()
    if not rows:
        return
    before = {(day.agreement_id, day.date): day for day in changed}
    places = [(row.agreement_id, row.date) for row in rows]
    agreements, dates = [list(each) for each in zip(*places, strict=True)]
    after = {
        (day["agreement_id"], day["date"]): (
            day["status"],
            reasons_of(day["absence_reason"], day["absence_reasons"]),
            day["absence_reason_by"],
        )
        for day in await ctx.session.fetch(
            _NOW, organiser=ctx.organiser_id, agreements=agreements, dates=dates
        )
    }
    workplace = ctx.caller.organisation_id if ctx.caller.system.role == "workplace" else None
    for row, place in zip(rows, places, strict=True):
        if before[place].status != after[place][0] or _for_others(
            before[place], *after[place][1:], row, workplace
        ):
            body = records.body(Justification, row).decode()
            # a review that is not of these words, but of those before them, says nothing of their certificate
            done = {"review": None} if row.state == "given" else {}
            await records.replace(ctx.session, ctx.actor, row, done | {"state": "superseded"})
            await record_change(ctx, JUSTIFICATION.resource_type, row, "updated", body)


def _for_others(
    day: Before,
    reasons: frozenset[str],
    by: UUID | None,
    justification: JustificationRow,
    workplace: UUID | None,
) -> bool:
    """Whether the day is an absence for other reasons: than it was recorded with before, or than it was justified with. Reasons
    that are left out are no others."""
    before = day.reasons
    if workplace is not None:
        before, reasons = (
            before if day.reasons_by == workplace else _NONE,
            reasons if by == workplace else _NONE,
        )
        if justification.entered_by != workplace:
            return bool(before and reasons) and before != reasons
    elif day.aside is not None and justification.recorded_at < day.recorded_at:
        before = day.aside
    as_justified = before if justification.reason in before else frozenset({justification.reason})
    return bool(reasons) and reasons not in (before, as_justified)
