"""Connected systems, and for which workplaces providers register them: declared."""

from walmu_api.access.connected_systems.rules import PROBLEMS
from walmu_api.access.connected_systems.schemas import (
    ConnectedSystem,
    ConnectedSystemEntry,
    DelegatedWorkplaces,
    DelegatedWorkplacesEntry,
)
from walmu_api.access.resource import ResourceDefinition
from walmu_api.access.scopes import Scope

CONNECTED_SYSTEM = ResourceDefinition(
    "connected-system",
    "/v1/connected-systems",
    "connected systems",
    Scope.CONNECTED_SYSTEMS_READ,
    ConnectedSystem,
    ConnectedSystemEntry,
    problems=PROBLEMS,
)
DELEGATED_WORKPLACES = ResourceDefinition(
    "delegated-workplaces",
    "/v1/delegated-workplaces",
    "connected systems",
    Scope.DELEGATED_WORKPLACES_READ,
    DelegatedWorkplaces,
    DelegatedWorkplacesEntry,
    key="provider_id",
)
