"""An agreement whose decision is in conflict is held: its days are recorded, and count in no allowance until somebody has
decided. Who calls this has locked the decision: agreements that are made of it meanwhile are waited for."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from walmu_api.access.context import RequestContext
from walmu_api.record.commitments.agreements.service import change
from walmu_api.record.commitments.agreements.tables import AgreementRow


async def hold(ctx: RequestContext, decision_id: UUID, conflict_id: UUID, since: datetime) -> None:
    """Everything that hangs on this decision."""
    of_decision = (AgreementRow.decision_id == decision_id, AgreementRow.status != "voided")
    await _change(ctx, of_decision, {"held_since": since, "conflict_id": conflict_id})


async def release(ctx: RequestContext, conflict_id: UUID) -> None:
    """The conflict is settled."""
    await _change(ctx, (AgreementRow.conflict_id == conflict_id,), {"held_since": None, "conflict_id": None})


async def _change(ctx: RequestContext, which: tuple[Any, ...], values: dict[str, Any]) -> None:
    statement = select(AgreementRow).where(AgreementRow.organiser_id == ctx.organiser_id, *which)
    statement = statement.order_by(AgreementRow.id).with_for_update()
    for row in (await ctx.session.orm.scalars(statement)).all():
        await change(ctx, row, dict(values), "updated")
