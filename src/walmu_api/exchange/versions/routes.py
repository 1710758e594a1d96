"""Versions of records: two operations for each kind, for every resource that has them."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BeforeValidator, Field

from walmu_api.access.context import RequestContext
from walmu_api.access.guard import GuardedRoute
from walmu_api.access.markers import requires
from walmu_api.access.resource import Resource
from walmu_api.exchange.versions import service
from walmu_api.exchange.versions.schemas import Version
from walmu_api.exchange.versions.service import VERSIONED
from walmu_api.foundation import responses
from walmu_api.foundation.openapi import WHOLE, Limit, PageCursor, gives, lists
from walmu_api.foundation.schema_types import Id, Instant, whole_number

router = APIRouter(prefix="/v1", route_class=GuardedRoute)
Number = Annotated[
    int,
    Field(ge=1, le=999_999_999, json_schema_extra={"format": "int32"}),
    BeforeValidator(whole_number),
    Path(description="Which version of the record, from 1.", examples=[1]),
]
KnownAt = Annotated[
    Instant | None,
    Query(description="Only the version that was known at that moment.", examples=["2026-10-05T10:30:00Z"]),
]


def _add(resource: Resource) -> None:
    definition = resource.definition
    right: Any = Annotated[RequestContext, requires(definition.reads)]
    key: Any = Annotated[Id, Path(alias=definition.key)]

    async def list_versions(
        request: Request,
        record_id: key,
        ctx: right,
        known_at: KnownAt = None,
        limit: Limit = WHOLE,
        cursor: PageCursor = None,
    ) -> Response:
        """List the versions of a record, oldest first; `known_at` asks for the one that was known then.
        Answers for times older than what the change feed has told are final."""
        found = await service.versions(ctx, resource, record_id)
        if known_at is not None:
            found = service.known_at(found, known_at)
        summaries = [Version.model_validate(then.summary) for then in found]
        items = (each.model_dump_json(exclude_none=True).encode() for each in summaries)
        return responses.page_of(request, items, limit, cursor)

    async def get_version(request: Request, record_id: key, version: Number, ctx: right) -> Response:
        """Read a record as it was in this version. Of a client the identity code is told with the present one
        only."""
        found = await service.versions(ctx, resource, record_id)
        then = service.one(found, version)
        return responses.record(then.body, version)

    path = f"/{definition.collection}/{{{definition.key}}}/versions"
    router.add_api_route(
        path,
        list_versions,
        operation_id=f"list{definition.name}Versions",
        tags=[definition.tag],
        responses=lists(Version),
    )
    router.add_api_route(
        f"{path}/{{version}}",
        get_version,
        operation_id=f"get{definition.name}Version",
        tags=[definition.tag],
        responses=gives(
            definition.model if definition.reduced is None else definition.model | definition.reduced,
            "The record as it was.",
        ),
    )


for _resource in VERSIONED:
    _add(_resource)
