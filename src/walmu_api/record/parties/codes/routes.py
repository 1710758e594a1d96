"""Code systems: the words that fields may hold, in three languages, and the organiser's own additions."""

import hashlib
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic_core import to_json

from walmu_api.access.context import RequestContext
from walmu_api.access.guard import RouteWithoutClientData
from walmu_api.access.markers import body, requires
from walmu_api.access.scopes import Scope
from walmu_api.foundation import responses
from walmu_api.foundation.openapi import WHOLE, IfMatch, Limit, Page, PageCursor, gives, makes
from walmu_api.foundation.schema_types import Day
from walmu_api.record.parties.codes import service
from walmu_api.record.parties.codes.rules import CodeList
from walmu_api.record.parties.codes.schemas import CodeSystem, OwnCode, OwnCodeEntry, OwnCodeWord

router = APIRouter(prefix="/v1", route_class=RouteWithoutClientData, tags=["codes"])
Reader = Annotated[RequestContext, requires(Scope.CODES_READ)]
Writer = Annotated[RequestContext, requires(Scope.CODES_WRITE)]
ValidAt = Annotated[Day | None, Query(description="Only codes valid on this day.")]
Name = Annotated[
    str,
    Path(
        description="Our name, or the OID, with or without `urn:oid:`; the change feed names a code system "
        "by an id.",
        examples=["absence_reason"],
        pattern=r"^[a-z0-9_.:-]{1,120}$",
    ),
]
TheCode = Annotated[
    OwnCodeWord, Path(description="One code of the list, as records say it.", examples=["funeral"])
]
SHOWN_WHOLE = 200


def _wire(found: CodeList, valid_at: Day | None, most: int | None = None) -> dict[str, Any]:
    codes = [c for c in found.codes.values() if valid_at is None or c.valid_on(valid_at)]
    data: dict[str, Any] = {
        "name": found.name,
        "oid": found.oid,
        "system": found.system,
        "title": found.title or None,
        "version": found.version,
        "valid_from": found.valid_from,
        "verified": found.verified,
        "additions": found.additions,
        "source": found.source,
        "code_count": len(codes),
    }
    if most is None or len(codes) <= most:
        data["codes"] = [
            {name: value for name, value in asdict(c).items() if value is not None} for c in codes
        ]
    return {name: value for name, value in data.items() if value is not None}


def _marked(response: Response) -> Response:
    """With an ETag made of the content: labels change with a new version of the product too."""
    tag = hashlib.sha256(bytes(response.body)).hexdigest()[:32]
    response.headers["ETag"] = f'"{tag}"'
    return response


@router.get(
    "/code-systems",
    operation_id="listCodeSystems",
    responses=gives(Page[CodeSystem], "A page, in a stable order.", "Link"),
)
async def list_code_systems(
    request: Request, ctx: Reader, valid_at: ValidAt = None, limit: Limit = WHOLE, cursor: PageCursor = None
) -> Response:
    """List the code systems known here, with their codes where they are not many. Keep the ETag: with
    If-None-Match the same again is 304."""
    lists = await service.book_now(ctx.session)
    items = (to_json(_wire(found, valid_at, SHOWN_WHOLE)) for found in lists.values())
    return _marked(responses.page_of(request, items, limit, cursor))


@router.get(
    "/code-systems/{name}", operation_id="getCodeSystem", responses=gives(CodeSystem, "The code system.")
)
async def get_code_system(name: Name, ctx: Reader, valid_at: ValidAt = None) -> Response:
    """Read one code system with all of its codes."""
    return _marked(responses.plain(to_json(_wire(await service.find(ctx.session, name), valid_at))))


@router.get(
    "/code-systems/{name}/codes/{code}", operation_id="getCode", responses=gives(OwnCode, "The code.")
)
async def get_code(name: Name, code: TheCode, ctx: Reader) -> Response:
    """Read one code, as it ships or as the organiser says it."""
    data, version = await service.find_code(ctx.session, name, code)
    return responses.record(data, version)


@router.put("/code-systems/{name}/codes/{code}", operation_id="putCode", responses=makes(OwnCode))
async def put_code(
    name: Name,
    code: TheCode,
    entry: Annotated[OwnCodeEntry, body(OwnCodeEntry)],
    ctx: Writer,
    if_match: IfMatch = None,
) -> Response:
    """Add a code of the organiser's own, or say one that is there otherwise (under If-Match); only in lists
    with `additions`. It may be used at once. A code that is no longer wanted is ended with `valid_to`: what
    was recorded with it stays."""
    created = await service.put_code(ctx.session, ctx.actor, name, code, entry, if_match)
    data, version = await service.find_code(ctx.session, name, code)
    location = f"/v1/code-systems/{name}/codes/{code}" if created else None
    return responses.record(data, version, created_at=location)
