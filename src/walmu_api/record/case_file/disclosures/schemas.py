"""The disclosure log (luovutusloki, given out as national structure 19010) on the wire."""

from pydantic import Field

from walmu_api.foundation.schema_types import ActingPerson, Day, Id, Instant, Line, Lines, Message
from walmu_api.record.case_file.permissions.schemas import FieldGroup, Purpose
from walmu_api.record.document_schemas import NationalCode, Professional, Texts


class DisclosureRecipient(Message):
    """Who got it: a person, and the organisation."""

    organisation_id: Id | None = None
    organisation: Line
    family_name: Line
    given_names: Line
    title: Line | None = None


class DisclosedBy(Message):
    """In whose request it was delivered: that of the discloser, or of the recipient that fetched it."""

    organisation_id: Id
    system_id: Id
    person: ActingPerson | None = None


class Disclosure(Message):
    """One delivery of a view to an outsider. Either `permission_id` or `law` is the basis."""

    id: Id
    at: Instant
    client_id: Id
    service_relationship_id: Id | None = None
    notice_id: Id = Field(description="The notice whose view was delivered.")
    recipient: DisclosureRecipient
    purpose: Purpose
    purpose_text: Line = Field(description="The purpose in Finnish, as the national document says it.")
    permission_id: Id | None = None
    law: Line | None = None
    grounds: Lines = Field(description="The basis in words.")
    field_groups: list[FieldGroup]
    content_hash: Line = Field(description="SHA-256 of the view as it was delivered.")
    disclosed: Texts = Field(description="What was disclosed, in words.")
    disclosed_on: Day
    service_task: NationalCode
    service: NationalCode | None = None
    discloser: Professional
    by: DisclosedBy
    written_on: Day
    author: Professional
