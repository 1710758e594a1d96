"""The change feed: what happened since you last asked (ADR 10)."""

import re
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BeforeValidator, Field

from walmu_api.access.context import RequestContext
from walmu_api.access.guard import GuardedRoute
from walmu_api.access.markers import requires
from walmu_api.access.scopes import Scope
from walmu_api.exchange.changes import service
from walmu_api.exchange.changes.schemas import Changes, ResourceType
from walmu_api.foundation import responses
from walmu_api.foundation.journal import Cursor
from walmu_api.foundation.locales import Reason
from walmu_api.foundation.openapi import gives
from walmu_api.foundation.problems import INVALID_VALUE, invalid
from walmu_api.foundation.schema_types import Instant, whole_number

ONE_START = Reason("one-start")
OfType: Any = Annotated[ResourceType | None, Query(description="Only records of this kind.")]
router = APIRouter(prefix="/v1", route_class=GuardedRoute, tags=["changes"])
FeedLimit = Annotated[
    int, Field(ge=1, le=1000, json_schema_extra={"format": "int32"}), BeforeValidator(whole_number)
]


@router.get("/changes", operation_id="listChanges", responses=gives(Changes, "What changed.", etag=False))
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
    since: Annotated[
        Instant | None,
        Query(
            description="Begin here instead: before everything that was recorded at this instant or later. Not with `cursor`.",
            examples=["2026-11-30T06:00:00Z"],
        ),
    ] = None,
    from_: Annotated[
        Literal["now"] | None,
        Query(
            alias="from",
            description="`now`: begin with what is recorded from now on. Not with `cursor` or `since`.",
        ),
    ] = None,
    resource_type: OfType = None,
    limit: Annotated[FeedLimit, Query(description="Items on a page at most, 1–1000.")] = 200,
) -> Response:
    """Everything that changed in what you may see, oldest first, each change exactly once and in order.

    Keep `next` and ask again, about twice a second at most. Without a cursor it begins at the beginning, with
    `since` at an instant: changes of up to some hour before it may come too, and none after it is ever left out.
    `from=now` gives an empty page whose `next` goes on from here. A
    change that is still being written holds back those after it, so that nothing is ever passed over. A
    cursor from before a restore of the database is 410 `cursor-expired`: read everything again."""
    given = {"cursor": cursor, "since": since, "from": from_}
    several = [name for name, value in given.items() if value is not None][1:]
    if several:
        raise invalid(*(INVALID_VALUE.at(f"/query/{name}", reason=ONE_START) for name in several))
    begin: service.Start = since or from_
    if cursor is not None:
        begin = Cursor.read(re.sub(r"^.*[?&]cursor=([^&]*).*$", r"\1", cursor))
    items, following, more = await service.page(ctx, begin, limit, resource_type)
    stored = "".join(
        f"&{name}={value}"
        for name, value in request.query_params.items()
        if name in {"limit", "resource_type"}
    )
    key = following.text()
    link = f"/v1/changes?cursor={key}{stored}"
    end = f'],"next":"{link}","next_cursor":"{key}","more":{"true" if more else "false"}}}'
    return responses.plain(b'{"items":[' + b",".join(items) + end.encode())
