"""When a day may be recorded, and what its words mean. Pure: every argument is plain, today included.

A recorded fact is refused only where it has no place to be; everything else about facts warns."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from walmu_api.foundation.locales import Reason, Text
from walmu_api.foundation.problems import INVALID_VALUE, UNKNOWN_CODE, Finding, ProblemType
from walmu_api.record.commitments.decisions.rules import Force
from walmu_api.record.everyday.attendance import planning
from walmu_api.record.parties.codes.rules import CodeList

LEAVING = Reason("leaving")
FIRST_REASON = Reason("first-reason")
REASON_TWICE = Reason("reason-twice")
LONGER_THAN_PLANNED = Reason("longer-than-planned")
ONE_AGREEMENT = Reason("one-agreement")
REJECTION = Reason("rejection")
UNKNOWN_AGREEMENT = ProblemType("unknown-agreement", 422, located=True)
AMBIGUOUS_AGREEMENT = ProblemType("ambiguous-agreement", 422, located=True)
NAMES_DISAGREE = ProblemType("names-disagree", 422, located=True)
DAY_OUTSIDE_AGREEMENT = ProblemType("day-outside-agreement", 422)
AGREEMENT_RUNS = Text("phrases.agreement-runs")
_RELATIONSHIP_ENDED = Text("phrases.relationship-ended")
RELATIONSHIP_ENDED = "service-relationship-ended"
"""The rule of a day after the last one of the service relationship: the access that lasts longer is for the
days inside."""
AGREEMENT_NOT_SIGNED = ProblemType("agreement-not-signed", 422)
NO_ATTENDANCE_IN_EMPLOYMENT = ProblemType("no-attendance-in-employment", 422)
DAY_IN_FUTURE = ProblemType("day-in-future", 422)
REASON_NOT_ALLOWED = ProblemType("reason-not-allowed", 422)
NOT_ATTENDED = ProblemType("not-attended", 422)
DUPLICATE_LINE = ProblemType("duplicate-line", 422, located=True)
ALREADY_RECORDED = ProblemType("already-recorded", 422, located=True)
STALE_LINE = ProblemType("stale-version", 422, texts="stale-line")
COUNTED_IN_ANOTHER = ProblemType("counted-in-another-agreement", 422, located=True)
DECISION_IN_CONFLICT = ProblemType("decision-in-conflict", 422, located=True, names_basis=True)
NOT_A_PLANNED_DAY = ProblemType("not-a-planned-day", 422, located=True)
MINUTES_MISSING = ProblemType("minutes-missing", 422, located=True, names_basis=True)
REASON_MISSING = ProblemType("reason-missing", 422, located=True)
BATCH_REJECTED = ProblemType("batch-rejected", 422)
NOT_AN_ABSENCE = ProblemType("not-an-absence", 409)
NOT_RESCHEDULED = ProblemType("not-rescheduled", 422)
TOO_MANY_ROWS = ProblemType("too-many-rows", 422)
PERIOD_TOO_LONG = ProblemType("period-too-long", 422)
PROBLEMS = tuple(
    value
    for value in list(globals().values())
    if isinstance(value, ProblemType) and value.code not in {"invalid-value", "unknown-code"}
)

REASONS = "absence_reason"
"""The list of them; it is known whole, with the organiser's own."""
OWN_ILLNESS = "own_illness"
UNKNOWN = "unknown"
"""The reason of an absence of which none was told."""
MINUTES_OF_A_DAY = 24 * 60
WITH_REASON = frozenset({"absent", "partial"})
ATTENDED = frozenset({"present", "partial"})
COUNTS_HOURS = "rehabilitative_work"
"""The service of which hours are counted too (189/2001, 13 b §: at least four a day)."""


