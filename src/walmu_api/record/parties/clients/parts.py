"""What a client's record is made of: contacts, names, municipalities, related persons, units and workers."""

from typing import Annotated

from pydantic import Field

from walmu_api.foundation.schema_types import Line, Message
from walmu_api.foundation.withholding import ORGANISER_ONLY, WHEREABOUTS
from walmu_api.record.document_schemas import (
    Address,
    DayPeriod,
    Identifier,
    NationalCode,
    PartialDay,
    PastPartialDay,
    Texts,
)

Codes = Annotated[list[NationalCode], Field(min_length=1, max_length=20)]


class TemporaryAddress(Address, DayPeriod):
    """An address for a time (tilapäinen osoite)."""


class ClientContact(Message):
    """How the client is reached. Of a client under turvakielto a provider reads `phone` and `contact_address`, on the client's
    record only and unless the organiser withholds them; the rest is given to the organiser only."""

    phone: Annotated[Texts | None, WHEREABOUTS] = Field(None, description="The client's phone number.")
    email: Annotated[Texts | None, WHEREABOUTS] = Field(None, description="The client's e-mail address.")
    street_address: Annotated[Texts | None, WHEREABOUTS] = Field(
        None, description="Street and number (lähiosoite)."
    )
    postal_code: Annotated[Texts | None, WHEREABOUTS] = Field(
        None, description="Five digits in Finland (postinumero); kept as written."
    )
    municipality: Annotated[Line | None, WHEREABOUTS] = Field(
        None, description="Municipality where the client lives, by name."
    )
    addresses: Annotated[list[Address] | None, Field(min_length=1, max_length=5), WHEREABOUTS] = Field(
        None, description="Whole addresses; left out, the document has `street_address` and `postal_code`."
    )
    temporary_address: Annotated[TemporaryAddress | None, WHEREABOUTS] = Field(
        None, description="Where the client is reached for a time (tilapäinen osoite)."
    )
    contact_address: Annotated[Address | None, WHEREABOUTS] = Field(
        None, description="Yhteysosoite: what a client under turvakielto gave to be reached by."
    )


class OtherName(Message):
    """Another name of the client (henkilönnimi)."""

    name: Texts = Field(description="The name itself.")
    type: NationalCode | None = Field(None, description="Nimilaji, code set 1.2.246.537.6.1207.")


class Interpreting(Message):
    """Whether and how conversation with the client is interpreted (tulkkaus)."""

    needed: bool | None = Field(None, description="Whether an interpreter is needed (tulkkauksen tarve).")
    languages: Codes | None = Field(None, description="Tulkkauskieli, code set 1.2.246.537.5.40175.")
    method: Texts | None = Field(None, description="How interpreting is done (tulkkausmenetelmä).")


class HomeMunicipality(Message):
    """The home municipality (kotikunta)."""

    municipality: NationalCode | None = Field(None, description="Kunta, code set 1.2.246.537.6.21.")
    moved_in_on: PartialDay | None = Field(
        None, description="Day, month or year in which the client moved there."
    )


class TemporaryMunicipality(HomeMunicipality):
    """Where the client stays for a time (tilapäinen asuinkunta)."""

    moved_out_on: PartialDay | None = Field(
        None, description="Day, month or year in which the client moved away."
    )


class Risk(DayPeriod):
    """What workers must know for safety (riskitieto)."""

    description: Texts | None = Field(None, description="The risk in words (riskin kuvaus).")
    fixed_term: bool | None = Field(None, description="True: it holds for a time, until `ends_on`.")


class Guardianship(DayPeriod):
    """Guardianship of the client (edunvalvonta), from a day to a day."""

    description: Texts | None = Field(None, description="What it covers, in words.")


class PowerOfAttorney(Message):
    """Continuing power of attorney (edunvalvontavaltuutus) that the client gave."""

    confirmed_on: PastPartialDay | None = Field(
        None, description="Day, month or year in which it was confirmed. Not a day to come."
    )
    description: Texts | None = Field(None, description="What it covers, in words.")


class Custody(Message):
    """Custody of the client (huoltajuus), as a related person has it."""

    form: NationalCode | None = Field(
        None, description="Huoltajuussuhteen muoto, code set 1.2.246.537.6.1204."
    )
    description: Texts | None = Field(None, description="The custody in words.")


