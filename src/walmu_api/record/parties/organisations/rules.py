"""What must hold of organisations and units, and what others read of them."""

from collections.abc import Mapping
from datetime import date

from walmu_api.access.caller import Caller
from walmu_api.access.connected_systems.rules import CLOSED
from walmu_api.access.resource import View
from walmu_api.foundation.content_types import Content
from walmu_api.foundation.locales import Reason
from walmu_api.foundation.problems import Finding, ProblemType

NO_SUCCESSOR = Reason("no-successor")
BUSINESS_ID_TAKEN = ProblemType("business-id-taken", 409)
PROBLEMS = (BUSINESS_ID_TAKEN,)


def check_open(closed_on: date | None, begins_on: date, pointer: str) -> list[Finding]:
    """Nothing new begins where it is closed; what begins before that day does, also when it is told later."""
    closed = closed_on is not None and begins_on >= closed_on
    return [CLOSED.at(pointer, closed_on=closed_on)] if closed else []


def _without_reasons(content: Content, caller: Caller) -> Content:
    """Why it closed is for the organiser, and for the closed one itself."""
    whose = content.get("organisation_id", content["id"])
    if caller.system.role in {"provider", "workplace"} and whose == str(caller.organisation_id):
        return content
    return {name: value for name, value in content.items() if name not in {"close_reason", "reopen_reason"}}


VIEWS: Mapping[str, View] = dict.fromkeys(("provider", "workplace", "auditor", "operator"), _without_reasons)
