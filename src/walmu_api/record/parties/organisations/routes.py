"""Organisations and units: who the parties are."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from walmu_api.access.connected_systems.schemas import OrganisationKind
from walmu_api.access.context import RequestContext
from walmu_api.access.guard import RouteWithoutClientData
from walmu_api.access.markers import body, idempotent_correction, idempotent_create, requires
from walmu_api.access.scopes import Scope
from walmu_api.foundation import records, responses
from walmu_api.foundation.openapi import IfMatch, Limit, PageCursor, gives, lists, makes
from walmu_api.foundation.schema_types import Id, SourceId
from walmu_api.record.parties.organisations import service
from walmu_api.record.parties.organisations.schemas import (
    Closing,
    Organisation,
    OrganisationEntry,
    Reopening,
    Succession,
    Unit,
    UnitEntry,
)
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
    row = await service.find(ctx.session, organisation_id)
    return responses.record(records.body(Organisation, row), row.version)


@router.put(
    "/organisations/{organisation_id}",
    operation_id="replaceOrganisation",
    responses=gives(Organisation, "The record."),
)
async def replace_organisation(
    organisation_id: Id,
    entry: Annotated[OrganisationEntry, body(OrganisationEntry)],
    ctx: Writer,
    if_match: IfMatch = None,
) -> Response:
    """Correct an organisation."""
    row = await service.find(ctx.session, organisation_id, lock=True)
    row = await service.replace(ctx, row, entry, if_match)
    return responses.record(records.body(Organisation, row), row.version)


@router.post(
    "/organisations/{organisation_id}/close",
    operation_id="closeOrganisation",
    responses=gives(Organisation),
    dependencies=[idempotent_correction],
)
async def close_organisation(
    organisation_id: Id, closing: Annotated[Closing, body(Closing)], ctx: Writer, if_match: IfMatch = None
) -> Response:
    """Close an organisation: from that day on nothing new begins there, and what exists goes on. Another day or
    reason afterwards needs If-Match."""
    row = await service.find(ctx.session, organisation_id, lock=True)
    row = await service.close(ctx, row, closing, if_match)
    return responses.record(records.body(Organisation, row), row.version)


@router.post(
    "/organisations/{organisation_id}/succeed",
    operation_id="succeedOrganisation",
    responses=gives(Organisation),
    dependencies=[idempotent_correction],
)
async def succeed_organisation(
    organisation_id: Id, entry: Annotated[Succession, body(Succession)], ctx: Writer, if_match: IfMatch = None
) -> Response:
    """Say which provider takes another one's place: it closes on that day, and decisions of the record
    system that name it and begin then or later are the successor's. What it has stays with it. Correcting
    needs If-Match."""
    row = await service.find(ctx.session, organisation_id, lock=True)
    row = await service.succeed(ctx, row, entry, if_match)
    return responses.record(records.body(Organisation, row), row.version)


@router.post(
    "/organisations/{organisation_id}/reopen",
    operation_id="reopenOrganisation",
    responses=gives(Organisation),
    dependencies=[idempotent_correction],
)
async def reopen_organisation(
    organisation_id: Id,
    reopening: Annotated[Reopening, body(Reopening)],
    ctx: Writer,
    if_match: IfMatch = None,
) -> Response:
    """Take the closing of an organisation back, and its succession too, under If-Match."""
    row = await service.find(ctx.session, organisation_id, lock=True)
    row = await service.reopen(ctx, row, reopening, if_match)
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
    row = await service.find_unit(ctx.session, unit_id)
    return responses.record(records.body(Unit, row), row.version)


@router.put("/units/{unit_id}", operation_id="replaceUnit", responses=gives(Unit, "The record."))
async def replace_unit(
    unit_id: Id, entry: Annotated[UnitEntry, body(UnitEntry)], ctx: Writer, if_match: IfMatch = None
) -> Response:
    """Correct a unit."""
    row = await service.find_unit(ctx.session, unit_id, lock=True)
    row = await service.replace(ctx, row, entry, if_match)
    return responses.record(records.body(Unit, row), row.version)


@router.post(
    "/units/{unit_id}/close",
    operation_id="closeUnit",
    responses=gives(Unit),
    dependencies=[idempotent_correction],
)
async def close_unit(
    unit_id: Id, closing: Annotated[Closing, body(Closing)], ctx: Writer, if_match: IfMatch = None
) -> Response:
    """Close a unit: from that day on nothing new begins there, and what exists goes on. Another day or
    reason afterwards needs If-Match."""
    row = await service.find_unit(ctx.session, unit_id, lock=True)
    row = await service.close(ctx, row, closing, if_match)
    return responses.record(records.body(Unit, row), row.version)


@router.post(
    "/units/{unit_id}/reopen",
    operation_id="reopenUnit",
    responses=gives(Unit),
    dependencies=[idempotent_correction],
)
async def reopen_unit(
    unit_id: Id, reopening: Annotated[Reopening, body(Reopening)], ctx: Writer, if_match: IfMatch = None
) -> Response:
    """Take the closing of a unit back, under If-Match."""
    row = await service.find_unit(ctx.session, unit_id, lock=True)
    row = await service.reopen(ctx, row, reopening, if_match)
    return responses.record(records.body(Unit, row), row.version)
