"""The operations that resources kept in the store of documents have in common, and how such a resource is
declared.

`standard_routes` makes list, record, get, replace and void from a definition. Verbs of a resource's own are
written out in its `routes.py`, on the same router (ADR 31)."""

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from sqlalchemy import Select, func

from walmu_api.access import audiences
from walmu_api.access.context import RequestContext
from walmu_api.access.guard import GuardedRoute
from walmu_api.access.markers import body, idempotent_action, idempotent_create, requires
from walmu_api.access.resource import Present, Resource, ResourceDefinition
from walmu_api.access.scopes import Scope
from walmu_api.foundation import preconditions
from walmu_api.foundation.content_types import Content
from walmu_api.foundation.openapi import IfMatch, Limit, PageCursor, gives, lists, makes
from walmu_api.foundation.schema_types import Id
from walmu_api.record.case_file.documents import filters, responses, service
from walmu_api.record.case_file.documents.schemas import Voiding
from walmu_api.record.case_file.documents.tables import DocumentRow

FILTERS: dict[str, Any] = {
    "client_id": filters.ClientId,
    "service_relationship_id": filters.RelationshipId,
    "agreement_id": filters.AgreementId,
    "case_id": filters.CaseId,
    "status": filters.Status,
    "from_": filters.From,
    "to": filters.To,
    "source_id": filters.Source,
}
"""The filters that a list may have, with their query parameters."""
_ALWAYS = ("client_id", "status", "from_", "to", "source_id")
Void = Callable[[RequestContext, DocumentRow, str], Awaitable[DocumentRow]]


def standard_routes(
    definition: ResourceDefinition,
    *,
    writes: Scope,
    docs: Mapping[str, str],
    record: Callable[..., Awaitable[tuple[DocumentRow, bool]]] | None = None,
    replace: Callable[..., Awaitable[DocumentRow]] | None = None,
    void: Void = service.void,
    narrowed_by: Sequence[str] = (),
    content_filters: Mapping[str, Any] | None = None,
) -> APIRouter:
    """A router with those of list, record, get, replace and void for which `docs` has a description; their
    operationIds follow from the names of collection and model.

    A list has the filters that all such lists have, those of `narrowed_by` (names in `FILTERS`), and
    `content_filters`: members of the content with their query parameters, given back only where they are
    equal."""
    router = APIRouter(prefix="/v1", route_class=GuardedRoute, tags=[definition.tag])
    path, name = f"/{definition.collection}", definition.name
    plural = "".join(word.capitalize() for word in definition.collection.split("-"))
    reader: Any = Annotated[RequestContext, requires(definition.reads)]
    writer: Any = Annotated[RequestContext, requires(writes)]
    entry_body: Any = Annotated[definition.entry, body(definition.entry)]
    key: Any = Annotated[Id, Path(alias=definition.key)]
    of_content = content_filters or {}

    async def list_records(
        request: Request, ctx: reader, limit: Limit = 50, cursor: PageCursor = None, **narrowing: Any
    ) -> Response:
        by_content = {member: narrowing.pop(member) for member in of_content}
        statement = service.listing(ctx, definition, **narrowing)
        for member, value in by_content.items():
            statement = _with_content_value(ctx, statement, member, value)
        return await responses.page(request, ctx, definition, statement, limit, cursor)

    async def record_one(entry: entry_body, ctx: writer) -> Response:
        assert record is not None
        row, created = await record(ctx, entry)
        return await responses.record(ctx, definition, row, created=created)

    async def get_one(record_id: key, ctx: reader) -> Response:
        return await responses.record(ctx, definition, await service.find(ctx, definition, record_id))

    async def replace_one(
        record_id: key, entry: entry_body, ctx: writer, if_match: IfMatch = None
    ) -> Response:
        assert replace is not None
        row = await service.find(ctx, definition, record_id, lock=True)
        service.require_own_words(ctx, row)
        entry = await audiences.keeping_hidden(ctx, entry, row.client_id, service.entry_of(ctx, row))
        return await responses.record(ctx, definition, await replace(ctx, row, entry, if_match))

    async def void_one(
        record_id: key, voiding: Annotated[Voiding, body(Voiding)], ctx: writer, if_match: IfMatch = None
    ) -> Response:
        row = await service.find(ctx, definition, record_id, lock=True)
        preconditions.require_if_given(if_match, row.version)
        return await responses.record(ctx, definition, await void(ctx, row, voiding.reason))

    shown = {each: FILTERS[each] for each in FILTERS if each in {*_ALWAYS, *narrowed_by}}
    _take(list_records, dict(of_content) | shown)
    one = f"{path}/{{{definition.key}}}"
    recorded, replaced = [idempotent_create], [idempotent_action]
    model = definition.model
    routes: dict[str, tuple[str, Any, str, str, dict[str, Any]]] = {
        "list": ("GET", list_records, path, f"list{plural}", {"responses": lists(model)}),
        "record": (
            "POST",
            record_one,
            path,
            f"record{name}",
            {"responses": makes(model), "status_code": 201, "dependencies": recorded},
        ),
        "get": ("GET", get_one, one, f"get{name}", {"responses": gives(model)}),
        "replace": ("PUT", replace_one, one, f"replace{name}", {"responses": gives(model)}),
        "void": (
            "POST",
            void_one,
            f"{one}/void",
            f"void{name}",
            {"responses": gives(model), "dependencies": replaced},
        ),
    }
    for verb, (method, endpoint, at, operation_id, more) in routes.items():
        if verb in docs:
            endpoint.__doc__ = docs[verb]
            router.add_api_route(at, endpoint, methods=[method], operation_id=operation_id, **more)
    return router


