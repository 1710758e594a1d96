"""Service relationships: who serves whom, from when to when."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import or_

from walmu_api.access.context import RequestContext
from walmu_api.access.guard import GuardedRoute
from walmu_api.access.markers import body, idempotent_create, requires
from walmu_api.access.scopes import Scope
from walmu_api.foundation import findings, records, responses
from walmu_api.foundation.openapi import IfMatch, Limit, PageCursor, gives, lists, makes
from walmu_api.foundation.persons import WorkerId
from walmu_api.foundation.schema_types import Day, Id, SourceId
from walmu_api.record.parties.service_relationships import service
from walmu_api.record.parties.service_relationships.schemas import (
    ServiceRelationship,
    ServiceRelationshipEntry,
)
from walmu_api.record.parties.service_relationships.tables import ServiceRelationshipRow

router = APIRouter(prefix="/v1", route_class=GuardedRoute, tags=["service relationships"])
Reader = Annotated[RequestContext, requires(Scope.SERVICE_RELATIONSHIPS_READ)]
Writer = Annotated[RequestContext, requires(Scope.SERVICE_RELATIONSHIPS_WRITE)]
Entry = Annotated[ServiceRelationshipEntry, body(ServiceRelationshipEntry)]


@router.get(
    "/service-relationships", operation_id="listServiceRelationships", responses=lists(ServiceRelationship)
)
async def list_relationships(
    request: Request,
    ctx: Reader,
    client_id: Annotated[Id | None, Query(description="Only this client's.")] = None,
    provider_id: Annotated[Id | None, Query(description="Only at this provider.")] = None,
    in_force_on: Annotated[Day | None, Query(description="Only those in force on this day.")] = None,
    responsible_worker: Annotated[
        WorkerId | None,
        Query(
            description="Only those whose responsible worker on your side has this id: the provider's for a "
            "provider, else the organiser's."
        ),
    ] = None,
    source_id: Annotated[
        SourceId | None, Query(description="Only the record to which your own system gave this key.")
    ] = None,
    limit: Limit = 50,
    cursor: PageCursor = None,
) -> Response:
    """List the relationships you may see."""
    table = ServiceRelationshipRow
    same = {table.client_id: client_id, table.provider_id: provider_id}
    statement = records.narrowed(service.visible_to(ctx), table, ctx.actor, source_id, same)
    if responsible_worker is not None:
        side = "organiser" if ctx.tenant_scope is None else "provider"
        statement = statement.where(table.responsible_workers[side]["id"].astext == responsible_worker)
    if in_force_on is not None:
        statement = statement.where(
            table.starts_on <= in_force_on, or_(table.ends_on.is_(None), table.ends_on >= in_force_on)
        )
    rows, following = await records.page(ctx.session, table, statement, limit, cursor)
    return responses.page(request, [service.wire(ctx.session, row) for row in rows], following)


@router.post(
    "/service-relationships",
    operation_id="openServiceRelationship",
    status_code=201,
    responses=makes(ServiceRelationship, "Recorded.", "Link"),
    dependencies=[idempotent_create],
)
async def open_relationship(entry: Entry, ctx: Writer) -> Response:
    """Open a relationship: from its start on the provider sees the client."""
    row, created = await service.open_one(ctx, entry)
    location = f"/v1/service-relationships/{row.id}" if created else None
    return await _response(ctx, row, created_at=location)


@router.get(
    "/service-relationships/{relationship_id}",
    operation_id="getServiceRelationship",
    responses=gives(ServiceRelationship),
)
async def get_relationship(relationship_id: Id, ctx: Reader) -> Response:
    """Read one relationship."""
    row = await service.find(ctx, relationship_id)
    return responses.record(service.wire(ctx.session, row), row.version)


@router.put(
    "/service-relationships/{relationship_id}",
    operation_id="replaceServiceRelationship",
    responses=gives(ServiceRelationship, "The record.", "Link"),
)
async def replace_relationship(
    relationship_id: Id, entry: Entry, ctx: Writer, if_match: IfMatch = None
) -> Response:
    """Change responsible workers, unit, service or dates. With `ends_on` the provider's access ends (60 days
    of grace)."""
    row = await service.find(ctx, relationship_id, lock=True)
    row = await service.replace(ctx, row, entry, if_match)
    return await _response(ctx, row)


@router.get(
    "/service-relationships/{relationship_id}/findings",
    operation_id="listServiceRelationshipFindings",
    responses=findings.LISTED,
)
async def list_relationship_findings(relationship_id: Id, request: Request, ctx: Reader) -> Response:
    """What is doubtful in a relationship, such as a code of a list of which only a part is known here."""
    row = await service.find(ctx, relationship_id)
    return findings.response_of(request, await service.findings(ctx.session, row))


async def _response(
    ctx: RequestContext, row: ServiceRelationshipRow, created_at: str | None = None
) -> Response:
    answer = responses.record(service.wire(ctx.session, row), row.version, created_at=created_at)
    return findings.linked(
        answer, f"/v1/service-relationships/{row.id}", await service.findings(ctx.session, row)
    )
