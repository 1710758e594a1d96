"""Attendance (läsnäolo) and justification (perustelu) on the wire."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from walmu_api.foundation.schema_types import (
    EXAMPLE_ID,
    CodeWord,
    Count,
    Day,
    Id,
    Instant,
    Line,
    Lines,
    Message,
    Minutes,
    Quantity,
    SourceId,
    Stored,
)
from walmu_api.record.everyday.attendance.rules import ONE_AGREEMENT, REJECTION

MOST_LINES = 10_000
AttendanceStatus = Literal["present", "partial", "absent", "not_arranged", "rescheduled"]
AttendanceState = Literal["present", "partial", "absent", "not_arranged", "rescheduled", "voided"]
"""What a stored day can be: as it was said, or voided."""
Confirmation = Literal["unconfirmed", "confirmed"]
"""Of what a workplace said: `unconfirmed` until the provider confirms, corrects or voids it."""


class AttendanceEntry(Message):
    """What is said of one day of one agreement."""

    EXAMPLE = {
        "status": "present",
        "planned_minutes": 240,
        "actual_minutes": 240,
        "form": "group",
        "noted_at": "2026-10-05T13:05:00+03:00",
    }

    status: AttendanceStatus = Field(examples=["present"])
    absence_reason: CodeWord | None = Field(
        None,
        description="A code of the list absence_reason, with `absent` or `partial`. Left out for `absent` it is stored as "
        "`unknown`, with the warning `reason-missing`.",
    )
    planned_minutes: Minutes | None = None
    actual_minutes: Minutes | None = None
    arrived_at: Instant | None = None
    left_at: Instant | None = None
    form: Literal["group", "individual", "work"] | None = None
    noted_at: Instant | None = Field(None, description="When it was noted, by the sender's clock.")
    source_id: SourceId | None = None
    rescheduled_to: Day | None = Field(
        None, description="With `rescheduled`: the day that was agreed on instead; it may be still to come."
    )
    rescheduled_from: Day | None = Field(
        None,
        description="The day in whose place this one is: of two that were swapped, each names the other.",
    )


class Attendance(AttendanceEntry, Stored):
    """A day as recorded. Three times are kept apart: the day, when it was noted, when it was recorded here."""

    EXAMPLE = {
        "agreement_id": EXAMPLE_ID,
        "client_id": EXAMPLE_ID,
        "date": "2026-10-05",
        "noted_at": "2026-10-05T10:05:00.000000Z",
    }

    agreement_id: Id
    client_id: Id
    date: Day
    status: AttendanceState  # type: ignore[assignment]  # wider than what can be said: a stored day may be voided
    void_reason: Line | None = Field(
        None,
        description="Why a `voided` day was recorded in error. Nothing else of it is told; its justification stays.",
    )
    origin: Literal["workplace"] | None = Field(
        None,
        description="Where the day came from, when it was not the provider that first said it, or said it last.",
    )
    confirmation: Confirmation | None = Field(
        None,
        description="Of a day with an `origin`: `unconfirmed` until the provider confirms, corrects or voids it. It counts as a "
        "report all the same.",
    )


class AttendanceVoiding(Message):
    """Why a day was recorded in error."""

    EXAMPLE = {"reason": "Kirjattu väärälle asiakkaalle"}

    reason: Line


class AttendanceLine(AttendanceEntry):
    """One line of a batch: a day with its agreement, by our id or by the sender's own key."""

    agreement_id: Id | None = None
    agreement_source_id: SourceId | None = None
    date: Day
    if_version: Count | None = Field(
        None, description="The version you read; needed to change a day already recorded."
    )

    @model_validator(mode="after")
    def names_one_agreement(self) -> Self:
        if (self.agreement_id is None) == (self.agreement_source_id is None):
            raise ONE_AGREEMENT.error()
        return self


class AttendanceBatch(Message):
    """Days of many agreements in one request, up to 10,000 lines."""

    EXAMPLE = {
        "items": [
            {
                "agreement_id": EXAMPLE_ID,
                "date": "2026-10-05",
                "status": "present",
                "actual_minutes": 240,
                "source_id": "d-1",
            },
            {
                "agreement_id": EXAMPLE_ID,
                "date": "2026-10-07",
                "status": "absent",
                "absence_reason": "own_illness",
            },
        ],
    }

    items: Annotated[list[AttendanceLine], Field(min_length=1, max_length=MOST_LINES)]


