"""Justification (perustelu) in requests and responses."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from typing_extensions import TypeAliasType

from walmu_api.foundation.past_days import PastDay
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
        Literal["given", "accepted", "rejected", "superseded"],
        Field(
            description="Where a recorded justification stands. `superseded`: the day has become something else since; it "
            "is the justification of an absence that was."
        ),
    ],
)


class Certificate(Message):
    """A nurse's or doctor's certificate. Never a diagnosis."""

    required: bool | None = Field(
        None, description="Whether the payer's or organiser's practice asks for one."
    )
    received_on: PastDay | None = Field(
        None, description="The day on which it was received. Not a day to come."
    )
    valid_from: Day | None = Field(None, description="First day that it covers.")
    valid_to: Day | None = Field(None, description="Last day that it covers.")


class JustificationEntry(Message):
    """Why the day was not attended (perustelu)."""

    reason: CodeWord = Field(description="A code of the list absence_reason.", examples=["own_illness"])
    given_by: JustificationGiver = Field(description="Who told why the day was not attended.")
    given_on: PastDay = Field(description="The day on which it was given. Not a day to come.")
    explanation: Lines | None = Field(None, description="The reason in a few words; never a diagnosis.")
    certificate: Certificate | None = Field(
        None, description="The certificate, where there is one or one is needed."
    )
    source_id: SourceId | None = None


class OrganiserReview(Message):
    """What the organiser decided of it."""

    decision: ReviewDecision = Field(description="Whether the organiser accepts the reason.")
    reason: Line | None = Field(None, description="Why; always there after a rejection.")
    reviewed_on: Day = Field(description="The day of the review.")


class Justification(JustificationEntry, Stored):
    """A justification as recorded; what the provider said and what the organiser decided are both kept."""

    agreement_id: Id = Field(description="The agreement whose day it is about.")
    client_id: Id = Field(description="The client who was absent.")
    date: Day = Field(description="The day that was not attended.")
    state: JustificationStatus = Field(description="`given`: not reviewed; then what the organiser decided.")
    entered_by: Id = Field(description="The organisation whose words it is.")
    review: OrganiserReview | None = Field(None, description="The organiser's review; left out before it.")


class JustificationState(Stored):
    """What a workplace reads of a justification that others wrote: that it is there, and its state."""

    agreement_id: Id = Field(description="The agreement whose day it is about.")
    client_id: Id = Field(description="The client who was absent.")
    date: Day = Field(description="The day that was not attended.")
    state: JustificationStatus = Field(description="`given`: not reviewed; then what the organiser decided.")
    entered_by: Id = Field(description="The organisation whose words it is.")


class JustificationReview(Message):
    """The organiser's review. A rejection has a reason."""

    decision: ReviewDecision = Field(description="Whether the organiser accepts the reason.")
    reason: Line | None = Field(None, description="Why; required for a rejection.")

    @model_validator(mode="after")
    def rejection_has_a_reason(self) -> Self:
        if self.decision == "rejected" and self.reason is None:
            raise REJECTION.error()
        return self
