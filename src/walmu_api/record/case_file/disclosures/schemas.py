"""The disclosure log (luovutusloki, given out as national structure 19010) on the wire."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from walmu_api.foundation.schema_types import ActingPerson, Day, Id, Instant, Line, Lines, Message
from walmu_api.record.case_file.permissions.schemas import FieldGroup, Purpose
from walmu_api.record.document_schemas import NationalCode, Professional, Texts

DisclosedGroup = TypeAliasType(
    "DisclosedGroup",
    Annotated[
        Literal[
            "agreement",
            "safety_and_support",
            "attendance",
            "justification",
            "diary",
            "assessment",
            "versions",
            "other",
        ],
        Field(
            description="A field group of what a workplace reads itself, beside those that a permission names."
        ),
    ],
)
"""Field groups of what a workplace reads itself, beside those that a permission names."""


class DisclosureRecipient(Message):
    """Who got it: a person, and the organisation. Of a notice, the person whom the notice names; otherwise the person whom
    the workplace's system named (`act`). Without a person, the recipient is the system in `by`."""

    organisation_id: Id | None = None
    organisation: Line
    family_name: Line | None = None
    given_names: Line | None = None
    title: Line | None = None
    person: ActingPerson | None = Field(None, description="Who fetched it, as the token names them.")


class DisclosedBy(Message):
    """In whose request it was delivered: that of the discloser, or of the recipient that fetched it."""

    organisation_id: Id
    system_id: Id
    person: ActingPerson | None = None


class Disclosure(Message):
    """One delivery of client data to an outsider. Either `permission_id` or `law` is the basis. The same to the same person
    on the same day is one row. Only the first delivery of an agreement, and of a notice, to a workplace is a national
    document (19010) and stands in the change feed."""

    id: Id
    at: Instant
    client_id: Id
    service_relationship_id: Id | None = None
    notice_id: Id | None = Field(None, description="The notice whose view was delivered.")
    agreement_id: Id | None = Field(None, description="The agreement to which what was delivered belongs.")
    recipient: DisclosureRecipient
    purpose: Purpose
    purpose_text: Line = Field(description="The purpose in Finnish, as the national document says it.")
    permission_id: Id | None = None
    law: Line | None = Field(
        None,
        description="Where the client's consent to the agreement is the basis.",
        examples=["consent, 703/2023 6 §"],
    )
    grounds: Lines = Field(description="The basis in words.")
    field_groups: list[FieldGroup | DisclosedGroup]
    content_hash: Line = Field(description="SHA-256 of what was delivered of this client.")
    disclosed: Texts = Field(description="What was disclosed, in words.")
    disclosed_on: Day
    service_task: NationalCode | None = None
    service: NationalCode | None = None
    discloser: Professional | None = Field(
        None,
        description="The author of the notice or of the agreement; else the provider's responsible worker.",
    )
    by: DisclosedBy
    written_on: Day
    author: Professional | None = None
