"""Agreements: declared."""

from walmu_api.access.resource import NationalForm, ResourceDefinition
from walmu_api.access.scopes import Scope
from walmu_api.record.commitments.agreements import rules
from walmu_api.record.commitments.agreements.schemas import Agreement, AgreementEntry

AGREEMENT = ResourceDefinition(
    "agreement",
    "/v1/agreements",
    "agreements",
    Scope.AGREEMENTS_READ,
    Agreement,
    AgreementEntry,
    problems=rules.PROBLEMS,
    national=NationalForm(),
)
