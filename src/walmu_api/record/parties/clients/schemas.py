"""Clients (asiakkaat) on the wire."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from typing_extensions import TypeAliasType

from walmu_api.foundation import validation_messages
from walmu_api.foundation.identity_codes import identity
from walmu_api.foundation.schema_types import Day, Line, Message, SourceId, Stored
from walmu_api.foundation.withholding import ORGANISER_ONLY, WHEREABOUTS, StillGiven
from walmu_api.record.document_schemas import Address, DayPeriod, Identifier, NationalCode, PartialDay, Texts

ClientLanguage = TypeAliasType(
    "ClientLanguage",
    Annotated[
        Literal["fi", "sv", "en", "se", "other"],
        Field(description="The language in which a client is served."),
    ],
)


class Identity(Message):
    """An identifier of the person. `urn:oid:1.2.246.21` is the personal identity code (henkilötunnus); temporary
    identifiers have the system `urn:oid:1.2.246.10.<business id>.22.<year>`."""

    system: Annotated[str, StringConstraints(pattern=r"^urn:oid:[0-9.]{3,80}$")] = Field(
        examples=["urn:oid:1.2.246.21"]
    )
    value: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z+-]{11}$")] = Field(examples=["010190-999W"])

    @model_validator(mode="after")
    def well_formed(self) -> Self:
        if identity(self.system, self.value) is None:
            raise validation_messages.IDENTIFIER.error()
        return self

    @property
    def canonical(self) -> str:
        return identity(self.system, self.value) or ""


Codes = Annotated[list[NationalCode], Field(min_length=1, max_length=20)]


class TemporaryAddress(Address, DayPeriod):
    """An address for a time (tilapäinen osoite)."""


class ClientContact(Message):
    """How the client is reached. Of a client under turvakielto a provider reads `phone` and `contact_address`, on the client's
    record only and unless the organiser withholds them; the rest is given to the organiser only."""

    phone: Annotated[Texts | None, WHEREABOUTS] = None
    email: Annotated[Texts | None, WHEREABOUTS] = None
    street_address: Annotated[Texts | None, WHEREABOUTS] = None
    postal_code: Annotated[Texts | None, WHEREABOUTS] = None
    municipality: Annotated[Line | None, WHEREABOUTS] = None
    addresses: Annotated[list[Address] | None, Field(min_length=1, max_length=5), WHEREABOUTS] = Field(
        None, description="Whole addresses; left out, the document has `street_address` and `postal_code`."
    )
    temporary_address: Annotated[TemporaryAddress | None, WHEREABOUTS] = None
    contact_address: Annotated[Address | None, WHEREABOUTS] = Field(
        None, description="Yhteysosoite: what a client under turvakielto gave to be reached by."
    )


class OtherName(Message):
    """Another name of the client (henkilönnimi)."""

    name: Texts
    type: NationalCode | None = Field(None, description="Nimilaji, code set 1.2.246.537.6.1207.")


class Interpreting(Message):
    """Interpreting (tulkkaus)."""

    needed: bool | None = None
    languages: Codes | None = Field(None, description="Code set 1.2.246.537.5.40175.")
    method: Texts | None = None


class HomeMunicipality(Message):
    """The home municipality (kotikunta)."""

    municipality: NationalCode | None = Field(None, description="Code set 1.2.246.537.6.21.")
    moved_in_on: PartialDay | None = None


class TemporaryMunicipality(HomeMunicipality):
    """Where the client stays for a time (tilapäinen asuinkunta)."""

    moved_out_on: PartialDay | None = None


class Risk(DayPeriod):
    """What workers must know for safety (riskitieto)."""

    description: Texts | None = None
    fixed_term: bool | None = None


class Guardianship(DayPeriod):
    """Edunvalvonta."""

    description: Texts | None = None


class PowerOfAttorney(Message):
    """Edunvalvontavaltuutus."""

    confirmed_on: PartialDay | None = None
    description: Texts | None = None


class Custody(Message):
    """Huoltajuus."""

    form: NationalCode | None = Field(None, description="Code set 1.2.246.537.6.1204.")
    description: Texts | None = None


class ClientContactPerson(Message):
    """A contact person of a unit."""

    family_name: Line
    given_names: Line
    phone: Texts | None = None


class ReachedAt(Message):
    """How a person or unit is reached."""

    addresses: Annotated[list[Address], Field(min_length=1, max_length=5)] | None = None
    phone: Texts | None = None
    email: Texts | None = None


class ClientsPerson(Message):
    """A person related to the client: parent, guardian, representative, close one. Contacts of one under turvakielto are
    recorded only for a legal representative, and given to the organiser only."""

    addresses: Annotated[list[Address] | None, Field(min_length=1, max_length=5), WHEREABOUTS] = None
    phone: Annotated[Texts | None, WHEREABOUTS] = None
    email: Annotated[Texts | None, WHEREABOUTS] = None
    family_name: Line
    given_names: Line
    personal_identity_code: Annotated[Identifier | None, ORGANISER_ONLY] = Field(
        None, description="Henkilötunnus, only where it is needed. Given to the organiser only."
    )
    title: Texts | None = None
    organisation: Annotated[Line | None, WHEREABOUTS] = None
    turvakielto: bool | None = None
    secret_contacts: bool | None = None
    roles: Codes | None = Field(
        None,
        description="Code set 1.2.246.537.6.1284: 12 parent, 31 custodian, 32 guardian, 33 and 34 "
        "authorised, 99 other.",
    )
    role_note: Texts | None = None
    contact_person: bool | None = None
    powers: Texts | None = Field(None, description="Toimivalta: what the representative may decide.")
    guardianship: Guardianship | None = None
    continuing_power_of_attorney: PowerOfAttorney | None = None
    custody: Custody | None = None
    right_to_information: Texts | None = Field(None, description="A parent's right to information.")


class ClientRelationship(Message):
    """The client relationship of social welfare (sosiaalihuollon asiakkuus)."""

    starts_on: PartialDay
    ends_on: PartialDay | None = None
    end_reason: Texts | None = None
    old: bool | None = Field(None, description="An old relationship, archived afterwards.")


class OrganiserUnit(ReachedAt):
    """A service unit of the organiser that serves the client."""

    unit: NationalCode = Field(description="Code set 1.2.246.537.6.202.")
    starts_on: PartialDay
    ends_on: PartialDay | None = None
    contact_persons: Annotated[list[ClientContactPerson], Field(min_length=1, max_length=10)] | None = None


class ClientWorker(ReachedAt):
    """A worker who is responsible for the client's services."""

    family_name: Line
    given_names: Line
    unit: NationalCode | None = Field(None, description="Code set 1.2.246.537.6.202.")
    registration: Identifier | None = Field(None, description="Registration number (rekisteröintitunnus).")