class ClientContactPerson(Message):
    """A contact person of a unit."""

    family_name: Line = Field(description="Family name (sukunimi).")
    given_names: Line = Field(description="Given names (etunimet).")
    phone: Texts | None = Field(None, description="Phone number at work, as written.")


class ReachedAt(Message):
    """How a person or unit is reached."""

    addresses: Annotated[list[Address], Field(min_length=1, max_length=5)] | None = Field(
        None, description="Addresses, 1–5."
    )
    phone: Texts | None = Field(None, description="Phone number, as written.")
    email: Texts | None = Field(None, description="E-mail address, as written.")


class ClientsPerson(Message):
    """A person related to the client: parent, guardian, representative, close one. Contacts of one under turvakielto are
    recorded only for a legal representative, and given to the organiser only."""

    addresses: Annotated[list[Address] | None, Field(min_length=1, max_length=5), WHEREABOUTS] = Field(
        None, description="Their addresses, 1–5."
    )
    phone: Annotated[Texts | None, WHEREABOUTS] = Field(None, description="Their phone number, as written.")
    email: Annotated[Texts | None, WHEREABOUTS] = Field(None, description="Their e-mail address, as written.")
    family_name: Line = Field(description="Family name (sukunimi).")
    given_names: Line = Field(description="Given names (etunimet).")
    personal_identity_code: Annotated[Identifier | None, ORGANISER_ONLY] = Field(
        None, description="Henkilötunnus, only where it is needed. Given to the organiser only."
    )
    title: Texts | None = Field(None, description="Title or task, where they act in one.")
    organisation: Annotated[Line | None, WHEREABOUTS] = Field(
        None, description="The organisation for which they act."
    )
    turvakielto: bool | None = Field(
        None, description="Their own non-disclosure for personal safety (661/2009, 36 §)."
    )
    secret_contacts: bool | None = Field(
        None, description="Salaiset yhteystiedot: their contacts are withheld as under turvakielto."
    )
    roles: Codes | None = Field(
        None,
        description="Code set 1.2.246.537.6.1284: 12 parent, 31 custodian, 32 guardian, 33 and 34 "
        "authorised, 99 other.",
    )
    role_note: Texts | None = Field(None, description="The role in words (roolin kuvaus).")
    contact_person: bool | None = Field(
        None, description="True: they may be asked about the client (yhteyshenkilö)."
    )
    powers: Texts | None = Field(None, description="Toimivalta: what the representative may decide.")
    guardianship: Guardianship | None = Field(
        None, description="Where they are the client's guardian (edunvalvonta)."
    )
    continuing_power_of_attorney: PowerOfAttorney | None = Field(
        None, description="Where they hold one (edunvalvontavaltuutus)."
    )
    custody: Custody | None = Field(None, description="Where they are the client's custodian (huoltajuus).")
    right_to_information: Texts | None = Field(None, description="A parent's right to information.")


class ClientRelationship(Message):
    """The client relationship of social welfare (sosiaalihuollon asiakkuus)."""

    starts_on: PartialDay = Field(description="Day, month or year in which it began.")
    ends_on: PartialDay | None = Field(
        None, description="Day, month or year in which it ended; left out while it goes on."
    )
    end_reason: Texts | None = Field(None, description="Why it ended (asiakkuuden päättymisen perustelu).")
    old: bool | None = Field(None, description="An old relationship, archived afterwards.")


class OrganiserUnit(ReachedAt):
    """A service unit of the organiser that serves the client."""

    unit: NationalCode = Field(description="The unit itself (palveluyksikkö), code set 1.2.246.537.6.202.")
    starts_on: PartialDay = Field(description="Day, month or year since which the unit serves the client.")
    ends_on: PartialDay | None = Field(
        None, description="Day, month or year until which it did; left out while it does."
    )
    contact_persons: Annotated[list[ClientContactPerson], Field(min_length=1, max_length=10)] | None = Field(
        None, description="Whom to ask at the unit (yhteyshenkilö)."
    )


class ClientWorker(ReachedAt):
    """A worker who is responsible for the client's services."""

    family_name: Line = Field(description="Family name (sukunimi).")
    given_names: Line = Field(description="Given names (etunimet).")
    unit: NationalCode | None = Field(
        None, description="The worker's unit (palveluyksikkö), code set 1.2.246.537.6.202."
    )
    registration: Identifier | None = Field(None, description="Registration number (rekisteröintitunnus).")
