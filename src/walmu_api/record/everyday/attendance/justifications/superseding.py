"""A justification is of an absence as it was. When the day becomes something else, it is `superseded`: it counts no more,
stays to be read, and if the day is an absence again, that one waits for a justification of its own."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, tuple_

from walmu_api.access.context import RequestContext
from walmu_api.access.record_change import record_change
from walmu_api.foundation import records
from walmu_api.foundation.statements import Statement
from walmu_api.record.everyday.attendance.justifications.definition import JUSTIFICATION
from walmu_api.record.everyday.attendance.justifications.schemas import Justification
from walmu_api.record.everyday.attendance.justifications.tables import JustificationRow

_NOW = Statement("""
select agreement_id, date, status, absence_reason from attendance
where organiser_id = :organiser
  and (agreement_id, date) in (select * from unnest(:agreements::uuid[], :dates::date[]))
""")


class Before(NamedTuple):
    """What a day was before it was changed."""

    agreement_id: UUID
    date: date
    status: str
    reason: str | None


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
        (day["agreement_id"], day["date"]): (day["status"], day["absence_reason"])
        for day in await ctx.session.fetch(
            _NOW, organiser=ctx.organiser_id, agreements=agreements, dates=dates
        )
    }
    for row, place in zip(rows, places, strict=True):
        if _is_another(before[place], *after[place], row.reason):
            body = records.body(Justification, row).decode()
            await records.replace(ctx.session, ctx.actor, row, {"state": "superseded"})
            await record_change(ctx, JUSTIFICATION.resource_type, row, "updated", body)


def _is_another(before: Before, status: str, reason: str | None, justified_as: str) -> bool:
    """Whether the day is no absence any more, or one for another reason. A reason that becomes known as it was justified
    is none; nor is one that is left out."""
    if status != before.status:
        return True
    return reason not in {None, "unknown", before.reason, justified_as}
