"""Justifications: declared."""

from walmu_api.access.resource import ResourceDefinition, disclosing
from walmu_api.access.scopes import Scope
from walmu_api.record.everyday.attendance import workplace_view
from walmu_api.record.everyday.attendance.justifications.schemas import (
    Justification,
    JustificationEntry,
    JustificationState,
)

JUSTIFICATION = ResourceDefinition(
    "justification",
    "/v1/justifications",
    "attendance",
    Scope.ATTENDANCE_READ,
    Justification,
    JustificationEntry,
    views={"workplace": workplace_view.justification},
    disclosing=disclosing("justification"),
    reduced=JustificationState,
)
