"""Service events: how a service begins, pauses and ends."""

from typing import Annotated

from fastapi import Query

from walmu_api.access.scopes import Scope
from walmu_api.record.case_file.documents.standard_resource import standard_routes
from walmu_api.record.everyday.service_events import service
from walmu_api.record.everyday.service_events.definition import SERVICE_EVENT
from walmu_api.record.everyday.service_events.schemas import ServiceEventKind

router = standard_routes(
    SERVICE_EVENT,
    writes=Scope.SERVICE_EVENTS_WRITE,
    record=service.record,
    replace=service.replace,
    void=service.void,
    narrowed_by=("service_relationship_id",),
    content_filters={"kind": Annotated[ServiceEventKind | None, Query(description="Only of this kind.")]},
    docs={
        "list": "List the events, in the order in which they were recorded.",
        "record": (
            "Record an event. An ending sets the last day of the service relationship, and so of the "
            "provider's access."
        ),
        "get": "Read one event.",
        "replace": "Say an event anew; an ending with another day moves the end of the service relationship.",
        "void": (
            "Void an event that did not happen; it stays readable as `voided`. After a void ending "
            "the service relationship ends when the organiser had said."
        ),
    },
)