def _with_content_value(
    ctx: RequestContext, statement: Select[DocumentRow], name: str, value: str | None
) -> Select[DocumentRow]:
    """Only the records whose content, as the caller reads it, has this value of a member; all of them when no value is
    asked for."""
    if value is None:
        return statement
    read = func.jsonb_extract_path_text(DocumentRow.content, name)
    if ctx.caller.system.role == "workplace":
        read = func.coalesce(func.jsonb_extract_path_text(DocumentRow.content, "reported", name), read)
    return statement.where(read == value)


def _take(endpoint: Any, parameters: Mapping[str, Any]) -> None:
    """Write query parameters into the signature of an endpoint, in place of its `**narrowing`, before limit
    and cursor."""
    signature = inspect.signature(endpoint)
    request, ctx, *rest = (
        each for each in signature.parameters.values() if each.kind is not inspect.Parameter.VAR_KEYWORD
    )
    keyword = inspect.Parameter.POSITIONAL_OR_KEYWORD
    added = [
        inspect.Parameter(name, keyword, default=None, annotation=kind) for name, kind in parameters.items()
    ]
    endpoint.__signature__ = signature.replace(parameters=[request, ctx, *added, *rest])


def standard_resource(
    definition: ResourceDefinition,
    *routers: APIRouter,
    record: Callable[..., Awaitable[Any]] | None = None,
    replace: Callable[..., Awaitable[Any]] | None = None,
) -> Resource:
    """A resource whose records are kept in the store of documents. `record` and `replace` where national
    documents come in as its records."""

    async def read_many(ctx: RequestContext, ids: list[UUID]) -> dict[UUID, bytes]:
        return await service.wire_records(ctx, definition, ids)

    async def read_one(ctx: RequestContext, record_id: UUID) -> Present:
        row = await service.find(ctx, definition, record_id)
        seal = service.content_seal(ctx, row.id)

        def past(content: Content) -> Content:
            opened: Content = seal.opened(content)
            return opened

        received = past(row.received) if row.received is not None else None
        return Present(await service.wire(ctx, definition, row), past, received)

    return Resource(definition, routers, read_many, read_one, record, replace)
