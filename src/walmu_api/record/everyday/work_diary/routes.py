"""The work diary: what happened with a client, day by day."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

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
from walmu_api.record.everyday.work_diary import service
from walmu_api.record.everyday.work_diary.schemas import (
    DiaryConfirmation,
    DiaryEntry,
    DiaryEntryEntry,
    DiaryKind,
)
from walmu_api.record.everyday.work_diary.service import DIARY_ENTRY

router = APIRouter(prefix="/v1", route_class=GuardedRoute)
Reader = Annotated[RequestContext, requires(Scope.DIARY_ENTRIES_READ)]
Writer = Annotated[RequestContext, requires(Scope.DIARY_ENTRIES_WRITE)]
Entry = Annotated[DiaryEntryEntry, body(DiaryEntryEntry)]
Confirmer = Annotated[RequestContext, requires(Scope.DIARY_ENTRIES_CONFIRM)]
Confirmation = Annotated[DiaryConfirmation, body(DiaryConfirmation)]


@router.get(
    "/diary-entries", operation_id="listDiaryEntries", tags=["work diary"], responses=lists(DiaryEntry)
)
async def list_diary_entries(
    request: Request,
    ctx: Reader,
    kind: Annotated[DiaryKind | None, Query(description="Only of this kind.")] = None,
    client_id: filters.ClientId = None,
    service_relationship_id: filters.RelationshipId = None,
    agreement_id: filters.AgreementId = None,
    status: filters.Status = None,
    from_: filters.From = None,
    to: filters.To = None,
    source_id: filters.Source = None,
    limit: Limit = 50,
    cursor: PageCursor = None,
) -> Response:
    """List the diary, in the order in which it was recorded. A workplace sees what it wrote itself, in its own words."""
    statement = documents.listing(
        ctx,
        DIARY_ENTRY,
        client_id=client_id,
        service_relationship_id=service_relationship_id,
        agreement_id=agreement_id,
        status=status,
        from_=from_,
        to=to,
        source_id=source_id,
    )
    statement = documents.with_content_value(statement, "kind", kind)
    return await document_responses.page(request, ctx, DIARY_ENTRY, statement, limit, cursor)


@router.post(
    "/diary-entries",
    operation_id="recordDiaryEntry",
    tags=["work diary"],
    status_code=201,
    responses=makes(DiaryEntry),
    dependencies=[idempotent_create],
)
async def record_diary_entry(
    request: Request,
    entry: Entry,
    ctx: Writer,
) -> Response:
    """Write into the work diary. What a workplace writes is `unconfirmed` until its provider confirms it, and no document."""
    row, created = await service.record(ctx, entry)
    return await document_responses.record(request, ctx, DIARY_ENTRY, row, created=created)


@router.get(
    "/diary-entries/{diary_entry_id}",
    operation_id="getDiaryEntry",
    tags=["work diary"],
    responses=gives(DiaryEntry),
)
async def get_diary_entry(
    request: Request,
    diary_entry_id: Id,
    ctx: Reader,
) -> Response:
    """Read one entry."""
    row = await documents.find(ctx, DIARY_ENTRY, diary_entry_id)
    return await document_responses.record(request, ctx, DIARY_ENTRY, row)


@router.put(
    "/diary-entries/{diary_entry_id}",
    operation_id="replaceDiaryEntry",
    tags=["work diary"],
    responses=gives(DiaryEntry),
)
async def replace_diary_entry(
    request: Request,
    diary_entry_id: Id,
    entry: Entry,
    ctx: Writer,
    if_match: IfMatch = None,
) -> Response:
    """Say an entry anew. Who wrote it changes it; a workplace only until it is confirmed."""
    row = await documents.find(ctx, DIARY_ENTRY, diary_entry_id, lock=True)
    row = await service.replace(ctx, row, entry, if_match)
    return await document_responses.record(request, ctx, DIARY_ENTRY, row)


@router.post(
    "/diary-entries/{diary_entry_id}/void",
    operation_id="voidDiaryEntry",
    tags=["work diary"],
    responses=gives(DiaryEntry),
    dependencies=[idempotent_action],
)
async def void_diary_entry(
    request: Request,
    diary_entry_id: Id,
    voiding: Annotated[Voiding, body(Voiding)],
    ctx: Writer,
    if_match: IfMatch = None,
) -> Response:
    """Void an entry that is not so; it stays readable as `voided`. A provider may void what a workplace wrote in its service
    and nobody confirmed."""
    row = await documents.find(ctx, DIARY_ENTRY, diary_entry_id, lock=True)
    preconditions.require_if_given(if_match, row.version)
    row = await documents.void(ctx, row, voiding.reason)
    return await document_responses.record(request, ctx, DIARY_ENTRY, row)


@router.post(
    "/diary-entries/{diary_entry_id}/confirm",
    operation_id="confirmDiaryEntry",
    tags=["work diary"],
    responses=gives(DiaryEntry),
    dependencies=[idempotent_action],
)
async def confirm_diary_entry(
    request: Request,
    diary_entry_id: Id,
    confirmation: Confirmation,
    ctx: Confirmer,
    if_match: IfMatch = None,
) -> Response:
    """Confirm what a workplace wrote, as it is or corrected: from now on it is the provider's entry, and a document. Send
    If-Match, so that you confirm what you read; it is honoured when it comes."""
    row = await documents.find(ctx, DIARY_ENTRY, diary_entry_id, lock=True)
    preconditions.require_if_given(if_match, row.version)
    row = await service.confirm(ctx, row, confirmation)
    return await document_responses.record(request, ctx, DIARY_ENTRY, row)