class AnyLines(Message):
    """The frame of a batch, whatever its lines are."""

    items: Annotated[list[Any], Field(min_length=1, max_length=MOST_LINES)]


class LineProblem(Message):
    severity: Literal["error", "warning"]
    code: Line
    pointer: str = Field(description="JSON Pointer within the line.")
    detail: Line
    rule: Line | None = None


class LineOutcome(Message):
    line: Count = Field(description="From 1, in the order of the request.")
    source_id: Line | None = None
    outcome: Literal["created", "updated", "unchanged", "rejected"]
    id: Id | None = None
    etag: Line | None = None
    problems: list[LineProblem]


class Cause(Message):
    """One root cause of rejected lines."""

    code: Line
    detail: Line
    count: Quantity
    lines: list[Count] = Field(description="The first 20 of its lines.")
    fix: Line | None = None


class Counts(Message):
    created: Quantity
    updated: Quantity
    unchanged: Quantity
    rejected: Quantity


class BatchOutcome(Message):
    """One outcome for each line, in order, and the rejected ones grouped by root cause."""

    EXAMPLE = {
        "counts": {"created": 1, "updated": 0, "unchanged": 0, "rejected": 1},
        "outcomes": [
            {
                "line": 1,
                "source_id": "d-1",
                "outcome": "created",
                "id": EXAMPLE_ID,
                "etag": '"1"',
                "problems": [],
            },
            {
                "line": 2,
                "outcome": "rejected",
                "problems": [
                    {
                        "severity": "error",
                        "code": "day-outside-agreement",
                        "pointer": "/date",
                        "detail": "It is none of the agreement's days: the agreement runs 2026-09-01–2026-12-31.",
                    }
                ],
            },
        ],
        "causes": [
            {
                "code": "day-outside-agreement",
                "detail": "It is none of the agreement's days: the agreement runs 2026-09-01–2026-12-31.",
                "count": 1,
                "lines": [2],
                "fix": "Record the day under the agreement that covers it, or amend this one.",
            }
        ],
    }

    counts: Counts
    outcomes: list[LineOutcome]
    causes: list[Cause]


class Certificate(Message):
    """A nurse's or doctor's certificate. Never a diagnosis."""

    required: bool | None = None
    received_on: Day | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None


class JustificationEntry(Message):
    """Why the day was not attended (perustelu)."""

    EXAMPLE = {
        "reason": "own_illness",
        "given_by": "client",
        "given_on": "2026-09-30",
        "certificate": {"required": False},
    }

    reason: CodeWord = Field(description="A code of the list absence_reason.", examples=["own_illness"])
    given_by: Literal["client", "provider", "workplace", "relative", "other"]
    given_on: Day
    explanation: Lines | None = Field(None, description="In short; never a diagnosis.")
    certificate: Certificate | None = None
    source_id: SourceId | None = None


class OrganiserReview(Message):
    """What the organiser decided of it."""

    decision: Literal["accepted", "rejected"]
    reason: Line | None = None
    reviewed_on: Day


class Justification(JustificationEntry, Stored):
    """A justification as recorded; what the provider said and what the organiser decided are both kept."""

    EXAMPLE = {"agreement_id": EXAMPLE_ID, "client_id": EXAMPLE_ID, "date": "2026-09-30", "state": "given"}

    agreement_id: Id
    client_id: Id
    date: Day
    state: Literal["given", "accepted", "rejected"]
    review: OrganiserReview | None = None


class JustificationReview(Message):
    """The organiser's review. A rejection has a reason."""

    EXAMPLE = {"decision": "rejected", "reason": "Todistus puuttuu"}

    decision: Literal["accepted", "rejected"]
    reason: Line | None = None

    @model_validator(mode="after")
    def rejection_has_a_reason(self) -> Self:
        if self.decision == "rejected" and self.reason is None:
            raise REJECTION.error()
        return self
