"""What must hold of service, legal bases and dates; used by relationships and decisions alike. Pure."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from walmu_api.foundation.problems import Finding
from walmu_api.record.parties.codes.rules import (
    SERVICE_TASK,
    SOCIAL_SERVICE,
    Book,
    Coded,
    check_code,
    check_word,
)


def check_codes(
    book: Book,
    *,
    service_task: Coded,
    service: Coded | None,
    legal_bases: Sequence[str],
    referral_source: str | None,
    day: date,
) -> list[Finding]:
    """What the code systems say of a service's codes on the day: errors, and warnings where a list is known
    in part only."""
    return [
        *check_code(book, SERVICE_TASK, service_task, day, "/service_task"),
        *check_code(book, SOCIAL_SERVICE, service, day, "/service"),
        *(
            finding
            for at, code in enumerate(legal_bases)
            for finding in check_word(book, "legal_basis", code, day, f"/legal_bases/{at}")
        ),
        *check_word(book, "referral_source", referral_source, day, "/referral/source"),
    ]


def check_roles(book: Book, roles: Sequence[str], day: date) -> list[Finding]:
    """The roles of the network, as the list has them on `day`."""
    return [
        finding
        for at, role in enumerate(roles)
        for finding in check_word(book, "network_role", role, day, f"/network/{at}/role")
    ]


HOME = "housing_unit"


def without_whereabouts(body: dict[str, Any]) -> dict[str, Any]:
    """A told relationship of a client under turvakielto: nobody of the network is reached through it, and a
    housing unit, which is where the client lives, is not named at all."""
    if "network" not in body:
        return body
    return body | {"network": [_unreachable(member) for member in body["network"]]}


def _unreachable(member: dict[str, Any]) -> dict[str, Any]:
    if member["role"] == HOME:
        return {"role": HOME}
    reached = ("phone", "email")
    data = dict(member)
    if "person" in data:
        data["person"] = {name: value for name, value in data["person"].items() if name not in reached}
    return data
