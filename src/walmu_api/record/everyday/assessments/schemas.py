"""Assessments (arvioinnit, national structures 1003 and 16009) on the wire."""

from typing import Annotated

from pydantic import Field, StringConstraints

from walmu_api.access.resource import DISCLOSING, disclosing
from walmu_api.foundation.non_blank import SaysSomething
from walmu_api.foundation.past_days import PastDay
from walmu_api.foundation.patterns import LINES
from walmu_api.foundation.schema_types import CodeWord, Count, DayCount, Lines, Message, Step
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
    client_view: Lines | None = Field(None, description="What the client says of it.")
    professional_view: Lines | None = Field(None, description="What the professional says of it.")
    workplace_view: Lines | None = Field(None, description="What the workplace says of it.")
    rating: Step | None = Field(None, description="A step of the item's scale.")


class GoalEvaluation(Message):
    """A goal and how far it was reached."""

    name: Lines = Field(description="The goal, as the plan names it; the overview finds it by this name.")
    description: Lines | None = Field(None, description="The goal in words.")
    client_evaluation: NationalCode | None = Field(
        None, description="The client's own evaluation, code set 1.2.246.537.6.1253."
    )
    professional_evaluation: NationalCode | None = Field(
        None, description="The professional's evaluation, code set 1.2.246.537.6.1253."
    )
    evaluation: Lines | None = Field(None, description="How far it was reached, in words.")


class AbsencesByReason(Message):
    """How many days were missed for one reason."""

    reason: CodeWord = Field(description="A code of the list absence_reason.")
    days: DayCount = Field(description="Days with this reason, absences and part-days together.")


class JustifiedSoFar(Message):
    """How the justifications of the absences and part-days stood."""

    missing: DayCount = Field(description="Days of which no justification was given.")
    given: DayCount = Field(description="Given, and not reviewed by the organiser.")
    accepted: DayCount = Field(description="Days whose justification the organiser accepted.")
    rejected: DayCount = Field(description="Days whose justification the organiser rejected.")


class PeriodAttendance(Message):
    """Attendance of the period, in days."""

    planned: DayCount | None = Field(
        None,
        description="Days of the week plan without public holidays; left out where the schedule is flexible.",
    )
    recorded: DayCount = Field(description="Days of which something is recorded.")
    present: DayCount = Field(description="Days attended in full.")
    partial: DayCount = Field(description="Days attended in part.")
    absent: DayCount = Field(description="Days not attended.")
    not_arranged: DayCount = Field(
        description="Days on which no service was arranged (palvelua ei järjestetä)."
    )
    rescheduled: DayCount = Field(description="Days that another one took the place of.")
    absences: Annotated[list[AbsencesByReason], Field(max_length=100)] = Field(
        description="Absences and part-days by reason."
    )
    justifications: JustifiedSoFar = Field(
        description="How they were justified when the assessment was prepared."
    )


class AssessmentContact(Message):
    """A person by name."""

    family_name: Lines = Field(description="Family name (sukunimi).")
    given_names: Lines = Field(description="Given names (etunimet).")


