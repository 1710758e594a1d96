"""What an agreement may hold, by its decision and its kind."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from walmu_api.foundation.problems import Problem
from walmu_api.record.commitments.agreements import rules
from walmu_api.record.commitments.decisions.rules import Force

START, END = date(2026, 1, 1), date(2026, 12, 31)
BEFORE, AFTER = date(2025, 12, 31), date(2027, 1, 1)


def within(**changes: Any) -> list[str]:
    force: dict[str, Any] = {
        "status": "decided",
        "outcome": "granted",
        "valid_from": START,
        "valid_to": END,
        "revoked_on": None,
        "revocation_known_on": None,
    }
    force |= {name: changes.pop(name) for name in list(changes) if name in force}
    plain: dict[str, Any] = {
        "starts_on": START,
        "ends_on": END,
        "days_per_week": 3,
        "decided_days": 3,
        "allowance": Decimal("6.00"),
        "decided_allowance": Decimal("6.00"),
    }
    return [finding.pointer for finding in rules.check_decision(force=Force(**force), **plain | changes)]


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({}, []),
        ({"starts_on": BEFORE}, ["/starts_on"]),
        ({"ends_on": AFTER}, ["/ends_on"]),
        ({"ends_on": AFTER, "valid_to": None}, []),
        ({"days_per_week": 4}, ["/schedule"]),
        ({"days_per_week": None}, []),
        ({"days_per_week": 7, "decided_days": None}, []),
        ({"allowance": Decimal("6.01")}, ["/work_allowance_per_day"]),
        ({"allowance": None}, []),
        ({"allowance": Decimal("60.00"), "decided_allowance": None}, []),
        ({"status": "draft"}, ["/decision_id"]),
        ({"status": "revoked"}, ["/decision_id"]),
        ({"outcome": "denied"}, ["/decision_id"]),
        ({"outcome": "partly_granted"}, []),
        (
            {"starts_on": BEFORE, "ends_on": AFTER, "days_per_week": 5},
            ["/starts_on", "/ends_on", "/schedule"],
        ),
    ],
)
def test_it_lies_within_its_decision(changes: dict[str, Any], pointers: list[str]) -> None:
    assert within(**changes) == pointers


@pytest.mark.parametrize(
    ("kind", "decision", "allowance", "ends_on", "pointers"),
    [
        ("work_activity", True, None, END, []),
        ("work_activity", False, None, END, ["/decision_id"]),
        ("employment", False, None, END, []),
        ("employment", True, Decimal("6.00"), END, ["/work_allowance_per_day"]),
        ("halfway_stop", True, Decimal("6.00"), BEFORE, ["/ends_on"]),
    ],
)
def test_its_kind_says_what_it_needs(
    kind: str, decision: bool, allowance: Any, ends_on: date, pointers: list[str]
) -> None:
    found = rules.check_kind(
        kind=kind, decision_given=decision, allowance=allowance, starts_on=START, ends_on=ends_on
    )
    assert [finding.pointer for finding in found] == pointers


@pytest.mark.parametrize(
    ("days", "minutes", "count"),
    [(4, 240, 0), (5, 240, 1), (4, 239, 1), (7, 0, 2), (None, None, 0), (1, 480, 0)],
)
def test_rehabilitative_work_is_one_to_four_days_of_four_hours(days: Any, minutes: Any, count: int) -> None:
    assert len(rules.check_rehabilitative(days_per_week=days, shortest_minutes=minutes)) == count


@pytest.mark.parametrize(
    ("kind", "weekdays", "most", "planned"),
    [("fixed", [1, 2, 3], None, 3), ("flexible", [], 4, 4), ("flexible", [], None, None)],
)
def test_planned_days_come_from_the_schedule(kind: str, weekdays: list[int], most: Any, planned: Any) -> None:
    assert rules.planned_days(kind, weekdays, most) == planned


def test_an_act_fits_only_its_states() -> None:
    rules.check_act("draft", frozenset({"draft"}))
    with pytest.raises(Problem):
        rules.check_act("signed", frozenset({"draft"}))


def test_of_a_decision_that_is_not_in_force_it_says_so_and_names_no_days() -> None:
    force = Force("revoked", "granted", START, END, None, None)
    [finding] = rules.check_decision(
        force=force,
        starts_on=START,
        ends_on=END,
        days_per_week=3,
        decided_days=3,
        allowance=None,
        decided_allowance=None,
    )
    assert finding.render("en")["detail"] == "The decision allows here: no agreement, for it is revoked."
