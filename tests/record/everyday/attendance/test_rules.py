"""When a day may be recorded, and what its words mean: the tables of the rules."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from walmu_api.foundation.record_ids import uuid7
from walmu_api.record.commitments.decisions.rules import Force
from walmu_api.record.everyday.attendance.rules import AgreementFacts, check_day, check_entry, stored_reason
from walmu_api.record.parties.codes.shipped import shipped_lists

TODAY = date(2026, 10, 5)
START, END = date(2026, 1, 1), date(2026, 12, 31)
DECISION = Force("decided", "granted", START, END, None, None)
AGREEMENT = AgreementFacts(
    uuid7(),
    uuid7(),
    uuid7(),
    uuid7(),
    None,
    "work_activity",
    "work_activity",
    "signed",
    START,
    END,
    DECISION,
    None,
)
ONE = timedelta(days=1)

REASONS = shipped_lists()["absence_reason"]


def code(finding: Any) -> tuple[str, str] | None:
    return (finding.kind.code, finding.severity) if finding else None


@pytest.mark.parametrize(
    ("day", "changes", "expected"),
    [
        (TODAY, {}, None),
        (START, {}, None),
        (START - ONE, {}, ("day-outside-agreement", "error")),
        (END + ONE, {}, ("day-outside-agreement", "error")),
        (TODAY + ONE, {}, ("day-in-future", "error")),
        (TODAY, {"status": "draft"}, ("agreement-not-signed", "error")),
        (TODAY, {"status": "voided"}, ("agreement-not-signed", "error")),
        (TODAY, {"status": "terminated"}, None),
        (TODAY, {"kind": "employment"}, ("no-attendance-in-employment", "error")),
        (TODAY, {"decision": None}, None),
        (TODAY, {"status": "terminated", "ends_on": TODAY - ONE}, ("day-outside-agreement", "error")),
        (TODAY, {"relationship_ends_on": TODAY}, None),
        (TODAY, {"relationship_ends_on": TODAY - ONE}, ("day-outside-agreement", "error")),
        (TODAY + ONE, {"relationship_ends_on": TODAY}, ("day-outside-agreement", "error")),
    ],
)
def test_a_day_needs_a_place_to_be(day: date, changes: dict[str, Any], expected: Any) -> None:
    assert code(check_day(day, replace(AGREEMENT, **changes), TODAY)) == expected


def test_what_was_recorded_before_the_end_of_the_relationship_was_told_may_be_corrected() -> None:
    ended = replace(AGREEMENT, relationship_ends_on=TODAY - ONE)
    assert check_day(TODAY, ended, TODAY).rule == "service-relationship-ended"  # type: ignore[union-attr]
    assert code(check_day(TODAY, ended, TODAY, recorded=True)) == ("day-outside-agreement", "warning")
    not_in_force = replace(ended, decision=replace(DECISION, valid_to=START))
    assert code(check_day(TODAY, not_in_force, TODAY, recorded=True)) == ("day-outside-agreement", "warning")
    moved = replace(AGREEMENT, decision=replace(DECISION, valid_to=START))
    assert code(check_day(TODAY, moved, TODAY, recorded=True)) == ("decision-not-in-force", "warning")
    over = replace(ended, ends_on=TODAY - ONE)
    assert code(check_day(TODAY, over, TODAY)) == ("day-outside-agreement", "error")
    assert code(check_day(TODAY, over, TODAY, recorded=True)) == ("day-outside-agreement", "warning")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, None),
        ({"status": "superseded"}, None),
        ({"status": "ended"}, None),
        ({"valid_to": None}, None),
        ({"valid_to": TODAY}, None),
        ({"status": "draft"}, ("decision-not-in-force", "error")),
        ({"status": "entered_in_error"}, ("decision-not-in-force", "error")),
        ({"outcome": "denied"}, ("decision-not-in-force", "error")),
        ({"outcome": "partly_granted"}, None),
        ({"valid_from": TODAY + ONE}, ("decision-not-in-force", "error")),
        ({"valid_to": TODAY - ONE}, ("decision-not-in-force", "error")),
        ({"status": "revoked", "revoked_on": TODAY + ONE}, None),
        ({"status": "revoked", "revoked_on": TODAY}, ("decision-not-in-force", "error")),
        (
            {"status": "revoked", "revoked_on": TODAY, "revocation_known_on": TODAY},
            ("decision-not-in-force", "error"),
        ),
        (
            {"status": "revoked", "revoked_on": TODAY - ONE, "revocation_known_on": TODAY + ONE},
            ("revocation-not-yet-known", "warning"),
        ),
    ],
)
def test_a_decision_covers_its_days_and_those_before_its_revocation_was_known(
    changes: Any, expected: Any
) -> None:
    decision = replace(DECISION, **changes)
    assert code(decision.on(TODAY)) == expected
    assert code(check_day(TODAY, replace(AGREEMENT, decision=decision), TODAY)) == expected


@pytest.mark.parametrize(
    ("changes", "covers"),
    [
        ({}, "2026-01-01–2026-12-31"),
        ({"valid_to": None}, "2026-01-01–"),
        ({"status": "draft"}, "-"),
        ({"revoked_on": date(2026, 3, 1)}, "2026-01-01–2026-02-28"),
        ({"revoked_on": date(2026, 3, 1), "valid_to": None}, "2026-01-01–2026-02-28"),
        ({"revoked_on": START}, "-"),
    ],
)
def test_what_a_decision_covers_is_said_as_an_interval(changes: Any, covers: str) -> None:
    assert replace(DECISION, **changes).covers == covers


@pytest.mark.parametrize("status", ["present", "partial", "absent", "not_arranged", "rescheduled"])
@pytest.mark.parametrize("reason", [None, "own_illness", "kissa"])
def test_a_reason_belongs_to_absence_and_part_day(status: str, reason: str | None) -> None:
    expected: Any = None
    if reason is not None and status not in {"absent", "partial"}:
        expected = ("reason-not-allowed", "error")
    elif reason == "kissa":
        expected = ("unknown-code", "error")
    elif reason is None and status == "absent":
        expected = ("reason-missing", "warning")
    assert code(check_entry(status, reason, None, None, TODAY, REASONS)) == expected
    assert stored_reason(status, None) == ("unknown" if status == "absent" else None)
    assert stored_reason(status, reason) == (reason or stored_reason(status, None))


def test_leaving_comes_after_arriving() -> None:
    nine, ten = datetime(2026, 10, 5, 9, tzinfo=UTC), datetime(2026, 10, 5, 10, tzinfo=UTC)
    assert check_entry("present", None, nine, ten, TODAY, REASONS) is None
    assert check_entry("present", None, nine, nine, TODAY, REASONS) is None
    assert code(check_entry("present", None, ten, nine, TODAY, REASONS)) == ("invalid-value", "error")
    assert check_entry("present", None, ten, None, TODAY, REASONS) is None


def test_the_statutory_four_and_the_others_are_reasons() -> None:
    assert {
        "own_illness",
        "child_illness_under_10",
        "employment_related",
        "public_trust_duty",
        "unknown",
    } < set(REASONS.codes)
    assert len(REASONS.codes) == 12
