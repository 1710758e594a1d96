"""Notices of decisions (tiedoksiannot) on the wire: one per audience, each with its minimised view."""

from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from walmu_api.foundation.schema_types import (
    Code,
    CodeWord,
    Day,
    Id,
    Line,
    Message,
    Money,
    Person,
    WeekdayCount,
)
from walmu_api.record.case_file.documents.schemas import Filed, Keyed
from walmu_api.record.case_file.permissions.schemas import FieldGroup, FieldGroups, Purpose
from walmu_api.record.commitments.agreements.schemas import AgreementKind, Place, Schedule, SiteWorker
from walmu_api.record.commitments.decisions.schemas import DecisionMaker, DecisionOutcome, Travel
from walmu_api.record.document_schemas import Professional, Texts
from walmu_api.record.parties.clients.schemas import ClientContact, ClientLanguage
from walmu_api.record.parties.service_relationships.schemas import ServiceKind

NoticeAudience = TypeAliasType(
    "NoticeAudience",
    Annotated[
        Literal["client", "provider", "activity_centre", "workplace"],
        Field(description="To whom a notice is given."),
    ],
)
NoticeManner = TypeAliasType(
    "NoticeManner",
    Annotated[
        Literal["post", "electronic", "in_person", "phone", "this_service"],
        Field(description="How a notice is given."),
    ],
)
WithholdingReason = TypeAliasType(
    "WithholdingReason",
    Annotated[
        Literal["not_needed", "not_chosen", "not_permitted", "turvakielto"],
        Field(description="Why a view does not have a group of fields."),
    ],
)


class WorkplaceRecipient(Message):
    """Who is told: an organisation registered here, or another by its name; and the person."""

    organisation_id: Id | None = None
    name: Line | None = Field(
        None,
        description="Needed where no registered organisation is named.",
        examples=["Leipomo Esimerkki Oy"],
    )
    person: Person | None = None


class NoticeEntry(Keyed):
    """Notice of a decision to one audience. To `client`: when and how it was served, and from when the review period runs.
    To `activity_centre`: tied to the plan meeting. To `workplace`: what was agreed, only by a valid permission that names
    the recipient, the purpose and the field groups."""

    audience: NoticeAudience
    notified_on: Day
    manner: NoticeManner = Field(
        description="`this_service`: the workplace fetches its view from `GET "
        "/v1/received-notices/{notice_id}`."
    )
    recipient: WorkplaceRecipient | None = Field(
        None, description="To a workplace required, with the person who gets it."
    )
    review_period_starts_on: Day | None = Field(
        None, description="To the client: from when a review may be asked (oikaisuvaatimusaika)."
    )
    agreement_id: Id | None = Field(
        None, description="What was agreed; to a workplace required. To activity centre and workplace only."
    )
    meeting_record_id: Id | None = Field(
        None,
        description="To an activity centre: the record of the plan meeting, such as a plan or a diary entry.",
    )
    permission_id: Id | None = Field(None, description="To a workplace required.")
    purpose: Purpose | None = Field(None, description="To a workplace required.")
    field_groups: FieldGroups | None = Field(
        None, description="Only these; left out, all that the audience, and the permission, has."
    )
    author: Professional = Field(description="Who gives the notice.")
    note: Texts | None = None


class ViewedClient(Message):
    """Of the client."""

    family_name: Line | None = None
    given_names: Line | None = None
    language: ClientLanguage | None = None
    contact: ClientContact | None = None


class ViewedDecision(Message):
    """Of the decision."""

    outcome: DecisionOutcome | None = None
    decided_on: Day | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None
    service_task: Code | None = None
    service: Code | None = None
    service_kind: ServiceKind | None = None
    legal_bases: list[CodeWord] | None = None
    days_per_week: WeekdayCount | None = None
    work_allowance_per_day: Money | None = None
    travel: Travel | None = None
    place: Line | None = None
    reasons: Texts | None = None
    decision_maker: DecisionMaker | None = None


class ViewedAgreement(Message):
    """Of the agreement."""

    kind: AgreementKind | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    schedule: Schedule | None = None
    place: Place | None = None
    tasks_and_goals: Texts | None = None
    instructors: list[SiteWorker] | None = None
    absence_reporting: Texts | None = None


class NoticeView(Message):
    """What the audience is told, as it was when the notice was given."""

    client: ViewedClient | None = None
    decision: ViewedDecision | None = None
    agreement: ViewedAgreement | None = None


class ShownGroup(Message):
    """A group of fields that the view has, and by what right."""

    group: FieldGroup
    why: CodeWord
    basis: Line = Field(description="A provision of law, or `permission`.")


class WithheldGroup(Message):
    """A group of fields that the view does not have."""

    group: FieldGroup
    reason: WithholdingReason


_SHOWN: dict[str, Any] = {
    "view": NoticeView.EXAMPLE,
    "shown": [{"group": "client_name", "why": "carries_out_the_service", "basis": "457/2024 15 §"}],
    "withheld": [{"group": "reasons", "reason": "not_needed"}],
}


class Minimised(Message):
    """A view with what it has and what it lacks."""

    view: NoticeView
    shown: list[ShownGroup]
    withheld: list[WithheldGroup]


class Notice(NoticeEntry, Minimised, Filed):
    """A notice as recorded. It is not changed: one given in error is voided, and a new one recorded."""

    client_id: Id
    service_relationship_id: Id | None = None
    decision_id: Id


class ReceivedNoticeItem(Message):
    """That there is a notice for your workplace; the view is fetched one by one, because each delivery is logged."""

    id: Id
    agreement_id: Id
    notified_on: Day
    purpose: Purpose


class ReceivedNotice(ReceivedNoticeItem, Minimised):
    """What your workplace is told, as far as the permission goes today. `withheld` names what no workplace gets; why another
    group is missing is not told."""

    valid_until: Day = Field(description="The last day of the permission; it may be revoked before.")
