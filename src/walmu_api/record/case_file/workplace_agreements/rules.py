"""What of an agreement a workplace gets. Pure."""

from collections.abc import Iterable
from typing import Any

from walmu_api.access.resource import Content

MEMBERS = (
    *("id", "version", "recorded_at", "client_id", "status", "offered_on", "signed_on", "place", "starts_on"),
    *("ends_on", "schedule", "hours_per_day", "days_per_week", "tasks", "work_instructions", "instructors"),
    *("coach", "absence_reporting", "meal", "signatures"),
)
"""What goes over as it is. Everything else of an agreement stays out."""


def annex(agreement: Content) -> Content:
    """What the workplace gets, of the content of the agreement."""
    shown = {name: agreement[name] for name in MEMBERS if name in agreement}
    if "insurance" in agreement:
        shown["insurance"] = {"taken_by": agreement["insurance"]["taken_by"]}
    return shown


def was_shown(agreement: Content, workplace: str | None) -> bool:
    """Whether this version was at the workplace, and offered or signed; without a workplace, at any."""
    place = agreement["place"].get("organisation_id")
    if place is None or (workplace is not None and place != workplace):
        return False
    if agreement["status"] == "voided":
        return False
    return agreement["status"] != "draft" or "offered_on" in agreement


def signed_by_client(signatures: Iterable[dict[str, Any]]) -> bool:
    """Whether the client, or who represents the client, signed."""
    return any(each.get("party") in {"client", "client_representative"} for each in signatures)
