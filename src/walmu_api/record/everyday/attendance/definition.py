"""Attendance: declared."""

from walmu_api.access.resource import ResourceDefinition, disclosing
from walmu_api.access.scopes import Scope
from walmu_api.record.everyday.attendance import rules, workplace_view
from walmu_api.record.everyday.attendance.schemas import Attendance, AttendanceEntry

ATTENDANCE = ResourceDefinition(
    "attendance",
    "/v1/attendance",
    "attendance",
    Scope.ATTENDANCE_READ,
    Attendance,
    AttendanceEntry,
    problems=rules.PROBLEMS,
    views={"workplace": workplace_view.day},
    disclosing=disclosing("attendance"),
)
