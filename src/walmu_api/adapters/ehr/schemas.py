"""How exchange with the record systems goes, on the wire. No content, no identity codes."""

from typing import Literal

from pydantic import Field

from walmu_api.foundation.schema_types import EXAMPLE_ID, Count, Id, Instant, Line, Message, Quantity


class EhrTarget(Message):
    """A record system that the organiser exchanges with."""

    EXAMPLE = {
        "id": EXAMPLE_ID,
        "name": "lifecare",
        "dialect": "lifecare_rest",
        "active": True,
        "last_success_at": "2026-10-05T10:30:00.000000Z",
        "resting": False,
        "backlog": 0,
        "quarantined": 0,
    }

    id: Id
    name: Line
    dialect: Line
    active: bool
    last_success_at: Instant | None = None
    last_failure_at: Instant | None = None
    last_failure: Line | None = Field(None, description="Class and short detail.")
    resting: bool = Field(description="True while it does not answer and only its health is asked.")
    backlog: Quantity = Field(description="Deliveries waiting.")
    oldest_waiting_at: Instant | None = None
    quarantined: Quantity = Field(description="Deliveries and inbox items that a person must look at.")


class EhrDelivery(Message):
    """What is to reach a record system: one row for each target and record."""

    EXAMPLE = {
        "id": EXAMPLE_ID,
        "target": "lifecare",
        "resource_type": "attendance",
        "resource_id": EXAMPLE_ID,
        "wanted_version": 1,
        "sent_version": 1,
        "state": "confirmed",
        "attempts": 1,
        "due_at": "2026-10-05T10:30:00.000000Z",
        "remote_id": "V-1001",
        "queued_at": "2026-10-05T10:30:00.000000Z",
        "confirmed_at": "2026-10-05T10:30:01.000000Z",
    }

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

    EXAMPLE = {
        "id": EXAMPLE_ID,
        "target": "lifecare",
        "stream": "decisions",
        "remote_id": "P-1001",
        "version": 1,
        "state": "applied",
        "received_at": "2026-10-05T10:30:00.000000Z",
        "settled_at": "2026-10-05T10:30:01.000000Z",
    }

    id: Id
    target: Line
    stream: Literal["decisions", "drafts"]
    remote_id: Line
    version: Quantity
    state: Literal["received", "applied", "unchanged", "ignored_stale", "quarantined"]
    reason: Line | None = None
    received_at: Instant
    settled_at: Instant | None = None
