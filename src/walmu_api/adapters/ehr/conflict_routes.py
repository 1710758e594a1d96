"""Where the record system moved a decision on which agreements hang: the organiser sees it and settles it."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from walmu_api.access.context import RequestContext
from walmu_api.access.guard import GuardedRoute
from walmu_api.access.markers import body, idempotent_correction, requires
from walmu_api.access.scopes import Scope
from walmu_api.adapters.ehr import conflicts
from walmu_api.adapters.ehr.schemas import ConflictState, EhrConflict, EhrConflictSettling
from walmu_api.foundation import responses
from walmu_api.foundation.openapi import IfMatch, Limit, PageCursor, gives, lists
from walmu_api.foundation.schema_types import Id

router = APIRouter(prefix="/v1", route_class=GuardedRoute, tags=["exchange"])
Reader = Annotated[RequestContext, requires(Scope.EHR_CONFLICTS_READ)]
Writer = Annotated[RequestContext, requires(Scope.EHR_CONFLICTS_WRITE)]


@router.get("/ehr/conflicts", operation_id="listEhrConflicts", responses=lists(EhrConflict))
async def list_conflicts(
    request: Request,
    ctx: Reader,
    state: Annotated[ConflictState | None, Query(description="Only in this state.")] = None,
    limit: Limit = 100,
    cursor: PageCursor = None,
) -> Response:
    """List decisions that the record system moved while agreements hang on them."""
    rows = await conflicts.listing(ctx, state=state, after=responses.after(cursor), limit=limit + 1)
    following = responses.key_text(rows[limit - 1]["id"]) if len(rows) > limit else None
    return responses.page(request, [conflicts.wire(ctx, row) for row in rows[:limit]], following)


@router.get("/ehr/conflicts/{conflict_id}", operation_id="getEhrConflict", responses=gives(EhrConflict))
async def get_conflict(conflict_id: Id, ctx: Reader) -> Response:
    """Read one conflict."""
    row = await conflicts.find(ctx, conflict_id)
    return responses.record(conflicts.wire(ctx, row), row["version"])


@router.post(
    "/ehr/conflicts/{conflict_id}/settle",
    operation_id="settleEhrConflict",
    responses=gives(EhrConflict),
    dependencies=[idempotent_correction],
)
async def settle_conflict(
    conflict_id: Id,
    settling: Annotated[EhrConflictSettling, body(EhrConflictSettling)],
    ctx: Writer,
    if_match: IfMatch = None,
) -> Response:
    """Decide whose word holds; agreements that were held are free once that is carried out.

    `ours`: the decision stays as it is; mend it in the record system too, or its next version of it is a conflict again.
    `theirs`: the decision is changed within seconds, as anything from the inbox, and the agreements are held until then; when
    it cannot be, the conflict is `open` again. The agreements and days made under it stay
    with their client and have no decision any more: each day has a `finding` until it is corrected, or its agreement names
    another decision. A verdict stands. One that was wrong is put right in the record system: it says the decision again as it
    should be, which is a new conflict, and that is settled as `theirs`. Needs If-Match (428 without); 409 `conflict` when it is settled in another way already."""
    row = await conflicts.settle(ctx, conflict_id, settling, if_match)
    return responses.record(conflicts.wire(ctx, row), row["version"])
