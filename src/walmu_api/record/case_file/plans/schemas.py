"""Plans on the wire: the client plan (asiakassuunnitelma, 15020 and 15023) and the implementation plan
(toteuttamissuunnitelma, 15021 and 15024). One message for the four: `rules.MEMBERS` says which has what."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from walmu_api.foundation.withholding import WHEREABOUTS
from walmu_api.record.case_file.documents.schemas import Filed, InCase
from walmu_api.record.case_file.plans.parts import (
    CurrentServices,
    EmploymentPlan,
    Functioning,
    Meeting,
    MethodEvaluation,
    PlanGoal,
    PlannedAssistance,
    PlannedService,
    PlanReview,
    PlanWorker,
    PreviousGoal,
    PreviousPlan,
    RehabilitativeWork,
    ServiceEvaluation,
    Several,
    SpecialCare,
    StateOfHealth,
)
from walmu_api.record.document_schemas import Authors, NationalCode, PartialDay, PastPartialDay, Texts

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


class PlanEntry(InCase):
    """A client plan or an implementation plan. The service task says which national structure it is; what only the other
    structures have is refused with `not-of-this-plan`."""

    kind: PlanKind = Field(
        description="Who plans: `client_plan`, the organiser with the client; `implementation_plan`, the provider for its service."
    )
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
    service_starts_on: PartialDay | None = Field(
        None, description="Day, month or year in which the service begins (15021 and 15024)."
    )
    meetings: Several[Meeting] | None = Field(None, description="Meetings in which the plan was made.")
    other_plans: Texts | None = Field(None, description="The client's other plans in force.")
    communication: Texts | None = Field(None, description="Ways of communicating, and language.")
    situation: Texts | None = Field(
        None, description="The client's situation in words (kuvaus asiakkaan tilanteesta)."
    )
    health: StateOfHealth | None = Field(
        None, description="State of health, impairments and illnesses (15023 only)."
    )
    functioning: Functioning | None = Field(None, description="Functional capacity (15023 only).")
    health_and_functioning: Texts | None = Field(
        None, description="Health and functional capacity in one text (15021 and 15024)."
    )
    strengths: Texts | None = Field(None, description="Strengths and resources.")
    experiences: Texts | None = Field(None, description="Experiences of the service.")
    current_services: CurrentServices | None = Field(
        None, description="Services that the client has already (15020 and 15023)."
    )
    client_view_of_support: Texts | None = Field(
        None, description="What support the client thinks is needed."
    )
    family_view_of_support: Texts | None = Field(
        None, description="What support those close to the client think is needed (15023 only)."
    )
    professional_view_of_support: Texts | None = Field(
        None, description="What support the professional thinks is needed (15020 and 15023)."
    )
    previous_plan: PreviousPlan | None = Field(
        None, description="How far the goals of the plan before were reached, as a whole (all but 15020)."
    )
    previous_goals: Several[PreviousGoal] | None = Field(
        None, description="How far each goal of the plan before was reached (15020 only)."
    )
    service_evaluations: Several[ServiceEvaluation] | None = Field(
        None, description="How services of the plan before were used (15020 only)."
    )
    method_evaluations: Several[MethodEvaluation] | None = Field(
        None, description="How methods of the plan before were used (15020 only)."
    )
    client_wishes: Texts | None = Field(None, description="What the client wants to change in life.")
    goals: Several[PlanGoal] | None = Field(None, description="Goals that are set for the coming period.")
    planned_services: Several[PlannedService] | None = Field(
        None, description="Services by which the goals are pursued (15020 and 15023)."
    )
    personal_assistance: PlannedAssistance | None = Field(
        None, description="Personal assistance, where it is planned (15023 only)."
    )
    content_and_implementation: Texts | None = Field(
        None, description="What the service holds and how it is given."
    )
    other_support: Texts | None = Field(
        None, description="Other services, support and means for the goals and needs (15023 only)."
    )
    special_measures: Texts | None = Field(
        None, description="Special measures, erityiset toimenpiteet (15023 only)."
    )
    self_determination_measures: Texts | None = Field(
        None, description="Special measures by which the client's self-determination comes true (15024 only)."
    )
    education_and_job_search_plan: Texts | None = Field(
        None, description="Plan of education and job search (15023 only)."
    )
    early_or_basic_education: Annotated[Texts | None, WHEREABOUTS] = Field(
        None, description="Under turvakielto given to the organiser only."
    )
    special_care: SpecialCare | None = Field(
        None, description="Special care, where the client is under it (15023 and 15024)."
    )
    supporting_organisations: Texts | None = Field(
        None, description="Who gives services besides, and what each answers for (15020 and 15023)."
    )
    supporting_persons: Texts | None = Field(
        None, description="Private persons who support the client, and what each does (15020 and 15023)."
    )
    worker_meetings: Texts | None = Field(
        None, description="Meetings of client and responsible worker (omatyöntekijä)."
    )
    responsible_worker: PlanWorker | None = Field(
        None, description="Palvelun vastuuhenkilö at the provider (15021 and 15024)."
    )
    client_informed: bool | None = Field(
        None, description="The client was told of rights, duties and alternatives."
    )
    client_informed_how: Texts | None = Field(
        None, description="How the client was told of rights, duties and alternatives (15020 and 15023)."
    )
    further_actions: Texts | None = Field(
        None, description="What was agreed to do next (sovitut jatkotoimet)."
    )
    dissenting_views: Texts | None = Field(None, description="Where those who made the plan do not agree.")
    expected_duration: Texts | None = Field(None, description="How long the client will need services.")
    review: PlanReview | None = Field(None, description="When the plan is looked at again.")
    employment_plan: EmploymentPlan | None = Field(
        None, description="The employment authority's plan, by reference."
    )
    rehabilitative_work: RehabilitativeWork | None = Field(
        None, description="The period of rehabilitative work activity that the plan sets (189/2001, 13 b §)."
    )
    distribution: Texts | None = Field(
        None, description="To whom the plan is given, in words (jakelu; all but 15024)."
    )
    further_information: Texts | None = Field(
        None, description="What no other member has room for (lisätiedot; all but 15021)."
    )
    legal_notice: Texts | None = Field(
        None, description="Lakiselostus: the law that the document refers to, in words."
    )
    written_on: PastPartialDay | None = Field(
        None, description="Day, month or year of the document (päiväys). Not a day to come."
    )
    authors: Authors = Field(description="Who made the plan (laatija), 1 at least.")


class Plan(PlanEntry, Filed):
    """A plan as recorded."""
