"""Cases (asiat): declared."""

from walmu_api.access.resource import NationalForm, ResourceDefinition
from walmu_api.access.scopes import Scope
from walmu_api.record.case_file.cases.schemas import Case, CaseEntry

CASE = ResourceDefinition(
    "case", "/v1/cases", "cases", Scope.CASES_READ, Case, CaseEntry, national=NationalForm()
)
