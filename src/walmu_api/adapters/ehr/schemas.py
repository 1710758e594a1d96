"""How exchange with the record systems goes, on the wire. No content, no identity codes."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from walmu_api.foundation.schema_types import Count, Id, Instant, Line, Message, Quantity

DeliveredType = TypeAliasType(
    "DeliveredType",
    Annotated[
        Literal["attendance", "decision"],
        Field(description="Type of a record that is delivered to a record system."),
    ],
)
DeliveryState = TypeAliasType(
    "DeliveryState",
    Annotated[
        Literal["pending", "retry", "unknown", "confirmed", "quarantined", "superseded"],
        Field(description="How far a delivery is."),
    ],
)
InboxStream = TypeAliasType(
    "InboxStream",
    Annotated[Literal["decisions", "drafts"], Field(description="What a record system tells of.")],
)
InboxState = TypeAliasType(
    "InboxState",
    Annotated[
        Literal["received", "applied", "unchanged", "ignored_stale", "quarantined"],
        Field(description="What became of an item from a record system."),
    ],
)


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
    resource_type: DeliveredType
    resource_id: Id
    wanted_version: Count
    sent_version: Count | None = None
    state: DeliveryState
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
    stream: InboxStream
    remote_id: Line
    version: Quantity
    state: InboxState
    reason: Line | None = None
    received_at: Instant
    settled_at: Instant | None = None
