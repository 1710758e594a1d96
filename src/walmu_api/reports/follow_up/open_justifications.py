"""The work list of justifications: those missing, waiting for a review, or rejected."""

from datetime import date
from uuid import UUID

from walmu_api.access import visibility
from walmu_api.access.context import RequestContext
from walmu_api.foundation import responses
from walmu_api.reports.follow_up import statements
from walmu_api.reports.follow_up.schemas import OpenJustification


async def listing(
    ctx: RequestContext,
    *,
    client_id: UUID | None,
    provider_id: UUID | None,
    first: date | None,
    last: date | None,
    state: str | None,
    reason: str | None,
    limit: int,
    cursor: str | None,
) -> tuple[list[bytes], str | None]:
    """In the order of agreement and date, and the key of the next page."""
    rows = await ctx.session.fetch(
        statements.OPEN,
        **visibility.parameters(ctx),
        client_id=client_id,
        provider_id=provider_id,
        first=first,
        last=last,
        state=state,
        reason=reason,
        after_agreement=responses.after(cursor),
        after_date=responses.after_day(cursor),
        limit=limit + 1,
    )
    page = [OpenJustification.model_validate(dict(row)) for row in rows[:limit]]
    ctx.session.log_access(*{each.client_id for each in page})
    following = responses.key_text(page[-1].agreement_id, page[-1].date) if len(rows) > limit else None
    return [each.model_dump_json(exclude_none=True).encode() for each in page], following
