"""Cases as the rest of the service uses them."""

from walmu_api.record.case_file.cases import service
from walmu_api.record.case_file.cases.definition import CASE
from walmu_api.record.case_file.cases.routes import router
from walmu_api.record.case_file.documents.standard_resource import standard_resource

RESOURCES = (standard_resource(CASE, router, record=service.record, replace=service.replace),)
