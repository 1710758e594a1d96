"""Plans: what client, organiser and provider aim at and how."""

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
from walmu_api.record.case_file.plans import service
from walmu_api.record.case_file.plans.schemas import Plan, PlanEntry
from walmu_api.record.case_file.plans.service import PLAN

router = APIRouter(prefix="/v1", route_class=GuardedRoute)
Reader = Annotated[RequestContext, requires(Scope.PLANS_READ)]
Writer = Annotated[RequestContext, requires(Scope.PLANS_WRITE)]
Entry = Annotated[PlanEntry, body(PlanEntry)]


@router.get("/plans", operation_id="listPlans", tags=["plans"], responses=lists(Plan))
async def list_plans(
    request: Request,
    ctx: Reader,
    client_id: filters.ClientId = None,
    service_relationship_id: filters.RelationshipId = None,
    case_id: filters.CaseId = None,
    status: filters.Status = None,
    from_: filters.From = None,
    to: filters.To = None,
    source_id: filters.Source = None,
    limit: Limit = 50,
    cursor: PageCursor = None,
) -> Response:
    """List the plans, in the order in which they were recorded."""
    statement = documents.listing(
        ctx,
        PLAN,
        client_id=client_id,
        service_relationship_id=service_relationship_id,
        case_id=case_id,
        status=status,
        from_=from_,
        to=to,
        source_id=source_id,
    )
    return await document_responses.page(request, ctx, PLAN, statement, limit, cursor)


@router.post(
    "/plans",
    operation_id="recordPlan",
    tags=["plans"],
    status_code=201,
    responses=makes(Plan),
    dependencies=[idempotent_create],
)
async def record_plan(
    request: Request,
    entry: Entry,
    ctx: Writer,
) -> Response:
    """Record a plan.

    A client plan (asiakassuunnitelma) is the organiser's, an implementation plan (toteuttamissuunnitelma) the provider's."""
    row, created = await service.record(ctx, entry)
    return await document_responses.record(request, ctx, PLAN, row, created=created)


@router.get("/plans/{plan_id}", operation_id="getPlan", tags=["plans"], responses=gives(Plan))
async def get_plan(
    request: Request,
    plan_id: Id,
    ctx: Reader,
) -> Response:
    """Read one plan."""
    row = await documents.find(ctx, PLAN, plan_id)
    return await document_responses.record(request, ctx, PLAN, row)


@router.put("/plans/{plan_id}", operation_id="replacePlan", tags=["plans"], responses=gives(Plan))
async def replace_plan(
    request: Request, plan_id: Id, entry: Entry, ctx: Writer, if_match: IfMatch = None
) -> Response:
    """Change a plan, such as after its review."""
    row = await documents.find(ctx, PLAN, plan_id, lock=True)
    row = await service.replace(ctx, row, entry, if_match)
    return await document_responses.record(request, ctx, PLAN, row)


@router.post(
    "/plans/{plan_id}/void",
    operation_id="voidPlan",
    tags=["plans"],
    responses=gives(Plan),
    dependencies=[idempotent_action],
)
async def void_plan(
    request: Request,
    plan_id: Id,
    voiding: Annotated[Voiding, body(Voiding)],
    ctx: Writer,
    if_match: IfMatch = None,
) -> Response:
    """Void a plan that was recorded in error; it stays readable as `voided`."""
    row = await documents.find(ctx, PLAN, plan_id, lock=True)
    preconditions.require_if_given(if_match, row.version)
    row = await documents.void(ctx, row, voiding.reason)
    return await document_responses.record(request, ctx, PLAN, row)
