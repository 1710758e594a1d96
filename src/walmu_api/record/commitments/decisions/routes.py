"""Decisions: what was decided, and drafts for the caseworker."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import or_

from walmu_api.access.context import RequestContext
from walmu_api.access.guard import GuardedRoute
from walmu_api.access.markers import body, idempotent_action, idempotent_create, requires
from walmu_api.access.scopes import Scope
from walmu_api.foundation import findings, preconditions, records, responses
from walmu_api.foundation.database import Session
from walmu_api.foundation.openapi import IfMatch, Limit, PageCursor, gives, lists, makes
from walmu_api.foundation.schema_types import Day, Id, SourceId
from walmu_api.record.commitments.decisions import drafting, rules, service
from walmu_api.record.commitments.decisions.schemas import (
    Decision,
    DecisionEntry,
    DecisionReview,
    DecisionStatus,
)
from walmu_api.record.commitments.decisions.tables import DecisionRow

router = APIRouter(prefix="/v1", route_class=GuardedRoute, tags=["decisions"])
Reader = Annotated[RequestContext, requires(Scope.DECISIONS_READ)]
Writer = Annotated[RequestContext, requires(Scope.DECISIONS_WRITE)]
Entry = Annotated[DecisionEntry, body(DecisionEntry)]


@router.get("/decisions", operation_id="listDecisions", responses=lists(Decision))
async def list_decisions(
    request: Request,
    ctx: Reader,
    client_id: Annotated[Id | None, Query(description="Only this client's.")] = None,
    provider_id: Annotated[Id | None, Query(description="Only for this provider.")] = None,
    status: Annotated[DecisionStatus | None, Query(description="Only with this status.")] = None,
    in_force_on: Annotated[Day | None, Query(description="Only those in force on this day.")] = None,
    source_id: Annotated[
        SourceId | None, Query(description="Only the record to which your own system gave this key.")
    ] = None,
    limit: Limit = 50,
    cursor: PageCursor = None,
) -> Response:
    """List the decisions you may see; a provider sees them when they are decided."""
    table = DecisionRow
    same = {table.client_id: client_id, table.provider_id: provider_id, table.status: status}
    statement = records.narrowed(service.visible_to(ctx), table, ctx.actor, source_id, same)
    if in_force_on is not None:
        statement = statement.where(
            table.status.not_in(rules.UNDECIDED),
            table.outcome != "denied",
            table.valid_from <= in_force_on,
            or_(table.valid_to.is_(None), table.valid_to >= in_force_on),
            or_(table.revoked_on.is_(None), table.revoked_on > in_force_on),
        )
    rows, following = await records.page(ctx.session, table, statement, limit, cursor)
    return responses.page(request, [service.wire(ctx.session, row) for row in rows], following)


@router.post(
    "/decisions",
    operation_id="draftDecision",
    status_code=201,
    responses=makes(Decision, "Recorded.", "Link"),
    dependencies=[idempotent_create],
)
async def draft_decision(request: Request, entry: Entry, ctx: Writer) -> Response:
    """Draft a decision, such as an extension. It goes to the record system, where the caseworker decides or
    refuses it; only then does the provider see it. The same draft sent again under its `source_id` is
    answered with the record as it is now, decided or not."""
    row, created = await drafting.draft(ctx, entry)
    location = f"/v1/decisions/{row.id}" if created else None
    return await _response(ctx.session, row, created_at=location)


@router.get("/decisions/{decision_id}", operation_id="getDecision", responses=gives(Decision))
async def get_decision(decision_id: Id, ctx: Reader) -> Response:
    """Read one decision."""
    row = await service.find(ctx, decision_id)
    return responses.record(service.wire(ctx.session, row), row.version)


@router.put(
    "/decisions/{decision_id}",
    operation_id="replaceDecisionDraft",
    responses=gives(Decision, "The record.", "Link"),
)
async def replace_decision(
    request: Request, decision_id: Id, entry: Entry, ctx: Writer, if_match: IfMatch = None
) -> Response:
    """Replace a draft, also one that was refused: it goes to the caseworker again. What is decided is 409
    `conflict`."""
    row = await service.find(ctx, decision_id, lock=True)
    row = await drafting.replace_draft(ctx, row, entry, if_match)
    return await _response(ctx.session, row)


@router.get(
    "/decisions/{decision_id}/findings", operation_id="listDecisionFindings", responses=findings.LISTED
)
async def list_decision_findings(decision_id: Id, request: Request, ctx: Reader) -> Response:
    """What is doubtful in a decision, such as a code of a list of which only a part is known here."""
    row = await service.find(ctx, decision_id)
    return findings.response_of(request, await service.findings(ctx.session, row))


@router.post(
    "/decisions/{decision_id}/review",
    operation_id="reviewDecision",
    responses=gives(Decision),
    dependencies=[idempotent_action],
)
async def review_decision(
    decision_id: Id,
    data: Annotated[DecisionReview, body(DecisionReview)],
    ctx: Writer,
    if_match: IfMatch = None,
) -> Response:
    """Note that review was requested, that the decision was appealed, or that it is final. What is not decided has no
    review: 409 `conflict`."""
    row = await service.find(ctx, decision_id, lock=True)
    preconditions.require_if_given(if_match, row.version)
    row = await service.review(ctx, row, data)
    return responses.record(service.wire(ctx.session, row), row.version)


async def _response(session: Session, row: DecisionRow, created_at: str | None = None) -> Response:
    answer = responses.record(service.wire(session, row), row.version, created_at=created_at)
    return findings.linked(answer, f"/v1/decisions/{row.id}", await service.findings(session, row))
