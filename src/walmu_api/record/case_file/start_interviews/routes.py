"""Start interviews: where the client stands, what they can and want."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from walmu_api.access.context import RequestContext
from walmu_api.access.guard import (
    GuardedRoute,
    body,
    idempotent_action,
    idempotent_create,
    requires,
)
from walmu_api.access.scopes import Scope
from walmu_api.foundation import preconditions
from walmu_api.foundation.openapi import IfMatch, Limit, PageCursor, gives, lists, makes
from walmu_api.foundation.schema_types import Id
from walmu_api.record.case_file.documents import filters
from walmu_api.record.case_file.documents import responses as document_responses
from walmu_api.record.case_file.documents import service as documents
from walmu_api.record.case_file.documents.schemas import Voiding
from walmu_api.record.case_file.start_interviews import service
from walmu_api.record.case_file.start_interviews.schemas import StartInterview, StartInterviewEntry
from walmu_api.record.case_file.start_interviews.service import START_INTERVIEW

router = APIRouter(prefix="/v1", route_class=GuardedRoute)
Reader = Annotated[RequestContext, requires(Scope.START_INTERVIEWS_READ)]
Writer = Annotated[RequestContext, requires(Scope.START_INTERVIEWS_WRITE)]
Entry = Annotated[StartInterviewEntry, body(StartInterviewEntry)]


@router.get(
    "/start-interviews",
    operation_id="listStartInterviews",
    tags=["start interviews"],
    responses=lists(StartInterview),
)
async def list_start_interviews(
    request: Request,
    ctx: Reader,
    client_id: filters.ClientId = None,
    status: filters.Status = None,
    from_: filters.From = None,
    to: filters.To = None,
    source_id: filters.Source = None,
    limit: Limit = 50,
    cursor: PageCursor = None,
) -> Response:
    """List the start interviews (alkuhaastattelut), in the order in which they were recorded."""
    statement = documents.listing(
        ctx, START_INTERVIEW, client_id=client_id, status=status, from_=from_, to=to, source_id=source_id
    )
    return await document_responses.page(request, ctx, START_INTERVIEW, statement, limit, cursor)


@router.post(
    "/start-interviews",
    operation_id="recordStartInterview",
    tags=["start interviews"],
    status_code=201,
    responses=makes(StartInterview),
    dependencies=[idempotent_create],
)
async def record_start_interview(
    request: Request,
    entry: Entry,
    ctx: Writer,
) -> Response:
    """Record a start interview (alkuhaastattelu)."""
    row, created = await service.record(ctx, entry)
    return await document_responses.record(request, ctx, START_INTERVIEW, row, created=created)


@router.get(
    "/start-interviews/{start_interview_id}",
    operation_id="getStartInterview",
    tags=["start interviews"],
    responses=gives(StartInterview),
)
async def get_start_interview(
    request: Request,
    start_interview_id: Id,
    ctx: Reader,
) -> Response:
    """Read one start interview."""
    row = await documents.find(ctx, START_INTERVIEW, start_interview_id)
    return await document_responses.record(request, ctx, START_INTERVIEW, row)


@router.put(
    "/start-interviews/{start_interview_id}",
    operation_id="replaceStartInterview",
    tags=["start interviews"],
    responses=gives(StartInterview),
)
async def replace_start_interview(
    request: Request,
    start_interview_id: Id,
    entry: Entry,
    ctx: Writer,
    if_match: IfMatch = None,
) -> Response:
    """Say a start interview anew."""
    row = await documents.find(ctx, START_INTERVIEW, start_interview_id, lock=True)
    row = await service.replace(ctx, row, entry, if_match)
    return await document_responses.record(request, ctx, START_INTERVIEW, row)


@router.post(
    "/start-interviews/{start_interview_id}/void",
    operation_id="voidStartInterview",
    tags=["start interviews"],
    responses=gives(StartInterview),
    dependencies=[idempotent_action],
)
async def void_start_interview(
    request: Request,
    start_interview_id: Id,
    voiding: Annotated[Voiding, body(Voiding)],
    ctx: Writer,
    if_match: IfMatch = None,
) -> Response:
    """Void a start interview that was recorded in error; it stays readable as `voided`."""
    row = await documents.find(ctx, START_INTERVIEW, start_interview_id, lock=True)
    preconditions.require_if_given(if_match, row.version)
    row = await documents.void(ctx, row, voiding.reason)
    return await document_responses.record(request, ctx, START_INTERVIEW, row)
