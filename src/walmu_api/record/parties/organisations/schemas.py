"""Organisations (järjestäjä, tuottaja, työpaikka) and units (palveluyksikkö) on the wire."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints
from typing_extensions import TypeAliasType

from walmu_api.access.connected_systems.schemas import OrganisationKind
from walmu_api.foundation.identity_codes import is_business_id
from walmu_api.foundation.locales import Reason
from walmu_api.foundation.persons import Person
from walmu_api.foundation.schema_types import Day, Id, Line, Message, SourceId, Stored

BUSINESS_ID = Reason("business-id")
OrganisationEntryKind = TypeAliasType(
    "OrganisationEntryKind",
    Annotated[
        Literal["provider", "workplace"],
        Field(description="What an organisation that the organiser registers may be."),
    ],
)


def _checked(value: str) -> str:
    if not is_business_id(value):
        raise BUSINESS_ID.error()
    return value


BusinessId = Annotated[str, StringConstraints(pattern=r"^[0-9]{7}-[0-9]$"), AfterValidator(_checked)]
Oid = Annotated[str, StringConstraints(pattern=r"^[0-2](\.(0|[1-9][0-9]{0,15})){3,20}$")]


class OrganisationEntry(Message):
    """A provider (palvelun tuottaja) or workplace (työpaikka) of the organiser."""

    kind: OrganisationEntryKind = Field(description="Whether it runs services or gives a place to work.")
    name: Line = Field(description="Name for people.", examples=["Kotolan toimintakeskus"])
    business_id: BusinessId | None = Field(
        None, description="Y-tunnus with its check digit.", examples=["2795153-5"]
    )
    oid: Oid | None = Field(None, description="OID in the SOTE organisation register (1.2.246.537.6.202).")
    contact: Person | None = Field(None, description="Who receives what nobody is named for yet.")
    source_id: SourceId | None = None


class Closable(Message):
    """What is told of an organisation or unit that has closed, or was said to have."""

    closed_on: Day | None = Field(
        None, description="The first day on which nothing new begins there; left out while it is open."
    )
    close_reason: Line | None = Field(
        None, description="Why it closed; for the organiser, its record system and the closed one itself."
    )
    reopen_reason: Line | None = Field(
        None, description="Why the closing was taken back; for the same readers as `close_reason`."
    )


class Closing(Message):
    """The act of closing: nothing new begins there, and what exists goes on."""

    closed_on: Day = Field(description="The first day on which nothing new begins there; it may lie ahead.")
    reason: Line = Field(description="Why it closes; stays with the record as `close_reason`.")


class Reopening(Message):
    """The act of taking a closing back."""

    reason: Line = Field(description="Why it is taken back; stays with the record as `reopen_reason`.")


class Succession(Message):
    """The act of saying which provider takes another one's place: new decisions follow from that day on."""

    by: Id = Field(description="The provider that takes its place.")
    from_: Day = Field(
        alias="from",
        description="The first day of the successor: what begins on it or later is the successor's. It may lie ahead.",
    )
    reason: Line = Field(
        description="Why, such as a merger; stays as `close_reason`, unless it had closed before."
    )


class Organisation(Closable, Stored):
    """An organisation as recorded. The organiser itself is one."""

    kind: OrganisationKind = Field(description="Its part in the services.")
    name: Line = Field(description="Name for people.")
    business_id: Line | None = Field(None, description="Y-tunnus, where one is recorded.")
    oid: Line | None = Field(
        None, description="OID in the SOTE organisation register, where one is recorded."
    )
    contact: Person | None = Field(None, description="Who receives what nobody is named for yet.")
    succeeded_by: Id | None = Field(
        None, description="The provider that took its place; decisions that name this one go there."
    )
    succeeded_from: Day | None = Field(
        None, description="From when on: a decision that begins on this day or later is the successor's."
    )
    source_id: Line | None = Field(None, description="The key that its sender gave it.")


class UnitEntry(Message):
    """A unit of an organisation (palveluyksikkö)."""

    organisation_id: Id = Field(description="The organisation whose unit it is.")
    name: Line = Field(description="Name for people.", examples=["Kotola, puutyöpaja"])
    oid: Oid | None = Field(None, description="OID of the service unit (code set 1.2.246.537.6.202).")
    source_id: SourceId | None = None


class Unit(UnitEntry, Closable, Stored):
    """A unit as recorded."""