@dataclass(frozen=True)
class AgreementFacts:
    """What the rules need to know of an agreement, and what its days copy from it."""

    id: UUID
    client_id: UUID
    service_relationship_id: UUID
    provider_id: UUID
    workplace_id: UUID | None
    service_kind: str
    kind: str
    status: str
    starts_on: date
    ends_on: date
    decision: Force | None
    relationship_ends_on: date | None
    at_place_since: date | None = None
    client_named: UUID | None = None
    """Whom the agreement named first: it is read under another, where the two were merged."""
    held_since: datetime | None = None
    schedule: Mapping[str, Any] | None = None


class Part(Protocol):
    """A reason of an absence with its minutes."""

    reason: str
    minutes: int


def stored_reason(status: str, reason: str | None) -> str | None:
    """An absence without a reason is a fact too: it is kept as unknown."""
    return UNKNOWN if status == "absent" and reason is None else reason


def reasons_in_words(parts: Iterable[tuple[str, int]], label: Callable[[str], str]) -> str:
    """Two reasons in one line, each with its minutes."""
    return ", ".join(f"{label(reason).removesuffix('.')} ({minutes} min)" for reason, minutes in parts)


def workplace_then(workplace_id: UUID | None, at_place_since: date | None, day: date) -> UUID | None:
    """The workplace whose a day is: none of the present one's, where the agreement came there later."""
    return workplace_id if at_place_since is None or day >= at_place_since else None


def settles(confirmation: str | None, provider_id: UUID, organisation_id: UUID) -> bool:
    """Whether this organisation's word settles what waits: it is the provider, and a workplace said it last
    (ADR 23)."""
    return confirmation == "unconfirmed" and organisation_id == provider_id


def outside_agreement(pointer: str, starts_on: date, ends_on: date) -> Finding:
    return DAY_OUTSIDE_AGREEMENT.at(pointer, outside=AGREEMENT_RUNS, starts_on=starts_on, ends_on=ends_on)


def check_day(day: date, agreement: AgreementFacts, today: date, *, recorded: bool = False) -> Finding | None:
    """The first thing that keeps the day from being recorded, or a warning, or nothing. `recorded`: something
    is known of it already, from before an end was told or a decision moved; it may be corrected, whatever has changed
    around it."""
    if agreement.kind == "employment":
        return NO_ATTENDANCE_IN_EMPLOYMENT.at("/agreement_id")
    if agreement.status not in {"signed", "terminated"}:
        return AGREEMENT_NOT_SIGNED.at("/agreement_id")
    outside = check_within(day, agreement)
    finding = outside or (agreement.decision.on(day) if agreement.decision is not None else None)
    if finding is not None and finding.severity == "error" and not recorded:
        return finding
    if day > today:
        return DAY_IN_FUTURE.at("/date")
    if finding is not None:
        return finding.warning()
    return DECISION_IN_CONFLICT.at("/date").warning() if agreement.held_since is not None else None


def finding_of(
    day: date, agreement: AgreementFacts, *, began_in_conflict: bool, in_another: bool
) -> str | None:
    """Why a recorded day counts in no allowance as things stand: it could not be recorded now, it was recorded while
    nobody could say whose its decision is, or it counts under another agreement already."""
    found = check_day(day, agreement, day)
    if found is not None and found.severity == "error":
        return found.kind.code
    if began_in_conflict:
        return DECISION_IN_CONFLICT.code
    return COUNTED_IN_ANOTHER.code if in_another else None


def check_within(day: date, agreement: AgreementFacts, pointer: str = "/date") -> Finding | None:
    """Whether the day is one of the agreement, while its service goes on."""
    if not agreement.starts_on <= day <= agreement.ends_on:
        return outside_agreement(pointer, agreement.starts_on, agreement.ends_on)
    ended_on = agreement.relationship_ends_on
    if ended_on is None or day <= ended_on:
        return None
    values = {"outside": _RELATIONSHIP_ENDED, "ended_on": ended_on}
    return Finding(DAY_OUTSIDE_AGREEMENT, pointer, values, rule=RELATIONSHIP_ENDED)


