"""Which findings a calling system is told. Those that name a legal basis, an insurance or a decision are never a workplace's: the
problem type declares that it names one (`names_basis`)."""

from collections.abc import Sequence

from walmu_api.access.context import RequestContext
from walmu_api.foundation.problems import Finding, ProblemType

ASK_PROVIDER = ProblemType("ask-provider", 422)
"""In the place of an error that names one of them; a warning is left out."""


def visible_findings(ctx: RequestContext, findings: Sequence[Finding]) -> Sequence[Finding]:
    """These findings as the caller may hear them: what its answers, headers and outcomes are made of."""
    if ctx.caller.system.role != "workplace" or not any(each.kind.names_basis for each in findings):
        return findings
    return [
        ASK_PROVIDER.at(each.pointer) if each.kind.names_basis else each
        for each in findings
        if each.severity == "error" or not each.kind.names_basis
    ]
