"""What the types are good for: days are listed, a feed item is known by its class, a set of values is an enum."""

from typing import assert_type
from uuid import UUID

from walmu_api_client import AuthenticatedClient
from walmu_api_client.api.attendance import list_attendance
from walmu_api_client.models import (
    Attendance,
    AttendanceChange,
    AttendancePage,
    AttendanceState,
    Changes,
    DecisionChange,
)
from walmu_api_client.types import Unset

HEADINGS = {
    AttendanceState.PRESENT: "Paikalla",
    AttendanceState.PARTIAL: "Osan päivästä",
    AttendanceState.ABSENT: "Poissa",
    AttendanceState.NOT_ARRANGED: "Ei järjestetty",
    AttendanceState.RESCHEDULED: "Siirretty",
    AttendanceState.VOIDED: "Mitätöity",
}


def headings(api: AuthenticatedClient, agreement: UUID) -> list[str]:
    page = list_attendance.sync(client=api, agreement_id=agreement, limit=200)
    days: list[Attendance] = page.items if isinstance(page, AttendancePage) else []
    return [f"{day.date}: {HEADINGS[day.status]}" for day in days]


def minutes(page: Changes) -> int:
    """Of the days in a page of the feed; the record of an item is of the item's kind."""
    total = 0
    for item in page.items:
        if isinstance(item, AttendanceChange) and not isinstance(item.record, Unset):
            assert_type(item.record, Attendance)
            total += item.record.actual_minutes or 0
    return total


def wrong(item: DecisionChange) -> object:
    return item.record.actual_minutes  # type: ignore[union-attr]  # a decision counts no minutes
