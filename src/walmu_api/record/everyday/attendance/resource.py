"""Attendance and justifications as the rest of the service uses them."""

from walmu_api.access.resource import Resource
from walmu_api.record.everyday.attendance import justifications, service
from walmu_api.record.everyday.attendance.definition import ATTENDANCE, JUSTIFICATION
from walmu_api.record.everyday.attendance.routes import router

RESOURCES = (
    Resource(ATTENDANCE, (router,), service.wire_records),
    Resource(JUSTIFICATION, (), justifications.wire_records),
)
