"""What a workplace gets of an agreement: declared."""

from walmu_api.access.resource import ResourceDefinition, disclosing
from walmu_api.access.scopes import Scope
from walmu_api.record.case_file.workplace_agreements import rules
from walmu_api.record.case_file.workplace_agreements.schemas import WorkplaceAgreement
from walmu_api.record.commitments.agreements.definition import AGREEMENT

WORKPLACE_AGREEMENT = ResourceDefinition(
    "workplace-agreement",
    "/v1/workplace-agreements",
    "workplace agreements",
    Scope.WORKPLACE_AGREEMENTS_READ,
    WorkplaceAgreement,
    problems=rules.PROBLEMS,
    disclosing=disclosing("agreement", agreement="id", apart=("client_name",)),
    journaled_as=AGREEMENT.resource_type,
)
