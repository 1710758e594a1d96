"""What becomes of a day that is sent: one decision for single days and for lines of a batch."""

from datetime import date, timedelta
from typing import Any

import pytest

from walmu_api.foundation.record_ids import uuid7
from walmu_api.record.everyday.attendance.rules import AgreementFacts
from walmu_api.record.everyday.attendance.schemas import AttendanceEntry
from walmu_api.record.everyday.attendance.validation import is_unchanged, validate
from walmu_api.record.parties.codes.shipped import shipped_lists

TODAY = date(2026, 10, 5)
PROVIDER, WORKPLACE = uuid7(), uuid7()
AGREEMENT = AgreementFacts(
    uuid7(),
    uuid7(),
    uuid7(),
    PROVIDER,
    WORKPLACE,
    "work_activity",
    "work_activity",
    "signed",
    date(2026, 1, 1),
    date(2026, 12, 31),
    None,
    None,
)
PRESENT = AttendanceEntry(status="present")
ABSENT = AttendanceEntry(status="absent")
MISPLACED = AttendanceEntry(status="present", absence_reason="own_illness")


@pytest.mark.parametrize(
    ("entry", "stored_status", "version_matches", "outcome", "codes"),
    [
        (PRESENT, None, None, "created", []),
        (PRESENT, None, False, "rejected", ["stale-version"]),
        (PRESENT, "present", None, "rejected", ["already-recorded"]),
        (PRESENT, "present", False, "rejected", ["stale-version"]),
        (PRESENT, "present", True, "updated", []),
        (PRESENT, "voided", True, "updated", []),
        (ABSENT, None, None, "created", ["reason-missing"]),
        (ABSENT, "present", True, "updated", ["reason-missing"]),
        (ABSENT, "present", None, "rejected", ["already-recorded"]),
        (MISPLACED, None, None, "rejected", ["reason-not-allowed"]),
        (MISPLACED, "present", False, "rejected", ["reason-not-allowed"]),
    ],
)
def test_the_rules_come_before_the_version_and_only_warnings_stay_with_what_is_written(
    entry: AttendanceEntry,
    stored_status: str | None,
    version_matches: bool | None,
    outcome: str,
    codes: list[str],
) -> None:
    result = _validate(entry, TODAY, stored_status=stored_status, version_matches=version_matches)
    assert (result.outcome, [finding.kind.code for finding in result.findings]) == (outcome, codes)


def test_of_several_errors_the_first_is_reported() -> None:
    result = _validate(MISPLACED, TODAY + timedelta(1), stored_status=None, version_matches=None)
    assert [finding.kind.code for finding in result.findings] == ["day-in-future"]


def test_a_result_cannot_be_changed() -> None:
    result = _validate(PRESENT, TODAY, stored_status=None, version_matches=None)
    with pytest.raises(AttributeError):
        result.outcome = "rejected"


def _validate(entry: AttendanceEntry, day: date, **given: Any) -> Any:
    reasons = shipped_lists()["absence_reason"]
    return validate(
        entry, day, AGREEMENT, arrived_at=None, left_at=None, today=TODAY, reasons=reasons, **given
    )


@pytest.mark.parametrize(
    ("same_content", "version_matches", "confirmation", "organisation_id", "expected"),
    [
        (False, None, None, PROVIDER, False),
        (True, None, None, PROVIDER, True),
        (True, None, "unconfirmed", PROVIDER, True),
        (True, False, "unconfirmed", PROVIDER, True),
        (True, True, "unconfirmed", PROVIDER, False),
        (True, True, "unconfirmed", WORKPLACE, True),
        (True, True, "confirmed", PROVIDER, True),
    ],
)
def test_the_same_content_changes_nothing_unless_it_confirms_the_version_of_the_workplace(
    same_content: bool,
    version_matches: bool | None,
    confirmation: str | None,
    organisation_id: Any,
    expected: bool,
) -> None:
    assert (
        is_unchanged(
            same_content=same_content,
            version_matches=version_matches,
            confirmation=confirmation,
            provider_id=PROVIDER,
            organisation_id=organisation_id,
        )
        is expected
    )
