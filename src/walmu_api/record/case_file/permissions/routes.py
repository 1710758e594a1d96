"""Permissions to exchange information: recorded, revoked, honoured at once."""

from typing import Annotated

from fastapi import Request, Response

from walmu_api.access.context import RequestContext
from walmu_api.access.markers import body, idempotent_action, requires
from walmu_api.access.scopes import Scope
from walmu_api.foundation.openapi import IfMatch, gives
from walmu_api.foundation.schema_types import Id
from walmu_api.record.case_file.documents import responses as document_responses
from walmu_api.record.case_file.documents import service as documents
from walmu_api.record.case_file.documents.standard_resource import standard_routes
from walmu_api.record.case_file.permissions import service
from walmu_api.record.case_file.permissions.definition import PERMISSION
from walmu_api.record.case_file.permissions.schemas import Permission, PermissionEntry, PermissionRevocation

Reader = Annotated[RequestContext, requires(Scope.PERMISSIONS_READ)]
Writer = Annotated[RequestContext, requires(Scope.PERMISSIONS_WRITE)]
Entry = Annotated[PermissionEntry, body(PermissionEntry)]

router = standard_routes(
    PERMISSION,
    writes=Scope.PERMISSIONS_WRITE,
    record=service.record,
    replace=service.replace,
    narrowed_by=("service_relationship_id",),
    docs={
        "list": "List the permissions, in the order in which they were recorded.",
        "record": "Record who may get what about a client, for which purpose, from whom and until when.",
        "get": "Read one permission.",
        "replace": "Change a permission that is not revoked.",
        "void": "Void a permission that was recorded in error; it stays readable as `voided`.",
    },
)


@router.post(
    "/permissions/{permission_id}/revoke",
    operation_id="revokePermission",
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
    return await document_responses.record(ctx, PERMISSION, row)
