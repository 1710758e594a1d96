"""One sees at once how it goes: of a client, and of a unit."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from walmu_api.access.context import RequestContext
from walmu_api.access.guard import GuardedRoute
from walmu_api.access.markers import heavy, requires
from walmu_api.access.scopes import Scope
from walmu_api.foundation import responses
from walmu_api.foundation.openapi import gives
from walmu_api.foundation.pages import XHTML, documented
from walmu_api.foundation.problems import invalid
from walmu_api.foundation.schema_types import Id
from walmu_api.record.everyday.attendance.rules import DAY_IN_FUTURE
from walmu_api.reports.overview import service, units
from walmu_api.reports.overview.page import rendering
from walmu_api.reports.overview.schemas import ClientOverview, Month
from walmu_api.reports.overview.unit_schemas import UnitOverview

router = APIRouter(prefix="/v1", route_class=GuardedRoute, tags=["overview"])
PAGE = documented(
    "The same as a readable page with pictures (SVG) and text alternatives, in Finnish or Swedish; with "
    "`fi-x-selko` in "
    "Accept-Language easy-Finnish labels where they exist.",
    "Tilannekuva",
)


@router.get(
    "/clients/{client_id}/overview",
    operation_id="getClientOverview",
    responses=gives(ClientOverview, "The client at a glance.", etag=False, also=PAGE),
    dependencies=[heavy],
)
async def get_client_overview(
    request: Request, client_id: Id, ctx: Annotated[RequestContext, requires(Scope.CLIENTS_READ)]
) -> Response:
    """Read how it goes with a client: attendance of the last twelve months day by day with reasons, how
    ratings and measurements have moved, goals with their evaluations, the latest diary entries, who is
    responsible, what is in force and ends next, and the path so far.

    Each part needs the right to read what it is made of; without it the part is left out."""
    overview, shown = await service.of_client(ctx, client_id)
    if request.state.answer_type == XHTML:
        return await rendering.client_page(request, ctx.session, overview, shown)
    return responses.plain(overview.model_dump_json(exclude_none=True).encode())


@router.get(
    "/units/{unit_id}/overview",
    operation_id="getUnitOverview",
    responses=gives(UnitOverview, "The month.", etag=False, also=PAGE),
    dependencies=[heavy],
)
async def get_unit_overview(
    request: Request,
    unit_id: Id,
    ctx: Annotated[RequestContext, requires(Scope.SERVICE_RELATIONSHIPS_READ)],
    month: Annotated[Month | None, Query(description="The month; left out, this one. It has begun.")] = None,
) -> Response:
    """Read how a month went at a unit: attended, absent by reason, days by service, who has not been
    reported.

    A client belongs to the unit that the service relationship names. Employment has no attendance."""
    if month is not None and month > f"{ctx.today:%Y-%m}":
        raise invalid(DAY_IN_FUTURE.at("/query/month"))
    overview = await units.of_unit(ctx, unit_id, month)
    if request.state.answer_type == XHTML:
        return await rendering.unit_page(request, ctx.session, overview)
    return responses.plain(overview.model_dump_json(exclude_none=True).encode())
