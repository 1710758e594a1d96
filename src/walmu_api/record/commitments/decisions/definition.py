"""Decisions: declared."""

from typing import Any

from walmu_api.access.resource import NationalForm, ResourceDefinition
from walmu_api.access.scopes import Scope
from walmu_api.record.commitments.decisions import rules
from walmu_api.record.commitments.decisions.schemas import Decision, DecisionEntry


def _is_undecided(content: dict[str, Any]) -> bool:
    return content["status"] in rules.UNDECIDED


DECISION = ResourceDefinition(
    "decision",
    "/v1/decisions",
    "decisions",
    Scope.DECISIONS_READ,
    Decision,
    DecisionEntry,
    problems=rules.PROBLEMS,
    national=NationalForm(),
    organisers_own=_is_undecided,
)
