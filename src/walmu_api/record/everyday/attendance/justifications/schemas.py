"""Justification (perustelu) in requests and responses."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from typing_extensions import TypeAliasType

from walmu_api.foundation.schema_types import CodeWord, Day, Id, Line, Lines, Message, SourceId, Stored
from walmu_api.record.everyday.attendance.justifications.rules import ReviewDecision
from walmu_api.record.everyday.attendance.rules import REJECTION

JustificationGiver = TypeAliasType(
    "JustificationGiver",
    Annotated[
        Literal["client", "provider", "workplace", "relative", "other"],
        Field(description="Who gave the reason."),
    ],
)
JustificationStatus = TypeAliasType(
    "JustificationStatus",
    Annotated[
        Literal["given", "accepted", "rejected"], Field(description="Where a recorded justification stands.")
    ],
)


class Certificate(Message):
    """A nurse's or doctor's certificate. Never a diagnosis."""

    required: bool | None = None
    received_on: Day | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None


class JustificationEntry(Message):
    """Why the day was not attended (perustelu)."""

    reason: CodeWord = Field(description="A code of the list absence_reason.", examples=["own_illness"])
    given_by: JustificationGiver
    given_on: Day
    explanation: Lines | None = Field(None, description="In short; never a diagnosis.")
    certificate: Certificate | None = None
    source_id: SourceId | None = None


class OrganiserReview(Message):
    """What the organiser decided of it."""

    decision: ReviewDecision
    reason: Line | None = None
    reviewed_on: Day


class Justification(JustificationEntry, Stored):
    """A justification as recorded; what the provider said and what the organiser decided are both kept."""

    agreement_id: Id
    client_id: Id
    date: Day
    state: JustificationStatus
    entered_by: Id = Field(description="The organisation whose words it is.")
    review: OrganiserReview | None = None


class JustificationState(Stored):
    """What a workplace reads of a justification that others wrote: that it is there, and its state."""

    agreement_id: Id
    client_id: Id
    date: Day
    state: JustificationStatus
    entered_by: Id = Field(description="The organisation whose words it is.")


class JustificationReview(Message):
    """The organiser's review. A rejection has a reason."""

    decision: ReviewDecision
    reason: Line | None = None

    @model_validator(mode="after")
    def rejection_has_a_reason(self) -> Self:
        if self.decision == "rejected" and self.reason is None:
            raise REJECTION.error()
        return self
