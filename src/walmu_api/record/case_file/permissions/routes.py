"""Permissions to exchange information: recorded, revoked, honoured at once."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from walmu_api.access.context import RequestContext
from walmu_api.access.guard import (
    GuardedRoute,
    body,
    idempotent_action,
    idempotent_create,
    requires,
)
from walmu_api.access.scopes import Scope
from walmu_api.foundation import preconditions
from walmu_api.foundation.openapi import IfMatch, Limit, PageCursor, gives, lists, makes
from walmu_api.foundation.schema_types import Id
from walmu_api.record.case_file.documents import filters
from walmu_api.record.case_file.documents import responses as document_responses
from walmu_api.record.case_file.documents import service as documents
from walmu_api.record.case_file.documents.schemas import Voiding
from walmu_api.record.case_file.permissions import service
from walmu_api.record.case_file.permissions.schemas import Permission, PermissionEntry, PermissionRevocation
from walmu_api.record.case_file.permissions.service import PERMISSION

router = APIRouter(prefix="/v1", route_class=GuardedRoute)
Reader = Annotated[RequestContext, requires(Scope.PERMISSIONS_READ)]
Writer = Annotated[RequestContext, requires(Scope.PERMISSIONS_WRITE)]
Entry = Annotated[PermissionEntry, body(PermissionEntry)]


@router.get("/permissions", operation_id="listPermissions", tags=["permissions"], responses=lists(Permission))
async def list_permissions(
    request: Request,
    ctx: Reader,
    client_id: filters.ClientId = None,
    service_relationship_id: filters.RelationshipId = None,
    status: filters.Status = None,
    from_: filters.From = None,
    to: filters.To = None,
    source_id: filters.Source = None,
    limit: Limit = 50,
    cursor: PageCursor = None,
) -> Response:
    """List the permissions, in the order in which they were recorded."""
    statement = documents.listing(
        ctx,
        PERMISSION,
        client_id=client_id,
        service_relationship_id=service_relationship_id,
        status=status,
        from_=from_,
        to=to,
        source_id=source_id,
    )
    return await document_responses.page(request, ctx, PERMISSION, statement, limit, cursor)


@router.post(
    "/permissions",
    operation_id="recordPermission",
    tags=["permissions"],
    status_code=201,
    responses=makes(Permission),
    dependencies=[idempotent_create],
)
async def record_permission(
    request: Request,
    entry: Entry,
    ctx: Writer,
) -> Response:
    """Record who may get what about a client, for which purpose, from whom and until when."""
    row, created = await service.record(ctx, entry)
    return await document_responses.record(request, ctx, PERMISSION, row, created=created)


@router.get(
    "/permissions/{permission_id}",
    operation_id="getPermission",
    tags=["permissions"],
    responses=gives(Permission),
)
async def get_permission(
    request: Request,
    permission_id: Id,
    ctx: Reader,
) -> Response:
    """Read one permission."""
    row = await documents.find(ctx, PERMISSION, permission_id)
    return await document_responses.record(request, ctx, PERMISSION, row)


@router.put(
    "/permissions/{permission_id}",
    operation_id="replacePermission",
    tags=["permissions"],
    responses=gives(Permission),
)
async def replace_permission(
    request: Request, permission_id: Id, entry: Entry, ctx: Writer, if_match: IfMatch = None
) -> Response:
    """Change a permission that is not revoked."""
    row = await documents.find(ctx, PERMISSION, permission_id, lock=True)
    row = await service.replace(ctx, row, entry, if_match)
    return await document_responses.record(request, ctx, PERMISSION, row)


@router.post(
    "/permissions/{permission_id}/void",
    operation_id="voidPermission",
    tags=["permissions"],
    responses=gives(Permission),
    dependencies=[idempotent_action],
)
async def void_permission(
    request: Request,
    permission_id: Id,
    voiding: Annotated[Voiding, body(Voiding)],
    ctx: Writer,
    if_match: IfMatch = None,
) -> Response:
    """Void a permission that was recorded in error; it stays readable as `voided`."""
    row = await documents.find(ctx, PERMISSION, permission_id, lock=True)
    preconditions.require_if_given(if_match, row.version)
    row = await documents.void(ctx, row, voiding.reason)
    return await document_responses.record(request, ctx, PERMISSION, row)


@router.post(
    "/permissions/{permission_id}/revoke",
    operation_id="revokePermission",
    tags=["permissions"],
    responses=gives(Permission),
    dependencies=[idempotent_action],
)
async def revoke_permission(
    request: Request,
    permission_id: Id,
    revocation: Annotated[PermissionRevocation, body(PermissionRevocation)],
    ctx: Writer,
    if_match: IfMatch = None,
) -> Response:
    """Revoke a permission: from now on nothing is given by it, nor shown that was."""
    row = await documents.find(ctx, PERMISSION, permission_id, lock=True)
    row = await service.revoke(ctx, row, revocation, if_match)
    return await document_responses.record(request, ctx, PERMISSION, row)
