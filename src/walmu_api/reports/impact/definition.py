"""The limits of the impact report: declared."""

from walmu_api.access.resource import ResourceDefinition
from walmu_api.access.scopes import Scope
from walmu_api.reports.impact.publishing import WOULD_DISCLOSE
from walmu_api.reports.impact.schemas import ImpactLimits, ImpactLimitsEntry

IMPACT_LIMITS = ResourceDefinition(
    "impact-limits",
    "/v1/impact-limits",
    "impact",
    Scope.IMPACT_READ,
    ImpactLimits,
    ImpactLimitsEntry,
    problems=(WOULD_DISCLOSE,),
    addressed_by="path",
)
