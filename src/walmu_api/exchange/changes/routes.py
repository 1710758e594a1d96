"""The change feed: what happened since you last asked (ADR 10)."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BeforeValidator, Field

from walmu_api.access.context import RequestContext
from walmu_api.access.guard import GuardedRoute, items_cost, requires
from walmu_api.access.scopes import Scope
from walmu_api.exchange.changes import service
from walmu_api.exchange.changes.schemas import Changes, ResourceType
from walmu_api.foundation import responses
from walmu_api.foundation.journal import Cursor
from walmu_api.foundation.openapi import gives
from walmu_api.foundation.schema_types import whole_number

OfType: Any = Annotated[ResourceType | None, Query(description="Only records of this kind.")]
router = APIRouter(prefix="/v1", route_class=GuardedRoute, tags=["changes"])
FeedLimit = Annotated[
    int, Field(ge=1, le=1000, json_schema_extra={"format": "int32"}), BeforeValidator(whole_number)
]


@router.get(
    "/changes",
    operation_id="listChanges",
    responses=gives(Changes, "What changed.", etag=False),
    dependencies=[items_cost(25)],
)
async def list_changes(
    request: Request,
    ctx: Annotated[RequestContext, requires(Scope.CHANGES_READ)],
    cursor: Annotated[
        str | None,
        Query(
            description="From `next`: its cursor, or the whole link.",
            max_length=300,
            pattern=r"^[!-~]+$",
            examples=["MS43MDAuMQ"],
        ),
    ] = None,
    resource_type: OfType = None,
    limit: Annotated[FeedLimit, Query(description="Items on a page, 1–1000.")] = 200,
) -> Response:
    """Everything that changed in what you may see, oldest first, each change exactly once and in order.

    Keep `next` and ask again, about twice a second at most. Without a cursor it begins at the beginning. A
    change that is still being written holds back those after it, so that nothing is ever passed over. A
    cursor from before a restore of the database is 410 `cursor-expired`: read everything again."""
    since = Cursor.read(re.sub(r"^.*[?&]cursor=([^&]*).*$", r"\1", cursor)) if cursor is not None else None
    items, following, more = await service.page(ctx, since, limit, resource_type)
    stored = "".join(
        f"&{name}={value}"
        for name, value in request.query_params.items()
        if name in {"limit", "resource_type"}
    )
    link = f"/v1/changes?cursor={following.text()}{stored}".encode()
    body = (
        b'{"items":['
        + b",".join(items)
        + b'],"next":"'
        + link
        + b'","more":'
        + (b"true" if more else b"false")
        + b"}"
    )
    return responses.plain(body)
