"""Code systems: declared."""

from walmu_api.access.resource import ResourceDefinition
from walmu_api.access.scopes import Scope
from walmu_api.record.parties.codes import rules
from walmu_api.record.parties.codes.schemas import CodeSystem

CODE_SYSTEM = ResourceDefinition(
    "code-system", "/v1/code-systems", "codes", Scope.CODES_READ, CodeSystem, problems=rules.PROBLEMS
)
