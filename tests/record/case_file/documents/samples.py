"""One record of every kind in the store of documents, as its writer says it; the tests over all kinds take theirs from here.

A new kind is added here and in `FILED`: then matrix, policies, versions and turvakielto are tested for it too."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

DISABILITY = {"system": "urn:oid:1.2.246.537.6.1221", "code": "20", "display": "Vammaispalvelut"}


@dataclass(frozen=True)
class Kind:
    """A kind of record. `about`: what its entry names (client, relationship or agreement). `shared`: other providers of
    the service task read it. `by`: who writes it in the tests (organiser, provider or workplace)."""

    name: str  # "Case", as in the names of its operations
    plural: str
    collection: str
    by: str
    about: str
    entry: Callable[[dict[str, str]], dict[str, Any]]
    readers: frozenset[str]
    writers: frozenset[str]
    changed: dict[str, Any]
    """What makes it another content, for replacing."""
    provider_sees: bool = True
    workplace_sees: bool = False
    has_document: bool = True

    @property
    def reader(self) -> str:
        """One who reads it, as the tests call the speaker."""
        return {"organiser": "organiser", "provider": "provider_a", "workplace": "workplace"}[self.by]


def _case(names: dict[str, str]) -> dict[str, Any]:
    return {
        "client_id": names["client"],
        "case_identifier": {"value": "1.2.246.10.12345671.26.2026.17"},
        "name": {"system": "urn:oid:1.2.246.537.6.1265", "code": "1", "display": "Arviointi"},
        "state": {"system": "urn:oid:1.2.246.537.6.1501", "code": "1", "display": "Avoin"},
        "opened_on": "2026-06-01",
        "service_task": DISABILITY,
        "deciding_unit": {
            "system": "urn:oid:1.2.246.537.6.202",
            "code": "1.2.246.10.12345671.10.1",
            "display": "Yksikkö",
        },
    }


AUTHOR = {"family_name": "Valmentaja", "given_names": "Vilma", "title": "työvalmentaja"}
WORK_ACTIVITY = {
    "system": "urn:oid:1.2.246.537.6.1222",
    "code": "55",
    "display": "Vammaisten henkilöiden työtoiminta",
}


def _diary_entry(names: dict[str, str]) -> dict[str, Any]:
    return {
        "service_relationship_id": names["relationship"],
        "kind": "daily_performance",
        "author": AUTHOR,
        "performance": {"tasks": ["Kalusteiden hionta"], "rating": "well"},
    }


def _service_event(names: dict[str, str]) -> dict[str, Any]:
    return {
        "service_relationship_id": names["relationship"],
        "kind": "started",
        "starts_on": "2026-08-03",
        "service": WORK_ACTIVITY,
        "author": AUTHOR,
    }


def _permission(names: dict[str, str]) -> dict[str, Any]:
    return {
        "service_relationship_id": names["relationship"],
        "recipient": {"name": "Leipomo Esimerkki Oy"},
        "field_groups": ["client_name", "schedule"],
        "purposes": ["carrying_out_agreement"],
        "disclosers": ["organiser", "provider"],
        "given_on": "2026-06-01",
        "valid_until": "2028-08-31",
        "given_by": {"role": "client", "name": "Asiakas"},
        "manner": "written",
    }


def _plan(names: dict[str, str]) -> dict[str, Any]:
    return {
        "kind": "implementation_plan",
        "service_relationship_id": names["relationship"],
        "service": {"system": "urn:oid:1.2.246.537.6.1222", "code": "1", "display": "Työtoiminta"},
        "goals": [{"name": "Viikkorytmi", "description": "Paikalla sovittuina päivinä."}],
        "written_on": "2026-06-01",
        "authors": [{"family_name": "Korhonen", "given_names": "Aino", "title": "työvalmentaja"}],
    }


def _assessment(names: dict[str, str]) -> dict[str, Any]:
    return {
        "service_relationship_id": names["relationship"],
        "form": "uniform",
        "authors": [AUTHOR],
        "items": [
            {
                "key": "working_hours_kept",
                "client_view": "Hyvin.",
                "professional_view": "Ajoissa.",
                "rating": 4,
            }
        ],
    }


def _start_interview(names: dict[str, str]) -> dict[str, Any]:
    return {
        "service_relationship_id": names["relationship"],
        "situation": "Odottaa alkua.",
        "authors": [AUTHOR],
    }


CARE = _ALL = frozenset({"organiser", "provider", "ehr"})
FILED = {
    "assessment": Kind(
        "Assessment",
        "Assessments",
        "assessments",
        "provider",
        "relationship",
        _assessment,
        _ALL | {"workplace"},
        _ALL | {"workplace"},
        {"onward": "Jatketaan."},
    ),
    "case": Kind(
        "Case",
        "Cases",
        "cases",
        "organiser",
        "client",
        _case,
        frozenset({"organiser", "ehr"}),
        frozenset({"organiser", "ehr"}),
        {"opened_on": "2026-06-02"},
        provider_sees=False,
    ),
    "diary-entry": Kind(
        "DiaryEntry",
        "DiaryEntries",
        "diary-entries",
        "provider",
        "relationship",
        _diary_entry,
        CARE | {"workplace"},
        CARE | {"workplace"},
        {"performance": {"rating": "mostly_well"}},
    ),
    "permission": Kind(
        "Permission",
        "Permissions",
        "permissions",
        "provider",
        "relationship",
        _permission,
        CARE,
        frozenset({"organiser", "provider"}),
        {"valid_until": "2028-09-30"},
        has_document=False,
    ),
    "plan": Kind(
        "Plan",
        "Plans",
        "plans",
        "provider",
        "relationship",
        _plan,
        CARE,
        CARE,
        {"situation": "Uusi tilanne."},
    ),
    "service-event": Kind(
        "ServiceEvent",
        "ServiceEvents",
        "service-events",
        "provider",
        "relationship",
        _service_event,
        CARE,
        CARE,
        {"starts_on": "2026-08-04"},
    ),
    "start-interview": Kind(
        "StartInterview",
        "StartInterviews",
        "start-interviews",
        "provider",
        "relationship",
        _start_interview,
        _ALL,
        _ALL,
        {"motivation": "Vahva."},
    ),
}
