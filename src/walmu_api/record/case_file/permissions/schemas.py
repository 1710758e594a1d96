"""Permissions to exchange information (luvat tiedonvaihtoon) on the wire. A local record: no national
structure names recipient and content both."""

from typing import Annotated, Literal

from pydantic import Field

from walmu_api.foundation.schema_types import Day, Id, Line, Message
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
Purpose = Literal["carrying_out_agreement", "support_at_work", "finding_work", "coordinating_services"]


class PermissionRecipient(Message):
    """Who may get it: an organisation that is registered here, or another one by its name."""

    organisation_id: Id | None = None
    name: Line = Field(examples=["Leipomo Esimerkki Oy"])


class GivenBy(Message):
    """Who gave the permission."""

    role: Literal["client", "representative"]
    name: Line


class PermissionEntry(Belonging):
    """Who may get what about the client, for which purpose, from whom, until when."""

    recipient: PermissionRecipient
    field_groups: FieldGroups
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
