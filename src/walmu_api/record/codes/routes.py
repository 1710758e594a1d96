"""Code systems: the words that fields may hold, in three languages."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic_core import to_json

from walmu_api.access.guard import Caller, GuardedRoute, requires
from walmu_api.access.scopes import Scope
from walmu_api.foundation import answers
from walmu_api.foundation.openapi import Page, gives
from walmu_api.foundation.problems import NOT_FOUND
from walmu_api.foundation.wire import Day
from walmu_api.record.codes import service
from walmu_api.record.codes.rules import CodeList
from walmu_api.record.codes.schemas import CodeLabel, CodeSystem

router = APIRouter(prefix="/v1", route_class=GuardedRoute)
Reader = Annotated[Caller, requires(Scope.CODES_READ)]
ValidAt = Annotated[Day | None, Query(description="Only codes valid on this day.")]


def _wire(found: CodeList, valid_at: Day | None) -> dict[str, object]:
    codes = [c for c in found.codes.values() if valid_at is None or c.valid_on(valid_at)]
    told = CodeSystem(
        name=found.name,
        verified=found.verified,
        source=found.source,
        codes=[CodeLabel.model_validate(c) for c in codes],
    )
    return told.model_dump(mode="json", exclude_none=True)


@router.get(
    "/code-systems",
    operation_id="listCodeSystems",
    tags=["codes"],
    responses=gives(Page[CodeSystem], "All of them.", etag=False),
)
async def list_code_systems(caller: Reader, valid_at: ValidAt = None) -> Response:
    """List the code systems known here, with their codes."""
    items = [_wire(found, valid_at) for found in service.code_lists().values()]
    return answers.plain(to_json({"items": items, "next": None}))


@router.get(
    "/code-systems/{name}",
    operation_id="getCodeSystem",
    tags=["codes"],
    responses=gives(CodeSystem, "The code system.", etag=False),
)
async def get_code_system(
    name: Annotated[
        str, Path(description="Our name or the OID.", examples=["absence_reason"], pattern=r"^[a-z0-9_.:]{1,80}$")
    ],
    caller: Reader,
    valid_at: ValidAt = None,
) -> Response:
    """Read one code system."""
    found = service.find(name)
    if found is None:
        raise NOT_FOUND()
    return answers.plain(to_json(_wire(found, valid_at)))
