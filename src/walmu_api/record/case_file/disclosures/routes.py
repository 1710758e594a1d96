"""Reading the disclosure log: the organiser's and its auditor's view. Reading is in the use log."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from walmu_api.access.context import RequestContext
from walmu_api.access.guard import GuardedRoute
from walmu_api.access.markers import requires
from walmu_api.access.scopes import Scope
from walmu_api.foundation import responses
from walmu_api.foundation.openapi import Limit, PageCursor, gives, lists
from walmu_api.foundation.problems import check_order, refuse
from walmu_api.foundation.schema_types import Day, Id
from walmu_api.record.case_file.disclosures import service
from walmu_api.record.case_file.disclosures.schemas import Disclosure
from walmu_api.record.case_file.disclosures.tables import DisclosureRow

router = APIRouter(prefix="/v1", route_class=GuardedRoute, tags=["disclosures"])
Reader = Annotated[RequestContext, requires(Scope.DISCLOSURES_READ)]


@router.get("/disclosures", operation_id="listDisclosures", responses=lists(Disclosure))
async def list_disclosures(
    request: Request,
    ctx: Reader,
    client_id: Annotated[Id | None, Query(description="Only what was disclosed of this client.")] = None,
    from_: Annotated[
        Day | None,
        Query(alias="from", description="From this day on, itself included; days are those of Finland."),
    ] = None,
    to: Annotated[Day | None, Query(description="Up to this day, itself included.")] = None,
    limit: Limit = 50,
    cursor: PageCursor = None,
) -> Response:
    """To whom what was disclosed, when, why and by what right, oldest first.

    Each answer that carries client data to a workplace is here, whatever operation it asked: a row for each client and
    basis. The same content to the same person on the same day is logged once."""
    refuse(check_order(from_, to, "/query/to"))
    statement = await service.listing(ctx, client_id=client_id, from_=from_, to=to)
    if (key := responses.after(cursor)) is not None:
        statement = statement.where(DisclosureRow.id > key)
    rows = (await ctx.session.orm.scalars(statement.order_by(DisclosureRow.id).limit(limit + 1))).all()
    following = responses.key_text(rows[limit - 1].id) if len(rows) > limit else None
    return responses.page(request, [service.wire(ctx.session, row) for row in rows[:limit]], following)


@router.get("/disclosures/{disclosure_id}", operation_id="getDisclosure", responses=gives(Disclosure))
async def get_disclosure(disclosure_id: Id, ctx: Reader) -> Response:
    """Read one row of the disclosure log."""
    row = await service.find(ctx, disclosure_id)
    return responses.record(service.wire(ctx.session, row), 1)
