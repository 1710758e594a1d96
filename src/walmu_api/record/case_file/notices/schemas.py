"""Notices of decisions (tiedoksiannot) on the wire: one per audience, each with its minimised view."""

from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from walmu_api.foundation.past_days import PastDay
from walmu_api.foundation.persons import Person
from walmu_api.foundation.schema_types import Code, CodeWord, Day, Id, Line, Message, Money, WeekdayCount
from walmu_api.record.case_file.documents.schemas import Filed, Keyed
from walmu_api.record.case_file.permissions.schemas import FieldGroup, FieldGroups, Purpose
from walmu_api.record.commitments.agreements.parts import Place, Schedule, SiteWorker
from walmu_api.record.commitments.agreements.schemas import AgreementKind
from walmu_api.record.commitments.decisions.schemas import DecisionMaker, DecisionOutcome, Travel
from walmu_api.record.document_schemas import Professional, Texts
from walmu_api.record.parties.clients.parts import ClientContact
from walmu_api.record.parties.clients.schemas import ClientLanguage
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

    organisation_id: Id | None = Field(
        None, description="The registered workplace; left out for one that is not registered here."
    )
    name: Line | None = Field(
        None,
        description="Needed where no registered organisation is named.",
        examples=["Leipomo Esimerkki Oy"],
    )
    person: Person | None = Field(None, description="The person who gets it; to a workplace required.")


class NoticeEntry(Keyed):
    """Notice of a decision to one audience. To `client`: when and how it was served, and from when the review period runs.
    To `activity_centre`: tied to the plan meeting. To `workplace`: what was agreed, only by a valid permission that names
    the recipient, the purpose and the field groups."""

    audience: NoticeAudience = Field(description="Who is told; it decides which fields the view may have.")
    notified_on: PastDay = Field(description="The day on which notice was given. Not a day to come.")
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
    permission_id: Id | None = Field(
        None, description="The client's permission by which it is given; to a workplace required."
    )
    purpose: Purpose | None = Field(
        None, description="What it is given for, one that the permission names; to a workplace required."
    )
    field_groups: FieldGroups | None = Field(
        None, description="Only these; left out, all that the audience, and the permission, has."
    )
    author: Professional = Field(description="Who gives the notice.")
    note: Texts | None = Field(None, description="Remarks on the notice.")


class ViewedClient(Message):
    """Of the client."""

    family_name: Line | None = Field(None, description="Family name of the client.")
    given_names: Line | None = Field(None, description="Given names of the client.")
    language: ClientLanguage | None = Field(None, description="The client's language of service.")
    contact: ClientContact | None = Field(
        None, description="How the client is reached; never under turvakielto."
    )


class ViewedDecision(Message):
    """Of the decision."""

    outcome: DecisionOutcome | None = Field(None, description="What was decided.")
    decided_on: Day | None = Field(None, description="The day of the decision.")
    valid_from: Day | None = Field(None, description="First day for which it holds.")
    valid_to: Day | None = Field(None, description="Last day for which it holds; left out: no end is set.")
    service_task: Code | None = Field(None, description="Palvelutehtävä, code set 1.2.246.537.6.1221.")
    service: Code | None = Field(None, description="Sosiaalipalvelu, code set 1.2.246.537.6.1222.")
    service_kind: ServiceKind | None = Field(None, description="The service as this API sorts services.")
    legal_bases: list[CodeWord] | None = Field(
        None, description="Legal bases: codes of the list legal_basis."
    )
    days_per_week: WeekdayCount | None = Field(None, description="Days a week, 1–7.")
    work_allowance_per_day: Money | None = Field(
        None, description="Työosuusraha, EUR a day attended; never a wage."
    )
    travel: Travel | None = Field(None, description="How travel is arranged or paid.")
    place: Line | None = Field(None, description="Where the activity happens.")
    reasons: Texts | None = Field(
        None, description="Ratkaisu ja perustelut: the decision and its reasons in words."
    )
    decision_maker: DecisionMaker | None = Field(None, description="Who decided (päätöksentekijä).")


class ViewedAgreement(Message):
    """Of the agreement."""

    kind: AgreementKind | None = Field(None, description="The kind of activity that was agreed on.")
    starts_on: Day | None = Field(None, description="First day of the agreement.")
    ends_on: Day | None = Field(None, description="Last day of the agreement.")
    schedule: Schedule | None = Field(None, description="Days and hours: a week plan or a range.")
    schedule_from: Day | None = Field(
        None,
        description="The first day for which `schedule` holds, the one agreed on last; it may be still to come.",
    )
    place: Place | None = Field(None, description="Where the activity is carried out.")
    tasks_and_goals: Texts | None = Field(None, description="Tasks, content of the activity and its goals.")
    instructors: list[SiteWorker] | None = Field(None, description="On-site instructors (lähiohjaaja).")
    absence_reporting: Texts | None = Field(None, description="How and by when absences are reported.")


class NoticeView(Message):
    """What the audience is told, as it was when the notice was given."""

    client: ViewedClient | None = Field(
        None, description="Who it is about; left out where the audience is not told."
    )
    decision: ViewedDecision | None = Field(None, description="What is told of the decision.")
    agreement: ViewedAgreement | None = Field(None, description="What is told of the agreement.")


class ShownGroup(Message):
    """A group of fields that the view has, and by what right."""

    group: FieldGroup = Field(description="A group of fields that the view has.")
    why: CodeWord = Field(description="What the audience needs it for, as a code.")
    basis: Line = Field(description="A provision of law, or `permission`.")


class WithheldGroup(Message):
    """A group of fields that the view does not have."""

    group: FieldGroup = Field(description="A group of fields that the view lacks.")
    reason: WithholdingReason = Field(
        description="`not_needed` by this audience, `not_chosen` by the sender, `not_permitted` by the client, or turvakielto."
    )


_SHOWN: dict[str, Any] = {
    "view": NoticeView.EXAMPLE,
    "shown": [{"group": "client_name", "why": "carries_out_the_service", "basis": "457/2024 15 §"}],
    "withheld": [{"group": "reasons", "reason": "not_needed"}],
}


class Minimised(Message):
    """A view with what it has and what it lacks."""

    view: NoticeView = Field(description="What the audience is told, and nothing else.")
    shown: list[ShownGroup] = Field(description="Which groups of fields the view has, and why.")
    withheld: list[WithheldGroup] = Field(description="Which groups it lacks: they are named, never shown.")


class Notice(NoticeEntry, Minimised, Filed):
    """A notice as recorded. It is not changed: one given in error is voided, and a new one recorded."""

    client_id: Id = Field(description="The client whom the decision is about.")
    service_relationship_id: Id | None = Field(
        None, description="The service relationship of the decision; left out while it has none."
    )
    decision_id: Id = Field(description="The decision of which notice was given.")


class ReceivedNoticeItem(Message):
    """That there is a notice for your workplace; the view is fetched one by one, because each delivery is logged."""

    id: Id = Field(description="The notice: fetch it at `/v1/received-notices/{notice_id}`.")
    agreement_id: Id = Field(description="The agreement that it tells of.")
    notified_on: Day = Field(description="The day on which notice was given.")
    purpose: Purpose = Field(description="What the client permitted it for.")


class ReceivedNotice(ReceivedNoticeItem, Minimised):
    """What your workplace is told, as far as the permission goes today. `withheld` names what no workplace gets; why another
    group is missing is not told."""

    valid_until: Day = Field(description="The last day of the permission; it may be revoked before.")
