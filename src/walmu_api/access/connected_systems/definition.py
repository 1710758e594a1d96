"""Connected systems: declared."""

from walmu_api.access.connected_systems.schemas import ConnectedSystem, ConnectedSystemEntry
from walmu_api.access.resource import ResourceDefinition
from walmu_api.access.scopes import Scope

CONNECTED_SYSTEM = ResourceDefinition(
    "connected-system",
    "/v1/connected-systems",
    "connected systems",
    Scope.CONNECTED_SYSTEMS_READ,
    ConnectedSystem,
    ConnectedSystemEntry,
)
