"""Assessments and their forms as the rest of the service uses them."""

from walmu_api.access.resource import Resource
from walmu_api.record.case_file.documents.standard_resource import standard_resource
from walmu_api.record.everyday.assessments import service
from walmu_api.record.everyday.assessments.definition import ASSESSMENT
from walmu_api.record.everyday.assessments.forms.definition import ASSESSMENT_FORM
from walmu_api.record.everyday.assessments.forms.routes import router as forms_router
from walmu_api.record.everyday.assessments.routes import router

RESOURCES = (
    Resource(ASSESSMENT_FORM, (forms_router,)),
    standard_resource(ASSESSMENT, router, record=service.record, replace=service.replace),
)
