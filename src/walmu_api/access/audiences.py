"""What an audience reads: the views that resources declare, applied where answers leave the service.

The guard passes every answer through `shown`, whatever operation made it: records, lists, versions, acts, answers
kept for an Idempotency-Key. The change feed passes its records through `record_shown`. Nothing else applies a view, or
leaves out what is withheld from providers and workplaces (`foundation/withholding.py`).

ADR 41, 44."""

from collections.abc import Iterable
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
from pydantic import BaseModel
from pydantic_core import from_json, to_json
from starlette.responses import Response

from walmu_api.access.caller import Caller
from walmu_api.access.context import RequestContext
from walmu_api.access.resource import SEES, VIEWS
from walmu_api.access.visibility import parameters
from walmu_api.foundation import responses
from walmu_api.foundation.content_types import Content, Rewriting, in_members, rewriting_in
from walmu_api.foundation.problems import NOT_FOUND
from walmu_api.foundation.statements import Statement
from walmu_api.foundation.withholding import Readers, with_hidden, withholds, without_withheld

M = TypeVar("M", bound=BaseModel)

_PROTECTED = Statement("""
select p.client_id, p.is_protected, p.renamed, exists (select from client_access a
        where a.organiser_id = p.organiser_id and a.client_id = p.client_id and a.organisation_id = :organisation
          and a.starts_on <= :today and coalesce(a.ends_on, :today) >= :today) as served
    from protected_clients p where p.organiser_id = :organiser and (p.is_protected or p.renamed) and p.client_id = any(:ids)
""")


async def shown(ctx: RequestContext, model: Any, response: Response) -> Response:
    """The answer as the caller may read it, given the model that its operation declares."""
    if not _narrows(ctx, model) or not responses.holds_json(response):
        return response
    readers = await readers_of(ctx, ctx.session.clients_seen if withholds(model) else ())
    body = record_shown(ctx, model, bytes(response.body), readers)
    headers = {name: value for name, value in response.headers.items() if name != "content-length"}
    return Response(body, response.status_code, headers, response.media_type)


async def shown_again(ctx: RequestContext, model: Any, response: Response) -> Response:
    """A kept answer as the caller may read it now; 404 where the caller may not see its record any more."""
    if ctx.tenant_scope is not None and not await SEES[model](ctx, from_json(bytes(response.body))):
        raise NOT_FOUND()
    return await shown(ctx, model, response)


def record_shown(ctx: RequestContext, model: Any, body: bytes, readers: Readers) -> bytes:
    """Content of this type as the caller may read it."""
    if not _narrows(ctx, model):
        return body
    content = from_json(body)
    if ctx.tenant_scope is not None:
        content = without_withheld(model, content, readers)
    view = _view(model, ctx.caller.system.role)
    return to_json(content if view is None else view(content, ctx.caller))


def _narrows(ctx: RequestContext, model: Any) -> bool:
    """Whether the caller may read less of content of this type than there is."""
    withheld = ctx.tenant_scope is not None and withholds(model)
    return withheld or _view(model, ctx.caller.system.role) is not None


async def readers_of(ctx: RequestContext, clients: Iterable[UUID]) -> Readers:
    """The caller as a reader of content about these clients."""
    clients = set(clients)
    rows = await _withheld_of(ctx, clients)
    return Readers(
        str(ctx.caller.organisation_id),
        {*map(str, clients)},
        {str(row["client_id"]) for row in rows if row["is_protected"]},
        {str(row["client_id"]) for row in rows if row["is_protected"] and row["served"]},
        {str(row["client_id"]) for row in rows if row["renamed"]},
    )


async def is_protected(ctx: RequestContext, client_id: UUID) -> bool:
    """Whether this client has turvakielto, or contacts that are secret, for a caller from whom something is withheld."""
    return any(row["is_protected"] for row in await _withheld_of(ctx, {client_id}))


async def _withheld_of(ctx: RequestContext, client_ids: set[UUID]) -> list[asyncpg.Record]:
    """Those of these clients who are protected or have been renamed, and whether the caller serves them today; asked only
    for callers from whom something is withheld. A workplace sees no row of clients, and this list stands apart for it."""
    if ctx.tenant_scope is None or not client_ids:
        return []
    return await ctx.session.fetch(_PROTECTED, ids=list(client_ids), **parameters(ctx))


async def keeping_hidden(ctx: RequestContext, entry: M, client_id: UUID, stored: Content) -> M:
    """An entry that is to stand in the place of stored content: what its sender does not read stays as it is stored, so
    that a PUT neither erases nor finds out what is hidden."""
    model = type(entry)
    if ctx.tenant_scope is None or not withholds(model):
        return entry
    readers = await readers_of(ctx, {client_id})
    sent = entry.model_dump(mode="json", exclude_none=True)
    seen = [without_withheld(model, content, readers) for content in (sent, stored)]
    if seen == [sent, stored]:
        return entry
    return model.model_validate_json(to_json(with_hidden(sent, seen[0], stored, seen[1])))


def may_name_actor(caller: Caller, organisation_id: UUID) -> bool:
    """Whether the caller is told which person acted: a workplace only of its own people."""
    return caller.system.role != "workplace" or caller.organisation_id == organisation_id


def without_acts_of_others(content: Content, caller: Caller) -> Content:
    """A record for a workplace: of what another organisation did to it, neither the person nor the reason."""
    recorder = content["recorded_by"]
    if may_name_actor(caller, UUID(recorder["organisation_id"])):
        return content
    recorder = {name: value for name, value in recorder.items() if name != "person"}
    data = {name: value for name, value in content.items() if name not in {"void_reason", "status_reason"}}
    return data | {"recorded_by": recorder}


@cache
def _view(annotation: Any, role: str) -> Rewriting | None:
    """What this role reads of content of this type; None where nothing in it has a view for the role."""
    return rewriting_in(annotation, lambda model: VIEWS.get(model, {}).get(role) or _of_members(model, role))


def _of_members(model: type[BaseModel], role: str) -> Rewriting | None:
    inner = in_members(model, lambda annotation: _view(annotation, role))
    if not inner:
        return None

    def members(content: Content, caller: Caller) -> Content:
        return {
            name: inner[name](value, caller) if name in inner else value for name, value in content.items()
        }

    return members
