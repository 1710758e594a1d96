"""The disclosure log: declared."""

from walmu_api.access.resource import NationalForm, ResourceDefinition
from walmu_api.access.scopes import Scope
from walmu_api.record.case_file.disclosures.schemas import Disclosure

DISCLOSURE = ResourceDefinition(
    "disclosure",
    "/v1/disclosures",
    "disclosures",
    Scope.DISCLOSURES_READ,
    Disclosure,
    national=NationalForm(),
    versioned=False,
)
