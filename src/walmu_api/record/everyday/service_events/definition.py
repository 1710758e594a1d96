"""Service events: declared."""

from walmu_api.access.resource import NationalForm, ResourceDefinition, kind_by_structure
from walmu_api.access.scopes import Scope
from walmu_api.record.everyday.service_events import rules
from walmu_api.record.everyday.service_events.schemas import ServiceEvent, ServiceEventEntry

SERVICE_EVENT = ResourceDefinition(
    "service-event",
    "/v1/service-events",
    "service events",
    Scope.SERVICE_EVENTS_READ,
    ServiceEvent,
    ServiceEventEntry,
    problems=rules.PROBLEMS,
    national=NationalForm(from_document=kind_by_structure(rules.STRUCTURES)),
)
