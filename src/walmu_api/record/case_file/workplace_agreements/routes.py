"""What workplaces get of agreements."""

import hashlib
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from walmu_api.access.context import RequestContext
from walmu_api.access.guard import GuardedRoute
from walmu_api.access.markers import requires
from walmu_api.access.scopes import Scope
from walmu_api.foundation import records, responses
from walmu_api.foundation.openapi import Limit, PageCursor, gives, lists
from walmu_api.foundation.schema_types import Id
from walmu_api.record.case_file.workplace_agreements import service
from walmu_api.record.case_file.workplace_agreements.schemas import SafetyAndSupport, WorkplaceAgreement
from walmu_api.record.commitments.agreements.tables import AgreementRow

router = APIRouter(prefix="/v1", route_class=GuardedRoute, tags=["workplace agreements"])
Reader = Annotated[RequestContext, requires(Scope.WORKPLACE_AGREEMENTS_READ)]


@router.get(
    "/workplace-agreements", operation_id="listWorkplaceAgreements", responses=lists(WorkplaceAgreement)
)
async def list_workplace_agreements(
    request: Request,
    ctx: Reader,
    client_id: Annotated[Id | None, Query(description="Only this client's.")] = None,
    limit: Limit = 50,
    cursor: PageCursor = None,
) -> Response:
    """List what your workplace gets of its agreements; organiser and provider see what their workplaces get.

    A workplace reads an agreement once it is offered or signed, until its last day or that of the service
    relationship."""
    statement = service.annexes(ctx)
    if client_id is not None:
        statement = statement.where(AgreementRow.client_id == client_id)
    rows, following = await records.page(ctx.session, AgreementRow, statement, limit, cursor)
    return responses.page(request, await service.wires(ctx, rows), following)


@router.get(
    "/workplace-agreements/{workplace_agreement_id}",
    operation_id="getWorkplaceAgreement",
    responses=gives(WorkplaceAgreement),
)
async def get_workplace_agreement(workplace_agreement_id: Id, ctx: Reader) -> Response:
    """Read what the workplace gets of one agreement; the id is the agreement's."""
    statement = service.annexes(ctx).where(AgreementRow.id == workplace_agreement_id)
    row = await records.find(ctx.session, statement)
    (body,) = await service.wires(ctx, [row])
    # over the bytes that are sent: the name comes and goes with a permission, without a version of the agreement
    return responses.record(body, hashlib.sha256(body).hexdigest()[:32])


@router.get(
    "/workplace-agreements/{workplace_agreement_id}/safety-and-support",
    operation_id="listSafetyAndSupport",
    responses=gives(SafetyAndSupport, "The items.", etag=False),
)
async def list_safety_and_support(workplace_agreement_id: Id, ctx: Reader) -> Response:
    """Read what the client wants the instructors of the place to know.

    That is what helps the client to be safe and to manage, such as first aid in a seizure or an allergy. A workplace
    gets the items whose permission names the acting person (claim `act` of the client assertion); without one it is
    403 `acting-person-needed`. Ask each time: an item ends with its permission, at once."""
    return responses.plain(await service.safety_and_support(ctx, workplace_agreement_id))
