"""Service relationships: declared."""

from walmu_api.access.resource import ResourceDefinition
from walmu_api.access.scopes import Scope
from walmu_api.record.parties.service_relationships.schemas import (
    ServiceRelationship,
    ServiceRelationshipEntry,
)

SERVICE_RELATIONSHIP = ResourceDefinition(
    "service-relationship",
    "/v1/service-relationships",
    "service relationships",
    Scope.SERVICE_RELATIONSHIPS_READ,
    ServiceRelationship,
    ServiceRelationshipEntry,
    key="relationship_id",
)
