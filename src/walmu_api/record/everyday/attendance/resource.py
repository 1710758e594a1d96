"""Attendance and justifications as the rest of the service uses them."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from walmu_api.access.context import RequestContext
from walmu_api.access.resource import Present, ReadOne, Resource, unchanged
from walmu_api.record.everyday.attendance.batches import routes as batches
from walmu_api.record.everyday.attendance.days import routes as days
from walmu_api.record.everyday.attendance.days import service as days_service
from walmu_api.record.everyday.attendance.definition import ATTENDANCE
from walmu_api.record.everyday.attendance.imports import routes as imports
from walmu_api.record.everyday.attendance.justifications import routes as justifications
from walmu_api.record.everyday.attendance.justifications import service as justifications_service
from walmu_api.record.everyday.attendance.justifications.definition import JUSTIFICATION


def _with_past(find: Callable[[RequestContext, UUID], Awaitable[tuple[bytes, int]]]) -> ReadOne:
    """Who may read it may read what it was: who reads less of it reads as little of its versions."""

    async def read_one(ctx: RequestContext, record_id: UUID) -> Present:
        body, _ = await find(ctx, record_id)
        return Present(body, unchanged, None)

    return read_one


RESOURCES = (
    Resource(
        ATTENDANCE,
        (days.router, batches.router, imports.router, justifications.router),
        days_service.wire_records,
        _with_past(days_service.find_by_id),
    ),
    Resource(
        JUSTIFICATION, (), justifications_service.wire_records, _with_past(justifications_service.find_by_id)
    ),
)
