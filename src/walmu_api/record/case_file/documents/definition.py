"""Documents without a resource of their own, and what can go wrong with any record of the store."""

from walmu_api.access.resource import ResourceDefinition
from walmu_api.access.scopes import Scope
from walmu_api.record.case_file.documents import rules, withholding
from walmu_api.record.case_file.documents.schemas import DocumentRecord, PassedOn

DOCUMENT = ResourceDefinition(
    "document",
    "/v1/documents",
    "documents",
    Scope.DOCUMENTS_READ,
    DocumentRecord,
    PassedOn,
    problems=rules.PROBLEMS,
    views={"provider": withholding.without_client},
    versioned=False,
)
