"""One day as the rules need it: its agreement, and what is recorded."""

from datetime import date
from uuid import UUID

import asyncpg

from walmu_api.access import visibility
from walmu_api.access.context import RequestContext
from walmu_api.foundation.problems import NOT_FOUND
from walmu_api.record.everyday.attendance import statements


async def read_day(ctx: RequestContext, agreement_id: UUID, day: date) -> asyncpg.Record:
    """The agreement as the rules need it, with what is recorded for the day."""
    row = await ctx.session.fetchrow(
        statements.AGREEMENT_AND_DAY, **visibility.parameters(ctx), agreement_id=agreement_id, date=day
    )
    if row is None:
        raise NOT_FOUND()
    return row


async def recorded(ctx: RequestContext, agreement_id: UUID, day: date) -> asyncpg.Record:
    """A day that is recorded; the access goes to the use log."""
    row = await read_day(ctx, agreement_id, day)
    if row["day_id"] is None:
        raise NOT_FOUND()
    ctx.session.log_access(row["client_id"])
    return row
