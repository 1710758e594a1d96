"""Clients: who is served."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from walmu_api.access.context import RequestContext
from walmu_api.access.guard import GuardedRoute
from walmu_api.access.markers import (
    body,
    idempotent_action,
    idempotent_correction,
    idempotent_create,
    requires,
)
from walmu_api.access.merged_clients import named_by
from walmu_api.access.scopes import Scope
from walmu_api.foundation import records, responses
from walmu_api.foundation.openapi import IfMatch, Limit, PageCursor, gives, lists, makes
from walmu_api.foundation.problems import INVALID_VALUE, invalid
from walmu_api.foundation.schema_types import Id, SourceId
from walmu_api.record.parties.clients import alike, identities, rules, searching, service
from walmu_api.record.parties.clients import merging as merging_acts
from walmu_api.record.parties.clients.schemas import (
    ClientEntry,
    ClientFindings,
    ClientMerging,
    ClientRecord,
    ClientSearch,
    ClientSearchResult,
    ClientUnmerging,
    DistinctClients,
    FormerIdentities,
    IdentityChange,
    MergedClient,
)
from walmu_api.record.parties.clients.tables import ClientRow

router = APIRouter(prefix="/v1", route_class=GuardedRoute, tags=["clients"])
Reader = Annotated[RequestContext, requires(Scope.CLIENTS_READ)]
Writer = Annotated[RequestContext, requires(Scope.CLIENTS_WRITE)]
Identifier = Annotated[RequestContext, requires(Scope.CLIENT_IDENTITIES_READ)]
MOST_FOUND = 50
"""Clients of one search by name."""
Entry = Annotated[ClientEntry, body(ClientEntry)]


@router.get("/clients", operation_id="listClients", responses=lists(ClientRecord))
async def list_clients(
    request: Request,
    ctx: Reader,
    source_id: Annotated[
        SourceId | None, Query(description="Only the record to which your own system gave this key.")
    ] = None,
    limit: Limit = 50,
    cursor: PageCursor = None,
) -> Response:
    """List the clients you may see: the organiser all of its own, a provider those it serves. One who was merged into
    another is not listed."""
    seen = service.visible_to(ctx).where(ClientRow.merged_into.is_(None))
    statement = records.narrowed(seen, ClientRow, ctx.actor, source_id, {})
    rows, following = await records.page(ctx.session, ClientRow, statement, limit, cursor)
    return responses.page(request, [service.wire(ctx, row) for row in rows], following)


@router.post(
    "/clients",
    operation_id="createClient",
    status_code=201,
    responses=makes(ClientRecord),
    dependencies=[idempotent_create],
)
async def create_client(request: Request, entry: Entry, ctx: Writer) -> Response:
    """Record a client of the organiser."""
    row, created = await service.create(ctx, entry)
    location = f"/v1/clients/{row.id}" if created else None
    return responses.record(service.wire(ctx, row), row.version, created_at=location)


@router.get("/clients/{client_id}", operation_id="getClient", responses=gives(ClientRecord | MergedClient))
async def get_client(client_id: Id, request: Request, ctx: Reader) -> Response:
    """Read one client. Reading is written into the use log. One who was merged into another says so, and nothing else."""
    row = await service.find(ctx, client_id)
    return responses.record(service.wire(ctx, row), row.version)


@router.put("/clients/{client_id}", operation_id="replaceClient", responses=gives(ClientRecord))
async def replace_client(
    client_id: Id,
    request: Request,
    entry: Entry,
    ctx: Writer,
    identity_change: Annotated[
        IdentityChange | None,
        Query(
            description="Why it has another identity code than before: with the change, or afterwards "
            "with the same content, then of the latest change and in place of what was said before. Left out, the former code "
            "leads to the client for the organiser alone, as after `protection` and `gender`."
        ),
    ] = None,
    if_match: IfMatch = None,
) -> Response:
    """Replace what is recorded of a client. The identity code that it had before stays known (`former-identities`).

    With `died_on` each service relationship of the client ends on that day at the latest, and nothing is planned or missing
    after it. Days until then are recorded, corrected and confirmed for as long as after any end, for the last month and its
    payment; a later day is refused as one after the service's end, and one that was recorded before the death was known
    stands with a finding, can be corrected and voided, and counts in no allowance. How the client and the related persons
    were reached is given to the organiser only. With `died_on` left out again everything is as it was."""
    row = await service.find(ctx, client_id, lock=True)
    row = await service.replace(ctx, row, entry, if_match, identity_change=identity_change)
    return responses.record(service.wire(ctx, row), row.version)


@router.post(
    "/clients/{client_id}/merge",
    operation_id="mergeClient",
    responses=gives(MergedClient, "The client, merged."),
    dependencies=[idempotent_correction],
)
async def merge_client(
    client_id: Id,
    merging: Annotated[ClientMerging, body(ClientMerging)],
    ctx: Writer,
    if_match: IfMatch = None,
) -> Response:
    """Say that this client is the same person as another, and read everything under that one. Needs If-Match.

    Agreements, days, documents and all else that was recorded of this client have the other's `client_id` from now on;
    their versions and their words stay as they are. Writing of this client is 409 `client-merged`, asking for what is of
    it answers as for the other. If one of the two is under turvakielto, both are. Who sees either is told once by the
    feed (`merged`). Days are recorded under agreements, and go on as before."""
    row = await merging_acts.merge(ctx, client_id, merging, if_match)
    return responses.record(service.wire(ctx, row), row.version)


@router.post(
    "/clients/{client_id}/unmerge",
    operation_id="unmergeClient",
    responses=gives(ClientRecord, "The client, on its own again."),
    dependencies=[idempotent_correction],
)
async def unmerge_client(
    client_id: Id,
    unmerging: Annotated[ClientUnmerging, body(ClientUnmerging)],
    ctx: Writer,
    if_match: IfMatch = None,
) -> Response:
    """Take a client out again of the one that it was merged into. Needs If-Match.

    Each of the two has again what named it. What was recorded since goes with the agreement or service relationship that
    it belongs to, else to a client that its provider serves, and what is no provider's to the one that stayed. Who sees either is told once
    by the feed (`unmerged`)."""
    row = await merging_acts.unmerge(ctx, client_id, unmerging, if_match)
    return responses.record(service.wire(ctx, row), row.version)


@router.get(
    "/clients/{client_id}/former-identities",
    operation_id="listFormerIdentities",
    responses=gives(FormerIdentities, "The codes.", etag=False),
)
async def list_former_identities(client_id: Id, ctx: Identifier) -> Response:
    """List the identity codes that a client had, and why it has another. For the organiser only (661/2009, 12 §)."""
    row = await service.find(ctx, client_id)
    ctx.session.log_access(row.id)
    found = await identities.former(ctx, await named_by(ctx, row.id))
    return responses.plain(FormerIdentities.model_validate({"items": found}).model_dump_json().encode())


@router.get(
    "/client-findings",
    operation_id="listClientFindings",
    responses=gives(ClientFindings, "The findings.", etag=False),
)
async def list_client_findings(
    ctx: Identifier,
    client_id: Annotated[Id | None, Query(description="Only those about this client.")] = None,
) -> Response:
    """List who may have been entered twice, and whose identity code the record system changed. For the organiser only."""
    found = await alike.findings(ctx, client_id)
    return responses.plain(found.model_dump_json(exclude_none=True).encode())


@router.post(
    "/clients/{client_id}/not-same",
    operation_id="tellClientsApart",
    responses=gives(ClientFindings, "What is left to look at of this client.", etag=False),
    dependencies=[idempotent_action],
)
async def tell_clients_apart(
    client_id: Id,
    verdict: Annotated[DistinctClients, body(DistinctClients)],
    ctx: Writer,
    if_match: IfMatch = None,
) -> Response:
    """Say that this client and another are two persons, though they look alike: the finding does not come back. Said again, the
    last reason stays."""
    await alike.tell_apart(ctx, client_id, verdict, if_match)
    found = await alike.findings(ctx, client_id)
    return responses.plain(found.model_dump_json(exclude_none=True).encode())


@router.post(
    "/client-searches",
    operation_id="searchClients",
    responses=gives(
        ClientSearchResult, "The client, or an empty list for unknown and foreign alike.", etag=False
    ),
)
async def search_clients(
    request: Request, search: Annotated[ClientSearch, body(ClientSearch)], ctx: Reader
) -> Response:
    """Find clients by identity code or temporary identifier, or by whole words of the name. A search is written into the use log, also when
    it finds nobody. A code that a client had before leads to it too; where it was changed for protection or gender, for the organiser alone."""
    ctx.session.logged_anyway = True
    if (search.identity is None) == (search.name is None):
        raise invalid(INVALID_VALUE.at("", reason=rules.ONE_WAY))
    if search.identity is not None:
        row = await service.by_identity(ctx, search.identity)
        rows: Sequence[ClientRow] = [row] if row is not None else []
    else:
        assert search.name is not None
        rows = await searching.by_name(ctx, search.name, search.date_of_birth, MOST_FOUND)
    items = [service.wire(ctx, row) for row in rows]
    return responses.plain(b'{"items":[' + b",".join(items) + b"]}")
