"""Service events: how a service begins, pauses and ends."""

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
from walmu_api.record.everyday.service_events import service
from walmu_api.record.everyday.service_events.schemas import ServiceEvent, ServiceEventEntry, ServiceEventKind
from walmu_api.record.everyday.service_events.service import SERVICE_EVENT

router = APIRouter(prefix="/v1", route_class=GuardedRoute)
Reader = Annotated[RequestContext, requires(Scope.SERVICE_EVENTS_READ)]
Writer = Annotated[RequestContext, requires(Scope.SERVICE_EVENTS_WRITE)]
Entry = Annotated[ServiceEventEntry, body(ServiceEventEntry)]


@router.get(
    "/service-events",
    operation_id="listServiceEvents",
    tags=["service events"],
    responses=lists(ServiceEvent),
)
async def list_service_events(
    request: Request,
    ctx: Reader,
    kind: Annotated[ServiceEventKind | None, Query(description="Only of this kind.")] = None,
    client_id: filters.ClientId = None,
    service_relationship_id: filters.RelationshipId = None,
    status: filters.Status = None,
    from_: filters.From = None,
    to: filters.To = None,
    source_id: filters.Source = None,
    limit: Limit = 50,
    cursor: PageCursor = None,
) -> Response:
    """List the events, in the order in which they were recorded."""
    statement = documents.listing(
        ctx,
        SERVICE_EVENT,
        client_id=client_id,
        service_relationship_id=service_relationship_id,
        status=status,
        from_=from_,
        to=to,
        source_id=source_id,
    )
    statement = documents.with_content_value(statement, "kind", kind)
    return await document_responses.page(request, ctx, SERVICE_EVENT, statement, limit, cursor)


@router.post(
    "/service-events",
    operation_id="recordServiceEvent",
    tags=["service events"],
    status_code=201,
    responses=makes(ServiceEvent),
    dependencies=[idempotent_create],
)
async def record_service_event(
    request: Request,
    entry: Entry,
    ctx: Writer,
) -> Response:
    """Record an event. An ending sets the last day of the service relationship, and so of the provider's access."""
    row, created = await service.record(ctx, entry)
    return await document_responses.record(request, ctx, SERVICE_EVENT, row, created=created)


@router.get(
    "/service-events/{service_event_id}",
    operation_id="getServiceEvent",
    tags=["service events"],
    responses=gives(ServiceEvent),
)
async def get_service_event(
    request: Request,
    service_event_id: Id,
    ctx: Reader,
) -> Response:
    """Read one event."""
    row = await documents.find(ctx, SERVICE_EVENT, service_event_id)
    return await document_responses.record(request, ctx, SERVICE_EVENT, row)


@router.put(
    "/service-events/{service_event_id}",
    operation_id="replaceServiceEvent",
    tags=["service events"],
    responses=gives(ServiceEvent),
)
async def replace_service_event(
    request: Request,
    service_event_id: Id,
    entry: Entry,
    ctx: Writer,
    if_match: IfMatch = None,
) -> Response:
    """Say an event anew; an ending with another day moves the end of the service relationship."""
    row = await documents.find(ctx, SERVICE_EVENT, service_event_id, lock=True)
    row = await service.replace(ctx, row, entry, if_match)
    return await document_responses.record(request, ctx, SERVICE_EVENT, row)


@router.post(
    "/service-events/{service_event_id}/void",
    operation_id="voidServiceEvent",
    tags=["service events"],
    responses=gives(ServiceEvent),
    dependencies=[idempotent_action],
)
async def void_service_event(
    request: Request,
    service_event_id: Id,
    voiding: Annotated[Voiding, body(Voiding)],
    ctx: Writer,
    if_match: IfMatch = None,
) -> Response:
    """Void an event that did not happen; it stays readable as `voided`. After a void ending the service relationship ends
    when the organiser had said."""
    row = await documents.find(ctx, SERVICE_EVENT, service_event_id, lock=True)
    preconditions.require_if_given(if_match, row.version)
    row = await service.void(ctx, row, voiding.reason)
    return await document_responses.record(request, ctx, SERVICE_EVENT, row)
