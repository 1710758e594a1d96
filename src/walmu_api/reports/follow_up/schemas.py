"""Following attendance up: who has not reported, what waits for a justification, and a period summed up."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from walmu_api.access.resource import DISCLOSING, disclosing
from walmu_api.foundation.schema_types import CodeWord, Day, Id, Line, Message, Minutes, Quantity
from walmu_api.record.everyday.attendance.justifications.rules import (
    DayJustification,
    JustificationResult,
    ReviewDecision,
)
from walmu_api.record.everyday.attendance.justifications.schemas import OrganiserReview
from walmu_api.record.everyday.attendance.schemas import Confirmation

OpenJustificationState = TypeAliasType(
    "OpenJustificationState",
    Annotated[Literal["missing", "given", "rejected"], Field(description="Why a justification is open.")],
)
DayState = TypeAliasType(
    "DayState",
    Annotated[
        Literal["present", "partial", "absent", "not_arranged", "rescheduled", "unreported"],
        Field(description="What became of a planned day; `unreported` while nothing is recorded."),
    ],
)
AbsenceStatus = TypeAliasType(
    "AbsenceStatus",
    Annotated[
        Literal["absent", "partial"], Field(description="Whether the whole day was missed or a part of it.")
    ],
)


class MissingReport(Message):
    """A planned day of which nothing is recorded."""

    agreement_id: Id
    client_id: Id
    date: Day
    planned_minutes: Minutes | None = Field(
        None,
        description="By the week plan; left out for a day that another one moved to without saying how long.",
    )


DISCLOSING[MissingReport] = disclosing("attendance")


class OpenJustification(Message):
    """An absence whose justification is missing, waits for the organiser's review, or was rejected."""

    agreement_id: Id
    client_id: Id
    date: Day
    status: AbsenceStatus
    absence_reason: CodeWord | None = Field(
        None, description="As the day was recorded; `unknown` where none was told."
    )
    state: OpenJustificationState
    id: Id | None = Field(None, description="The justification's, once there is one.")
    reason: CodeWord | None = Field(None, description="As it was justified.")
    given_on: Day | None = None
    review: OrganiserReview | None = None


class Justified(Message):
    """Whether an absence is justified (hyväksyttävä syy by 189/2001, ilmoitettu by the other bases): what follows from the
    legal basis, and the organiser's word over it."""

    derived: JustificationResult = Field(
        description="By the rule alone. `undetermined`: a report that is still missing decides."
    )
    rule: Line = Field(
        description="What decided: `statutory-reason`, `not-statutory`, `own-illness-notice` (up to three "
        "days in a run), "
        "`own-illness-certificate` (longer), `child-illness-days` (four at a time), `organiser-policy`."
    )
    review: ReviewDecision | None = Field(None, description="The organiser's, where there is one.")
    result: JustificationResult = Field(description="What holds: the review, else what is derived.")


class SummaryDay(Message):
    """A planned or recorded day. Voided days are none."""

    date: Day
    status: DayState
    planned_minutes: Minutes | None = Field(None, description="As recorded, else by the week plan.")
    actual_minutes: Minutes | None = None
    absence_reason: CodeWord | None = None
    justification: DayJustification | None = Field(None, description="Of an absence.")
    justified: Justified | None = Field(None, description="Of an absence.")
    confirmation: Confirmation | None = Field(None, description="Of a day that a workplace reported.")


class DayCounts(Message):
    """How many days of each kind. `planned`: those with planned minutes, whatever became of them."""

    planned: Quantity
    present: Quantity
    partial: Quantity
    absent: Quantity
    not_arranged: Quantity
    rescheduled: Quantity
    unreported: Quantity


class MinuteCounts(Message):
    """Minutes of all days together."""

    planned: Quantity
    actual: Quantity


class AbsenceCounts(Message):
    """Absences, and part-days with a reason, by what holds of them."""

    justified: Quantity
    unjustified: Quantity
    undetermined: Quantity


class AttendanceSummary(Message):
    """A period of an agreement up to today, day by day and in sums. It changes as days pass and reports come, so it has no ETag."""

    agreement_id: Id
    client_id: Id
    starts_on: Day
    ends_on: Day
    legal_bases: list[CodeWord] = Field(
        description="Of the decision: which rule justifies absences follows from them."
    )
    days: DayCounts
    minutes: MinuteCounts
    absences: AbsenceCounts
    unconfirmed: Quantity = Field(
        description="Days that a workplace reported and its provider has not confirmed; they count like all "
        "others."
    )
    items: list[SummaryDay]
