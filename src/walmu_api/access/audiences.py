"""What an audience reads: the views that resources declare, applied where answers leave the service.

The guard passes every answer through `shown`, whatever operation made it: records, lists, versions, acts, answers
kept for an Idempotency-Key. The change feed passes its records through `record_shown`. Nothing else applies a view.

ADR 41."""

from collections.abc import Callable
from functools import cache
from typing import Any, get_args
from uuid import UUID

from pydantic import BaseModel
from pydantic_core import from_json, to_json
from starlette.responses import Response

from walmu_api.access.caller import Caller
from walmu_api.access.resource import VIEWS
from walmu_api.foundation import responses

Narrowing = Callable[[Any, Caller], Any]


def shown(caller: Caller, model: Any, response: Response) -> Response:
    """The answer as this caller may read it, given the model that its operation declares."""
    narrowing = _narrowing(model, caller.system.role)
    if narrowing is None or response.media_type != responses.JSON or not response.body:
        return response
    headers = {name: value for name, value in response.headers.items() if name != "content-length"}
    body = to_json(narrowing(from_json(bytes(response.body)), caller))
    return Response(body, response.status_code, headers, response.media_type)


def record_shown(caller: Caller, model: type[BaseModel], body: bytes) -> bytes:
    """One record as this caller may read it."""
    view = VIEWS.get(model, {}).get(caller.system.role)
    return body if view is None else to_json(view(from_json(body), caller))


def may_name_actor(caller: Caller, organisation_id: UUID) -> bool:
    """Whether the caller is told which person acted: a workplace only of its own people."""
    return caller.system.role != "workplace" or caller.organisation_id == organisation_id


def without_acts_of_others(content: dict[str, Any], caller: Caller) -> dict[str, Any]:
    """A record for a workplace: of what another organisation did to it, neither the person nor the reason."""
    recorder = content["recorded_by"]
    if may_name_actor(caller, UUID(recorder["organisation_id"])):
        return content
    recorder = {name: value for name, value in recorder.items() if name != "person"}
    data = {name: value for name, value in content.items() if name not in {"void_reason", "status_reason"}}
    return data | {"recorded_by": recorder}


@cache
def _narrowing(model: Any, role: str) -> Narrowing | None:
    """What has to be done with content of this type; None where nothing in it has a view for the role."""
    if isinstance(model, type) and issubclass(model, BaseModel):
        view = VIEWS.get(model, {}).get(role)
        return view if view is not None else _of_members(model, role)
    found = [inner for each in get_args(model) if (inner := _narrowing(each, role)) is not None]
    if not found:
        return None
    (one,) = found

    def each_of(content: Any, caller: Caller) -> Any:
        if isinstance(content, list):
            return [one(item, caller) for item in content]
        return content if content is None else one(content, caller)

    return each_of


def _of_members(model: type[BaseModel], role: str) -> Narrowing | None:
    annotations: dict[str, Any] = {name: member.annotation for name, member in model.model_fields.items()}
    inner = {
        name: narrowing
        for name, annotation in annotations.items()
        if (narrowing := _narrowing(annotation, role)) is not None
    }
    if not inner:
        return None

    def members(content: Any, caller: Caller) -> Any:
        return {
            name: inner[name](value, caller) if name in inner else value for name, value in content.items()
        }

    return members
