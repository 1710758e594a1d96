"""Assessments: how it goes, by everybody's word, on the organiser's form."""

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
from walmu_api.foundation import preconditions, responses
from walmu_api.foundation.openapi import IfMatch, Limit, PageCursor, gives, lists, makes
from walmu_api.foundation.problems import check_order, refuse
from walmu_api.foundation.schema_types import EXAMPLE_ID, Day, Id
from walmu_api.record.case_file.documents import filters
from walmu_api.record.case_file.documents import responses as document_responses
from walmu_api.record.case_file.documents import service as documents
from walmu_api.record.case_file.documents.schemas import Voiding
from walmu_api.record.everyday.assessments import service
from walmu_api.record.everyday.assessments.forms.schemas import FormKey
from walmu_api.record.everyday.assessments.prefill import prefill
from walmu_api.record.everyday.assessments.schemas import (
    Assessment,
    AssessmentConfirmation,
    AssessmentDraft,
    AssessmentEntry,
)
from walmu_api.record.everyday.assessments.service import ASSESSMENT

router = APIRouter(prefix="/v1", route_class=GuardedRoute)
Reader = Annotated[RequestContext, requires(Scope.ASSESSMENTS_READ)]
Writer = Annotated[RequestContext, requires(Scope.ASSESSMENTS_WRITE)]
Confirmer = Annotated[RequestContext, requires(Scope.ASSESSMENTS_CONFIRM)]
Entry = Annotated[AssessmentEntry, body(AssessmentEntry)]


@router.get("/assessments", operation_id="listAssessments", tags=["assessments"], responses=lists(Assessment))
async def list_assessments(
    request: Request,
    ctx: Reader,
    client_id: filters.ClientId = None,
    service_relationship_id: filters.RelationshipId = None,
    agreement_id: filters.AgreementId = None,
    case_id: filters.CaseId = None,
    status: filters.Status = None,
    from_: filters.From = None,
    to: filters.To = None,
    source_id: filters.Source = None,
    limit: Limit = 50,
    cursor: PageCursor = None,
) -> Response:
    """List the assessments (arvioinnit), in the order in which they were recorded."""
    statement = documents.listing(
        ctx,
        ASSESSMENT,
        client_id=client_id,
        service_relationship_id=service_relationship_id,
        agreement_id=agreement_id,
        case_id=case_id,
        status=status,
        from_=from_,
        to=to,
        source_id=source_id,
    )
    return await document_responses.page(request, ctx, ASSESSMENT, statement, limit, cursor)


@router.post(
    "/assessments",
    operation_id="recordAssessment",
    tags=["assessments"],
    status_code=201,
    responses=makes(Assessment),
    dependencies=[idempotent_create],
)
async def record_assessment(
    request: Request,
    entry: Entry,
    ctx: Writer,
) -> Response:
    """Record an assessment (arviointi). What a workplace writes, on a form for workplaces and under an agreement of its own,
    is `unconfirmed` until the provider confirms it."""
    row, created = await service.record(ctx, entry)
    return await document_responses.record(request, ctx, ASSESSMENT, row, created=created)


@router.get(
    "/assessment-prefill",
    operation_id="prefillAssessment",
    tags=["assessments"],
    responses=gives(AssessmentDraft, "A draft; nothing is recorded.", etag=False),
)
async def prefill_assessment(
    request: Request,
    ctx: Reader,
    service_relationship_id: Annotated[
        Id | None,
        Query(
            description="Whom it is about; or name the agreement. Without either, the items of the form alone are told.",
            examples=[EXAMPLE_ID],
        ),
    ] = None,
    agreement_id: filters.AgreementId = None,
    from_: Annotated[
        Day | None,
        Query(alias="from", description="First day of the period; left out, the start of the agreements."),
    ] = None,
    to: Annotated[Day | None, Query(description="Last day of the period; left out, today.")] = None,
    form: Annotated[
        FormKey | None,
        Query(description="The form, in the version in force on the last day.", examples=["uniform"]),
    ] = None,
) -> Response:
    """Prepare an assessment. The answer is an entry to be filled in and posted: the attendance of the period so far, place and
    tasks of the agreement, the items of the form, and the goals that were set last time."""
    refuse(check_order(from_, to, "/query/to"))
    draft = await prefill(
        ctx,
        service_relationship_id=service_relationship_id,
        agreement_id=agreement_id,
        from_=from_,
        to=to,
        form=form,
    )
    return responses.plain(draft.model_dump_json(exclude_none=True).encode())


@router.get(
    "/assessments/{assessment_id}",
    operation_id="getAssessment",
    tags=["assessments"],
    responses=gives(Assessment),
)
async def get_assessment(
    request: Request,
    assessment_id: Id,
    ctx: Reader,
) -> Response:
    """Read one assessment."""
    row = await documents.find(ctx, ASSESSMENT, assessment_id)
    return await document_responses.record(request, ctx, ASSESSMENT, row)


@router.put(
    "/assessments/{assessment_id}",
    operation_id="replaceAssessment",
    tags=["assessments"],
    responses=gives(Assessment),
)
async def replace_assessment(
    request: Request, assessment_id: Id, entry: Entry, ctx: Writer, if_match: IfMatch = None
) -> Response:
    """Say an assessment anew. It keeps the version of its form unless the entry names another."""
    row = await documents.find(ctx, ASSESSMENT, assessment_id, lock=True)
    row = await service.replace(ctx, row, entry, if_match)
    return await document_responses.record(request, ctx, ASSESSMENT, row)


@router.post(
    "/assessments/{assessment_id}/confirm",
    operation_id="confirmAssessment",
    tags=["assessments"],
    responses=gives(Assessment),
    dependencies=[idempotent_action],
)
async def confirm_assessment(
    request: Request,
    assessment_id: Id,
    confirmation: Annotated[AssessmentConfirmation, body(AssessmentConfirmation)],
    ctx: Confirmer,
    if_match: IfMatch = None,
) -> Response:
    """Confirm what a workplace wrote: from now on it is the provider's assessment, and a document; the workplace still reads
    it. Send If-Match, so that you confirm what you read; it is honoured when it comes."""
    row = await documents.find(ctx, ASSESSMENT, assessment_id, lock=True)
    preconditions.require_if_given(if_match, row.version)
    row = await service.confirm(ctx, row, confirmation)
    return await document_responses.record(request, ctx, ASSESSMENT, row)


@router.post(
    "/assessments/{assessment_id}/void",
    operation_id="voidAssessment",
    tags=["assessments"],
    responses=gives(Assessment),
    dependencies=[idempotent_action],
)
async def void_assessment(
    request: Request,
    assessment_id: Id,
    voiding: Annotated[Voiding, body(Voiding)],
    ctx: Writer,
    if_match: IfMatch = None,
) -> Response:
    """Void an assessment that was recorded in error; it stays readable as `voided`. A provider may void what a workplace wrote in
    its service and nobody confirmed."""
    row = await documents.find(ctx, ASSESSMENT, assessment_id, lock=True)
    preconditions.require_if_given(if_match, row.version)
    row = await documents.void(ctx, row, voiding.reason)
    return await document_responses.record(request, ctx, ASSESSMENT, row)
