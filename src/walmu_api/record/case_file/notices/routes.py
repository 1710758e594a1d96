"""Notices of decisions: given to each audience, read by the organiser and the provider; a workplace fetches
its own."""

from typing import Annotated

from fastapi import Query, Request, Response

from walmu_api.access.context import RequestContext
from walmu_api.access.markers import body, idempotent_action, idempotent_create, requires
from walmu_api.access.scopes import Scope
from walmu_api.foundation import preconditions, records, responses
from walmu_api.foundation.openapi import IfMatch, Limit, PageCursor, gives, lists, makes
from walmu_api.foundation.schema_types import Id
from walmu_api.record.case_file.documents import responses as document_responses
from walmu_api.record.case_file.documents import service as documents
from walmu_api.record.case_file.documents.schemas import Voiding
from walmu_api.record.case_file.documents.standard_resource import standard_routes
from walmu_api.record.case_file.documents.tables import DocumentRow
from walmu_api.record.case_file.notices import service
from walmu_api.record.case_file.notices.definition import NOTICE
from walmu_api.record.case_file.notices.schemas import Notice, NoticeEntry, ReceivedNotice, ReceivedNoticeItem
from walmu_api.record.commitments.decisions import service as decisions

Reader = Annotated[RequestContext, requires(Scope.NOTICES_READ)]
Writer = Annotated[RequestContext, requires(Scope.NOTICES_WRITE)]
Receiver = Annotated[RequestContext, requires(Scope.RECEIVED_NOTICES_READ)]

router = standard_routes(NOTICE, writes=Scope.NOTICES_WRITE, docs={"get": "Read one notice with its view."})


@router.get("/decisions/{decision_id}/notices", operation_id="listNotices", responses=lists(Notice))
async def list_notices(
    request: Request, decision_id: Id, ctx: Reader, limit: Limit = 50, cursor: PageCursor = None
) -> Response:
    """List the notices of a decision, in the order in which they were recorded."""
    decision = await decisions.find(ctx, decision_id)
    statement = service.of_decision(ctx, decision)
    return await document_responses.page(request, ctx, NOTICE, statement, limit, cursor)


@router.post(
    "/decisions/{decision_id}/notices",
    operation_id="recordNotice",
    status_code=201,
    responses=makes(Notice),
    dependencies=[idempotent_create],
)
async def record_notice(
    decision_id: Id, entry: Annotated[NoticeEntry, body(NoticeEntry)], ctx: Writer
) -> Response:
    """Give notice of a decision to one audience (tiedoksianto). The answer carries the view: what the
    audience is told, by what right, and which field groups are withheld. A workplace is told only by a valid
    permission, and each delivery to it is in the disclosure log. Contacts of a client under turvakielto are given
    to nobody but the organiser."""
    decision = await decisions.find(ctx, decision_id)
    row, created = await service.record(ctx, decision, entry)
    return await document_responses.record(ctx, NOTICE, row, created=created)


@router.post(
    "/notices/{notice_id}/void",
    operation_id="voidNotice",
    responses=gives(Notice),
    dependencies=[idempotent_action],
)
async def void_notice(
    notice_id: Id, voiding: Annotated[Voiding, body(Voiding)], ctx: Writer, if_match: IfMatch = None
) -> Response:
    """Void a notice that was given in error: no workplace fetches it any more. What was disclosed stays in
    the log."""
    row = await documents.find(ctx, NOTICE, notice_id, lock=True)
    preconditions.require_if_given(if_match, row.version)
    row = await documents.void(ctx, row, voiding.reason)
    return await document_responses.record(ctx, NOTICE, row)


@router.get("/received-notices", operation_id="listReceivedNotices", responses=lists(ReceivedNoticeItem))
async def list_received_notices(
    request: Request,
    ctx: Receiver,
    agreement_id: Annotated[Id | None, Query(description="Only of this agreement.")] = None,
    limit: Limit = 50,
    cursor: PageCursor = None,
) -> Response:
    """List the notices to your workplace; nothing of the client is in the list."""
    statement = service.received(ctx, agreement_id)
    rows, following = await records.page(ctx.session, DocumentRow, statement, limit, cursor)
    return responses.page(request, [service.item(row) for row in rows], following)


@router.get(
    "/received-notices/{notice_id}",
    operation_id="getReceivedNotice",
    responses=gives(ReceivedNotice, "The view.", etag=False),
)
async def get_received_notice(request: Request, notice_id: Id, ctx: Receiver) -> Response:
    """Fetch the view that was made for your workplace: what was agreed with the client, as far as the
    permission goes. Each delivery is in the disclosure log; a revoked or expired permission is 403
    `permission-ended` at once."""
    return responses.plain(await service.deliver(ctx, notice_id))
