"""Start interviews as the rest of the service uses them."""

from walmu_api.record.case_file.documents.standard_resource import standard_resource
from walmu_api.record.case_file.start_interviews import service
from walmu_api.record.case_file.start_interviews.definition import START_INTERVIEW
from walmu_api.record.case_file.start_interviews.routes import router

RESOURCES = (standard_resource(START_INTERVIEW, router, record=service.record, replace=service.replace),)
