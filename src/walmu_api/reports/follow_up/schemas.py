"""Following attendance up: who has not reported, what waits for a justification, and a period summed up."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from walmu_api.access.resource import DISCLOSING, disclosing
from walmu_api.foundation.openapi import Page
from walmu_api.foundation.schema_types import CodeWord, Day, Id, Line, Message, Minutes, Quantity
from walmu_api.record.everyday.attendance.justifications.rules import (
    DayJustification,
    JustificationResult,
    ReviewDecision,
)
from walmu_api.record.everyday.attendance.justifications.schemas import OrganiserReview
from walmu_api.record.everyday.attendance.schemas import AbsenceParts, Confirmation
from walmu_api.record.parties.clients.including import WithClients

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

    agreement_id: Id = Field(description="The agreement whose day it is.")
    client_id: Id = Field(description="The client of the agreement.")
    date: Day = Field(description="The day of which nothing is recorded.")
    planned_minutes: Minutes | None = Field(
        None,
        description="By the week plan; left out for a day that another one moved to without saying how long.",
    )


DISCLOSING[MissingReport] = disclosing("attendance")


class MissingReportPage(Page[MissingReport], WithClients):
    """One page of days of which nothing is recorded."""


class OpenJustification(Message):
    """An absence whose justification is missing, waits for the organiser's review, or was rejected."""

    agreement_id: Id = Field(description="The agreement whose day it is.")
    client_id: Id = Field(description="The client who was absent.")
    date: Day = Field(description="The day that was not attended in full.")
    status: AbsenceStatus = Field(description="As the day was recorded.")
    absence_reason: CodeWord | None = Field(
        None, description="As the day was recorded; `unknown` where none was told."
    )
    absence_reasons: AbsenceParts | None = Field(
        None, description="As the day was recorded, where its reasons have minutes."
    )
    state: OpenJustificationState = Field(
        description="What it waits for: a justification, the review, or a new justification."
    )
    id: Id | None = Field(None, description="The justification's, once there is one.")
    reason: CodeWord | None = Field(None, description="As it was justified.")
    given_on: Day | None = Field(
        None, description="The day on which the justification was given; left out while there is none."
    )
    review: OrganiserReview | None = Field(None, description="The organiser's review; left out before it.")


class OpenJustificationPage(Page[OpenJustification], WithClients):
    """One page of absences whose justification is open."""


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

    date: Day = Field(description="The day itself.")
    status: DayState = Field(description="As recorded; `unreported`: planned, and nothing is recorded.")
    planned_minutes: Minutes | None = Field(None, description="As recorded, else by the week plan.")
    actual_minutes: Minutes | None = Field(None, description="Minutes that were attended, as recorded.")
    absence_reason: CodeWord | None = Field(
        None, description="A code of the list absence_reason, of absences and part-days."
    )
    absence_reasons: AbsenceParts | None = Field(
        None,
        description="One reason or two with their minutes, as recorded, where they hold; the first is `absence_reason`.",
    )
    justification: DayJustification | None = Field(
        None, description="Of an absence: how its justification stands."
    )
    justified: Justified | None = Field(
        None, description="Of an absence: whether it is justified, and by what."
    )
    confirmation: Confirmation | None = Field(None, description="Of a day that a workplace reported.")
    finding: Line | None = Field(
        None,
        description="Of a recorded day that counts in no allowance as things stand: the code of the problem. "
        "`day-outside-agreement`, `decision-not-in-force`: it has no place any more, because its agreement was ended or "
        "amended, or its decision shortened, revoked or moved to another client or provider, afterwards. "
        "`decision-in-conflict`: recorded while the agreement was held (`hold`). `counted-in-another-agreement`: the same day is "
        "attended under another agreement of the decision too, and counts there. It can be corrected and voided as before. A day "
        "with `day-outside-agreement`, as also after the end of the service, is in no other count or share either, and its absence "
        "needs no justification.",
        examples=["day-outside-agreement"],
    )

    @property
    def reasons(self) -> Sequence[str]:
        """The reason, or both."""
        if self.absence_reasons:
            return [part.reason for part in self.absence_reasons]
        return [self.absence_reason] if self.absence_reason is not None else []


class DayCounts(Message):
    """How many days of each kind. `planned`: those with planned minutes, whatever became of them."""

    planned: Quantity = Field(description="Days with planned minutes, whatever became of them.")
    present: Quantity = Field(description="Days attended in full.")
    partial: Quantity = Field(description="Days attended in part.")
    absent: Quantity = Field(description="Days not attended.")
    not_arranged: Quantity = Field(description="Days on which no service was arranged.")
    rescheduled: Quantity = Field(description="Days that another one took the place of.")
    unreported: Quantity = Field(description="Planned days of which nothing is recorded.")


class MinuteCounts(Message):
    """Minutes of all days together."""

    planned: Quantity = Field(description="Planned minutes of all days.")
    actual: Quantity = Field(description="Attended minutes of all days.")


class AbsenceCounts(Message):
    """Absences, and part-days with a reason, by what holds of them."""

    justified: Quantity = Field(description="Days whose reason is accepted, by rule or review.")
    unjustified: Quantity = Field(description="Days whose reason is not accepted, by rule or review.")
    undetermined: Quantity = Field(description="Days that a report still missing decides.")


class AttendanceSummary(Message):
    """A period of an agreement up to today, day by day and in sums. It changes as days pass and reports come, so it has no ETag."""

    agreement_id: Id = Field(description="The agreement whose days they are.")
    client_id: Id = Field(description="The client of the agreement.")
    starts_on: Day = Field(description="First day of the period.")
    ends_on: Day = Field(description="Last day of the period.")
    legal_bases: list[CodeWord] = Field(
        description="Of the decision: which rule justifies absences follows from them."
    )
    days: DayCounts = Field(description="Days in sums.")
    minutes: MinuteCounts = Field(description="Minutes in sums.")
    absences: AbsenceCounts = Field(description="Absences in sums.")
    unconfirmed: Quantity = Field(
        description="Days that a workplace reported and its provider has not confirmed; they count like all "
        "others."
    )
    allowance_days: Quantity = Field(
        description="Days attended, in part too, that have no `finding`: only these can count in a work allowance."
    )
    items: list[SummaryDay] = Field(description="Every planned or recorded day, in order.")
