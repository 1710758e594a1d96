"""What must hold of organisations and units, and what others read of them."""

from collections.abc import Mapping

from walmu_api.access.caller import Caller
from walmu_api.access.resource import View
from walmu_api.foundation.content_types import Content
from walmu_api.foundation.locales import Reason
from walmu_api.foundation.problems import ProblemType

NO_SUCCESSOR = Reason("no-successor")
BUSINESS_ID_TAKEN = ProblemType("business-id-taken", 409)
PROBLEMS = (BUSINESS_ID_TAKEN,)


def _without_reasons(content: Content, caller: Caller) -> Content:
    """Why it closed is for the organiser, and for the closed one itself."""
    whose = content.get("organisation_id", content["id"])
    if caller.system.role in {"provider", "workplace"} and whose == str(caller.organisation_id):
        return content
    return {name: value for name, value in content.items() if name not in {"close_reason", "reopen_reason"}}


VIEWS: Mapping[str, View] = dict.fromkeys(("provider", "workplace", "auditor", "operator"), _without_reasons)
