"""What workplaces get of agreements, as the rest of the service uses it."""

from walmu_api.access.resource import Resource
from walmu_api.record.case_file.workplace_agreements import service
from walmu_api.record.case_file.workplace_agreements.definition import WORKPLACE_AGREEMENT
from walmu_api.record.case_file.workplace_agreements.routes import router

RESOURCES = (Resource(WORKPLACE_AGREEMENT, (router,), service.wire_records, service.read_one),)
