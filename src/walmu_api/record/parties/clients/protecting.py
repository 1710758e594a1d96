"""Non-disclosure that is told of a client holds wherever the client is read."""

from uuid import UUID

from walmu_api.access.context import RequestContext
from walmu_api.access.merged_clients import above
from walmu_api.record.parties.clients.service import change, locked


async def protect(ctx: RequestContext, client_id: UUID) -> None:
    """Non-disclosure for personal safety holds from now on; where the client was merged into others, of them too."""
    row = await locked(ctx, client_id)
    if not row.turvakielto:
        await change(ctx, row, {"turvakielto": True, "received": None})
    for each in await above(ctx, client_id):
        other = await locked(ctx, each)
        if other.is_protected:
            continue
        if other.merged_into is None:
            await change(ctx, other, {"protected_with": True})
        else:  # nobody is told its own words
            other.protected_with = True
            await ctx.session.orm.flush()
