"""That a client has died or moved abroad, as the record system tells it."""

from datetime import date
from uuid import UUID

from walmu_api.access.context import RequestContext
from walmu_api.access.merged_clients import above
from walmu_api.foundation import validation_messages
from walmu_api.foundation.identity_codes import PERSONAL_IDENTITY_CODE
from walmu_api.foundation.problems import INVALID_VALUE, refuse
from walmu_api.record.parties.clients import rules, service
from walmu_api.record.parties.clients.protecting import with_another
from walmu_api.record.parties.service_relationships import service as relationships


async def left(
    ctx: RequestContext, client_id: UUID, *, died_on: date | None, emigrated_on: date | None
) -> None:
    """Taken over where it is told; None tells nothing: that somebody lives, or came back, a person of the organiser records.
    Where the client was merged into others, the death is theirs too."""
    message = {"died_on": died_on, "emigrated_on": emigrated_on}
    days = {name: day for name, day in message.items() if day is not None}
    if not days:
        return
    row = await service.locked(ctx, client_id)
    if all(getattr(row, name) == day for name, day in days.items()):
        return
    known, _ = await service.identity_of(ctx, client_id)
    code = known.value if known is not None and known.system == PERSONAL_IDENTITY_CODE else None
    died = {"died_on": row.died} if emigrated_on is not None and row.died is not None else {}
    refuse(
        [
            INVALID_VALUE.at(f"/{name}", reason=validation_messages.NOT_YET)
            for name, day in days.items()
            if day > ctx.today
        ]
        + rules.check_days(died | days, row.date_of_birth, code)
    )
    await service.change(ctx, row, {**days, "received": None})
    for each in await above(ctx, client_id):
        row = await service.locked(ctx, each)
        if died_on is not None and (row.died is None or died_on < row.died):
            await with_another(ctx, row, {"died_with": died_on})
    if died_on is not None:
        await relationships.end_with_client(ctx, row.id, row.died)
