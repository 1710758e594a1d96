"""The overviews on the wire: how everyday life at the place goes, of one client and of one unit."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints
from typing_extensions import TypeAliasType

from walmu_api.foundation.persons import Person
from walmu_api.foundation.schema_types import EXAMPLE_ID, Code, CodeWord, Day, Id, Line, Message, Step
from walmu_api.record.case_file.documents.schemas import DocumentStatus
from walmu_api.record.commitments.decisions.schemas import DecisionKind
from walmu_api.record.document_schemas import NationalCode, Professional
from walmu_api.record.everyday.assessments.forms.schemas import FormKey, Labels, ScaleStep
from walmu_api.record.everyday.assessments.schemas import AbsencesByReason
from walmu_api.record.everyday.measurements.schemas import ChangePair
from walmu_api.record.parties.service_relationships.schemas import LegalBases, ResponsibleWorkers, ServiceKind
from walmu_api.reports.follow_up.schemas import AbsenceCounts, DayCounts, MinuteCounts, SummaryDay

Month = Annotated[
    str, StringConstraints(pattern=r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$"), Field(examples=["2026-10"])
]
Share = Annotated[float, Field(ge=0, le=1, examples=[0.875])]
ATTENDED_SHARE = (
    "Days attended, in part too, out of the planned days up to today on which the client was present or absent. "
    "Days without a report, not arranged or moved are not counted. Left out where no day is, and where "
    "`reported_share` is below 0.8: what is not recorded must neither praise nor blame the client."
)
REPORTED_SHARE = "Planned days up to today of which anything is recorded, out of all of them; left out where no day was planned."
Excerpt = Annotated[str, StringConstraints(max_length=400)]
SUMS = {
    "planned": 3,
    "present": 1,
    "partial": 0,
    "absent": 1,
    "not_arranged": 0,
    "rescheduled": 0,
    "unreported": 1,
}
_ABSENT_DAY = {
    "agreement_id": EXAMPLE_ID,
    "date": "2026-10-06",
    "status": "absent",
    "planned_minutes": 240,
    "absence_reason": "own_illness",
    "justification": "given",
    "justified": {"derived": "justified", "rule": "own-illness-notice", "result": "justified"},
}
EndingType = TypeAliasType(
    "EndingType",
    Annotated[
        Literal["agreement", "decision", "service-relationship", "plan"],
        Field(description="Type of a record that ends or is due."),
    ],
)
PathStepKind = TypeAliasType(
    "PathStepKind",
    Annotated[
        Literal[
            "referred",
            "case_opened",
            "decided",
            "revoked",
            "agreed",
            "agreement_ended",
            "plan",
            "started",
            "paused",
            "resumed",
            "ended",
            "assessed",
            "measured",
        ],
        Field(description="What happened on the client's path."),
    ],
)


class OverviewClient(Message):
    """Who it is about."""

    id: Id = Field(description="The client: see `/v1/clients/{client_id}`.")
    family_name: Line = Field(description="Family name of the client.")
    given_names: Line = Field(description="Given names of the client.")
    date_of_birth: Day | None = Field(None, description="Date of birth, where it is recorded.")
    died_on: Day | None = Field(None, description="Day of death, where it is recorded.")
    turvakielto: bool = Field(
        description="Non-disclosure for personal safety: home municipality, place of residence, address and "
        "other contact details are not told or shown to outsiders."
    )


class NamedPlace(Message):
    """A provider or a unit by name."""

    id: Id = Field(description="Id of the provider or unit.")
    name: Line = Field(description="Name for people.")


class OverviewRelationship(Message):
    """A service, who gives it, and who answers for it on both sides."""

    id: Id = Field(description="The service relationship: see `/v1/service-relationships/{relationship_id}`.")
    provider: NamedPlace = Field(description="Who carries the service out.")
    unit: NamedPlace | None = Field(None, description="The provider's unit, where one is named.")
    service_kind: ServiceKind = Field(description="The service as this API sorts services.")
    service_task: Code = Field(description="Palvelutehtävä, code set 1.2.246.537.6.1221.")
    legal_bases: LegalBases
    starts_on: Day = Field(description="First day of the service.")
    ends_on: Day | None = Field(None, description="Last day of the service; left out while none is set.")
    paused: bool = Field(description="Whether today lies in a pause.")
    responsible_workers: ResponsibleWorkers = Field(description="Who answers for the service on both sides.")
    own_worker: Person | None = Field(
        None, description="Omatyöntekijä (1301/2014, 42 §), where there is one besides."
    )


class DecisionInForce(Message):
    """A decision in force today."""

    id: Id = Field(description="The decision: see `/v1/decisions/{decision_id}`.")
    kind: DecisionKind = Field(description="The client's decision, or the provider's own purchase decision.")
    service_kind: ServiceKind = Field(description="The service as this API sorts services.")
    legal_bases: LegalBases
    decided_on: Day | None = Field(None, description="The day of the decision.")
    valid_from: Day = Field(description="First day for which it holds.")
    valid_to: Day | None = Field(None, description="Last day for which it holds; left out: no end is set.")


class AgreementInForce(Message):
    """A signed agreement in force today."""

    id: Id = Field(description="The agreement: see `/v1/agreements/{agreement_id}`.")
    kind: CodeWord = Field(description="The kind of activity that was agreed on.")
    place: Line = Field(description="Name of the place where it is carried out.")
    starts_on: Day = Field(description="First day of the agreement.")
    ends_on: Day = Field(description="Last day of the agreement.")


class EndsNext(Message):
    """Something that ends or is due."""

    on: Day = Field(description="The day on which it ends or is due.")
    resource_type: EndingType = Field(
        description="What kind of record ends; of a `plan` it is the day of its review."
    )
    id: Id = Field(description="Id of the record that `resource_type` names.")


class MonthOfDays(Message):
    """One month in sums."""

    month: Month = Field(description="The month, as yyyy-mm.")
    days: DayCounts = Field(description="Its days in sums.")
    reported_share: Share | None = Field(None, description=REPORTED_SHARE)
    attended_share: Share | None = Field(None, description=ATTENDED_SHARE)


class OverviewDay(SummaryDay):
    """A planned or recorded day of one agreement."""

    agreement_id: Id = Field(description="The agreement whose day it is.")


class YearOfDays(Message):
    """Attendance of the last twelve months: sums, months, and every day. In sums a day under two agreements is one day,
    counted as what says more of it; their minutes are added, but a presence at one time under two agreements of a decision once."""

    starts_on: Day = Field(description="First day of the twelve months.")
    ends_on: Day = Field(description="Last day of them: today.")
    days: DayCounts = Field(description="Days in sums.")
    minutes: MinuteCounts = Field(description="Minutes in sums.")
    absences: AbsenceCounts = Field(description="Absences in sums.")
    reasons: list[AbsencesByReason] = Field(
        description="Absences and part-days by reason, the most frequent first."
    )
    reported_share: Share | None = Field(None, description=REPORTED_SHARE)
    attended_share: Share | None = Field(None, description=ATTENDED_SHARE)
    months: list[MonthOfDays] = Field(description="Every month of the period, in order.")
    items: list[OverviewDay] = Field(description="Every planned or recorded day, by day, then agreement.")


class RatingPoint(Message):
    """One rating of an item, by a confirmed assessment."""

    assessment_id: Id = Field(description="The assessment that gave it.")
    dated_on: Day = Field(description="The day of the assessment.")
    rating: Step = Field(description="Step of the scale that was given.")


class RatedItem(Message):
    """How the rating of one item of the form has moved, on one scale. Another scale is another line."""

    key: FormKey = Field(description="The item's key on the form.")
    labels: Labels = Field(description="What is asked, for people.")
    steps: list[ScaleStep] = Field(description="The scale, from the least value up.")
    points: list[RatingPoint] = Field(description="The ratings, in the order of days.")
    change: Annotated[int, Field(json_schema_extra={"format": "int32"})] | None = Field(
        None, description="Last − first; left out with one rating alone. A change, not proof of an effect."
    )


class RatedForm(Message):
    """The ratings given on one assessment form."""

    form: FormKey = Field(description="The form's key.")
    name: Labels = Field(description="The form's name for people.")
    items: list[RatedItem] = Field(description="The items that were rated.")


class GoalSaid(Message):
    """What an assessment said of a goal."""

    assessment_id: Id = Field(description="The assessment that said it.")
    dated_on: Day = Field(description="The day of the assessment.")
    client_evaluation: NationalCode | None = Field(
        None, description="The client's own evaluation, code set 1.2.246.537.6.1253."
    )
    professional_evaluation: NationalCode | None = Field(
        None, description="The professional's evaluation, code set 1.2.246.537.6.1253."
    )
    evaluation: Excerpt | None = Field(
        None, description="The evaluation in words, its beginning where it is long."
    )


class CurrentGoal(Message):
    """A goal of a plan in force, with what assessments have said of it under the same name; or a goal that the latest
    assessment evaluates and no plan names."""

    name: Excerpt = Field(description="The goal in a few words.")
    description: Excerpt | None = Field(
        None, description="The goal in words, its beginning where it is long."
    )
    plan_id: Id | None = Field(None, description="The plan that sets it; left out where no plan names it.")
    set_on: Day | None = Field(None, description="The day of that plan.")
    evaluations: list[GoalSaid] = Field(description="What assessments said of it, the latest first.")


class DiaryGlimpse(Message):
    """The beginning of an entry of the work diary."""

    id: Id = Field(description="The entry: see `/v1/diary-entries/{diary_entry_id}`.")
    dated_on: Day = Field(description="The day of the entry.")
    kind: CodeWord = Field(description="A code of the list diary_kind.")
    status: DocumentStatus = Field(
        description="`unconfirmed`: written by a workplace, not yet confirmed by the provider."
    )
    workplace_id: Id | None = Field(None, description="The workplace that it came from.")
    author: Professional | None = Field(None, description="Who wrote it.")
    text: Excerpt | None = Field(None, description="At most 400 characters of it.")


class PathStep(Message):
    """One step of the client's path."""

    on: Day = Field(description="The day of the step.")
    what: PathStepKind = Field(description="What happened on that day.")
    resource_type: Line = Field(description="Kind of record that tells it, as in the change feed.")
    id: Id = Field(description="Id of that record.")
    code: CodeWord | None = Field(
        None,
        description="Which: the referral source, the kind of service or agreement, the onward path, the "
        "instrument and so on.",
    )


