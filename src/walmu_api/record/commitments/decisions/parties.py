"""What the record system says of a decision, and whose the decision is by that."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from walmu_api.access.context import RequestContext
from walmu_api.record.commitments.decisions.tables import DecisionRow
from walmu_api.record.parties.service_relationships import service as relationships
from walmu_api.record.parties.service_relationships.tables import ServiceRelationshipRow


@dataclass(frozen=True)
class Received:
    """A decision as the record system tells it, mapped to our words. `answers` names the draft that it
    decides."""

    target: str
    ehr_id: str
    version: int
    answers: UUID | None
    client_id: UUID
    provider_id: UUID
    values: dict[str, Any]  # members of `DecisionEntry`, status, revoked_on
    document: dict[str, Any] | None = None  # the national document, when it came as one
    service_relationship_id: UUID | None = None  # when it was told for one
    client_named: UUID | None = None  # whom it named; `client_id` is under whom that one is read
    moves: bool = False  # the organiser said that it goes to another client or provider, whatever hangs on it


async def parties_of(ctx: RequestContext, received: Received, row: DecisionRow | None) -> dict[str, Any]:
    """Columns of whose the decision is, and of its service relationship. Of two clients who are one person it is the one's who
    was named (ADR 69); what comes new and names the one that stays names the person, and goes with its relationship (ADR 62)."""
    named, relationship_id = received.client_named, received.service_relationship_id
    noted = {"ehr_names": named} if named is not None else {}
    before = row if row is not None and _is_of(row, received) else None
    if before is not None and (before.ehr_names is None or named in {None, before.ehr_names}):
        named = before.client_named  # the same word as before
        relationship_id = relationship_id or before.service_relationship_id
    if relationship_id is None and received.values["outcome"] != "denied":
        found = await _relationship(ctx, received, named, before)
        relationship_id = found.id
        if before is None and named in {None, received.client_id}:
            named = found.client_named
    if relationship_id is None and before is not None:
        relationship_id = before.service_relationship_id
    parties = {"client_id": received.client_id, "provider_id": received.provider_id}
    whose = {"client_named": named} if named is not None else {}
    return parties | noted | whose | {"service_relationship_id": relationship_id}


def _is_of(row: DecisionRow, received: Received) -> bool:
    return (row.client_id, row.provider_id) == (received.client_id, received.provider_id)


async def _relationship(
    ctx: RequestContext, received: Received, named: UUID | None, before: DecisionRow | None
) -> ServiceRelationshipRow:
    values = received.values
    return await relationships.for_decision(
        ctx,
        client_id=received.client_id,
        client_named=named,
        provider_id=received.provider_id,
        known=before.service_relationship_id if before is not None else None,
        values={
            "service_task": values["service_task"],
            "service": values["service"],
            "service_kind": values["service_kind"],
            "legal_bases": values["legal_bases"],
            "starts_on": values["valid_from"],
            "ends_on": None,
            "decision_maker": values["decision_maker"],
            "referral": {"source": "not_recorded", "received_on": values["decided_on"]},
        },
    )
