"""What holds of a plan: which of the four structures it is, what that structure has, who writes it, and the
limits of rehabilitative work activity. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from walmu_api.foundation.problems import INVALID_VALUE, MISSING, Finding, ProblemType, check_order
from walmu_api.record.commitments.agreements.rules import REHABILITATIVE_DAYS, REHABILITATIVE_HOURS

CLIENT, IMPLEMENTATION = "client_plan", "implementation_plan"
DISABILITY, WORKING_AGE = "disability_services", "working_age_services"
DISABILITY_TASK = "20"
STRUCTURES = {
    (CLIENT, WORKING_AGE): "1.2.246.537.6.1506.15020.2024.11.28",
    (IMPLEMENTATION, WORKING_AGE): "1.2.246.537.6.1506.15021.2023.9.8",
    (CLIENT, DISABILITY): "1.2.246.537.6.1506.15023.2024.11.4",
    (IMPLEMENTATION, DISABILITY): "1.2.246.537.6.1506.15024.2024.11.4",
}

NOT_OF_THIS_PLAN = ProblemType("not-of-this-plan", 422, located=True)
NOT_YOUR_PLAN = ProblemType("not-your-plan", 403)
BEYOND_REHABILITATIVE_WORK = ProblemType("beyond-rehabilitative-work", 422, located=True, names_basis=True)
PROBLEMS = (BEYOND_REHABILITATIVE_WORK, NOT_OF_THIS_PLAN, NOT_YOUR_PLAN)

OURS_ALONE = frozenset({"kind", "services", "service_task", "employment_plan", "rehabilitative_work"})
"""What no structure has: which plan it is, and what we hold beside it."""
_ALL = OURS_ALONE | frozenset(
    [
        "meetings",
        "situation",
        "goals.description",
        "further_actions",
        "dissenting_views",
        "review",
        "distribution",
        "further_information",
        "legal_notice",
        "written_on",
        "authors",
    ]
)
_BOTH_CLIENT = frozenset(
    [
        "current_services.description",
        "client_view_of_support",
        "professional_view_of_support",
        "planned_services.social_service",
        "planned_services.description",
        "planned_services.client_proposal",
        "planned_services.expected_start_and_duration",
        "supporting_organisations",
        "supporting_persons",
        "worker_meetings",
        "client_informed",
        "client_informed_how",
        "expected_duration",
    ]
)
_BOTH_IMPLEMENTATION = frozenset(
    [
        "service",
        "service_starts_on",
        "goals.name",
        "goals.means_and_schedule",
        "health_and_functioning",
        "strengths",
        "experiences",
        "content_and_implementation",
        "responsible_worker",
    ]
)
_BOTH_DISABILITY = frozenset(
    [
        "communication",
        "previous_plan.client_assessment",
        "previous_plan.professional_assessment",
        "previous_plan.assessment_text",
        "special_care.arrangements",
        "special_care.adjustments",
        "special_care.means",
        "special_care.restrictions.assessments",
        "special_care.restrictions.used",
        "special_care.restrictions.outdoor_plan",
        "special_care.restrictions.movement_plan",
    ]
)
MEMBERS: Mapping[tuple[str, str], frozenset[str]] = {
    (CLIENT, WORKING_AGE): _ALL
    | _BOTH_CLIENT
    | frozenset(
        [
            "current_services.services",
            "previous_goals",
            "service_evaluations",
            "method_evaluations",
            "goals.goal",
            "goals.scale",
            "goals.factors",
            "planned_services.service",
            "planned_services.service_task",
            "planned_services.methods",
            "planned_services.methods_note",
        ]
    ),
    (IMPLEMENTATION, WORKING_AGE): (
        _ALL | _BOTH_IMPLEMENTATION | frozenset(["previous_plan.assessment", "previous_plan.assessment_text"])
    )
    - {"further_information"},
    (CLIENT, DISABILITY): _ALL
    | _BOTH_CLIENT
    | _BOTH_DISABILITY
    | frozenset(
        [
            "other_plans",
            "health",
            "functioning",
            "family_view_of_support",
            "strengths",
            "client_wishes",
            "goals.name",
            "personal_assistance",
            "other_support",
            "special_measures",
            "education_and_job_search_plan",
            "early_or_basic_education",
            "special_care.restrictions.effect",
        ]
    ),
    (IMPLEMENTATION, DISABILITY): (
        _ALL | _BOTH_IMPLEMENTATION | _BOTH_DISABILITY | frozenset(["self_determination_measures"])
    )
    - {"distribution"},
}
"""What each structure has; a name stands for all below it. The tests hold it against the tables of the
structures."""
_REQUIRED = {(CLIENT, DISABILITY): ("current_services.description", "client_informed")}
LEAST_HOURS, MOST_DAYS = 4, 4


def services_of(data: str | None, service_task: str | None) -> str | None:
    """Which services a plan belongs to: as said, or as the service task tells."""
    if data is not None or service_task is None:
        return data
    return DISABILITY if service_task == DISABILITY_TASK else WORKING_AGE


def may_write(kind: str, role: str) -> bool:
    return kind == IMPLEMENTATION or role in {"organiser", "ehr"}


def check_members(kind: str, services: str, content: Mapping[str, Any]) -> list[Finding]:
    """What the structure does not have, and what it asks for."""
    found = [NOT_OF_THIS_PLAN.at(at) for at in _foreign(content, MEMBERS[kind, services], "", "")]
    for path in _REQUIRED.get((kind, services), ()):
        value: Any = content
        for name in path.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        if value is None:
            found.append(MISSING.at("/" + path.replace(".", "/")))
    return found


def _foreign(content: Mapping[str, Any], known: frozenset[str], path: str, at: str) -> Iterator[str]:
    for name, value in content.items():
        here, there = f"{path}{name}", f"{at}/{name}"
        if here in known:
            continue
        if not any(each.startswith(f"{here}.") for each in known):
            yield there
        elif isinstance(value, list):
            for number, each in enumerate(value):
                yield from _foreign(each, known, f"{here}.", f"{there}/{number}")
        else:
            yield from _foreign(value, known, f"{here}.", there)


@dataclass(frozen=True)
class Period:
    """A planned period of rehabilitative work activity."""

    days_per_week: int
    hours_per_day: float
    starts_on: date
    ends_on: date


def check_rehabilitative_work(period: Period) -> list[Finding]:
    """1–4 days a week, at least 4 hours a day, 3–24 months (189/2001, 13 b §): a plan may not go beyond."""
    at = "/rehabilitative_work"
    found = check_order(period.starts_on, period.ends_on, f"{at}/ends_on")
    if period.days_per_week > MOST_DAYS:
        found.append(INVALID_VALUE.at(f"{at}/days_per_week", reason=REHABILITATIVE_DAYS))
    if period.hours_per_day < LEAST_HOURS:
        found.append(INVALID_VALUE.at(f"{at}/hours_per_day", reason=REHABILITATIVE_HOURS))
    following = date.fromordinal(period.ends_on.toordinal() + 1)
    if not found and not _months_on(period.starts_on, 3) <= following <= _months_on(period.starts_on, 24):
        found.append(BEYOND_REHABILITATIVE_WORK.at(f"{at}/ends_on"))
    return found


def _months_on(day: date, months: int) -> date:
    """The day so many months later; in a shorter month its last day."""
    years, month = divmod(day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(day.year + years, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