class ClientOverview(Message):
    """A client at a glance, as far as the caller may see. What the caller has no right to is not there. It changes as days
    pass, so it has no ETag."""

    as_of: Day = Field(description="The day for which it was made: today in Finland.")
    client: OverviewClient = Field(description="Whom it is about.")
    service_relationships: list[OverviewRelationship] | None = Field(
        None, description="Its service relationships that the caller may see, the newest first."
    )
    decisions: list[DecisionInForce] | None = Field(None, description="Decisions in force today.")
    agreements: list[AgreementInForce] | None = Field(None, description="Signed agreements in force today.")
    ends_next: list[EndsNext] = Field(description="What ends or is due from today on, the soonest first.")
    attendance: YearOfDays | None = Field(None, description="Attendance of the last twelve months.")
    ratings: list[RatedForm] | None = Field(
        None, description="How ratings of confirmed assessments have moved, form by form."
    )
    measurements: list[ChangePair] | None = Field(
        None, description="One pair for each instrument and version, as `measurement-changes` tells them."
    )
    goals: list[CurrentGoal] | None = Field(
        None, description="Goals of plans in force, with what assessments said of them."
    )
    diary: list[DiaryGlimpse] | None = Field(None, description="The latest five entries, the newest first.")
    path: list[PathStep] = Field(description="The path so far, in the order of days.")
