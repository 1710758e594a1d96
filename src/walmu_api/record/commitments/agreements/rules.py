"""What an agreement may hold, by its decision and its kind. A plan or agreement of ours may not break a rule.
Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from walmu_api.foundation.locales import Reason, Text
from walmu_api.foundation.problems import CONFLICT, INVALID_VALUE, MISSING, Finding, ProblemType, check_order
from walmu_api.record.commitments.decisions.rules import WAGES, Force

DAY_ENDS = Reason("day-ends")
FIXED_OR_FLEXIBLE = Reason("fixed-or-flexible")
WEEKDAY_ONCE = Reason("weekday-once")
LEAST_AND_MOST = Reason("least-and-most")
REHABILITATIVE_DAYS = Reason("rehabilitative-days")
REHABILITATIVE_HOURS = Reason("rehabilitative-hours")
SIGNED = Reason("signed")
FROM_ITS_START = Reason("from-its-start")
WITHIN_AGREEMENT = Reason("within-agreement")
WITHIN_RELATIONSHIP = Reason("within-relationship")

STRUCTURE = "1.2.246.537.6.1506.13004.2023.6.21"
BEYOND_DECISION = ProblemType("agreement-beyond-decision", 422, located=True, names_basis=True)
NO_AGREEMENT = Text("phrases.no-agreement")
DAYS_RECORDED = ProblemType("days-recorded", 409)
RECIPIENT_NOT_NAMED = ProblemType("recipient-not-named", 422, located=True)
INSURANCE_MISSING = ProblemType("insurance-not-told", 422, located=True, names_basis=True)
DECISION_DAYS_EXCEEDED = ProblemType("decision-days-exceeded", 422, located=True, names_basis=True)
REHABILITATIVE_DAYS_EXCEEDED = ProblemType(
    "rehabilitative-days-exceeded", 422, located=True, names_basis=True
)
SAME_HOURS_ELSEWHERE = ProblemType("same-hours-elsewhere", 422, located=True)
NO_WORKPLACE = ProblemType("no-workplace", 409)
PROBLEMS = (
    NO_WORKPLACE,
    BEYOND_DECISION,
    DAYS_RECORDED,
    INSURANCE_MISSING,
    RECIPIENT_NOT_NAMED,
    DECISION_DAYS_EXCEEDED,
    REHABILITATIVE_DAYS_EXCEEDED,
    SAME_HOURS_ELSEWHERE,
)
REHABILITATIVE = "rehabilitative_work"
REHABILITATIVE_MOST = 4
"""Days a week (189/2001, 13 b §)."""
INSURED = frozenset({"SHL_710_1982_27E", "VPL_675_2023_27"})
"""Legal bases on which the activity is insured against accidents."""


def planned_days(
    schedule_type: str, weekdays: Sequence[int], most: int | None, data: float | None = None
) -> float | None:
    """Days a week: of the week plan, else the most that the range allows, else what was said in
    `days_per_week`."""
    return len(weekdays) if schedule_type == "fixed" else most if most is not None else data


def minutes(starts_at: str, ends_at: str) -> int:
    """From one time of day to another."""
    return int(ends_at[:2]) * 60 + int(ends_at[3:]) - int(starts_at[:2]) * 60 - int(starts_at[3:])


def amended(
    earlier: Sequence[Mapping[str, Any]],
    current: Mapping[str, Any],
    following: Mapping[str, Any],
    since: date,
    starts_on: date,
) -> list[dict[str, Any]]:
    """The week plans before the one that follows from a day on, each with its last day."""
    last = since - timedelta(days=1)
    found: list[dict[str, Any]] = []
    for until, schedule in [*((each["until"], each["schedule"]) for each in earlier), (None, current)]:
        end = min(last, date.fromisoformat(until)) if until is not None else last
        if end >= starts_on and (not found or end.isoformat() > found[-1]["until"]):
            if found and found[-1]["schedule"] == schedule:
                found.pop()
            found.append({"until": end.isoformat(), "schedule": schedule})
    while found and found[-1]["schedule"] == following:
        found.pop()
    return found


def plans(schedule: Mapping[str, Any]) -> list[tuple[date, Mapping[str, Any]]]:
    """The week plans that were agreed on one after another, given the last one with the `earlier` ones, each with the last day
    on which it holds."""
    earlier = [
        (date.fromisoformat(each["until"]), each["schedule"]) for each in schedule.get("earlier") or ()
    ]
    return [*earlier, (date.max, schedule)]


def schedule_from(agreement: Mapping[str, Any]) -> str:
    """From which day on the `schedule` of an agreement (as JSON) holds; versions of old tell no `schedules`."""
    found: str = (
        agreement["schedules"][-1]["valid_from"] if agreement.get("schedules") else agreement["starts_on"]
    )
    return found


def check_decision(
    *,
    force: Force,
    starts_on: date,
    ends_on: date,
    days_per_week: float | None,
    decided_days: int | None,
    allowance: Decimal | None,
    decided_allowance: Decimal | None,
) -> list[Finding]:
    """Period, days and allowance of the agreement lie within those of the decision."""
    findings: list[Finding] = []
    if force.status != "decided" or force.outcome == "denied":
        state = force.status if force.status != "decided" else force.outcome
        return [BEYOND_DECISION.at("/decision_id", allowed=NO_AGREEMENT, state=state)]
    if starts_on < force.valid_from:
        findings.append(
            BEYOND_DECISION.at("/starts_on", allowed=f"{force.valid_from}–{force.valid_to or ''}")
        )
    if force.valid_to is not None and ends_on > force.valid_to:
        findings.append(BEYOND_DECISION.at("/ends_on", allowed=f"{force.valid_from}–{force.valid_to}"))
    if decided_days is not None and days_per_week is not None and days_per_week > decided_days:
        findings.append(BEYOND_DECISION.at("/schedule", allowed=f"{decided_days}"))
    if allowance is not None and decided_allowance is not None and allowance > decided_allowance:
        findings.append(BEYOND_DECISION.at("/work_allowance_per_day", allowed=f"{decided_allowance:.2f}"))
    return findings


def check_start(*, starts_on: date, relationship_ends_on: date | None) -> list[Finding]:
    """Nothing begins in a service relationship that is over; access lasts longer for what was inside it."""
    if relationship_ends_on is None or starts_on <= relationship_ends_on:
        return []
    return [INVALID_VALUE.at("/starts_on", reason=WITHIN_RELATIONSHIP)]


def check_kind(
    *, kind: str, decision_given: bool, allowance: Decimal | None, starts_on: date, ends_on: date
) -> list[Finding]:
    findings = check_order(starts_on, ends_on, "/ends_on")
    if kind == "employment":
        if allowance is not None:
            findings.append(INVALID_VALUE.at("/work_allowance_per_day", reason=WAGES))
    elif not decision_given:
        findings.append(MISSING.at("/decision_id"))
    return findings


def check_rehabilitative(*, days_per_week: float | None, shortest_minutes: float | None) -> list[Finding]:
    """Rehabilitative work activity: 1–4 days a week, at least 4 hours a day (189/2001, 13 b §)."""
    findings: list[Finding] = []
    if days_per_week is not None and days_per_week > REHABILITATIVE_MOST:
        findings.append(INVALID_VALUE.at("/schedule", reason=REHABILITATIVE_DAYS))
    if shortest_minutes is not None and shortest_minutes < 240:
        findings.append(INVALID_VALUE.at("/schedule", reason=REHABILITATIVE_HOURS))
    return findings


def check_insurance(*, legal_bases: Iterable[str], taken_by: str | None) -> list[Finding]:
    """Who insures. That nobody does is refused; that it is not told yet is a warning: the agreement itself
    may name it elsewhere, and the days of a client are not to wait for it."""
    if INSURED.isdisjoint(legal_bases) or taken_by not in {None, "none"}:
        return []
    finding = INSURANCE_MISSING.at("/insurance")
    return [finding if taken_by == "none" else finding.warning()]


def check_act(status: str, allowed: frozenset[str]) -> None:
    """An act (sign, end, void) fits only some states."""
    if status not in allowed:
        raise CONFLICT(state=status)
