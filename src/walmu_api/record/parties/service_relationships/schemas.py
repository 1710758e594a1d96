"""Service relationships (palvelun asiakkuus tuottajalla) on the wire."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from walmu_api.foundation.past_days import PastDay
from walmu_api.foundation.persons import Person
from walmu_api.foundation.schema_types import Code, CodeWord, Day, Id, Line, Lines, Message, SourceId, Stored
from walmu_api.foundation.withholding import WHEREABOUTS, Withheld

ServiceKind = TypeAliasType(
    "ServiceKind",
    Annotated[
        Literal[
            "rehabilitative_work",
            "employment_support",
            "work_activity",
            "open_work_activity",
            "supported_work_activity",
            "wage_subsidised_work",
            "halfway_stop",
            "job_coaching",
            "day_activity",
            "social_rehabilitation",
        ],
        Field(description="The kind of service."),
    ],
)
LegalBases = Annotated[
    list[CodeWord],
    Field(
        min_length=1,
        max_length=5,
        description="Codes of the list legal_basis.",
        examples=[["SHL_710_1982_27E"]],
    ),
]


class Referral(Message):
    """How the client came to the service (palveluun ohjautuminen)."""

    source: CodeWord = Field(
        description="A code of the list referral_source.", examples=["disability_services"]
    )
    received_on: PastDay = Field(description="The day on which the referral came. Not a day to come.")


class ResponsibleWorkers(Message):
    """Who answers on both sides: palveluista vastaava työntekijä at the organiser, palvelun vastuuhenkilö at the provider."""

    organiser: Person = Field(description="Palveluista vastaava työntekijä at the organiser.")
    provider: Person = Field(description="Palvelun vastuuhenkilö at the provider.")


_HOME = Withheld(under_protection=True, when=("role", frozenset({"housing_unit", "school"})))
"""Where the client lives, or goes to school."""


class NetworkPerson(Person):
    """Whom to contact there."""

    email: Annotated[Line | None, WHEREABOUTS] = Field(None, description="E-mail address, as written.")
    phone: Annotated[Line | None, WHEREABOUTS] = Field(None, description="Phone number, as written.")


class NetworkMember(Message):
    """One of those who work with the client besides organiser and provider (verkosto)."""

    role: CodeWord = Field(description="A code of the list network_role.", examples=["employment_area"])
    organisation: Annotated[Line | None, _HOME] = Field(
        None, description="Name of their organisation.", examples=["Esimerkkilän työllisyysalue"]
    )
    person: Annotated[NetworkPerson | None, _HOME] = Field(
        None,
        description="The contact. Of a client under turvakielto only the organiser is told how they are "
        "reached.",
    )
    agreed: Annotated[Lines | None, _HOME] = Field(None, description="What was agreed with them.")


class ServiceRelationshipEntry(Message):
    """One service of one client at one provider. The provider sees the client from its start to its end."""

    client_id: Id = Field(description="The client who is served.")
    provider_id: Id = Field(
        description="The provider that carries the service out, and may read from the start on."
    )
    unit_id: Id | None = Field(
        None, description="The provider's unit (palveluyksikkö); left out where it is not decided."
    )
    service_task: Code = Field(
        description="Palvelutehtävä, code set 1.2.246.537.6.1221.",
        examples=[{"system": "urn:oid:1.2.246.537.6.1221", "code": "20", "display": "Vammaispalvelut"}],
    )
    service: Code | None = Field(
        None,
        description="Sosiaalipalvelu, code set 1.2.246.537.6.1222.",
        examples=[
            {
                "system": "urn:oid:1.2.246.537.6.1222",
                "code": "55",
                "display": "Vammaisten henkilöiden työtoiminta",
            }
        ],
    )
    service_kind: ServiceKind = Field(
        description="The service as this API sorts services; rules of attendance and allowance go by it."
    )
    legal_bases: LegalBases
    referral: Referral = Field(description="How the client came to the service.")
    responsible_workers: ResponsibleWorkers = Field(description="Who answers for the service on both sides.")
    starts_on: Day = Field(description="First day of the service.")
    ends_on: Day | None = Field(
        None,
        description="Last day of the service, and of the provider's reading; left out while none is set.",
    )
    own_worker: Person | None = Field(
        None,
        description="Omatyöntekijä (1301/2014, 42 §), where the client has one besides the responsible "
        "worker.",
    )
    benefit_matters_included: bool | None = Field(
        None, description="Whether the provider also helps with the client's benefits and applications."
    )
    network: Annotated[list[NetworkMember], Field(min_length=1, max_length=30)] | None = Field(
        None,
        description="Who else works with the client. A housing unit or school of a client under turvakielto is not "
        "named to providers.",
    )
    source_id: SourceId | None = None


class ServiceRelationship(ServiceRelationshipEntry, Stored):
    """A service relationship as recorded."""
