"""Convert entries to the values of rows, and rows to the arguments of rules."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from operator import itemgetter, methodcaller
from typing import Any

from pydantic_core import to_json

from walmu_api.foundation.statements import Record
from walmu_api.record.commitments.decisions.rules import Force
from walmu_api.record.everyday.attendance import rules, statements
from walmu_api.record.everyday.attendance.schemas import AttendanceEntry

ARRIVED, LEFT = statements.MEMBERS.index("arrived_at"), statements.MEMBERS.index("left_at")
REASON, PARTS = statements.MEMBERS.index("absence_reason"), statements.MEMBERS.index("absence_reasons")
OF_PARTS = itemgetter(
    PARTS, *(statements.MEMBERS.index(name) for name in ("planned_minutes", "actual_minutes"))
)
"""The reasons with their minutes, and the minutes that they are held against."""
SOURCE_ID = statements.MEMBERS.index("source_id")
"""Where these stand among the values of `entry_of`."""
_members = itemgetter(*statements.MEMBERS)
_in_utc = methodcaller("astimezone", UTC)


def entry_of(entry: AttendanceEntry) -> tuple[Any, ...]:
    """An entry's values in the order of `statements.MEMBERS`, as they are stored. Instants are in the zone
    that the driver reads and writes, so that comparing and sending them asks no zone for its offset."""
    return _values(entry, _in_utc)


def comparable(entry: AttendanceEntry) -> tuple[Any, ...]:
    """The same, to be held against a row of `statements.DAYS`."""
    return _values(entry, datetime.timestamp)


def of_comparable(values: Sequence[Any]) -> tuple[Any, ...]:
    """Back to the values as they are stored."""
    return tuple(
        datetime.fromtimestamp(value, UTC) if name.endswith("_at") and value is not None else value
        for name, value in zip(statements.MEMBERS, values, strict=True)
    )


def _values(entry: AttendanceEntry, instant: Callable[[datetime], Any]) -> tuple[Any, ...]:
    status, reason, parts, planned, actual, arrived, left, form, noted, source_id, moved_to, moved_from = (
        _members(vars(entry))
    )
    return (
        status,
        rules.stored_reason(status, reason),
        parts and to_json(parts).decode(),
        planned,
        actual,
        arrived and instant(arrived),
        left and instant(left),
        form,
        noted and instant(noted),
        source_id,
        moved_to,
        moved_from,
    )


def facts_of(row: Record) -> rules.AgreementFacts:
    decided = row["decision_status"]
    force = (
        Force(
            decided,
            row["outcome"],
            row["valid_from"],
            row["valid_to"],
            row["revoked_on"],
            row["revocation_known_on"],
        )
        if decided is not None
        else None
    )
    return rules.AgreementFacts(
        row["id"],
        row["client_id"],
        row["service_relationship_id"],
        row["provider_id"],
        row["workplace_id"],
        row["service_kind"],
        row["kind"],
        row["status"],
        row["starts_on"],
        row["ends_on"],
        force,
        row["relationship_ends_on"],
        row["at_place_since"],
        row["client_named"],
        row["held_since"],
        row["schedule"],
    )
