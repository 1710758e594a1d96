"""Organisations and units: who the parties are."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from walmu_api.access.connected_systems.schemas import OrganisationKind
from walmu_api.access.context import RequestContext
from walmu_api.access.guard import RouteWithoutClientData
from walmu_api.access.markers import body, idempotent_create, requires
from walmu_api.access.scopes import Scope
from walmu_api.foundation import records, responses
from walmu_api.foundation.openapi import Limit, PageCursor, gives, lists, makes
from walmu_api.foundation.schema_types import Id, SourceId
from walmu_api.record.parties.organisations import service
from walmu_api.record.parties.organisations.schemas import Organisation, OrganisationEntry, Unit, UnitEntry
from walmu_api.record.parties.organisations.tables import OrganisationRow, UnitRow

router = APIRouter(prefix="/v1", route_class=RouteWithoutClientData, tags=["organisations"])
Reader = Annotated[RequestContext, requires(Scope.ORGANISATIONS_READ)]
Writer = Annotated[RequestContext, requires(Scope.ORGANISATIONS_WRITE)]


@router.get("/organisations", operation_id="listOrganisations", responses=lists(Organisation))
async def list_organisations(
    request: Request,
    ctx: Reader,
    kind: Annotated[OrganisationKind | None, Query(description="Only of this kind.")] = None,
    source_id: Annotated[
        SourceId | None, Query(description="Only the record to which your own system gave this key.")
    ] = None,
    limit: Limit = 50,
    cursor: PageCursor = None,
) -> Response:
    """List the organiser, its providers and the workplaces."""
    statement = service.organisations(ctx.session)
    statement = records.narrowed(
        statement, OrganisationRow, ctx.actor, source_id, {OrganisationRow.kind: kind}
    )
    rows, following = await records.page(ctx.session, OrganisationRow, statement, limit, cursor)
    return responses.page(request, [records.body(Organisation, row) for row in rows], following)


@router.post(
    "/organisations",
    operation_id="registerOrganisation",
    status_code=201,
    responses=makes(Organisation),
    dependencies=[idempotent_create],
)
async def register_organisation(
    entry: Annotated[OrganisationEntry, body(OrganisationEntry)], ctx: Writer
) -> Response:
    """Register a provider or a workplace."""
    row, created = await service.register(ctx, entry)
    location = f"/v1/organisations/{row.id}" if created else None
    return responses.record(records.body(Organisation, row), row.version, created_at=location)


@router.get("/organisations/{organisation_id}", operation_id="getOrganisation", responses=gives(Organisation))
async def get_organisation(organisation_id: Id, ctx: Reader) -> Response:
    """Read one organisation."""
    row = await records.find(
        ctx.session, service.organisations(ctx.session).where(OrganisationRow.id == organisation_id)
    )
    return responses.record(records.body(Organisation, row), row.version)


@router.get("/units", operation_id="listUnits", responses=lists(Unit))
async def list_units(
    request: Request,
    ctx: Reader,
    organisation_id: Annotated[Id | None, Query(description="Only units of this organisation.")] = None,
    limit: Limit = 50,
    cursor: PageCursor = None,
) -> Response:
    """List the units where services are given."""
    statement = service.units(ctx.session)
    if organisation_id is not None:
        statement = statement.where(UnitRow.organisation_id == organisation_id)
    rows, following = await records.page(ctx.session, UnitRow, statement, limit, cursor)
    return responses.page(request, [records.body(Unit, row) for row in rows], following)


@router.post(
    "/units",
    operation_id="registerUnit",
    status_code=201,
    responses=makes(Unit),
    dependencies=[idempotent_create],
)
async def register_unit(entry: Annotated[UnitEntry, body(UnitEntry)], ctx: Writer) -> Response:
    """Register a unit of an organisation."""
    row, created = await service.register(ctx, entry)
    location = f"/v1/units/{row.id}" if created else None
    return responses.record(records.body(Unit, row), row.version, created_at=location)


@router.get("/units/{unit_id}", operation_id="getUnit", responses=gives(Unit))
async def get_unit(unit_id: Id, ctx: Reader) -> Response:
    """Read one unit."""
    row = await records.find(ctx.session, service.units(ctx.session).where(UnitRow.id == unit_id))
    return responses.record(records.body(Unit, row), row.version)
