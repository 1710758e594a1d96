"""What must hold of service, legal bases and dates; used by relationships and decisions alike. Pure."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from walmu_api.foundation.problems import OUT_OF_ORDER, UNKNOWN_CODE, Finding
from walmu_api.record.codes.rules import CodeList


def check_codes(
    *, legal_bases: Sequence[str], referral_source: str | None, day: date, lists: dict[str, CodeList]
) -> list[Finding]:
    """Unknown codes are errors; a code that was not valid on `day` is one too."""
    findings = [
        UNKNOWN_CODE.at(f"/legal_bases/{at}", code_system="legal_basis")
        for at, code in enumerate(legal_bases)
        if not lists["legal_basis"].has(code, day)
    ]
    if referral_source is not None and not lists["referral_source"].has(referral_source, day):
        findings.append(UNKNOWN_CODE.at("/referral/source", code_system="referral_source"))
    return findings


def check_roles(roles: Sequence[str], day: date, known: CodeList) -> list[Finding]:
    """The roles of the network, as the list has them on `day`."""
    return [
        UNKNOWN_CODE.at(f"/network/{at}/role", code_system="network_role")
        for at, role in enumerate(roles)
        if not known.has(role, day)
    ]


HOME = "housing_unit"


def without_whereabouts(body: dict[str, Any]) -> dict[str, Any]:
    """A told relationship of a client under turvakielto: nobody of the network is reached through it, and a housing unit,
    which is where the client lives, is not named at all."""
    if "network" not in body:
        return body
    return body | {"network": [_unreachable(member) for member in body["network"]]}


def _unreachable(member: dict[str, Any]) -> dict[str, Any]:
    if member["role"] == HOME:
        return {"role": HOME}
    reached = ("phone", "email")
    told = dict(member)
    if "person" in told:
        told["person"] = {name: value for name, value in told["person"].items() if name not in reached}
    return told


def check_order(start: date, end: date | None, pointer: str) -> list[Finding]:
    return [OUT_OF_ORDER.at(pointer)] if end is not None and end < start else []
