"""Permissions to exchange information (luvat tiedonvaihtoon) on the wire. A local record: no national
structure names recipient and content both."""

from typing import Annotated, Literal

from pydantic import Field

from walmu_api.foundation.schema_types import Day, Id, Line, Lines, Message
from walmu_api.foundation.withholding import former_name
from walmu_api.record.case_file.documents.schemas import Belonging, Filed
from walmu_api.record.document_schemas import Texts

FieldGroup = Literal[
    "client_name",
    "client_contact",
    "client_language",
    "decision",
    "service",
    "legal_basis",
    "amount",
    "travel",
    "work_allowance",
    "place",
    "reasons",
    "decision_maker",
    "agreement_period",
    "schedule",
    "tasks_and_goals",
    "instructors",
    "absence_reporting",
]
FieldGroups = Annotated[list[FieldGroup], Field(min_length=1, max_length=20)]
PermittedGroups = Annotated[
    list[Literal[FieldGroup, "safety_and_support"]], Field(min_length=1, max_length=20)
]
Purpose = Literal["carrying_out_agreement", "support_at_work", "finding_work", "coordinating_services"]


class PermissionRecipient(Message):
    """Who may get it: an organisation that is registered here, or another one by its name."""

    organisation_id: Id | None = None
    name: Line = Field(examples=["Leipomo Esimerkki Oy"])


class NamedInstructor(Message):
    """An instructor at the place who may read it: the person whom the claim `act` of the workplace's system names, by
    `sub` where `person_id` is given here, otherwise by `name` (upper and lower case are the same)."""

    name: Line = Field(examples=["Aino Korhonen"])
    person_id: Line | None = Field(
        None, description="The `sub` of this person in `act`.", examples=["u-1234"]
    )


SafetyTopic = Literal["first_aid", "allergy", "lifting", "communication", "other"]


class SafetyItem(Message):
    """One thing that the client wants the instructors to know in order to be safe and to manage, in the client's words."""

    topic: SafetyTopic
    text: Lines = Field(examples=["Kohtauksessa käännä kyljelle ja soita 112."])
    instructors: Annotated[list[NamedInstructor], Field(min_length=1, max_length=10)]


class GivenBy(Message):
    """Who gave the permission."""

    role: Literal["client", "representative"]
    name: Annotated[Line | None, former_name("role", "client")] = Field(
        None,
        description="Required for a representative. Once a client is renamed, only the organiser reads the name that the "
        "client gave it with.",
    )


class PermissionEntry(Belonging):
    """Who may get what about the client, for which purpose, from whom, until when."""

    recipient: PermissionRecipient
    field_groups: PermittedGroups
    safety_and_support: SafetyItem | None = Field(
        None,
        description="With the field group `safety_and_support`, which stands alone: one permission for each item. Read at "
        "`/v1/workplace-agreements/{id}/safety-and-support` by the instructors named, while the permission holds.",
    )
    purposes: Annotated[list[Purpose], Field(min_length=1, max_length=4)]
    disclosers: Annotated[list[Literal["organiser", "provider"]], Field(min_length=1, max_length=2)] = Field(
        description="Who may give it: the organiser, and the provider of the service relationship."
    )
    given_on: Day
    valid_until: Day = Field(description="The last day.")
    given_by: GivenBy
    manner: Literal["written", "oral", "electronic"]
    note: Texts | None = None


class Permission(PermissionEntry, Filed):
    """A permission as recorded. It ends by itself after `valid_until`, and at once when it is revoked."""

    revoked_on: Day | None = None
    revocation_reason: Line | None = None


class PermissionRevocation(Message):
    """The act of revoking."""

    revoked_on: Day
    reason: Line
