"""What plans are made of: meetings, goals, services, special care."""

from typing import Annotated, TypeVar

from pydantic import Field

from walmu_api.foundation.past_days import PastDay
from walmu_api.foundation.schema_types import Day, Line, Message, WeekdayCount
from walmu_api.foundation.withholding import OWN_PLACE
from walmu_api.record.document_schemas import (
    LocalCode,
    NationalCode,
    Number,
    PartialDay,
    Texts,
    WrittenInstant,
)

T = TypeVar("T")
Several = Annotated[list[T], Field(min_length=1, max_length=100)]


class Meeting(Message):
    """A meeting in which the plan was made."""

    held_on: PartialDay | None = Field(None, description="Day, month or year of the meeting.")
    place: Annotated[Texts | None, OWN_PLACE] = Field(None, description="Where the meeting was held.")
    participants: Texts | None = Field(None, description="Who took part, in words (osallistujat).")


class PlanFactor(Message):
    """A situational factor (tilannetekijä), and whether it helps or hinders."""

    factor: NationalCode | None = Field(
        None, description="What it is (tilannetekijä), code set 1.2.246.537.6.1290."
    )
    effect: LocalCode | None = Field(None, description="1: helps, 2: hinders.")


class PlanGoal(Message):
    """A goal that is set. Client plans of working-age services code it; the other plans name it."""

    name: Line | None = Field(
        None,
        description="The goal in a few words (nimi); assessments evaluate it by this name.",
        examples=["Säännöllinen viikkorytmi"],
    )
    description: Texts | None = Field(None, description="The goal in words (kuvaus).")
    means_and_schedule: Texts | None = Field(
        None, description="By what means and when (implementation plans)."
    )
    goal: NationalCode | None = Field(None, description="The goal (tavoite), code set 1.2.246.537.6.1292.")
    scale: LocalCode | None = Field(
        None, description="1: a change for the better, 2: keeps it from getting worse."
    )
    factors: Several[PlanFactor] | None = Field(
        None, description="What in the client's situation helps or hinders (tilannetekijät)."
    )


class PreviousGoal(Message):
    """A goal of the plan before, and how far it was reached (client plans of working-age services)."""

    goal: NationalCode | None = Field(None, description="The goal, code set 1.2.246.537.6.1292.")
    scale: LocalCode | None = Field(
        None, description="What was aimed at: 1, a change for the better; 2, to keep it from getting worse."
    )
    description: Texts | None = Field(None, description="The goal in words, as the plan before had it.")
    assessment: NationalCode | None = Field(
        None, description="How far it was reached, code set 1.2.246.537.6.1253."
    )
    assessment_text: Texts | None = Field(
        None, description="How far it was reached, in words (sanallinen arvio)."
    )
    factors: Several[PlanFactor] | None = Field(None, description="What helped or hindered (tilannetekijät).")


class PreviousPlan(Message):
    """How far the goals of the plan before were reached. Disability services ask client and professional apart."""

    assessment: NationalCode | None = Field(
        None, description="How far they were reached, code set 1.2.246.537.6.1253."
    )
    client_assessment: NationalCode | None = Field(
        None, description="How far by the client's own word, code set 1.2.246.537.6.1253."
    )
    professional_assessment: NationalCode | None = Field(
        None, description="How far by the professional's word, code set 1.2.246.537.6.1253."
    )
    assessment_text: Texts | None = Field(
        None, description="How far the goals were reached, in words (sanallinen arvio)."
    )


class CurrentServices(Message):
    """What the client has already."""

    services: Several[LocalCode] | None = Field(
        None, description="Codes of the structure's own list of services (15020 only)."
    )
    description: Texts | None = Field(None, description="The services in words.")


class ServiceEvaluation(Message):
    """How a service of the plan before was used."""

    service: LocalCode | None = Field(
        None,
        description="A code of the structure's own list of services; with that of social services, `social_service` says which.",
    )
    social_service: NationalCode | None = Field(
        None, description="Sosiaalipalvelu, code set 1.2.246.537.6.1222."
    )
    assessment: NationalCode | None = Field(
        None, description="Arvio palvelun käytöstä, code set 1.2.246.537.6.112."
    )
    description: Texts | None = Field(
        None, description="How it was used, in words (kuvaus palvelun käytöstä)."
    )


class MethodEvaluation(Message):
    """How a method of the plan before was used."""

    method: NationalCode | None = Field(None, description="Menetelmä, code set 1.2.246.537.6.1293.")
    assessment: NationalCode | None = Field(
        None, description="Arvio menetelmän käytöstä, code set 1.2.246.537.6.112."
    )
    description: Texts | None = Field(
        None, description="How it was used, in words (kuvaus menetelmän käytöstä)."
    )


