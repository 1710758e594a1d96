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

    @property
    def reader(self) -> str:
        """One who reads it, as the tests call the speaker."""
        return {"organiser": "organiser", "provider": "provider_a", "workplace": "workplace"}[self.by]


def _case(names: dict[str, str]) -> dict[str, Any]:
    return {
        "client_id": names["client"], "case_identifier": {"value": "1.2.246.10.12345671.26.2026.17"},
        "name": {"system": "urn:oid:1.2.246.537.6.1265", "code": "1", "display": "Arviointi"},
        "state": {"system": "urn:oid:1.2.246.537.6.1501", "code": "1", "display": "Avoin"}, "opened_on": "2026-06-01",
        "service_task": DISABILITY,
        "deciding_unit": {"system": "urn:oid:1.2.246.537.6.202", "code": "1.2.246.10.12345671.10.1", "display": "Yksikkö"},
    }  # fmt: skip


AUTHOR = {"family_name": "Korhonen", "given_names": "Aino", "title": "ohjaaja"}


def _assessment(names: dict[str, str]) -> dict[str, Any]:
    return {
        "service_relationship_id": names["relationship"], "form": "uniform", "authors": [AUTHOR],
        "items": [{"key": "working_hours_kept", "client_view": "Hyvin.", "professional_view": "Ajoissa.", "rating": 4}],
    }  # fmt: skip


def _start_interview(names: dict[str, str]) -> dict[str, Any]:
    return {"service_relationship_id": names["relationship"], "situation": "Odottaa alkua.", "authors": [AUTHOR]}


_ALL = frozenset({"organiser", "provider", "ehr"})
FILED = {
    "assessment": Kind("Assessment", "Assessments", "assessments", "provider", "relationship", _assessment, _ALL | {"workplace"},
                       _ALL | {"workplace"}, {"onward": "Jatketaan."}),
    "case": Kind("Case", "Cases", "cases", "organiser", "client", _case, frozenset({"organiser", "ehr"}),
                 frozenset({"organiser", "ehr"}), {"opened_on": "2026-06-02"}, provider_sees=False),
    "start-interview": Kind("StartInterview", "StartInterviews", "start-interviews", "provider", "relationship", _start_interview,
                            _ALL, _ALL, {"motivation": "Vahva."}),
}  # fmt: skip
