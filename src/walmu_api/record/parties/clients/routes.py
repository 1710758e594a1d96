"""Clients: who is served."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from walmu_api.access.guard import (
    AppContext,
    Caller,
    GuardedRoute,
    SessionDep,
    body,
    idempotent_create,
    requires,
)
from walmu_api.access.scopes import Scope
from walmu_api.foundation import records, responses
from walmu_api.foundation.database import Session
from walmu_api.foundation.openapi import IfMatch, Limit, PageCursor, gives, lists, makes
from walmu_api.foundation.schema_types import Id, SourceId
from walmu_api.record.parties.clients import service
from walmu_api.record.parties.clients.schemas import Client, ClientEntry, ClientSearch, ClientSearchResult
from walmu_api.record.parties.clients.tables import ClientRow

router = APIRouter(prefix="/v1", route_class=GuardedRoute)
Reader = Annotated[Caller, requires(Scope.CLIENTS_READ)]
Writer = Annotated[Caller, requires(Scope.CLIENTS_WRITE)]
Entry = Annotated[ClientEntry, body(ClientEntry)]
Here = Annotated[Session, SessionDep]


def _response(request: Request, caller: Caller, session: Session, row: ClientRow) -> bytes:
    app_context: AppContext = request.app.state.app_context
    return service.wire(session, app_context.keyring, row, scoped=caller.tenant_scope is not None)


@router.get("/clients", operation_id="listClients", tags=["clients"], responses=lists(Client))
async def list_clients(
    request: Request,
    caller: Reader,
    session: Here,
    source_id: Annotated[SourceId | None, Query(description="The key your own system gave.")] = None,
    limit: Limit = 50,
    cursor: PageCursor = None,
) -> Response:
    """List the clients you may see: the organiser all of its own, a provider those it serves."""
    statement = service.visible_to(session, caller.tenant_scope, session.clock.today())
    if source_id is not None:
        statement = statement.where(
            ClientRow.source_id == source_id, ClientRow.source_system == caller.system.id
        )
    rows, following = await records.page(session, ClientRow, statement, limit, cursor)
    return responses.page(request, [_response(request, caller, session, row) for row in rows], following)


@router.post(
    "/clients",
    operation_id="createClient",
    tags=["clients"],
    status_code=201,
    responses=makes(Client),
    dependencies=[idempotent_create],
)
async def create_client(request: Request, entry: Entry, caller: Writer, session: Here) -> Response:
    """Record a client of the organiser."""
    row, created = await service.create(session, caller.actor, request.app.state.app_context.keyring, entry)
    location = f"/v1/clients/{row.id}" if created else None
    return responses.record(_response(request, caller, session, row), row.version, created_at=location)


@router.get("/clients/{client_id}", operation_id="getClient", tags=["clients"], responses=gives(Client))
async def get_client(client_id: Id, request: Request, caller: Reader, session: Here) -> Response:
    """Read one client. Reading is written into the use log."""
    row = await service.find(session, caller, client_id)
    return responses.record(_response(request, caller, session, row), row.version)


@router.put("/clients/{client_id}", operation_id="replaceClient", tags=["clients"], responses=gives(Client))
async def replace_client(
    client_id: Id, request: Request, entry: Entry, caller: Writer, session: Here, if_match: IfMatch = None
) -> Response:
    """Replace what is recorded of a client."""
    row = await service.find(session, caller, client_id, lock=True)
    row = await service.replace(
        session, caller.actor, request.app.state.app_context.keyring, row, entry, if_match
    )
    return responses.record(_response(request, caller, session, row), row.version)


@router.post(
    "/client-searches",
    operation_id="searchClients",
    tags=["clients"],
    responses=gives(
        ClientSearchResult, "The client, or an empty list for unknown and foreign alike.", etag=False
    ),
)
async def search_clients(
    request: Request, search: Annotated[ClientSearch, body(ClientSearch)], caller: Reader, session: Here
) -> Response:
    """Find a client by identity code or temporary identifier. A search is written into the use log, also when it finds nobody."""
    app_context: AppContext = request.app.state.app_context
    row = await service.by_identity(
        session, app_context.keyring, search.identity, caller.tenant_scope, session.clock.today()
    )
    items = [_response(request, caller, session, row)] if row is not None else []
    session.searched = True
    return responses.plain(b'{"items":[' + b",".join(items) + b"]}")
