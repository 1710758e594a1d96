"""Assessment forms: declared."""

from walmu_api.access.resource import ResourceDefinition
from walmu_api.access.scopes import Scope
from walmu_api.record.everyday.assessments.forms.schemas import AssessmentForm, AssessmentFormEntry

ASSESSMENT_FORM = ResourceDefinition(
    "assessment-form",
    "/v1/assessment-forms",
    "assessments",
    Scope.ASSESSMENT_FORMS_READ,
    AssessmentForm,
    AssessmentFormEntry,
)
