"""Start interviews: declared."""

from typing import Any

from walmu_api.access.resource import NationalForm, ResourceDefinition
from walmu_api.access.scopes import Scope
from walmu_api.record.case_file.start_interviews import document
from walmu_api.record.case_file.start_interviews.schemas import StartInterview, StartInterviewEntry


def _takes(collection: str, content: dict[str, Any]) -> bool:
    """A summary of an assessment whose purpose says so."""
    return collection == "assessments" and content.get("purpose") == document.PURPOSE


START_INTERVIEW = ResourceDefinition(
    "start-interview",
    "/v1/start-interviews",
    "start interviews",
    Scope.START_INTERVIEWS_READ,
    StartInterview,
    StartInterviewEntry,
    national=NationalForm(document.document_content, document.entry_from_document, _takes),
)
