"""How exchange with the record systems goes, on the wire. No content, no identity codes."""

from typing import Literal

from pydantic import Field

from walmu_api.foundation.schema_types import Count, Id, Instant, Line, Message, Quantity


class EhrTarget(Message):
    """A record system that the organiser exchanges with."""

    id: Id
    name: Line
    dialect: Line
    active: bool
    revoked_on: Instant | None = Field(
        None, description="Since then nothing is exchanged with it: what is to reach it waits."
    )
    last_success_at: Instant | None = None
    last_failure_at: Instant | None = None
    last_failure: Line | None = Field(None, description="Class and short detail.")
    resting: bool = Field(description="True while it does not answer and only its health is asked.")
    backlog: Quantity = Field(description="Deliveries waiting.")
    oldest_waiting_at: Instant | None = None
    quarantined: Quantity = Field(description="Deliveries and inbox items that a person must look at.")


class EhrDelivery(Message):
    """What is to reach a record system: one row for each target and record."""

    id: Id
    target: Line
    resource_type: Literal["attendance", "decision"]
    resource_id: Id
    wanted_version: Count
    sent_version: Count | None = None
    state: Literal["pending", "retry", "unknown", "confirmed", "quarantined", "superseded"]
    attempts: Quantity
    due_at: Instant
    remote_id: Line | None = None
    failure: Line | None = None
    detail: Line | None = None
    queued_at: Instant
    confirmed_at: Instant | None = None


class EhrInboxItem(Message):
    """What came from a record system, and what became of it."""

    id: Id
    target: Line
    stream: Literal["decisions", "drafts"]
    remote_id: Line
    version: Quantity
    state: Literal["received", "applied", "unchanged", "ignored_stale", "quarantined"]
    reason: Line | None = None
    received_at: Instant
    settled_at: Instant | None = None
