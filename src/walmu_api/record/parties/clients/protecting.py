"""Non-disclosure that is told of a client holds wherever the client is read."""

from typing import Any
from uuid import UUID

from walmu_api.access.context import RequestContext
from walmu_api.access.merged_clients import above
from walmu_api.record.parties.clients.service import change, locked
from walmu_api.record.parties.clients.tables import ClientRow


async def protect(ctx: RequestContext, client_id: UUID) -> None:
    """Non-disclosure for personal safety holds from now on; where the client was merged into others, of them too."""
    row = await locked(ctx, client_id)
    if not row.turvakielto:
        await change(ctx, row, {"turvakielto": True, "received": None})
    for each in await above(ctx, client_id):
        other = await locked(ctx, each)
        if not other.is_protected:
            await with_another(ctx, other, {"protected_with": True})


async def with_another(ctx: RequestContext, row: ClientRow, values: dict[str, Any]) -> None:
    """What comes, or goes, with one who was merged into this client: the one that stays tells it; of those between, nobody is
    told their own words."""
    if values and row.merged_into is None:
        await change(ctx, row, values)
    else:
        for name, value in values.items():
            setattr(row, name, value)
        await ctx.session.orm.flush()
