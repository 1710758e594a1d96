"""How exchange with the record systems goes, on the wire. No content, no identity codes."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from walmu_api.foundation.schema_types import Count, Id, Instant, Line, Message, Quantity, RecordedBy

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
        Literal["received", "applied", "unchanged", "ignored_stale", "quarantined", "conflict", "discarded"],
        Field(description="What became of an item from a record system."),
    ],
)
ConflictKind = TypeAliasType(
    "ConflictKind",
    Annotated[
        Literal["person-changed", "provider-changed"],
        Field(description="What the record system says otherwise of a decision."),
    ],
)
ConflictState = TypeAliasType(
    "ConflictState", Annotated[Literal["open", "settled"], Field(description="Whether a conflict waits.")]
)
Verdict = TypeAliasType(
    "Verdict",
    Annotated[
        Literal["ours", "theirs"],
        Field(description="Whose word holds: what stands here, or the record system's."),
    ],
)
ConflictResolution = TypeAliasType(
    "ConflictResolution",
    Annotated[
        Literal["ours", "theirs", "withdrawn"],
        Field(description="How a conflict was settled; `withdrawn`: the record system took its word back."),
    ],
)


class EhrTarget(Message):
    """A record system that the organiser exchanges with."""

    id: Id = Field(description="Made by the server when the record system was added.")
    name: Line = Field(
        description="The organiser's name for the record system; deliveries and inbox items carry it as `target`."
    )
    dialect: Line = Field(description="How it is spoken to: the adapter that this installation uses for it.")
    active: bool = Field(description="False: nothing is exchanged with it.")
    revoked_on: Instant | None = Field(
        None, description="Since then nothing is exchanged with it: what is to reach it waits."
    )
    last_success_at: Instant | None = Field(
        None, description="When it last answered as it should; left out while it never did."
    )
    last_failure_at: Instant | None = Field(
        None, description="When an exchange with it last failed; left out while none did."
    )
    last_failure: Line | None = Field(
        None, description="Class and short detail of the last failure; never client data."
    )
    resting: bool = Field(description="True while it does not answer and only its health is asked.")
    backlog: Quantity = Field(description="How many deliveries wait for it.")
    oldest_waiting_at: Instant | None = Field(
        None, description="Since when the oldest waiting delivery waits; left out when none does."
    )
    quarantined: Quantity = Field(description="Deliveries and inbox items that a person must look at.")


class EhrDelivery(Message):
    """What is to reach a record system: one row for each target and record."""

    id: Id = Field(description="Made by the server (UUID version 7).")
    target: Line = Field(description="Name of the record system.")
    resource_type: DeliveredType = Field(
        description="What kind of record is delivered, as in the change feed."
    )
    resource_id: Id = Field(description="The record that is delivered.")
    wanted_version: Count = Field(
        description="The version that is to be there: the newest one. That of a day counts its justification's versions "
        "too, and how often what others say of it was sent anew."
    )
    sent_version: Count | None = Field(
        None, description="The last version that was sent; left out before the first."
    )
    state: DeliveryState = Field(
        description="`unknown`: sent, but unclear whether it arrived. `quarantined`: a person must look. `superseded`: decided meanwhile, or the same presence is told under another agreement of the decision."
    )
    attempts: Quantity = Field(description="How often it was tried since it was queued.")
    due_at: Instant = Field(description="When it is tried next, at the earliest.")
    remote_id: Line | None = Field(None, description="The record system's own id of it, once that is known.")
    failure: Line | None = Field(None, description="Class of the last failure; left out while none happened.")
    detail: Line | None = Field(None, description="The last failure in short; never client data.")
    queued_at: Instant = Field(description="When the delivery was first queued.")
    confirmed_at: Instant | None = Field(
        None, description="When the record system confirmed it; left out before."
    )


class EhrInboxItem(Message):
    """What came from a record system, and what became of it."""

    id: Id = Field(description="Made by the server (UUID version 7).")
    target: Line = Field(description="Name of the record system that it came from.")
    stream: InboxStream = Field(description="Which of the record system's streams it came by.")
    remote_id: Line = Field(description="The record system's own id of it.")
    version: Quantity = Field(description="The record system's version of it.")
    state: InboxState = Field(
        description="`ignored_stale`: a newer one was here already. `quarantined`: not understood, a person must look. "
        "`conflict`: it moves a decision on which agreements hang, and waits in `/v1/ehr/conflicts`; `discarded`: there ours "
        "was kept."
    )
    reason: Line | None = Field(None, description="Why it was quarantined, in short; never client data.")
    received_at: Instant = Field(description="When it came in.")
    settled_at: Instant | None = Field(
        None, description="When it was applied or put aside; left out while it waits."
    )


class ConflictParties(Message):
    """For whom a decision is, and who carries it out."""

    client_id: Id = Field(
        description="The client of the decision, by the id under which it is read now: where both sides turned out to be one "
        "person, and were merged, both tell the same."
    )
    provider_id: Id = Field(description="The provider of the decision.")


class EhrConflict(Message):
    """A decision that the record system moved to another client or provider while agreements hang on it. Nothing of it is
    applied until it is settled."""

    id: Id = Field(
        description="Made by the server (UUID version 7); agreements name it in `hold.conflict_id`."
    )
    version: Count = Field(description="From 1; the strong ETag is this number in quotes.")
    target: Line = Field(description="Name of the record system.")
    kind: ConflictKind = Field(
        description="`person-changed`: another client, maybe at another provider; `provider-changed`: the same client."
    )
    decision_id: Id = Field(description="The decision, as it stands here.")
    remote_id: Line = Field(description="The record system's own id of the decision.")
    remote_version: Quantity = Field(
        description="The record system's version of it that does not go together with ours; the newest one."
    )
    ours: ConflictParties = Field(description="Whose the decision was here when the conflict was raised.")
    theirs: ConflictParties = Field(description="Whose it is as the record system says.")
    agreements: list[Id] = Field(
        description="The agreements that name the decision; they are held until the verdict is carried out.",
        json_schema_extra={"maxItems": 1000},
    )
    raised_at: Instant = Field(description="Since when the agreements are held.")
    state: ConflictState = Field(
        description="`open` until somebody settles it, or the record system takes it back; `open` again when what was said "
        "cannot be applied after `theirs` (its inbox item is `quarantined`, with the reason)."
    )
    resolution: ConflictResolution | None = Field(None, description="How it was settled; left out before.")
    reason: Line | None = Field(
        None, description="Why it was settled so; left out before, and where it was withdrawn."
    )
    settled_at: Instant | None = Field(None, description="When it was settled; left out before.")
    settled_by: RecordedBy | None = Field(None, description="Who settled it; left out before.")


class EhrConflictSettling(Message):
    """The organiser's verdict."""

    resolution: Verdict = Field(
        description="`ours`: the decision stays as it is here. `theirs`: it becomes what the record system says, and no "
        "longer covers the agreements made under it; they are held until that has happened."
    )
    reason: Line = Field(
        description="Why; stays with the conflict.", examples=["Selvitetty päättäjän kanssa"]
    )
