"""Instruments: what may be measured with."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from walmu_api.access.context import RequestContext
from walmu_api.access.guard import RouteWithoutClientData
from walmu_api.access.markers import body, requires
from walmu_api.access.scopes import Scope
from walmu_api.foundation import responses
from walmu_api.foundation.openapi import WHOLE, IfMatch, Limit, PageCursor, gives, lists, makes
from walmu_api.record.everyday.measurements.instruments import service
from walmu_api.record.everyday.measurements.instruments.schemas import (
    Instrument,
    InstrumentCode,
    InstrumentEntry,
)

router = APIRouter(prefix="/v1", route_class=RouteWithoutClientData, tags=["measurements"])
Reader = Annotated[RequestContext, requires(Scope.MEASUREMENTS_READ)]
Writer = Annotated[RequestContext, requires(Scope.INSTRUMENTS_WRITE)]
Code = Annotated[
    InstrumentCode,
    Path(
        description="Which instrument: its code, as the list of instruments tells it.",
        examples=["kykyviisari"],
    ),
]


@router.get("/instruments", operation_id="listInstruments", responses=lists(Instrument))
async def list_instruments(
    request: Request, ctx: Reader, limit: Limit = WHOLE, cursor: PageCursor = None
) -> Response:
    """List the instruments (mittarit): those that ship with the product, then the organiser's own."""
    return responses.page_of(request, await service.wire_all(ctx.session), limit, cursor)


@router.get("/instruments/{instrument_code}", operation_id="getInstrument", responses=gives(Instrument))
async def get_instrument(instrument_code: Code, ctx: Reader) -> Response:
    """Read one instrument."""
    data, version = await service.wire_one(ctx.session, instrument_code)
    return responses.record(data, version)


@router.put("/instruments/{instrument_code}", operation_id="putInstrument", responses=makes(Instrument))
async def put_instrument(
    instrument_code: Code,
    entry: Annotated[InstrumentEntry, body(InstrumentEntry)],
    ctx: Writer,
    if_match: IfMatch = None,
) -> Response:
    """Switch on item answers or a licensed instrument, with the evidence of the owner's permission; register
    a change rule with its source; or define an instrument of the organiser's own, whose code begins with
    `own_`."""
    data, version, created = await service.put(ctx, instrument_code, entry, if_match)
    return responses.record(
        data, version, created_at=f"/v1/instruments/{instrument_code}" if created else None
    )
