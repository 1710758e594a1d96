"""Measurements: what was measured, and what changed between two."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from walmu_api.access.context import RequestContext
from walmu_api.access.guard import GuardedRoute
from walmu_api.access.markers import body, idempotent_action, idempotent_create, requires
from walmu_api.access.scopes import Scope
from walmu_api.foundation import preconditions, records, responses
from walmu_api.foundation.openapi import IfMatch, Limit, PageCursor, gives, lists, makes
from walmu_api.foundation.problems import check_order, refuse
from walmu_api.foundation.schema_types import Day, Id, SourceId
from walmu_api.record.everyday.measurements import changes, comparison_chart, service
from walmu_api.record.everyday.measurements.instruments.schemas import InstrumentCode
from walmu_api.record.everyday.measurements.schemas import (
    Measurement,
    MeasurementChanges,
    MeasurementEntry,
    MeasurementPhase,
    MeasurementVoiding,
    TextLanguage,
)
from walmu_api.record.everyday.measurements.tables import MeasurementRow

router = APIRouter(prefix="/v1", route_class=GuardedRoute, tags=["measurements"])
Reader = Annotated[RequestContext, requires(Scope.MEASUREMENTS_READ)]
Writer = Annotated[RequestContext, requires(Scope.MEASUREMENTS_WRITE)]
Entry = Annotated[MeasurementEntry, body(MeasurementEntry)]


@router.get("/measurements", operation_id="listMeasurements", responses=lists(Measurement))
async def list_measurements(
    request: Request,
    ctx: Reader,
    client_id: Annotated[Id | None, Query(description="Only this client's.")] = None,
    service_relationship_id: Annotated[Id | None, Query(description="Only of this relationship.")] = None,
    instrument: Annotated[InstrumentCode | None, Query(description="Only by this instrument.")] = None,
    phase: Annotated[MeasurementPhase | None, Query(description="Only of this phase.")] = None,
    first: Annotated[Day | None, Query(alias="from", description="Answered on this day or later.")] = None,
    last: Annotated[Day | None, Query(alias="to", description="Answered on this day or earlier.")] = None,
    source_id: Annotated[
        SourceId | None, Query(description="Only the record to which your own system gave this key.")
    ] = None,
    limit: Limit = 50,
    cursor: PageCursor = None,
) -> Response:
    """List the measurements you may see; a provider sees its own."""
    refuse(check_order(first, last, "/query/to"))
    table = MeasurementRow
    same = {
        table.client_id: client_id,
        table.service_relationship_id: service_relationship_id,
        table.instrument: instrument,
        table.phase: phase,
    }
    statement = records.narrowed(service.visible_to(ctx), table, ctx.actor, source_id, same)
    if first is not None:
        statement = statement.where(table.answered_on >= first)
    if last is not None:
        statement = statement.where(table.answered_on <= last)
    rows, following = await records.page(ctx.session, table, statement, limit, cursor)
    return responses.page(request, [service.wire(ctx.session, row) for row in rows], following)


@router.post(
    "/measurements",
    operation_id="recordMeasurement",
    status_code=201,
    responses=makes(Measurement),
    dependencies=[idempotent_create],
)
async def record_measurement(request: Request, entry: Entry, ctx: Writer) -> Response:
    """Record a measurement. Scores are stored as they were reported; only the T score of goals is worked out
    here."""
    row, created = await service.create(ctx, entry)
    location = f"/v1/measurements/{row.id}" if created else None
    return responses.record(service.wire(ctx.session, row), row.version, created_at=location)


@router.get("/measurements/{measurement_id}", operation_id="getMeasurement", responses=gives(Measurement))
async def get_measurement(measurement_id: Id, ctx: Reader) -> Response:
    """Read one measurement."""
    row = await service.find(ctx, measurement_id)
    return responses.record(service.wire(ctx.session, row), row.version)


@router.put("/measurements/{measurement_id}", operation_id="replaceMeasurement", responses=gives(Measurement))
async def replace_measurement(
    request: Request, measurement_id: Id, entry: Entry, ctx: Writer, if_match: IfMatch = None
) -> Response:
    """Amend a measurement; its status is `amended` from then on and the earlier version stays in its history."""
    row = await service.find(ctx, measurement_id, lock=True)
    row = await service.replace(ctx, row, entry, if_match)
    return responses.record(service.wire(ctx.session, row), row.version)


@router.post(
    "/measurements/{measurement_id}/void",
    operation_id="voidMeasurement",
    responses=gives(Measurement),
    dependencies=[idempotent_action],
)
async def void_measurement(
    measurement_id: Id,
    voiding: Annotated[MeasurementVoiding, body(MeasurementVoiding)],
    ctx: Writer,
    if_match: IfMatch = None,
) -> Response:
    """Mark a measurement as entered in error. It stays readable and counts nowhere. If-Match is honoured when
    it comes."""
    row = await service.find(ctx, measurement_id, lock=True)
    preconditions.require_if_given(if_match, row.version)
    row = await service.void(ctx, row, voiding.reason)
    return responses.record(service.wire(ctx.session, row), row.version)


@router.get(
    "/clients/{client_id}/measurement-changes",
    operation_id="getMeasurementChanges",
    responses=gives(MeasurementChanges, "The pairs.", etag=False),
)
async def get_measurement_changes(
    client_id: Id,
    ctx: Reader,
    instrument: Annotated[InstrumentCode | None, Query(description="Only by this instrument.")] = None,
) -> Response:
    """Read what changed between a client's measurements: the first start and the last end (or the follow-up
    nearest to the start) of the same instrument and version. Versions are never mixed, nor scores reported on
    different ranges."""
    return responses.plain(await changes.changes_body(ctx, client_id, instrument))


class Picture(Response):
    media_type = comparison_chart.MEDIA_TYPE


@router.get(
    "/clients/{client_id}/measurement-changes.svg",
    operation_id="drawMeasurementChanges",
    response_class=Picture,
    responses={
        200: {
            "description": "The picture.",
            "content": {
                comparison_chart.MEDIA_TYPE: {
                    "schema": {"type": "string"},
                    "example": '<svg xmlns="http://www.w3.org/2000/svg" role="img"/>',
                }
            },
        }
    },
)
async def draw_measurement_changes(
    client_id: Id,
    ctx: Reader,
    instrument: Annotated[
        InstrumentCode, Query(description="The instrument whose profile is drawn.")
    ] = "kykyviisari",
    language: Annotated[TextLanguage, Query(description="The language of the words in it.")] = "fi",
) -> Response:
    """Draw a client's profile then and now. It is legible in greyscale, and says in words (`title` and
    `desc`) what it shows: put it into the page as it is, or give an `img` its `desc` as the text
    alternative."""
    drawn = await changes.drawn(ctx, client_id, instrument, language)
    headers = {"Content-Language": language, "Content-Security-Policy": "default-src 'none'"}
    return Picture(drawn, headers=headers)
