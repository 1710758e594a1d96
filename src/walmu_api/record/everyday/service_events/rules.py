"""What holds of the events of a service: which members each has, and when pauses and ends have a place. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from walmu_api.foundation.problems import (
    INVALID_VALUE,
    MISSING,
    OUT_OF_ORDER,
    Finding,
    ProblemType,
    check_order,
)
from walmu_api.record.parties.clients.rules import CONTACTS, NO_CONTACTS

STRUCTURES = {
    "started": "1.2.246.537.6.1506.19002.2022.1.10",
    "ended": "1.2.246.537.6.1506.19012.2022.1.10",
    "notice": "1.2.246.537.6.1506.4002.2023.5.31",
}
"""The national structure of each kind that has one. A pause is no national document."""
REQUIRED = {
    "started": frozenset({"starts_on", "author"}),
    "ended": frozenset({"ends_on", "author"}),
    "paused": frozenset({"starts_on", "reason"}),
    "resumed": frozenset({"starts_on"}),
    "notice": frozenset({"notice"}),
}
_OF_SERVICE = frozenset(
    {"service_task", "service", "author", "further_information", "written_on", "transition"}
)
MEMBERS = {
    "started": REQUIRED["started"] | _OF_SERVICE,
    "ended": REQUIRED["ended"] | _OF_SERVICE | {"reason", "onward_path", "onward_path_note", "shelter"},
    "paused": REQUIRED["paused"] | {"ends_on", "extra_days_elsewhere", "further_information"},
    "resumed": REQUIRED["resumed"] | {"further_information"},
    "notice": REQUIRED["notice"] | {"further_information", "written_on"},
}
SERVICE_REPORTED = frozenset({"started", "ended"})

NOT_IN_THIS_EVENT = ProblemType("not-in-this-event", 422, located=True)
OUTSIDE_RELATIONSHIP = ProblemType("outside-relationship", 422, located=True)
OVERLAPPING_PAUSE = ProblemType("overlapping-pause", 422, located=True)
NOT_PAUSED = ProblemType("not-paused", 422, located=True)
ALREADY_ENDED = ProblemType("already-ended", 422, located=True)
PROBLEMS = (NOT_IN_THIS_EVENT, OUTSIDE_RELATIONSHIP, OVERLAPPING_PAUSE, NOT_PAUSED, ALREADY_ENDED)


@dataclass(frozen=True)
class Event:
    """What the rules need of an event that is in force."""

    kind: str
    starts_on: date | None
    ends_on: date | None


@dataclass(frozen=True)
class Span:
    """The days of a relationship. `ends_on`: the last that the organiser allows."""

    starts_on: date
    ends_on: date | None

    def has(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


def check_members(kind: str, given: Collection[str]) -> list[Finding]:
    """`given`: the members that the entry has, `kind` aside."""
    missing = [MISSING.at(f"/{name}") for name in sorted(REQUIRED[kind] - set(given))]
    return missing + [NOT_IN_THIS_EVENT.at(f"/{name}") for name in sorted(set(given) - MEMBERS[kind])]


def check_companions(companions: Sequence[Mapping[str, Any]]) -> list[Finding]:
    """Contacts of one under turvakielto are not recorded: a companion is no legal representative."""
    return [
        INVALID_VALUE.at(f"/transition/companions/{at}", reason=NO_CONTACTS)
        for at, companion in enumerate(companions)
        if companion.get("turvakielto") and not CONTACTS.isdisjoint(companion)
    ]


def check_days(event: Event, span: Span, others: Sequence[Event]) -> list[Finding]:
    """Whether an event that has all its members has a place beside the others of its relationship."""
    match event.kind:
        case "ended":
            return _check_ended(event, span, others)
        case "paused":
            return _check_paused(event, span, others)
        case "resumed":
            return _check_resumed(event, others)
        case _:
            return []


def _check_ended(event: Event, span: Span, others: Sequence[Event]) -> list[Finding]:
    assert event.ends_on is not None
    findings = [ALREADY_ENDED.at("/kind")] if any(other.kind == "ended" for other in others) else []
    if event.ends_on < span.starts_on:
        return [*findings, OUT_OF_ORDER.at("/ends_on")]
    return findings if span.has(event.ends_on) else [*findings, _outside("/ends_on", span)]


def _check_paused(event: Event, span: Span, others: Sequence[Event]) -> list[Finding]:
    assert event.starts_on is not None
    if findings := check_order(event.starts_on, event.ends_on, "/ends_on"):
        return findings
    days = {"/starts_on": event.starts_on, "/ends_on": event.ends_on}
    if findings := [_outside(at, span) for at, day in days.items() if day is not None and not span.has(day)]:
        return findings
    last = event.ends_on or date.max
    overlapping = any(start <= last and event.starts_on <= end for start, end in pauses(others))
    return [OVERLAPPING_PAUSE.at("/starts_on")] if overlapping else []


def _check_resumed(event: Event, others: Sequence[Event]) -> list[Finding]:
    day = event.starts_on
    assert day is not None
    paused = any(
        start < day and (end == date.max or day <= end + timedelta(days=1)) for start, end in pauses(others)
    )
    return [] if paused else [NOT_PAUSED.at("/starts_on")]


def _outside(pointer: str, span: Span) -> Finding:
    return OUTSIDE_RELATIONSHIP.at(pointer, starts_on=span.starts_on, ends_on=span.ends_on or "")


def pauses(events: Sequence[Event]) -> list[tuple[date, date]]:
    """First and last day of every pause: up to its own end, or to the day before the service resumed."""
    resumed = [event.starts_on for event in events if event.kind == "resumed" and event.starts_on]
    found = []
    for event in events:
        if event.kind == "paused" and event.starts_on:
            ends = [day - timedelta(days=1) for day in resumed if day > event.starts_on]
            found.append((event.starts_on, min([event.ends_on or date.max, *ends])))
    return found