class ClientEntry(Message):
    """A person served (asiakas)."""

    family_name: Line = Field(examples=["Virtanen"])
    given_names: Line = Field(examples=["Eeva Maria"])
    identity: Identity | None = None
    date_of_birth: Day | None = None
    turvakielto: bool = Field(
        description="Non-disclosure for personal safety (661/2009, 36 §): contacts, municipalities and the "
        "contacts of related persons are withheld from all but the organiser; of the client's own, a provider reads "
        "`phone` and `contact_address` on this record."
    )
    turvakielto_ends_on: Day | None = None
    contact: Annotated[
        ClientContact | None,
        StillGiven(
            frozenset({"phone", "contact_address"}), frozenset({"contacts_withheld", "secret_contacts"})
        ),
    ] = None
    contacts_withheld: Annotated[Line | None, ORGANISER_ONLY] = Field(
        None,
        description="Why the organiser withholds `phone` and `contact_address` of a client under turvakielto from "
        "providers too. Given to the organiser only.",
    )
    language: ClientLanguage | None = Field(None, description="Language of service.")
    service_language: NationalCode | None = Field(
        None, description="Asiointikieli, code set 1.2.246.537.5.40175."
    )
    mother_tongues: Codes | None = Field(None, description="Code set 1.2.246.537.5.40175.")
    interpreting: Interpreting | None = None
    other_names: Annotated[list[OtherName], Field(min_length=1, max_length=20)] | None = None
    sex: NationalCode | None = Field(None, description="Code set 1.2.246.537.5.1.")
    nationalities: Codes | None = Field(None, description="Code set 1.2.246.537.6.97.")
    occupation: Texts | None = None
    marital_status: NationalCode | None = Field(None, description="Code set 1.2.246.537.6.75.")
    cohabiting: bool | None = None
    special_group: NationalCode | None = Field(None, description="Erityisryhmä, code set 1.2.246.537.6.1229.")
    homelessness: Annotated[NationalCode | None, WHEREABOUTS] = Field(
        None, description="Code set 1.2.246.537.6.1285. Withheld as contacts are."
    )
    right_to_special_support: bool | None = None
    home_municipality: Annotated[HomeMunicipality | None, WHEREABOUTS] = Field(
        None, description="Withheld as contacts are."
    )
    temporary_municipalities: Annotated[
        list[TemporaryMunicipality] | None, Field(min_length=1, max_length=10), WHEREABOUTS
    ] = Field(None, description="Withheld as contacts are.")
    secret_contacts: bool | None = Field(
        None, description="Salaiset yhteystiedot: contacts are withheld as under turvakielto."
    )
    document_delivery: Annotated[Texts | None, WHEREABOUTS] = Field(
        None,
        description="How documents are served on the client (asiakirjojen tiedoksianto). Withheld as "
        "contacts are.",
    )
    risks: Annotated[list[Risk], Field(min_length=1, max_length=20)] | None = None
    related_persons: Annotated[list[ClientsPerson], Field(min_length=1, max_length=30)] | None = None
    client_relationship_identifier: Identifier | None = Field(
        None, description="Asiakkuuden yksilöintitunnus."
    )
    client_relationship: ClientRelationship | None = None
    operating_unit: NationalCode | None = Field(
        None, description="The organiser's operating unit (toimintayksikkö), code set 1.2.246.537.6.202."
    )
    organiser_units: Annotated[list[OrganiserUnit], Field(min_length=1, max_length=20)] | None = None
    responsible_workers: Annotated[list[ClientWorker], Field(min_length=1, max_length=20)] | None = None
    child_welfare: Annotated[DayPeriod | None, ORGANISER_ONLY] = Field(
        None, description="The client relationship of child welfare. Given to the organiser only."
    )
    source_id: SourceId | None = None


class Client(ClientEntry, Stored):
    """A client as recorded, as far as the caller may see it."""


class ClientSearch(Message):
    """Look a client up by identifier; in a body, because addresses end up in logs."""

    identity: Identity


class ClientSearchResult(Message):
    """The client found, or nobody."""

    items: list[Client]
