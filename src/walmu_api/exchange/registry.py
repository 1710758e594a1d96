"""Every resource whose changes leave the service: the record's, and those that stand beside it (ADR 31)."""

from walmu_api.access.connected_systems import service as connected_systems
from walmu_api.access.connected_systems.definition import CONNECTED_SYSTEM, DELEGATED_WORKPLACES
from walmu_api.access.resource import Resource
from walmu_api.record import registry
from walmu_api.reports.impact.definition import IMPACT_LIMITS

RESOURCES = (
    Resource(CONNECTED_SYSTEM, sees=connected_systems.sees),
    Resource(DELEGATED_WORKPLACES),
    *registry.RESOURCES,
    Resource(IMPACT_LIMITS),
)
BY_TYPE = {resource.definition.resource_type: resource for resource in RESOURCES}