class PlannedService(Message):
    """A service by which the goals are pursued."""

    service: LocalCode | None = Field(
        None,
        description="A code of the structure's own list of services; with that of social services, `social_service` says which.",
    )
    service_task: NationalCode | None = Field(
        None, description="Palvelutehtävä, code set 1.2.246.537.6.1221."
    )
    social_service: NationalCode | None = Field(
        None, description="Sosiaalipalvelu, code set 1.2.246.537.6.1222."
    )
    description: Texts | None = Field(None, description="The service in words (kuvaus).")
    methods: Several[NationalCode] | None = Field(None, description="Menetelmä, code set 1.2.246.537.6.1293.")
    methods_note: Texts | None = Field(None, description="More on the methods, in words.")
    client_proposal: Texts | None = Field(
        None, description="How the client proposes that the service be produced and carried out."
    )
    expected_start_and_duration: Texts | None = Field(
        None, description="When it should begin and how long it should last, in words."
    )


class PlanDiagnosis(Message):
    """A diagnosis, as the plan names it."""

    diagnosis: NationalCode | None = Field(None, description="Diagnoosi, code set 1.2.246.537.6.1.")


class StateOfHealth(Message):
    """State of health, impairments and illnesses."""

    description: Texts | None = Field(
        None, description="State of health, impairments and illnesses in words."
    )
    diagnoses: Several[PlanDiagnosis] | None = Field(
        None, description="Diagnoses that the plan needs; no rule and no access check reads them."
    )
    risks: Texts | None = Field(
        None, description="What workers must know for safety (riskitiedot), in words."
    )


class Functioning(Message):
    """Functional capacity (toimintakyky)."""

    professional_view: Texts | None = Field(None, description="The professional's assessment.")
    client_view: Texts | None = Field(None, description="The client's own view.")
    influence_of_circumstances: Texts | None = Field(
        None, description="How life situation and surroundings affect it."
    )


class PlannedAssistance(Message):
    """Personal assistance (henkilökohtainen apu) under an employer model."""

    consents_to_employ: bool | None = Field(
        None, description="Whether the client consents to act as employer."
    )
    explanation: Texts | None = Field(
        None, description="How that was explained to the client, and what was told."
    )
    pay_and_costs: Texts | None = Field(
        None, description="On what grounds pay and costs are reimbursed, and how."
    )
    substitutes: Texts | None = Field(None, description="How substitutes are arranged.")


class Restrictions(Message):
    """Restrictive measures (rajoitustoimenpiteet)."""

    assessments: Several[NationalCode] | None = Field(
        None, description="Arvio rajoitustoimenpiteistä, code set 1.2.246.537.6.1266."
    )
    used: Texts | None = Field(None, description="Which measures were used.")
    outdoor_plan: Texts | None = Field(
        None, description="Plan of going and being outdoors (ulkoilua ja liikkumista koskeva suunnitelma)."
    )
    movement_plan: Texts | None = Field(
        None, description="Plan of moving about (liikkumista koskeva suunnitelma)."
    )
    effect: Texts | None = Field(None, description="What the measures that were used led to.")


class SpecialCare(Message):
    """Special care (erityishuolto)."""

    arrangements: Texts | None = Field(None, description="How special care is arranged.")
    adjustments: Texts | None = Field(None, description="How it is adjusted to the client.")
    means: Texts | None = Field(None, description="By what means it is carried out.")
    restrictions: Restrictions | None = Field(None, description="Restrictive measures, where there are any.")


class PlanWorker(Message):
    """Who answers for the service at the provider (palvelun vastuuhenkilö)."""

    family_name: Line = Field(description="Family name (sukunimi).")
    given_names: Line = Field(description="Given names (etunimet).")
    phone: Texts | None = Field(None, description="Phone number at work, as written.")


class PlanReview(Message):
    """When the plan is looked at again."""

    at: WrittenInstant | None = Field(None, description="When: an instant with zone, or a date.")
    time_note: Texts | None = Field(None, description="When, in words, where no instant or date is known.")
    place: Annotated[Texts | None, OWN_PLACE] = Field(None, description="Where the review is held.")


class EmploymentPlan(Message):
    """The employment authority's plan (työllistymissuunnitelma): held as a reference, never as a copy."""

    issuer: Line = Field(
        description="The employment authority that made it.", examples=["Esimerkin työllisyysalue"]
    )
    dated_on: PastDay = Field(description="The day of the plan. Not a day to come.")
    review_on: Day | None = Field(None, description="When the authority reviews it next.")


class RehabilitativeWork(Message):
    """A period of rehabilitative work activity (kuntouttava työtoiminta): 1–4 days a week, at least 4 hours a day, 3–24
    months at a time (189/2001, 13 b §)."""

    days_per_week: WeekdayCount = Field(description="Days a week, 1–4 by 189/2001, 13 b §.")
    hours_per_day: Number = Field(description="Hours a day, 4 at least by 189/2001, 13 b §.", examples=[4])
    starts_on: Day = Field(description="First day of the period.")
    ends_on: Day = Field(description="Last day of the period.")
