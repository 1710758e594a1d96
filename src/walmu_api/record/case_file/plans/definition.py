"""Plans: declared."""

from typing import Any

from walmu_api.access.resource import NationalForm, ResourceDefinition
from walmu_api.access.scopes import Scope
from walmu_api.record.case_file.plans import rules
from walmu_api.record.case_file.plans.schemas import Plan, PlanEntry

_KINDS = {oid: kind for kind, oid in rules.STRUCTURES.items()}


def _from_document(structure: str, content: dict[str, Any]) -> dict[str, Any]:
    """The structure says which plan it is."""
    kind, services = _KINDS[structure]
    return content | {"kind": kind, "services": services}


PLAN = ResourceDefinition(
    "plan",
    "/v1/plans",
    "plans",
    Scope.PLANS_READ,
    Plan,
    PlanEntry,
    problems=rules.PROBLEMS,
    national=NationalForm(from_document=_from_document),
)
