"""Plans on the wire: the client plan (asiakassuunnitelma, 15020 and 15023) and the implementation plan
(toteuttamissuunnitelma, 15021 and 15024). One message for the four: `rules.MEMBERS` says which has what."""

from typing import Annotated, Literal, TypeVar

from pydantic import Field
from typing_extensions import TypeAliasType

from walmu_api.foundation.schema_types import Day, Line, Message, WeekdayCount
from walmu_api.foundation.withholding import OWN_PLACE, WHEREABOUTS
from walmu_api.record.case_file.documents.schemas import Filed, InCase
from walmu_api.record.document_schemas import (
    Authors,
    LocalCode,
    NationalCode,
    Number,
    PartialDay,
    Texts,
    WrittenInstant,
)

T = TypeVar("T")
Several = Annotated[list[T], Field(min_length=1, max_length=100)]
PlanKind = TypeAliasType(
    "PlanKind",
    Annotated[Literal["client_plan", "implementation_plan"], Field(description="Which plan it is.")],
)
PlanServices = TypeAliasType(
    "PlanServices",
    Annotated[
        Literal["disability_services", "working_age_services"],
        Field(description="For which services a plan is."),
    ],
)
_ASSESSMENT = "Code set 1.2.246.537.6.1253."


class Meeting(Message):
    """A meeting in which the plan was made."""

    held_on: PartialDay | None = None
    place: Annotated[Texts | None, OWN_PLACE] = None
    participants: Texts | None = None


class PlanFactor(Message):
    """A situational factor (tilannetekijä), and whether it helps or hinders."""

    factor: NationalCode | None = Field(None, description="Code set 1.2.246.537.6.1290.")
    effect: LocalCode | None = Field(None, description="1: helps, 2: hinders.")


class PlanGoal(Message):
    """A goal that is set. Client plans of working-age services code it; the other plans name it."""

    name: Line | None = Field(None, examples=["Säännöllinen viikkorytmi"])
    description: Texts | None = None
    means_and_schedule: Texts | None = Field(
        None, description="By what means and when (implementation plans)."
    )
    goal: NationalCode | None = Field(None, description="Code set 1.2.246.537.6.1292.")
    scale: LocalCode | None = Field(
        None, description="1: a change for the better, 2: keeps it from getting worse."
    )
    factors: Several[PlanFactor] | None = None


class PreviousGoal(Message):
    """A goal of the plan before, and how far it was reached (client plans of working-age services)."""

    goal: NationalCode | None = Field(None, description="Code set 1.2.246.537.6.1292.")
    scale: LocalCode | None = None
    description: Texts | None = None
    assessment: NationalCode | None = Field(None, description=_ASSESSMENT)
    assessment_text: Texts | None = None
    factors: Several[PlanFactor] | None = None


class PreviousPlan(Message):
    """How far the goals of the plan before were reached. Disability services ask client and professional apart."""

    assessment: NationalCode | None = Field(None, description=_ASSESSMENT)
    client_assessment: NationalCode | None = Field(None, description=f"The client's own. {_ASSESSMENT}")
    professional_assessment: NationalCode | None = Field(
        None, description=f"The professional's. {_ASSESSMENT}"
    )
    assessment_text: Texts | None = None


class CurrentServices(Message):
    """What the client has already."""

    services: Several[LocalCode] | None = None
    description: Texts | None = None


class ServiceEvaluation(Message):
    """How a service of the plan before was used."""

    service: LocalCode | None = None
    social_service: NationalCode | None = Field(None, description="Code set 1.2.246.537.6.1222.")
    assessment: NationalCode | None = Field(None, description="Code set 1.2.246.537.6.112.")
    description: Texts | None = None


class MethodEvaluation(Message):
    """How a method of the plan before was used."""

    method: NationalCode | None = Field(None, description="Code set 1.2.246.537.6.1293.")
    assessment: NationalCode | None = Field(None, description="Code set 1.2.246.537.6.112.")
    description: Texts | None = None


class PlannedService(Message):
    """A service by which the goals are pursued."""

    service: LocalCode | None = None
    service_task: NationalCode | None = Field(None, description="Code set 1.2.246.537.6.1221.")
    social_service: NationalCode | None = Field(None, description="Code set 1.2.246.537.6.1222.")
    description: Texts | None = None
    methods: Several[NationalCode] | None = Field(None, description="Code set 1.2.246.537.6.1293.")
    methods_note: Texts | None = None
    client_proposal: Texts | None = Field(None, description="How the client proposes that it be produced.")
    expected_start_and_duration: Texts | None = None


class PlanDiagnosis(Message):
    """A diagnosis, as the plan names it."""

    diagnosis: NationalCode | None = Field(None, description="Code set 1.2.246.537.6.1.")


class StateOfHealth(Message):
    """State of health, impairments and illnesses."""

    description: Texts | None = None
    diagnoses: Several[PlanDiagnosis] | None = None
    risks: Texts | None = None


class Functioning(Message):
    """Functional capacity (toimintakyky)."""

    professional_view: Texts | None = None
    client_view: Texts | None = None
    influence_of_circumstances: Texts | None = None


