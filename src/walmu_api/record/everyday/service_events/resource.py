"""Service events as the rest of the service uses them."""

from walmu_api.record.case_file.documents.standard_resource import standard_resource
from walmu_api.record.everyday.service_events import service
from walmu_api.record.everyday.service_events.definition import SERVICE_EVENT
from walmu_api.record.everyday.service_events.routes import router

RESOURCES = (standard_resource(SERVICE_EVENT, router, record=service.record, replace=service.replace),)
