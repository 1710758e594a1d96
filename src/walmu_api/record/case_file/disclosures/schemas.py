"""The disclosure log (luovutusloki, given out as national structure 19010) on the wire."""

from pydantic import Field

from walmu_api.foundation.schema_types import EXAMPLE_ID, ActingPerson, Day, Id, Instant, Line, Lines, Message
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

    EXAMPLE = {
        "id": EXAMPLE_ID,
        "at": "2026-10-05T10:30:00.000000Z",
        "client_id": EXAMPLE_ID,
        "notice_id": EXAMPLE_ID,
        "recipient": {
            "organisation": "Leipomo Esimerkki Oy",
            "family_name": "Leipuri",
            "given_names": "Leena",
        },
        "purpose": "carrying_out_agreement",
        "purpose_text": "sopimuksen toteuttaminen",
        "permission_id": EXAMPLE_ID,
        "field_groups": ["client_name", "schedule"],
        "content_hash": "sha256:" + "0" * 64,
        "by": {"organisation_id": EXAMPLE_ID, "system_id": EXAMPLE_ID},
        "service_task": {"system": "urn:oid:1.2.246.537.6.1221", "code": "20", "display": "Vammaispalvelut"},
        "disclosed": "asiakkaan nimi, viikko-ohjelma",
        "disclosed_on": "2026-10-05",
        "grounds": "Asiakkaan lupa 1.9.2026",
        "discloser": {"family_name": "Korhonen", "given_names": "Aino"},
        "written_on": "2026-10-05",
        "author": {"family_name": "Korhonen", "given_names": "Aino"},
    }

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
