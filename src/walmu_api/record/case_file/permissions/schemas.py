"""Permissions to exchange information (luvat tiedonvaihtoon) on the wire. A local record: no national
structure names recipient and content both."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from walmu_api.foundation.past_days import PastDay
from walmu_api.foundation.schema_types import Day, Id, Line, Lines, Message
from walmu_api.foundation.withholding import former_name
from walmu_api.record.case_file.documents.schemas import Belonging, Filed
from walmu_api.record.document_schemas import Texts

_FieldGroup = Literal[
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
FieldGroup = TypeAliasType(
    "FieldGroup", Annotated[_FieldGroup, Field(description="A group of fields that a notice may tell.")]
)
PermittedGroup = TypeAliasType(
    "PermittedGroup",
    Annotated[
        Literal[_FieldGroup, "safety_and_support"],
        Field(description="A group of fields that a permission may name."),
    ],
)
FieldGroups = Annotated[list[FieldGroup], Field(min_length=1, max_length=20)]
PermittedGroups = Annotated[list[PermittedGroup], Field(min_length=1, max_length=20)]
Purpose = TypeAliasType(
    "Purpose",
    Annotated[
        Literal["carrying_out_agreement", "support_at_work", "finding_work", "coordinating_services"],
        Field(description="For what information is given."),
    ],
)
PermissionGiver = TypeAliasType(
    "PermissionGiver",
    Annotated[Literal["client", "representative"], Field(description="Who gives a permission.")],
)
Discloser = TypeAliasType(
    "Discloser",
    Annotated[Literal["organiser", "provider"], Field(description="Who may give the information.")],
)
PermissionManner = TypeAliasType(
    "PermissionManner",
    Annotated[Literal["written", "oral", "electronic"], Field(description="How a permission was given.")],
)


class PermissionRecipient(Message):
    """Who may get it: an organisation that is registered here, or another one by its name."""

    organisation_id: Id | None = Field(
        None, description="The registered organisation, whose systems may then read; left out for any other."
    )
    name: Line = Field(
        description="Name of the organisation, as the client knows it.", examples=["Leipomo Esimerkki Oy"]
    )


class NamedInstructor(Message):
    """An instructor at the place who may read it: the person whom the claim `act` of the workplace's system names, by
    `sub` where `person_id` is given here, otherwise by `name` (upper and lower case are the same)."""

    name: Line = Field(description="The person's name, as `act` spells it.", examples=["Aino Korhonen"])
    person_id: Line | None = Field(
        None, description="The `sub` of this person in `act`.", examples=["u-1234"]
    )


SafetyTopic = TypeAliasType(
    "SafetyTopic",
    Annotated[
        Literal["first_aid", "allergy", "lifting", "communication", "other"],
        Field(description="What a thing about safety and support is about."),
    ],
)


class SafetyItem(Message):
    """One thing that the client wants the instructors to know in order to be safe and to manage, in the client's words."""

    topic: SafetyTopic = Field(description="What it is about, so that it is found in a hurry.")
    text: Lines = Field(
        description="What the client wants known, in the client's own words.",
        examples=["Kohtauksessa käännä kyljelle ja soita 112."],
    )
    instructors: Annotated[list[NamedInstructor], Field(min_length=1, max_length=10)] = Field(
        description="The only persons who may read it."
    )


class GivenBy(Message):
    """Who gave the permission."""

    role: PermissionGiver = Field(description="The client, or who represents the client.")
    name: Annotated[Line | None, former_name("role", "client")] = Field(
        None, description="Name of the one who gave it; may be left out where the client did."
    )


class PermissionEntry(Belonging):
    """Who may get what about the client, for which purpose, from whom, until when."""

    recipient: PermissionRecipient = Field(description="Who may get it.")
    field_groups: PermittedGroups = Field(description="What may be given: whole groups of fields.")
    safety_and_support: SafetyItem | None = Field(
        None,
        description="With the field group `safety_and_support`, which stands alone: one permission for each item. Read at "
        "`/v1/workplace-agreements/{id}/safety-and-support` by the instructors named, while the permission holds.",
    )
    purposes: Annotated[list[Purpose], Field(min_length=1, max_length=4)] = Field(
        description="What it may be used for; a delivery names one of them."
    )
    disclosers: Annotated[list[Discloser], Field(min_length=1, max_length=2)] = Field(
        description="Who may give it: the organiser, and the provider of the service relationship."
    )
    given_on: PastDay = Field(description="The day on which it was given; it holds from then on.")
    valid_until: Day = Field(description="The last day on which it holds.")
    given_by: GivenBy = Field(description="The client or a representative, by name.")
    manner: PermissionManner = Field(description="How it was given.")
    note: Texts | None = Field(None, description="Remarks, such as limits in the client's words.")


class Permission(PermissionEntry, Filed):
    """A permission as recorded. It ends by itself after `valid_until`, and at once when it is revoked."""

    revoked_on: Day | None = Field(
        None, description="The day on which it was revoked; left out while it was not."
    )
    revocation_reason: Line | None = Field(None, description="Why it was revoked.")


class PermissionRevocation(Message):
    """The act of revoking."""

    revoked_on: PastDay = Field(description="From this day on nothing more may be given by it.")
    reason: Line = Field(description="Why it is revoked, in the client's words where they gave any.")
