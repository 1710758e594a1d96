"""Permissions to exchange information: declared."""

from walmu_api.access.resource import ResourceDefinition
from walmu_api.access.scopes import Scope
from walmu_api.record.case_file.permissions import rules
from walmu_api.record.case_file.permissions.schemas import Permission, PermissionEntry

PERMISSION = ResourceDefinition(
    "permission",
    "/v1/permissions",
    "permissions",
    Scope.PERMISSIONS_READ,
    Permission,
    PermissionEntry,
    problems=rules.PROBLEMS,
)
