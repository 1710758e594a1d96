"""Clients (asiakkaat) on the wire."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from typing_extensions import TypeAliasType

from walmu_api.foundation import validation_messages
from walmu_api.foundation.identity_codes import identity
from walmu_api.foundation.past_days import PastDay
from walmu_api.foundation.schema_types import Count, Day, Id, Instant, Line, Message, SourceId, Stored
from walmu_api.foundation.withholding import ORGANISER_ONLY, WHEREABOUTS, StillGiven
from walmu_api.record.document_schemas import DayPeriod, Identifier, NationalCode, Texts
from walmu_api.record.parties.clients.parts import (
    ClientContact,
    ClientRelationship,
    ClientsPerson,
    ClientWorker,
    Codes,
    HomeMunicipality,
    Interpreting,
    OrganiserUnit,
    OtherName,
    Risk,
    TemporaryMunicipality,
)

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
        description="OID of the system of identifiers, as a URN.", examples=["urn:oid:1.2.246.21"]
    )
    value: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z+-]{11}$")] = Field(
        description="The identifier itself, 11 characters; check character and separator are checked.",
        examples=["010190-999W"],
    )

    @model_validator(mode="after")
    def well_formed(self) -> Self:
        if identity(self.system, self.value) is None:
            raise validation_messages.IDENTIFIER.error()
        return self

    @property
    def canonical(self) -> str:
        return identity(self.system, self.value) or ""


class ClientEntry(Message):
    """A person served (asiakas)."""

    family_name: Line = Field(description="Family name of the client.", examples=["Virtanen"])
    given_names: Line = Field(description="Given names of the client.", examples=["Eeva Maria"])
    identity: Identity | None = Field(
        None, description="Henkilötunnus, or a temporary identifier while there is none; stored encrypted."
    )
    date_of_birth: PastDay | None = Field(None, description="Date of birth (syntymäaika).")
    died_on: PastDay | None = Field(
        None,
        description="Day of death (kuolinpäivä): services end on it, and contacts are given to the organiser only.",
    )
    emigrated_on: Annotated[PastDay | None, WHEREABOUTS] = Field(None, description="Day of moving abroad.")
    turvakielto: bool = Field(
        description="Non-disclosure for personal safety (661/2009, 36 §): contacts, municipalities and the "
        "contacts of related persons are withheld from all but the organiser; of the client's own, a provider reads "
        "`phone` and `contact_address` on this record."
    )
    turvakielto_ends_on: Day | None = Field(
        None, description="Last day of turvakielto (turvakiellon päättymispäivä); left out: none is known."
    )
    contact: Annotated[
        ClientContact | None,
        StillGiven(
            frozenset({"phone", "contact_address"}),
            frozenset({"contacts_withheld", "secret_contacts", "died_on"}),
        ),
    ] = Field(None, description="How the client is reached.")
    contacts_withheld: Annotated[Line | None, ORGANISER_ONLY] = Field(
        None,
        description="Why the organiser withholds `phone` and `contact_address` of a client under turvakielto from "
        "providers too. Given to the organiser only.",
    )
    language: ClientLanguage | None = Field(
        None, description="Language in which the client is served; `se` is Northern Sámi."
    )
    service_language: NationalCode | None = Field(
        None, description="Asiointikieli, code set 1.2.246.537.5.40175."
    )
    mother_tongues: Codes | None = Field(None, description="Äidinkieli, code set 1.2.246.537.5.40175.")
    interpreting: Interpreting | None = Field(None, description="Need of an interpreter.")
    other_names: Annotated[list[OtherName], Field(min_length=1, max_length=20)] | None = Field(
        None, description="Other names, such as earlier ones."
    )
    sex: NationalCode | None = Field(None, description="Sukupuoli, code set 1.2.246.537.5.1.")
    nationalities: Codes | None = Field(None, description="Kansalaisuus, code set 1.2.246.537.6.97.")
    occupation: Texts | None = Field(None, description="Occupation in words (ammatti).")
    marital_status: NationalCode | None = Field(None, description="Siviilisääty, code set 1.2.246.537.6.75.")
    cohabiting: bool | None = Field(
        None, description="Whether the client lives in a marriage-like relationship (elää avoliitossa)."
    )
    special_group: NationalCode | None = Field(None, description="Erityisryhmä, code set 1.2.246.537.6.1229.")
    homelessness: Annotated[NationalCode | None, WHEREABOUTS] = Field(
        None, description="Asunnottomuus, code set 1.2.246.537.6.1285. Withheld as contacts are."
    )
    right_to_special_support: bool | None = Field(
        None, description="Whether the client is entitled to special support (oikeus erityiseen tukeen)."
    )
    home_municipality: Annotated[HomeMunicipality | None, WHEREABOUTS] = Field(
        None, description="Where the client is registered to live (kotikunta). Withheld as contacts are."
    )
    temporary_municipalities: Annotated[
        list[TemporaryMunicipality] | None, Field(min_length=1, max_length=10), WHEREABOUTS
    ] = Field(
        None,
        description="Where the client stays for a time (tilapäinen asuinkunta). Withheld as contacts are.",
    )
    secret_contacts: bool | None = Field(
        None, description="Salaiset yhteystiedot: contacts are withheld as under turvakielto."
    )
    document_delivery: Annotated[Texts | None, WHEREABOUTS] = Field(
        None,
        description="How documents are served on the client (asiakirjojen tiedoksianto). Withheld as "
        "contacts are.",
    )
    risks: Annotated[list[Risk], Field(min_length=1, max_length=20)] | None = Field(
        None, description="What workers must know for safety (riskitieto)."
    )
    related_persons: Annotated[list[ClientsPerson], Field(min_length=1, max_length=30)] | None = Field(
        None, description="Parents, guardians, representatives and others close to the client."
    )
    client_relationship_identifier: Identifier | None = Field(
        None, description="Identifier of the client relationship (asiakkuuden yksilöintitunnus)."
    )
    client_relationship: ClientRelationship | None = Field(
        None, description="The client relationship of social welfare as a whole, not of one service."
    )
    operating_unit: NationalCode | None = Field(
        None, description="The organiser's operating unit (toimintayksikkö), code set 1.2.246.537.6.202."
    )
    organiser_units: Annotated[list[OrganiserUnit], Field(min_length=1, max_length=20)] | None = Field(
        None, description="The organiser's service units that serve the client."
    )
    responsible_workers: Annotated[list[ClientWorker], Field(min_length=1, max_length=20)] | None = Field(
        None, description="Palveluista vastaava työntekijä: who answers for the client's services."
    )
    child_welfare: Annotated[DayPeriod | None, ORGANISER_ONLY] = Field(
        None, description="The client relationship of child welfare. Given to the organiser only."
    )
    source_id: SourceId | None = None


class ClientRecord(ClientEntry, Stored):
    """A client as recorded, as far as the caller may see it."""

    merge_reason: Annotated[Line | None, ORGANISER_ONLY] = Field(
        None,
        description="Why it was taken out again of the client into which it had been merged. Given to the organiser only.",
    )


class MergedClient(Stored):
    """A client that turned out to be the same person as another one, and was merged into that: what was recorded of this
    one is read under the other."""

    status: Literal["merged"] = Field(
        "merged", description="A client who was merged is told with this, and no other is."
    )
    merged_into: Id = Field(description="The client under whom everything of this one is read now.")
    merge_reason: Line | None = Field(
        None, description="How it is known that they are one person. Given to the organiser only."
    )


class ClientMerging(Message):
    """The act of saying that two clients are one person."""

    into: Id = Field(description="The client that stays: everything is read under it from now on.")
    into_version: Count = Field(
        description="The version of that client which was looked at; another one by now is 412 `stale-version`."
    )
    reason: Line = Field(description="How it is known that they are one person. Stays with the organiser.")


class ClientUnmerging(Message):
    """The act of taking a client out again of the one that it was merged into."""

    reason: Line = Field(description="How it is known that they are two persons. Stays with the organiser.")


class ClientSearch(Message):
    """Look a client up by identifier or by name; in a body, because addresses end up in logs."""

    identity: Identity | None = Field(
        None, description="Whom to look for, by the identifier that it has or had. Not with `name`."
    )
    name: Line | None = Field(
        None,
        description="Whole words of the present name, in any order and case: `virtanen eeva`. Not with `identity`.",
        examples=["virtanen eeva"],
    )
    date_of_birth: PastDay | None = Field(None, description="With `name`: only who was born on this day.")


class ClientSearchResult(Message):
    """The clients found, or nobody."""

    items: list[ClientRecord] = Field(
        description="By an identifier one client, or none; by name at most 50, the longest known first."
    )


FormerCodeReason = TypeAliasType(
    "FormerCodeReason",
    Annotated[
        Literal["temporary", "corrected", "protection", "gender", "unknown"],
        Field(
            description="Why a client has another identity code than before: the former one was temporary, or was wrong; the "
            "person's safety, or gender; not told yet."
        ),
    ],
)


class FormerIdentity(Message):
    """An identity code that a client had."""

    identity: Identity = Field(description="The code as it was recorded.")
    until: Instant = Field(description="When it was replaced here.")
    reason: FormerCodeReason = Field(description="Why it was replaced.")


class FormerIdentities(Message):
    """The identity codes that a client had, and those of who was merged into it."""

    items: list[FormerIdentity] = Field(description="The former codes, oldest first.")


ClientFindingCode = TypeAliasType(
    "ClientFindingCode",
    Annotated[
        Literal["possible-duplicate", "identity-changed"], Field(description="What is to be looked at.")
    ],
)
DuplicateReason = TypeAliasType(
    "DuplicateReason",
    Annotated[
        Literal["same-name-and-birthday", "same-code"], Field(description="In what two clients are alike.")
    ],
)
IdentityChange = TypeAliasType(
    "IdentityChange",
    Annotated[
        Literal["temporary", "corrected", "protection", "gender"],
        Field(description="Why a client has another identity code than before."),
    ],
)


class ClientFinding(Message):
    """Something about who a client is, for a person to look at."""

    code: ClientFindingCode = Field(
        description="`possible-duplicate`: two clients may be the same person, by name and day of birth or by a code that both "
        "have or had: merge them, or say that they are not. `identity-changed`: the record system knows the client under "
        "another code; say why, with `identity_change` of a PUT."
    )
    client_id: Id = Field(description="Whom it is about; of two, the one that was recorded first.")
    other_client_id: Id | None = Field(
        None, description="Of a possible duplicate, who may be the same person."
    )
    because: DuplicateReason | None = Field(
        None, description="Of a possible duplicate, in what they are alike."
    )


class DistinctVerdict(Message):
    """A verdict that two clients who look alike are two persons."""

    client_id: Id = Field(description="Of the two, the one that was recorded first.")
    other_client_id: Id = Field(description="Of the two, the one that was recorded later.")
    reason: Line = Field(description="How that is known.")
    judged_at: Instant = Field(description="When it was said first.")


class ClientFindings(Message):
    """What is to be looked at."""

    items: list[ClientFinding] = Field(description="At most 200; settle some and ask again.")
    apart: list[DistinctVerdict] | None = Field(
        None, description="With `client_id`: the verdicts about this client, whose findings do not come back."
    )


class DistinctClients(Message):
    """The verdict that two clients who look alike are two persons."""

    from_: Id = Field(alias="from", description="Who is another person.")
    reason: Line = Field(description="How that is known. Stays with the organiser.")
