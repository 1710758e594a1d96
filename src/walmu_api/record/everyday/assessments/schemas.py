"""Assessments (arvioinnit, national structures 1003 and 16009) on the wire."""

from typing import Annotated

from pydantic import Field, StringConstraints

from walmu_api.access.resource import DISCLOSING, disclosing
from walmu_api.foundation.non_blank import SaysSomething
from walmu_api.foundation.patterns import LINES
from walmu_api.foundation.schema_types import CodeWord, Count, Day, DayCount, Lines, Message, Step
from walmu_api.foundation.withholding import OWN_PLACE, WHEREABOUTS
from walmu_api.record.case_file.documents.schemas import Filed, InCase, OnItsDay
from walmu_api.record.document_schemas import (
    Address,
    Authors,
    DayPeriod,
    NationalCode,
    PartialDay,
    Professional,
)
from walmu_api.record.everyday.assessments.forms.schemas import FormKey

LongText = Annotated[str, StringConstraints(min_length=1, max_length=20_000, pattern=LINES), SaysSomething()]
DocumentText = Annotated[str, StringConstraints(min_length=1, max_length=500_000)]
"""Put together from many texts; a body is at most 256 kB."""


class AssessedItem(Message):
    """One item of the form and what is said of it: a common text, or each one's view, and a rating."""

    key: FormKey = Field(description="The key of the item on the form.")
    text: LongText | None = Field(
        None, description="What is said in common. National text comes in here, unsplit."
    )
    client_view: Lines | None = None
    professional_view: Lines | None = None
    workplace_view: Lines | None = None
    rating: Step | None = Field(None, description="A step of the item's scale.")


class GoalEvaluation(Message):
    """A goal and how far it was reached."""

    name: Lines
    description: Lines | None = None
    client_evaluation: NationalCode | None = Field(None, description="Code set 1.2.246.537.6.1253.")
    professional_evaluation: NationalCode | None = Field(None, description="Code set 1.2.246.537.6.1253.")
    evaluation: Lines | None = Field(None, description="In words.")


class AbsencesByReason(Message):
    """How many days were missed for one reason."""

    reason: CodeWord = Field(description="A code of the list absence_reason.")
    days: DayCount


class JustifiedSoFar(Message):
    """How the justifications of the absences and part-days stood."""

    missing: DayCount
    given: DayCount = Field(description="Given, and not reviewed by the organiser.")
    accepted: DayCount
    rejected: DayCount


class PeriodAttendance(Message):
    """Attendance of the period, in days."""

    planned: DayCount | None = Field(
        None,
        description="Days of the week plan without public holidays; left out where the schedule is flexible.",
    )
    recorded: DayCount
    present: DayCount
    partial: DayCount
    absent: DayCount
    not_arranged: DayCount
    rescheduled: DayCount
    absences: Annotated[list[AbsencesByReason], Field(max_length=100)]
    justifications: JustifiedSoFar


class AssessmentContact(Message):
    """A person by name."""

    family_name: Lines
    given_names: Lines


class SummaryRecipient(Message):
    """To whom a summary is addressed (vastaanottaja)."""

    name: Lines | None = Field(None, description="The organisation.")
    address: Annotated[Address | None, WHEREABOUTS] = None
    contact_person: AssessmentContact | None = None


class AssessmentDraft(InCase):
    """An assessment that nobody has signed for yet: what `prefill` answers."""

    form: FormKey | None = Field(
        None,
        description="The assessment form. Without one, the items are the content fields of the national "
        "structure: the ten of "
        "1003 by their keys on the form `uniform`, or `content` in a summary (16009).",
    )
    form_version: Count | None = Field(
        None, description="Left out: the version in force on the day of the assessment."
    )
    participants: Lines | None = Field(None, description="Who took part in the talk; 1003 requires it.")
    place: Annotated[Lines | None, OWN_PLACE] = Field(None, description="Työtoimintapaikka.")
    activity_started_on: PartialDay | None = Field(None, description="When the activity began.")
    period: DayPeriod | None = Field(None, description="The period that is assessed.")
    tasks: LongText | None = Field(None, description="Työtehtävät.")
    items: Annotated[list[AssessedItem], Field(min_length=1, max_length=60)] | None = Field(
        None, description="An item with its key alone is not answered."
    )
    goals: Annotated[list[GoalEvaluation], Field(min_length=1, max_length=30)] | None = None
    attendance: PeriodAttendance | None = None
    onward: LongText | None = Field(None, description="Jatkosuunnitelmat.")
    recipient: SummaryRecipient | None = Field(None, description="Summaries (16009) only.")
    service_task: NationalCode | None = Field(
        None, description="Summaries only; code set 1.2.246.537.6.1221. Left out: that of the relationship."
    )
    service: NationalCode | None = Field(
        None, description="Summaries only; code set 1.2.246.537.6.1222. Left out: that of the relationship."
    )
    purpose: LongText | None = Field(None, description="Summaries only; left out, the form's kind says it.")
    conclusions: LongText | None = Field(None, description="Summaries only.")
    distribution: Lines | None = Field(None, description="Jakelu.")
    further_information: LongText | None = None
    legal_notice: LongText | None = Field(None, description="Lakiselostus.")
    written_on: Day | None = Field(
        None, description="The day of the assessment; left out: the day it is recorded."
    )


DISCLOSING[AssessmentDraft] = disclosing("assessment", apart=("attendance",))


class AssessmentEntry(AssessmentDraft):
    """An assessment: how it goes, in each one's words and in ratings. Rehabilitative work activity is assessed in the national
    structure 1003, all other services in a summary (16009)."""

    authors: Authors = Field(description="Laatija.")


class DocumentTexts(Message):
    """The texts of the national document, in Finnish: items under their fields, views and ratings told in words. Made by
    the server when the assessment is recorded, so that a document never changes afterwards."""

    working_hours_kept: DocumentText | None = None
    absences_reported: DocumentText | None = None
    strengths: DocumentText | None = None
    initiative: DocumentText | None = None
    suitability: DocumentText | None = None
    quality_and_skills: DocumentText | None = None
    community_skills: DocumentText | None = None
    goals_reached: DocumentText | None = None
    other_observations: DocumentText | None = None
    skills_to_develop: DocumentText | None = None
    onward: DocumentText | None = None
    purpose: DocumentText | None = None
    content: DocumentText | None = None
    conclusions: DocumentText | None = None


class AssessmentConfirmation(Message):
    """The act of confirming a workplace's assessment: `author` answers for it from now on."""

    author: Professional
    participants: Lines | None = Field(
        None, description="Needed where structure 1003 requires it and the workplace left it out."
    )


class AssessmentReport(AssessmentEntry, OnItsDay):
    """The words of a workplace, as they were when the provider corrected them."""


class WrittenAssessment(AssessmentEntry):
    """An assessment with what the server adds to what was said."""

    confirmation: AssessmentConfirmation | None = Field(
        None, description="By whom a workplace's assessment was confirmed."
    )
    document_texts: DocumentTexts
    reported: AssessmentReport | None = Field(
        None, description="What the workplace wrote, where the provider corrected it after confirming it."
    )


class Assessment(WrittenAssessment, Filed):
    """An assessment as recorded."""
