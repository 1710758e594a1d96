"""Assessments: how it goes, by everybody's word, on the organiser's form."""

from typing import Annotated

from fastapi import Query, Request, Response

from walmu_api.access.context import RequestContext
from walmu_api.access.markers import body, idempotent_action, requires
from walmu_api.access.scopes import Scope
from walmu_api.foundation import preconditions, responses
from walmu_api.foundation.openapi import IfMatch, gives
from walmu_api.foundation.problems import check_order, refuse
from walmu_api.foundation.schema_types import EXAMPLE_ID, Day, Id
from walmu_api.record.case_file.documents import filters
from walmu_api.record.case_file.documents import responses as document_responses
from walmu_api.record.case_file.documents import service as documents
from walmu_api.record.case_file.documents.standard_resource import standard_routes
from walmu_api.record.everyday.assessments import service
from walmu_api.record.everyday.assessments.definition import ASSESSMENT
from walmu_api.record.everyday.assessments.forms.schemas import FormKey
from walmu_api.record.everyday.assessments.prefill import prefill
from walmu_api.record.everyday.assessments.schemas import (
    Assessment,
    AssessmentConfirmation,
    AssessmentDraft,
    AssessmentEntry,
)

Reader = Annotated[RequestContext, requires(Scope.ASSESSMENTS_READ)]
Writer = Annotated[RequestContext, requires(Scope.ASSESSMENTS_WRITE)]
Confirmer = Annotated[RequestContext, requires(Scope.ASSESSMENTS_CONFIRM)]
Entry = Annotated[AssessmentEntry, body(AssessmentEntry)]

router = standard_routes(
    ASSESSMENT,
    writes=Scope.ASSESSMENTS_WRITE,
    record=service.record,
    replace=service.replace,
    narrowed_by=("service_relationship_id", "agreement_id", "case_id"),
    docs={
        "list": "List the assessments (arvioinnit), in the order in which they were recorded.",
        "record": (
            "Record an assessment (arviointi). What a workplace writes, on a form for workplaces and "
            "under an agreement of its own, is `unconfirmed` until the provider confirms it."
        ),
        "get": "Read one assessment.",
        "replace": "Say an assessment anew. It keeps the version of its form unless the entry names another.",
        "void": (
            "Void an assessment that was recorded in error; it stays readable as `voided`. A provider "
            "may void what a workplace wrote in its service and nobody confirmed."
        ),
    },
)


@router.get(
    "/assessment-prefill",
    operation_id="prefillAssessment",
    responses=gives(AssessmentDraft, "A draft; nothing is recorded.", etag=False),
)
async def prefill_assessment(
    request: Request,
    ctx: Reader,
    service_relationship_id: Annotated[
        Id | None,
        Query(
            description="Whom it is about; or name the agreement. Without either, the items of the form "
            "alone are told.",
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
    """Prepare an assessment. The answer is an entry to be filled in and posted: the attendance of the period
    so far, place and tasks of the agreement, the items of the form, and the goals that were set last time."""
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


@router.post(
    "/assessments/{assessment_id}/confirm",
    operation_id="confirmAssessment",
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
    """Confirm what a workplace wrote: from now on it is the provider's assessment, and a document; the
    workplace still reads it. Send If-Match, so that you confirm what you read; it is honoured when it
    comes."""
    row = await documents.find(ctx, ASSESSMENT, assessment_id, lock=True)
    preconditions.require_if_given(if_match, row.version)
    row = await service.confirm(ctx, row, confirmation)
    return await document_responses.record(ctx, ASSESSMENT, row)