def of_the_day(agreements: Iterable[AgreementFacts], day: date) -> Sequence[AgreementFacts]:
    """Of agreements that could be meant, those whose day it is; where it is the day of none, the one that is nearest to it, so
    that its rules say why not."""
    known = sorted(agreements, key=lambda each: (each.starts_on, each.ends_on, each.id.int))
    live = [each for each in known if each.kind != "employment" and each.status in {"signed", "terminated"}]
    if covering := [each for each in live if check_within(day, each) is None]:
        return covering
    begun = [each for each in live or known if each.starts_on <= day]
    return begun[-1:] or (live or known)[:1]


def check_entry(
    status: str,
    reason: str | None,
    arrived_at: datetime | None,
    left_at: datetime | None,
    day: date,
    reasons: CodeList,
    actual_minutes: int | None = None,
) -> Finding | None:
    """What is wrong or doubtful with what is said of the day; `reasons` is the list absence_reason."""
    if status not in ATTENDED:
        of_presence = {"actual_minutes": actual_minutes, "arrived_at": arrived_at, "left_at": left_at}
        if (member := next((name for name, value in of_presence.items() if value), None)) is not None:
            return NOT_ATTENDED.at(f"/{member}")
    if reason is not None:
        if status not in WITH_REASON:
            return REASON_NOT_ALLOWED.at("/absence_reason")
        if not reasons.has(reason, day):
            return UNKNOWN_CODE.at("/absence_reason", code_system=REASONS)
    elif status == "absent":
        return REASON_MISSING.at("/absence_reason").warning()
    if arrived_at is not None and left_at is not None and left_at < arrived_at:
        return INVALID_VALUE.at("/left_at", reason=LEAVING)
    return None


def check_parts(
    parts: Sequence[Part],
    planned_minutes: int | None,
    attended_minutes: int | None,
    day: date,
    reasons: CodeList,
) -> Finding | None:
    """What is wrong with reasons that have minutes: with what was attended they are no longer than was planned."""
    for at, part in enumerate(parts):
        if part.reason == UNKNOWN or not reasons.has(part.reason, day):
            return UNKNOWN_CODE.at(f"/absence_reasons/{at}/reason", code_system=REASONS)
    most = MINUTES_OF_A_DAY if planned_minutes is None else planned_minutes
    if sum(part.minutes for part in parts) + (attended_minutes or 0) > most:
        return INVALID_VALUE.at("/absence_reasons", reason=LONGER_THAN_PLANNED)
    return None


_WITHOUT_MINUTES = MINUTES_MISSING.at("/actual_minutes").warning()
_OFF_PLAN = NOT_A_PLANNED_DAY.at("/date").warning()


def doubts(
    status: str, day: date, agreement: AgreementFacts, moved_from: date | None, *, minutes_known: bool
) -> Sequence[Finding]:
    """What is doubtful of a day beside its agreement's week plan and basis; nothing of it keeps the day from being recorded."""
    attended = status in ATTENDED
    plan = agreement.schedule if (attended or status == "absent") and moved_from is None else None
    off_plan = plan is not None and planning.is_planned(plan, day) is False
    if attended and not minutes_known and agreement.service_kind == COUNTS_HOURS:
        return (_WITHOUT_MINUTES, _OFF_PLAN) if off_plan else (_WITHOUT_MINUTES,)
    return (_OFF_PLAN,) if off_plan else ()


def check_moved(
    status: str, moved_to: date | None, moved_from: date | None, day: date, agreement: AgreementFacts
) -> Finding | None:
    """Whether a day that names another one in its place may do so."""
    if moved_to is not None and (status != "rescheduled" or moved_to == day):
        return NOT_RESCHEDULED.at("/rescheduled_to")
    if moved_from is not None and (status == "rescheduled" or moved_from == day):
        return NOT_RESCHEDULED.at("/rescheduled_from")
    for pointer, other in ("/rescheduled_to", moved_to), ("/rescheduled_from", moved_from):
        if other is not None and (finding := check_within(other, agreement, pointer)) is not None:
            return finding
    return None
