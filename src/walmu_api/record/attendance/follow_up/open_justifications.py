"""The work list of justifications: those missing, waiting for a review, or rejected."""

from datetime import date
from uuid import UUID

from walmu_api.access.guard import Caller
from walmu_api.foundation import answers
from walmu_api.foundation.database import Session
from walmu_api.record.attendance.follow_up import statements
from walmu_api.record.attendance.follow_up.schemas import OpenJustification


async def listing(
    session: Session,
    caller: Caller,
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
    rows = await session.fetch(
        statements.OPEN, session.organiser_id, caller.narrowed_to, session.clock.today(), client_id, provider_id, first,
        last, state, reason, answers.after(cursor), answers.after_day(cursor), limit + 1,
    )  # fmt: skip
    page = [OpenJustification.model_validate(dict(row)) for row in rows[:limit]]
    session.saw(*{each.client_id for each in page})
    following = answers.key_text(page[-1].agreement_id, page[-1].date) if len(rows) > limit else None
    return [each.model_dump_json(exclude_none=True).encode() for each in page], following
