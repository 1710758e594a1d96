"""Plans as the rest of the service uses them."""

from walmu_api.record.case_file.documents.standard_resource import standard_resource
from walmu_api.record.case_file.plans import service
from walmu_api.record.case_file.plans.definition import PLAN
from walmu_api.record.case_file.plans.routes import router

RESOURCES = (standard_resource(PLAN, router, record=service.record, replace=service.replace),)
