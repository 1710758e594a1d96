"""Decisions (päätökset) on the wire."""

from typing import Literal

from pydantic import Field

from walmu_api.foundation.wire import (
    EXAMPLE_ID,
    Code,
    Day,
    Id,
    Line,
    Lines,
    Message,
    Money,
    Person,
    SourceId,
    Stored,
    WeekdayCount,
)
from walmu_api.record.service_relationships.schemas import LegalBases, ServiceKind

Outcome = Literal["granted", "partly_granted", "denied"]
DecisionStatus = Literal["draft", "decided", "revoked", "superseded", "ended", "entered_in_error"]


class Travel(Message):
    """How travel is arranged or paid."""

    arrangement: Literal["allowance", "service_line", "own_bus", "bus_card", "none"]
    note: Line | None = None


class EhrReference(Message):
    """Where the record system keeps it."""

    target: Line
    id: Line | None = None
    version: Line | None = None


class DecisionEntry(Message):
    """A draft of a decision, for the record system's caseworker to decide. Only the record system makes it a decision."""

    EXAMPLE = {
        "client_id": EXAMPLE_ID, "provider_id": EXAMPLE_ID, "legal_bases": ["SHL_710_1982_27E"],
        "service_task": {"system": "urn:oid:1.2.246.537.6.1221", "code": "20", "display": "Vammaispalvelut"},
        "service_kind": "work_activity", "valid_from": "2026-11-01", "valid_to": "2027-10-31", "days_per_week": 3,
        "work_allowance_per_day": "6.00", "source_id": "luonnos-1001",
    }  # fmt: skip

    kind: Literal["client", "purchase"] = Field(
        "client", description="The client's decision, or the provider's own purchase decision."
    )
    client_id: Id
    provider_id: Id
    service_relationship_id: Id | None = None
    outcome: Outcome = "granted"
    legal_bases: LegalBases
    service_task: Code = Field(
        description="Palvelutehtävä, code set 1.2.246.537.6.1221; the national structure follows from it.",
        examples=[{"system": "urn:oid:1.2.246.537.6.1221", "code": "20", "display": "Vammaispalvelut"}],
    )
    service: Code | None = Field(None, description="Sosiaalipalvelu, code set 1.2.246.537.6.1222.")
    service_kind: ServiceKind
    decided_on: Day | None = None
    valid_from: Day
    valid_to: Day | None = None
    days_per_week: WeekdayCount | None = Field(None, examples=[3])
    work_allowance_per_day: Money | None = Field(None, description="Työosuusraha, EUR a day attended.")
    travel: Travel | None = None
    place: Line | None = Field(None, description="Where the activity happens.")
    decision_maker: Person | None = None
    reasons: Lines | None = None
    source_id: SourceId | None = None


class Decision(DecisionEntry, Stored):
    """A decision as recorded. In force or expired follow from its days; `status` names acts only."""

    EXAMPLE = {
        "kind": "client", "outcome": "granted", "status": "decided", "decided_on": "2026-10-20",
        "structure": "1.2.246.537.6.1506.11053.2024.11.5", "ehr": {"target": "lifecare", "id": "P-1001", "version": "1"},
    }  # fmt: skip

    status: DecisionStatus
    structure: Line = Field(description="OID and version of the national structure.")
    revoked_on: Day | None = Field(None, description="The first day on which it is no longer in force.")
    ehr: EhrReference | None = None
    draft_state: Literal["submitted", "refused"] | None = Field(
        None, description="How a draft fares at the record system; gone when it is decided."
    )
    draft_reason: Line | None = Field(None, description="Why the caseworker refused the draft.")
