"""Attendance and justifications as the rest of the service uses them."""

from walmu_api.access.resource import Resource
from walmu_api.record.everyday.attendance.batches import routes as batches
from walmu_api.record.everyday.attendance.days import routes as days
from walmu_api.record.everyday.attendance.days import service as days_service
from walmu_api.record.everyday.attendance.definition import ATTENDANCE
from walmu_api.record.everyday.attendance.justifications import routes as justifications
from walmu_api.record.everyday.attendance.justifications import service as justifications_service
from walmu_api.record.everyday.attendance.justifications.definition import JUSTIFICATION

RESOURCES = (
    Resource(ATTENDANCE, (days.router, batches.router, justifications.router), days_service.wire_records),
    Resource(JUSTIFICATION, (), justifications_service.wire_records),
)
