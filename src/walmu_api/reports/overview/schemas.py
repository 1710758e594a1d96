"""The overviews on the wire: how everyday life at the place goes, of one client and of one unit."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints
from typing_extensions import TypeAliasType

from walmu_api.foundation.schema_types import EXAMPLE_ID, Code, CodeWord, Day, Id, Line, Message, Person, Step
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
    "Days attended, in part too, out of the planned days on which the client was attended or absent. Days "
    "without a report, "
    "not arranged or moved are not counted; left out where no day is."
)
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

    id: Id
    family_name: Line
    given_names: Line
    date_of_birth: Day | None = None
    turvakielto: bool = Field(
        description="Non-disclosure for personal safety: home municipality, place of residence, address and "
        "other contact details are not told or shown to outsiders."
    )


class NamedPlace(Message):
    """A provider or a unit by name."""

    id: Id
    name: Line


class OverviewRelationship(Message):
    """A service, who gives it, and who answers for it on both sides."""

    id: Id
    provider: NamedPlace
    unit: NamedPlace | None = None
    service_kind: ServiceKind
    service_task: Code
    legal_bases: LegalBases
    starts_on: Day
    ends_on: Day | None = None
    paused: bool = Field(description="Whether today lies in a pause.")
    responsible_workers: ResponsibleWorkers
    own_worker: Person | None = None


class DecisionInForce(Message):
    """A decision in force today."""

    id: Id
    kind: DecisionKind
    service_kind: ServiceKind
    legal_bases: LegalBases
    decided_on: Day | None = None
    valid_from: Day
    valid_to: Day | None = None


class AgreementInForce(Message):
    """A signed agreement in force today."""

    id: Id
    kind: CodeWord
    place: Line
    starts_on: Day
    ends_on: Day


class EndsNext(Message):
    """Something that ends or is due."""

    on: Day
    resource_type: EndingType = Field(description="Of a `plan` it is the day of its review.")
    id: Id


class MonthOfDays(Message):
    """One month in sums."""

    month: Month
    days: DayCounts
    attended_share: Share | None = Field(None, description=ATTENDED_SHARE)


class OverviewDay(SummaryDay):
    """A planned or recorded day of one agreement."""

    agreement_id: Id


class YearOfDays(Message):
    """Attendance of the last twelve months: sums, months, and every day. Each agreement's day counts by itself."""

    starts_on: Day
    ends_on: Day
    days: DayCounts
    minutes: MinuteCounts
    absences: AbsenceCounts
    reasons: list[AbsencesByReason] = Field(
        description="Absences and part-days by reason, the most frequent first."
    )
    attended_share: Share | None = Field(None, description=ATTENDED_SHARE)
    months: list[MonthOfDays] = Field(description="Every month of the period, in order.")
    items: list[OverviewDay] = Field(description="By day, then agreement.")


class RatingPoint(Message):
    """One rating."""

    assessment_id: Id
    dated_on: Day
    rating: Step


class RatedItem(Message):
    """How the rating of one item of the form has moved, on one scale. Another scale is another line."""

    key: FormKey
    labels: Labels
    steps: list[ScaleStep] = Field(description="The scale, from the least value up.")
    points: list[RatingPoint] = Field(description="In the order of days.")
    change: int | None = Field(
        None, description="Last − first; left out with one rating alone. A change, not proof of an effect."
    )


class RatedForm(Message):
    """The ratings given on one assessment form."""

    form: FormKey
    name: Labels
    items: list[RatedItem]


class GoalSaid(Message):
    """What an assessment said of a goal."""

    assessment_id: Id
    dated_on: Day
    client_evaluation: NationalCode | None = None
    professional_evaluation: NationalCode | None = None
    evaluation: Excerpt | None = None


class CurrentGoal(Message):
    """A goal of a plan in force, with what assessments have said of it under the same name; or a goal that the latest
    assessment evaluates and no plan names."""

    name: Excerpt
    description: Excerpt | None = None
    plan_id: Id | None = None
    set_on: Day | None = None
    evaluations: list[GoalSaid] = Field(description="The latest first.")


class DiaryGlimpse(Message):
    """The beginning of an entry of the work diary."""

    id: Id
    dated_on: Day
    kind: CodeWord
    status: DocumentStatus
    workplace_id: Id | None = Field(None, description="The workplace that it came from.")
    author: Professional | None = None
    text: Excerpt | None = Field(None, description="At most 400 characters of it.")


class PathStep(Message):
    """One step of the client's path."""

    on: Day
    what: PathStepKind
    resource_type: Line
    id: Id
    code: CodeWord | None = Field(
        None,
        description="Which: the referral source, the kind of service or agreement, the onward path, the "
        "instrument and so on.",
    )


class ClientOverview(Message):
    """A client at a glance, as far as the caller may see. What the caller has no right to is not there. It changes as days
    pass, so it has no ETag."""

    as_of: Day = Field(description="The day it is in Finland.")
    client: OverviewClient
    service_relationships: list[OverviewRelationship] | None = Field(None, description="The newest first.")
    decisions: list[DecisionInForce] | None = None
    agreements: list[AgreementInForce] | None = None
    ends_next: list[EndsNext] = Field(description="From today on, the soonest first.")
    attendance: YearOfDays | None = None
    ratings: list[RatedForm] | None = Field(None, description="By confirmed assessments.")
    measurements: list[ChangePair] | None = Field(
        None, description="One pair for each instrument and version, as `measurement-changes` tells them."
    )
    goals: list[CurrentGoal] | None = None
    diary: list[DiaryGlimpse] | None = Field(None, description="The latest five entries, the newest first.")
    path: list[PathStep] = Field(description="The path so far, in the order of days.")
