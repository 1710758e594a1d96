"""Who is told what of a decision: field groups, the right of each audience to them, and the view that
follows. Pure.

ADR 18."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from walmu_api.foundation.content_types import Content
from walmu_api.foundation.problems import MISSING, Finding, ProblemType, check_order

NOT_FOR_THIS_AUDIENCE = ProblemType("not-for-this-audience", 422, located=True)
NOT_YOUR_NOTICE = ProblemType("not-your-notice", 403)
PERMISSION_ENDED = ProblemType("permission-ended", 403)
PROBLEMS = (NOT_FOR_THIS_AUDIENCE, NOT_YOUR_NOTICE, PERMISSION_ENDED)

FIELDS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "client_name": (("client", "family_name"), ("client", "given_names")),
    "client_contact": (("client", "contact"),),
    "client_language": (("client", "language"),),
    "decision": (
        ("decision", "outcome"),
        ("decision", "decided_on"),
        ("decision", "valid_from"),
        ("decision", "valid_to"),
    ),
    "service": (("decision", "service_task"), ("decision", "service"), ("decision", "service_kind")),
    "legal_basis": (("decision", "legal_bases"),),
    "amount": (("decision", "days_per_week"),),
    "travel": (("decision", "travel"),),
    "work_allowance": (("decision", "work_allowance_per_day"),),
    "place": (("decision", "place"), ("agreement", "place")),
    "reasons": (("decision", "reasons"),),
    "decision_maker": (("decision", "decision_maker"),),
    "agreement_period": (("agreement", "kind"), ("agreement", "starts_on"), ("agreement", "ends_on")),
    "schedule": (("agreement", "schedule"), ("agreement", "schedule_from")),
    "tasks_and_goals": (("agreement", "tasks_and_goals"),),
    "instructors": (("agreement", "instructors"),),
    "absence_reporting": (("agreement", "absence_reporting"),),
}
"""Field group → whose fields. A field that stands in no group is in no view."""

OWN_DECISION = ("own_decision", "1301/2014 45 §")
CARRIES_OUT = ("carries_out_the_service", "457/2024 15 §")
AGREED = ("agreed_with_the_client", "permission")
_DECISION = (
    "decision",
    "service",
    "legal_basis",
    "amount",
    "travel",
    "work_allowance",
    "place",
    "reasons",
    "decision_maker",
)
_WORK = ("agreement_period", "schedule", "tasks_and_goals", "instructors", "absence_reporting")
AUDIENCES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "client": dict.fromkeys(("client_name", *_DECISION), OWN_DECISION),
    "provider": dict.fromkeys(("client_name", "client_contact", "client_language", *_DECISION), CARRIES_OUT),
    "activity_centre": dict.fromkeys(
        (
            "client_name",
            "client_contact",
            "client_language",
            "decision",
            "service",
            "amount",
            "travel",
            "place",
            *_WORK,
        ),
        CARRIES_OUT,
    ),
    "workplace": dict.fromkeys(("client_name", "client_contact", "client_language", "place", *_WORK), AGREED),
}
"""Audience → field group → why, and on what basis. What is not named here the audience never gets."""

WORKPLACE = "workplace"
_OF_THE_AUDIENCE = {
    "client": {"review_period_starts_on"},
    "provider": set(),
    "activity_centre": {"agreement_id", "meeting_record_id"},
    WORKPLACE: {"agreement_id", "permission_id", "purpose"},
}
_REQUIRED = {WORKPLACE: ("agreement_id", "permission_id", "purpose", "recipient")}
_ONLY_SOME = ("review_period_starts_on", "agreement_id", "meeting_record_id", "permission_id", "purpose")


def may_notify(audience: str, role: str) -> bool:
    return role == "organiser" or audience in {"activity_centre", WORKPLACE}


def check(
    entry: Mapping[str, Any], *, decision_kind: str, notified_on: date, review_from: date | None
) -> list[Finding]:
    """What a notice to its audience must and may hold."""
    audience = entry["audience"]
    found = [MISSING.at(f"/{name}") for name in _REQUIRED.get(audience, ()) if entry.get(name) is None]
    found += [
        NOT_FOR_THIS_AUDIENCE.at(f"/{name}")
        for name in _ONLY_SOME
        if entry.get(name) is not None and name not in _OF_THE_AUDIENCE[audience]
    ]
    if decision_kind == "purchase" and audience != "provider":
        found.append(NOT_FOR_THIS_AUDIENCE.at("/audience"))
    found += [
        NOT_FOR_THIS_AUDIENCE.at(f"/field_groups/{at}")
        for at, group in enumerate(entry.get("field_groups") or ())
        if group not in AUDIENCES[audience]
    ]
    recipient = entry.get("recipient")
    if recipient is not None and recipient.get("organisation_id") is None and recipient.get("name") is None:
        found.append(MISSING.at("/recipient/name"))
    if recipient is not None and audience == WORKPLACE and recipient.get("person") is None:
        found.append(MISSING.at("/recipient/person"))
    return found + check_order(notified_on, review_from, "/review_period_starts_on")


@dataclass(frozen=True)
class View:
    """What an audience is told, by what right, and what it is not told."""

    view: dict[str, Any]
    shown: list[dict[str, str]]
    withheld: list[dict[str, str]]

    @property
    def groups(self) -> list[str]:
        return [each["group"] for each in self.shown]


def view(
    audience: str,
    sources: Mapping[str, Mapping[str, Any]],
    *,
    chosen: Sequence[str] | None,
    permitted: Collection[str] | None,
    is_protected: bool,
) -> View:
    """The minimised view. `permitted` are the groups of the permission, where one is needed; under
    turvakielto nobody is told how the client is reached."""
    data: dict[str, dict[str, Any]] = {}
    shown, withheld = [], []
    for group, fields in FIELDS.items():
        reason = _withheld(group, AUDIENCES[audience], chosen, permitted, is_protected)
        if reason is not None:
            withheld.append({"group": group, "reason": reason})
            continue
        found = [(source, name) for source, name in fields if sources.get(source, {}).get(name) is not None]
        for source, name in found:
            data.setdefault(source, {})[name] = sources[source][name]
        if found:
            why, basis = AUDIENCES[audience][group]
            shown.append({"group": group, "why": why, "basis": basis})
    return View(data, shown, withheld)


def _withheld(
    group: str,
    rights: Mapping[str, Any],
    chosen: Sequence[str] | None,
    permitted: Collection[str] | None,
    is_protected: bool,
) -> str | None:
    if group not in rights:
        return "not_needed"
    if group == "client_contact" and is_protected:
        return "turvakielto"
    if permitted is not None and group not in permitted:
        return "not_permitted"
    return "not_chosen" if chosen is not None and group not in chosen else None


def without_name(notice: Content, _caller: object) -> Content:
    """A notice as its provider reads it: the client's name of today is on the client, one of then is the organiser's only
    (661/2009, 12 §)."""
    return notice | {"view": _parted(notice["view"], lambda field: field not in FIELDS["client_name"])}


def delivered(data: View, *, permitted: Collection[str], is_protected: bool) -> View:
    """A workplace's view as it is told today: no group that its permission lost since, and no contacts under turvakielto. Why
    another group is missing is not told: a reason for each would tell who is protected (ADR 46)."""
    left = {
        group
        for group in data.groups
        if group in permitted and not (group == "client_contact" and is_protected)
    }
    fields = {field for group in left for field in FIELDS[group]}
    return View(
        _parted(data.view, fields.__contains__),
        [each for each in data.shown if each["group"] in left],
        [each for each in data.withheld if each["reason"] == "not_needed"],
    )


def _parted(
    view: Mapping[str, Mapping[str, Any]], stays: Callable[[tuple[str, str]], bool]
) -> dict[str, Any]:
    """The fields of a view that stay, by their sources."""
    parts = {
        source: {name: value for name, value in members.items() if stays((source, name))}
        for source, members in view.items()
    }
    return {source: members for source, members in parts.items() if members}
