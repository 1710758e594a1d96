"""What becomes of one day that is sent, alone or as a line of a batch: created, updated, unchanged or
rejected. Pure."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from walmu_api.foundation.problems import Finding
from walmu_api.record.everyday.attendance import rules
from walmu_api.record.everyday.attendance.schemas import AttendanceEntry
from walmu_api.record.everyday.worksheets.schemas import RecordingOutcome
from walmu_api.record.parties.codes.rules import CodeList


class Result(NamedTuple):
    """A rejected day has one finding, the error; the findings of a created or updated day are warnings."""

    outcome: RecordingOutcome
    findings: Sequence[Finding] = ()


CREATED, UPDATED = Result("created"), Result("updated")


def is_unchanged(
    *,
    same_content: bool,
    version_matches: bool | None,
    confirmation: str | None,
    provider_id: UUID,
    organisation_id: UUID,
) -> bool:
    """Whether what is sent changes nothing of a stored day: the same content, unless the provider confirms
    with it the version that its workplace reported."""
    if not same_content:
        return False
    return not (version_matches and rules.settles(confirmation, provider_id, organisation_id))


def validate(
    entry: AttendanceEntry,
    day: date,
    agreement: rules.AgreementFacts,
    *,
    arrived_at: datetime | None,
    left_at: datetime | None,
    stored_status: str | None,
    version_matches: bool | None,
    today: date,
    reasons: CodeList,
    parts_stand: bool = False,
) -> Result:
    """Decide what becomes of a day that is not `is_unchanged`.

    `arrived_at` and `left_at` are the entry's in UTC, which compares faster. `stored_status` is None where
    nothing is stored. `version_matches`: whether the sender named the stored version, None when it named none.
    `parts_stand`: the reasons with their minutes are as they are stored, with the minutes of the day, and so are not judged again:
    who confirms a day as it is sends what others made of it.
    The rules for the day and the entry come before the question of versions."""
    recorded = stored_status is not None and stored_status != "voided"
    of_day = rules.check_day(day, agreement, today, recorded=recorded)
    of_entry = rules.check_entry(
        entry.status, entry.absence_reason, arrived_at, left_at, day, reasons, entry.actual_minutes
    )
    if (
        entry.absence_reasons is not None
        and not parts_stand
        and (of_entry is None or of_entry.severity == "warning")
    ):
        minutes = entry.planned_minutes, entry.actual_minutes
        of_entry = rules.check_parts(entry.absence_reasons, *minutes, day, reasons) or of_entry
    if entry.rescheduled_to is not None or entry.rescheduled_from is not None:
        moved = entry.rescheduled_to, entry.rescheduled_from
        of_entry = rules.check_moved(entry.status, *moved, day, agreement) or of_entry
    findings = (
        [finding for finding in (of_day, of_entry) if finding is not None] if of_day or of_entry else ()
    )
    errors = [finding for finding in findings if finding.severity == "error"] if findings else ()
    if errors:
        return Result("rejected", errors[:1])
    minutes_known = bool(entry.actual_minutes) or (arrived_at is not None and left_at is not None)
    doubts = rules.doubts(entry.status, day, agreement, entry.rescheduled_from, minutes_known=minutes_known)
    if doubts and (of_day is None or of_day.kind is not rules.DAY_OUTSIDE_AGREEMENT):
        findings = [*findings, *doubts]
    if stored_status is None and version_matches is None:
        return Result("created", findings) if findings else CREATED
    if version_matches is None:
        return Result("rejected", [rules.ALREADY_RECORDED.at("/if_version")])
    if stored_status is None or not version_matches:
        return Result("rejected", [rules.STALE_LINE.at("/if_version")])
    return Result("updated", findings) if findings else UPDATED
