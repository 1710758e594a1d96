"""What an audience reads: the views that resources declare, applied where answers leave the service.

The guard passes every answer through `shown`, whatever operation made it: records, lists, versions, acts, answers
kept for an Idempotency-Key. The change feed passes its records through `record_shown`. Nothing else applies a view, or
leaves out what is withheld from providers and workplaces (`foundation/withholding.py`).

ADR 41, 44."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, get_args
from uuid import UUID

from pydantic import BaseModel
from pydantic_core import from_json, to_json
from starlette.responses import Response

from walmu_api.access.caller import Caller
from walmu_api.access.context import RequestContext
from walmu_api.access.resource import VIEWS
from walmu_api.foundation import responses
from walmu_api.foundation.statements import Statement
from walmu_api.foundation.withholding import Readers, withholds, without_withheld

Narrowing = Callable[[Any, Caller], Any]


_PROTECTED = Statement("""
select client_id from protected_clients where organiser_id = :organiser and is_protected
    and client_id = any(:ids)
""")


async def shown(ctx: RequestContext, model: Any, response: Response) -> Response:
    """The answer as the caller may read it, given the model that its operation declares."""
    view, withheld = _narrowing(model, ctx.caller.system.role), _is_withheld_from(ctx, model)
    if not (view or withheld) or not responses.holds_json(response):
        return response
    content = from_json(bytes(response.body))
    if withheld:
        content = without_withheld(model, content, await readers_of(ctx, ctx.session.clients_seen))
    if view is not None:
        content = view(content, ctx.caller)
    headers = {name: value for name, value in response.headers.items() if name != "content-length"}
    return Response(to_json(content), response.status_code, headers, response.media_type)


def record_shown(ctx: RequestContext, model: type[BaseModel], body: bytes, readers: Readers) -> bytes:
    """One record as the caller may read it."""
    view, withheld = VIEWS.get(model, {}).get(ctx.caller.system.role), _is_withheld_from(ctx, model)
    if not (view or withheld):
        return body
    content = from_json(body)
    if withheld:
        content = without_withheld(model, content, readers)
    return to_json(content if view is None else view(content, ctx.caller))


async def readers_of(ctx: RequestContext, clients: Iterable[UUID]) -> Readers:
    """The caller as a reader of content about these clients."""
    clients = set(clients)
    protected = await protected_clients(ctx, clients)
    return Readers(str(ctx.caller.organisation_id), {*map(str, clients)}, {*map(str, protected)})


async def protected_clients(ctx: RequestContext, client_ids: set[UUID]) -> set[UUID]:
    """Which of these clients have turvakielto, or contacts that are secret; asked only for callers from whom something is
    withheld. A workplace sees no row of clients, and the list of the protected stands apart for it."""
    if ctx.tenant_scope is None or not client_ids:
        return set()
    found = await ctx.session.fetch(_PROTECTED, organiser=ctx.organiser_id, ids=list(client_ids))
    return {row["client_id"] for row in found}


def _is_withheld_from(ctx: RequestContext, model: Any) -> bool:
    return ctx.tenant_scope is not None and withholds(model)


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
