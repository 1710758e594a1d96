"""Justifications (perustelut): why a day was not attended, and the organiser's review."""

from typing import Annotated

from fastapi import APIRouter, Response

from walmu_api.access.context import RequestContext
from walmu_api.access.guard import GuardedRoute
from walmu_api.access.markers import body, idempotent_action, requires
from walmu_api.access.scopes import Scope
from walmu_api.foundation import responses
from walmu_api.foundation.openapi import IfMatch, gives, makes
from walmu_api.foundation.schema_types import Id
from walmu_api.record.everyday.attendance.justifications import service
from walmu_api.record.everyday.attendance.justifications.schemas import (
    Justification,
    JustificationEntry,
    JustificationReview,
    JustificationState,
)
from walmu_api.record.everyday.attendance.parameters import TheDay

router = APIRouter(prefix="/v1", route_class=GuardedRoute, tags=["attendance"])
Reader = Annotated[RequestContext, requires(Scope.ATTENDANCE_READ)]
Writer = Annotated[RequestContext, requires(Scope.ATTENDANCE_WRITE)]
Reviewer = Annotated[RequestContext, requires(Scope.JUSTIFICATIONS_REVIEW)]


@router.get(
    "/justifications/{justification_id}",
    operation_id="getJustificationById",
    responses=gives(Justification | JustificationState),
)
async def get_justification_by_id(justification_id: Id, ctx: Reader) -> Response:
    """Read one justification by its id, as the change feed names it."""
    data, version = await service.find_by_id(ctx, justification_id)
    return responses.record(data, version)


@router.put(
    "/agreements/{agreement_id}/attendance/{date}/justification",
    operation_id="giveJustification",
    responses=makes(Justification),
)
async def give_justification(
    agreement_id: Id,
    date: TheDay,
    entry: Annotated[JustificationEntry, body(JustificationEntry)],
    ctx: Writer,
    if_match: IfMatch = None,
) -> Response:
    """Say why a day was not attended. A new justification replaces a rejected one; an accepted one stays.

    It is of the absence as it is recorded. When the day becomes something else, its justification is `superseded`: it is
    still read here, and is not of a later absence on the same day, which takes a justification of its own."""
    row, created = await service.justify(ctx, agreement_id, date, entry, if_match)
    location = f"/v1/agreements/{agreement_id}/attendance/{date}/justification" if created else None
    return responses.record(service.wire(ctx.session, row), row.version, created_at=location)


@router.get(
    "/agreements/{agreement_id}/attendance/{date}/justification",
    operation_id="getJustification",
    responses=gives(Justification | JustificationState),
)
async def get_justification(agreement_id: Id, date: TheDay, ctx: Reader) -> Response:
    """Read the justification of a day; 404 while it is missing."""
    row = await service.find(ctx, agreement_id, date)
    return responses.record(service.wire(ctx.session, row), row.version)


@router.post(
    "/agreements/{agreement_id}/attendance/{date}/justification/review",
    operation_id="reviewJustification",
    responses=gives(Justification),
    dependencies=[idempotent_action],
)
async def review_justification(
    agreement_id: Id,
    date: TheDay,
    data: Annotated[JustificationReview, body(JustificationReview)],
    ctx: Reviewer,
    if_match: IfMatch = None,
) -> Response:
    """Accept or reject a justification. What the provider said stays beside what the organiser decided.

    One that is `superseded` can be rejected when a certificate came with it, which then covers no other days any more: it stays
    `superseded`."""
    row = await service.review(ctx, agreement_id, date, data, if_match)
    return responses.record(service.wire(ctx.session, row), row.version)
