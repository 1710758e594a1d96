"""Agreements, decisions and clients follow their national structures: every row of a table has its place in the entry, of
the same type, and every member of an entry is in the table or ours alone, with a reason."""

from typing import Any

import pytest

from walmu_api.adapters.national.structures.definitions import Node, structure_of
from walmu_api.record.commitments.agreements.rules import STRUCTURE as AGREEMENT
from walmu_api.record.commitments.agreements.schemas import Agreement, AgreementEntry
from walmu_api.record.commitments.decisions.rules import STRUCTURES
from walmu_api.record.commitments.decisions.schemas import DecisionEntry
from walmu_api.record.parties.clients.schemas import ClientEntry

CLIENT = "1.2.246.537.6.1505.1.2023.6.1"
DISABILITY, WORKING_AGE = STRUCTURES[True], STRUCTURES[False]
ENTRIES: dict[str, Any] = {
    AGREEMENT: AgreementEntry,
    DISABILITY: DecisionEntry,
    WORKING_AGE: DecisionEntry,
    CLIENT: ClientEntry,
}
MAPPED_ELSEWHERE: dict[str, dict[str, Any]] = {
    AGREEMENT: {"signatures": Agreement},  # the act of signing makes them
    CLIENT: {
        "personal_identity_code": None,
        "temporary_identity_code": None,
    },  # `identity`, see clients/document.py
}

REFERENCES = {"source_id", "client_id", "provider_id", "service_relationship_id", "decision_id"}
OURS_ALONE = {
    AGREEMENT: {
        "kind",
        "place.organisation_id",  # what may be recorded under it, and by whom
        "schedule",
        "schedule_from",  # from which day; the document has one schedule
        "meal",
        "insurance",
        "work_allowance_per_day",  # sentences in the document
        *("tasks", "work_instructions", "coach"),  # for the workplace
        *(
            f"{who}.{name}"
            for who in ("instructors", "responsible_worker")
            for name in ("registration_number", "id")
        ),  # no place in 13004
    },
    DISABILITY: {
        "kind",
        "outcome",
        "legal_bases",
        "service_task",
        "service_kind",
        "client_decision_id",
        "supersedes_id",
        "days_per_week",
        "work_allowance_per_day",
        "travel",
        "place",  # sentences in the document
        "decision_maker.email",
        "decision_maker.id",
        "decision_maker.phone",
        "decision_maker.registration_number",  # no place there
    },
    CLIENT: {
        "identity",
        "contact.street_address",
        "contact.postal_code",  # see clients/document.py
        "contact.municipality",
        "language",  # names, where the document has codes
        "contacts_withheld",  # the organiser's own choice
        *("died_on", "emigrated_on"),  # no place there
    },
}
OURS_ALONE[WORKING_AGE] = OURS_ALONE[DISABILITY] | {
    "hearings",
    "carried_out_as",
    "carried_out_otherwise",
    "personal_assistance",  # of disability services only
}


def schema(model: Any) -> dict[str, Any]:
    found: dict[str, Any] = model.model_json_schema()
    data: dict[str, Any] = plain(found, found.get("$defs", {}))
    return data


def plain(part: Any, defs: dict[str, Any]) -> Any:
    """Without references and without null."""
    if isinstance(part, list):
        return [plain(each, defs) for each in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        return plain(defs[part["$ref"].rpartition("/")[2]], defs)
    if "anyOf" in part:
        (only,) = (each for each in part["anyOf"] if each.get("type") != "null")
        return plain(only, defs)
    return {name: plain(value, defs) for name, value in part.items() if name != "$defs"}


def fits(node: Node, found: dict[str, Any]) -> bool:
    """Whether a member's schema is of the type of its row."""
    text = found.get("type") == "string"
    return {
        "code": set(found.get("properties", {})) == {"system", "code", "display"},
        "identifier": set(found.get("properties", {})) == {"value", "system"},
        "day": found.get("format") == "date",
        "date": text and "pattern" in found and "maxLength" not in found and "format" not in found,
        "switch": found.get("type") == "boolean",
        "count": found.get("type") == "number",
        "heading": found.get("type") == "object",
    }.get(node.type, text and found.get("maxLength", 0) >= 200)


def walk(oid: str, node: Node, inside: dict[str, Any], path: str, seen: set[str], wrong: list[str]) -> None:
    for child in node.children:
        if child.field.startswith("@"):
            continue
        if child.type == "heading" and not child.field:
            walk(oid, child, inside, path, seen, wrong)
            continue
        at = f"{path}.{child.field}" if path else child.field
        seen.add(at)
        found = inside.get("properties", {}).get(child.field)
        if found is None and not path and child.field in MAPPED_ELSEWHERE.get(oid, {}):
            model = MAPPED_ELSEWHERE[oid][child.field]
            if model is None:
                continue
            found = schema(model)["properties"][child.field]
        if found is None or (found.get("type") == "array") != child.repeats:
            wrong.append(f"{child.key}: {at} is not there, or is a list on one side only")
            continue
        found = found["items"] if child.repeats else found
        if not fits(child, found):
            wrong.append(f"{child.key}: {at} is no {child.type}")
        if child.type == "heading":
            walk(oid, child, found, at, seen, wrong)


def members(part: dict[str, Any], path: str = "") -> set[str]:
    """The paths of all members; codes, identifiers and days are one."""
    found: set[str] = set()
    for name, each in part.get("properties", {}).items():
        at = f"{path}.{name}" if path else name
        inner = each["items"] if each.get("type") == "array" else each
        found.add(at)
        if inner.get("type") == "object" and not {"system", "value"} & set(inner["properties"]):
            found |= members(inner, at)
    return found


@pytest.mark.parametrize("oid", ENTRIES)
def test_every_row_has_its_place_and_every_member_its_row(oid: str) -> None:
    found = structure_of(oid)
    assert found is not None
    wanted = schema(ENTRIES[oid])
    seen: set[str] = set()
    wrong: list[str] = []
    walk(oid, found.root, wanted, "", seen, wrong)
    assert wrong == []
    ours = OURS_ALONE[oid] | REFERENCES
    beyond = {
        path
        for path in members(wanted) - seen
        if not any(path == own or path.startswith(f"{own}.") for own in ours)
    }
    assert beyond == set()
    assert {own for own in ours - REFERENCES if own not in members(wanted)} == set(), (
        "what is ours alone is there"
    )


def test_no_row_is_without_a_field() -> None:
    def unmapped(node: Node, path: str = "") -> list[str]:
        data = []
        for child in node.children:
            at = f"{path}.{child.key}"
            if child.type != "heading" and not child.field:
                data.append(at)
            data += unmapped(child, at)
        return data

    assert {oid: unmapped(found.root) for oid in ENTRIES if (found := structure_of(oid))} == {
        oid: [] for oid in ENTRIES
    }
