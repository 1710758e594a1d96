"""What of an agreement a workplace gets. Pure."""

from collections.abc import Iterable
from typing import Any

from walmu_api.foundation.content_types import Content
from walmu_api.foundation.problems import ProblemType
from walmu_api.foundation.texts import folded
from walmu_api.record.case_file.permissions.schemas import NamedInstructor
from walmu_api.record.commitments.agreements.rules import schedule_from

ACTING_PERSON_NEEDED = ProblemType("acting-person-needed", 403)
PROBLEMS = (ACTING_PERSON_NEEDED,)

MEMBERS = (
    *("id", "version", "recorded_at", "client_id", "status", "offered_on", "signed_on", "place", "starts_on"),
    *("ends_on", "schedule", "hours_per_day", "days_per_week", "tasks", "work_instructions", "instructors"),
    *("absence_reporting", "meal", "signatures"),
)
"""What goes over as it is, but for the parts below. Everything else of an agreement stays out."""
_PARTS = {"insurance": ("taken_by",), "coach": ("family_name", "given_names", "phone")}
"""Members of which a part goes over: who takes the insurance; name and work phone of the coach."""


def annex(agreement: Content) -> Content:
    """What the workplace gets, of the content of the agreement."""
    shown = {name: agreement[name] for name in MEMBERS if name in agreement}
    shown["schedule_from"] = schedule_from(agreement)
    for name in _PARTS.keys() & agreement.keys():
        whole = agreement[name]
        shown[name] = {part: whole[part] for part in _PARTS[name] if part in whole}
    return shown


def with_own_signatures(
    agreement: Content, earlier: Iterable[tuple[str | None, list[dict[str, Any]]]]
) -> Content:
    """The agreement without signatures that were given for another place; `earlier`: place and signatures of its
    versions, oldest first. They belong to the place at which they stand first."""
    signatures, here = agreement.get("signatures", []), agreement["place"].get("organisation_id")
    given_at = next((place for place, signed in earlier if signed == signatures), here)
    return agreement if given_at == here else agreement | {"signatures": []}


def was_shown(agreement: Content, workplace: str | None) -> bool:
    """Whether this version was at the workplace, and offered or signed; without a workplace, at any."""
    place = agreement["place"].get("organisation_id")
    if place is None or (workplace is not None and place != workplace):
        return False
    if agreement["status"] == "voided":
        return False
    return agreement["status"] != "draft" or "offered_on" in agreement


def is_named(instructors: Iterable[NamedInstructor], person: dict[str, Any]) -> bool:
    """Whether the acting person is one of these: by id where one is given, otherwise by name."""
    name = folded(str(person.get("name", "")))
    return any(
        each.person_id == person["sub"] if each.person_id is not None else folded(each.name) == name
        for each in instructors
    )


def signed_by_client(signatures: Iterable[dict[str, Any]]) -> bool:
    """Whether the client, or who represents the client, signed."""
    return any(each.get("party") in {"client", "client_representative"} for each in signatures)