class SummaryRecipient(Message):
    """To whom a summary is addressed (vastaanottaja)."""

    name: Lines | None = Field(None, description="Name of the organisation (organisaation nimi).")
    address: Annotated[Address | None, WHEREABOUTS] = Field(
        None, description="The recipient's postal address."
    )
    contact_person: AssessmentContact | None = Field(None, description="The person there (yhteyshenkilö).")


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
    place: Annotated[Lines | None, OWN_PLACE] = Field(
        None, description="Where the activity is carried out (työtoimintapaikka)."
    )
    activity_started_on: PartialDay | None = Field(None, description="When the activity began.")
    period: DayPeriod | None = Field(None, description="The period that is assessed.")
    tasks: LongText | None = Field(None, description="What the client does there (työtehtävät).")
    items: Annotated[list[AssessedItem], Field(min_length=1, max_length=60)] | None = Field(
        None,
        description="The items of the form with what is said of each; one with its key alone is not answered.",
    )
    goals: Annotated[list[GoalEvaluation], Field(min_length=1, max_length=30)] | None = Field(
        None, description="Goals and how far they were reached; by their names the overview follows them."
    )
    attendance: PeriodAttendance | None = Field(
        None, description="Attendance of the period; `prefill` answers with the figures of that moment."
    )
    onward: LongText | None = Field(None, description="What comes after the period (jatkosuunnitelmat).")
    recipient: SummaryRecipient | None = Field(
        None, description="To whom it is addressed; summaries (16009) only."
    )
    service_task: NationalCode | None = Field(
        None, description="Summaries only; code set 1.2.246.537.6.1221. Left out: that of the relationship."
    )
    service: NationalCode | None = Field(
        None, description="Summaries only; code set 1.2.246.537.6.1222. Left out: that of the relationship."
    )
    purpose: LongText | None = Field(None, description="Summaries only; left out, the form's kind says it.")
    conclusions: LongText | None = Field(
        None, description="What follows from it (johtopäätökset); summaries (16009) only."
    )
    distribution: Lines | None = Field(None, description="To whom it is given, in words (jakelu).")
    further_information: LongText | None = Field(
        None, description="What no other member has room for (lisätiedot)."
    )
    legal_notice: LongText | None = Field(
        None, description="Lakiselostus: the law that the document refers to, in words."
    )
    written_on: PastDay | None = Field(
        None, description="The day of the assessment; left out: the day it is recorded. Not a day to come."
    )


DISCLOSING[AssessmentDraft] = disclosing("assessment", apart=("attendance",))


class AssessmentEntry(AssessmentDraft):
    """An assessment: how it goes, in each one's words and in ratings. Rehabilitative work activity is assessed in the national
    structure 1003, all other services in a summary (16009)."""

    authors: Authors = Field(description="Who answers for the assessment (laatija), 1 at least.")


class DocumentTexts(Message):
    """The texts of the national document, in Finnish: items under their fields, views and ratings told in words. Made by
    the server when the assessment is recorded, so that a document never changes afterwards."""

    working_hours_kept: DocumentText | None = Field(
        None, description="How working hours are kept (1003, työaikojen noudattaminen)."
    )
    absences_reported: DocumentText | None = Field(
        None, description="How absences are reported (1003, poissaolojen ilmoittaminen)."
    )
    strengths: DocumentText | None = Field(
        None, description="The client's strengths (1003, asiakkaan vahvuudet)."
    )
    initiative: DocumentText | None = Field(
        None, description="Activity and initiative (1003, aktiivisuus ja omatoimisuus)."
    )
    suitability: DocumentText | None = Field(
        None, description="How the work suits the client (1003, soveltuvuus kyseiseen työtoimintaan)."
    )
    quality_and_skills: DocumentText | None = Field(
        None, description="Quality of work and skills (1003, työn laatu ja työtaidot)."
    )
    community_skills: DocumentText | None = Field(
        None, description="Skills of working with others (1003, työyhteisötaidot)."
    )
    goals_reached: DocumentText | None = Field(
        None, description="How far goals were reached (1003, tavoitteiden saavuttaminen)."
    )
    other_observations: DocumentText | None = Field(
        None, description="Other observations (1003, muuta huomioitavaa)."
    )
    skills_to_develop: DocumentText | None = Field(
        None, description="Skills to develop further (1003, taidot joita tulisi edelleen kehittää)."
    )
    onward: DocumentText | None = Field(
        None, description="What comes after the period (1003, jatkosuunnitelmat)."
    )
    purpose: DocumentText | None = Field(None, description="What the summary is for (16009, tarkoitus).")
    content: DocumentText | None = Field(None, description="What the summary says (16009, asiasisältö).")
    conclusions: DocumentText | None = Field(
        None, description="What follows from it (16009, johtopäätökset)."
    )


class AssessmentConfirmation(Message):
    """The act of confirming a workplace's assessment: `author` answers for it from now on."""

    author: Professional = Field(description="The provider's professional who answers for it (laatija).")
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
    document_texts: DocumentTexts = Field(description="Texts of the national document, made by the server.")
    reported: AssessmentReport | None = Field(
        None, description="What the workplace wrote, where the provider corrected it after confirming it."
    )


class Assessment(WrittenAssessment, Filed):
    """An assessment as recorded."""
