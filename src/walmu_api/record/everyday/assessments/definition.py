"""Assessments: declared."""

from walmu_api.access.resource import NationalForm, ResourceDefinition, disclosing
from walmu_api.access.scopes import Scope
from walmu_api.record.everyday.assessments import document, rules, workplace_view
from walmu_api.record.everyday.assessments.schemas import Assessment, AssessmentEntry

ASSESSMENT = ResourceDefinition(
    "assessment",
    "/v1/assessments",
    "assessments",
    Scope.ASSESSMENTS_READ,
    Assessment,
    AssessmentEntry,
    problems=rules.PROBLEMS,
    disclosing=disclosing("assessment"),
    views={"workplace": workplace_view.assessment},
    national=NationalForm(document.document_content, document.entry_from_document),
)