class PlannedAssistance(Message):
    """Personal assistance (henkilökohtainen apu) under an employer model."""

    consents_to_employ: bool | None = None
    explanation: Texts | None = None
    pay_and_costs: Texts | None = None
    substitutes: Texts | None = None


class Restrictions(Message):
    """Restrictive measures (rajoitustoimenpiteet)."""

    assessments: Several[NationalCode] | None = Field(None, description="Code set 1.2.246.537.6.1266.")
    used: Texts | None = None
    outdoor_plan: Texts | None = None
    movement_plan: Texts | None = None
    effect: Texts | None = None


class SpecialCare(Message):
    """Special care (erityishuolto)."""

    arrangements: Texts | None = None
    adjustments: Texts | None = None
    means: Texts | None = None
    restrictions: Restrictions | None = None


class PlanWorker(Message):
    """Who answers for the service at the provider (palvelun vastuuhenkilö)."""

    family_name: Line
    given_names: Line
    phone: Texts | None = None


class PlanReview(Message):
    """When the plan is looked at again."""

    at: WrittenInstant | None = Field(None, description="An instant with zone, or a date.")
    time_note: Texts | None = None
    place: Annotated[Texts | None, OWN_PLACE] = None


class EmploymentPlan(Message):
    """The employment authority's plan (työllistymissuunnitelma): held as a reference, never as a copy."""

    issuer: Line = Field(examples=["Esimerkin työllisyysalue"])
    dated_on: Day
    review_on: Day | None = None


class RehabilitativeWork(Message):
    """A period of rehabilitative work activity (kuntouttava työtoiminta): 1–4 days a week, at least 4 hours a day, 3–24
    months at a time (189/2001, 13 b §)."""

    days_per_week: WeekdayCount
    hours_per_day: Number = Field(description="Hours.", examples=[4])
    starts_on: Day
    ends_on: Day


class PlanEntry(InCase):
    """A client plan or an implementation plan. The service task says which national structure it is; what only the other
    structures have is refused with `not-of-this-plan`."""

    kind: PlanKind
    services: PlanServices | None = Field(
        None,
        description="Which structure. Left out, it follows from the service task (20: disability services).",
    )
    service_task: NationalCode | None = Field(
        None, description="Palvelutehtävä, code set 1.2.246.537.6.1221. Left out, the relationship's."
    )
    service: NationalCode | None = Field(
        None,
        description="Sosiaalipalvelu that an implementation plan is about, code set 1.2.246.537.6.1222. "
        "Left out, the "
        "relationship's.",
    )
    service_starts_on: PartialDay | None = None
    meetings: Several[Meeting] | None = None
    other_plans: Texts | None = Field(None, description="The client's other plans in force.")
    communication: Texts | None = Field(None, description="Ways of communicating, and language.")
    situation: Texts | None = None
    health: StateOfHealth | None = None
    functioning: Functioning | None = None
    health_and_functioning: Texts | None = None
    strengths: Texts | None = Field(None, description="Strengths and resources.")
    experiences: Texts | None = Field(None, description="Experiences of the service.")
    current_services: CurrentServices | None = None
    client_view_of_support: Texts | None = Field(
        None, description="What support the client thinks is needed."
    )
    family_view_of_support: Texts | None = None
    professional_view_of_support: Texts | None = None
    previous_plan: PreviousPlan | None = None
    previous_goals: Several[PreviousGoal] | None = None
    service_evaluations: Several[ServiceEvaluation] | None = None
    method_evaluations: Several[MethodEvaluation] | None = None
    client_wishes: Texts | None = Field(None, description="What the client wants to change in life.")
    goals: Several[PlanGoal] | None = None
    planned_services: Several[PlannedService] | None = None
    personal_assistance: PlannedAssistance | None = None
    content_and_implementation: Texts | None = Field(
        None, description="What the service holds and how it is given."
    )
    other_support: Texts | None = None
    special_measures: Texts | None = None
    self_determination_measures: Texts | None = None
    education_and_job_search_plan: Texts | None = None
    early_or_basic_education: Annotated[Texts | None, WHEREABOUTS] = Field(
        None, description="Under turvakielto given to the organiser only."
    )
    special_care: SpecialCare | None = None
    supporting_organisations: Texts | None = None
    supporting_persons: Texts | None = None
    worker_meetings: Texts | None = Field(
        None, description="Meetings of client and responsible worker (omatyöntekijä)."
    )
    responsible_worker: PlanWorker | None = None
    client_informed: bool | None = Field(
        None, description="The client was told of rights, duties and alternatives."
    )
    client_informed_how: Texts | None = None
    further_actions: Texts | None = None
    dissenting_views: Texts | None = None
    expected_duration: Texts | None = Field(None, description="How long the client will need services.")
    review: PlanReview | None = None
    employment_plan: EmploymentPlan | None = None
    rehabilitative_work: RehabilitativeWork | None = None
    distribution: Texts | None = None
    further_information: Texts | None = None
    legal_notice: Texts | None = None
    written_on: PartialDay | None = None
    authors: Authors


class Plan(PlanEntry, Filed):
    """A plan as recorded."""
