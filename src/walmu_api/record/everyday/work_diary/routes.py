"""The work diary: what happened with a client, day by day."""

from typing import Annotated

from fastapi import Query, Request, Response

from walmu_api.access.context import RequestContext
from walmu_api.access.markers import body, idempotent_action, requires
from walmu_api.access.scopes import Scope
from walmu_api.foundation import preconditions
from walmu_api.foundation.openapi import IfMatch, gives
from walmu_api.foundation.schema_types import Id
from walmu_api.record.case_file.documents import responses as document_responses
from walmu_api.record.case_file.documents import service as documents
from walmu_api.record.case_file.documents.standard_resource import standard_routes
from walmu_api.record.everyday.work_diary import service
from walmu_api.record.everyday.work_diary.definition import DIARY_ENTRY
from walmu_api.record.everyday.work_diary.schemas import (
    DiaryConfirmation,
    DiaryEntry,
    DiaryEntryEntry,
    DiaryKind,
)

Reader = Annotated[RequestContext, requires(Scope.DIARY_ENTRIES_READ)]
Writer = Annotated[RequestContext, requires(Scope.DIARY_ENTRIES_WRITE)]
Entry = Annotated[DiaryEntryEntry, body(DiaryEntryEntry)]
Confirmer = Annotated[RequestContext, requires(Scope.DIARY_ENTRIES_CONFIRM)]
Confirmation = Annotated[DiaryConfirmation, body(DiaryConfirmation)]

router = standard_routes(
    DIARY_ENTRY,
    writes=Scope.DIARY_ENTRIES_WRITE,
    record=service.record,
    replace=service.replace,
    narrowed_by=("service_relationship_id", "agreement_id"),
    content_filters={"kind": Annotated[DiaryKind | None, Query(description="Only of this kind.")]},
    docs={
        "list": (
            "List the diary, in the order in which it was recorded. A workplace sees what it wrote "
            "itself, in its own words."
        ),
        "record": (
            "Write into the work diary. What a workplace writes is `unconfirmed` until its provider "
            "confirms it, and no document."
        ),
        "get": "Read one entry.",
        "replace": "Say an entry anew. Who wrote it changes it; a workplace only until it is confirmed.",
        "void": (
            "Void an entry that is not so; it stays readable as `voided`. A provider may void what a "
            "workplace wrote in its service and nobody confirmed."
        ),
    },
)


@router.post(
    "/diary-entries/{diary_entry_id}/confirm",
    operation_id="confirmDiaryEntry",
    responses=gives(DiaryEntry),
    dependencies=[idempotent_action],
)
async def confirm_diary_entry(
    request: Request, diary_entry_id: Id, confirmation: Confirmation, ctx: Confirmer, if_match: IfMatch = None
) -> Response:
    """Confirm what a workplace wrote, as it is or corrected: from now on it is the provider's entry, and a
    document. Send If-Match, so that you confirm what you read; it is honoured when it comes."""
    row = await documents.find(ctx, DIARY_ENTRY, diary_entry_id, lock=True)
    preconditions.require_if_given(if_match, row.version)
    row = await service.confirm(ctx, row, confirmation)
    return await document_responses.record(ctx, DIARY_ENTRY, row)
