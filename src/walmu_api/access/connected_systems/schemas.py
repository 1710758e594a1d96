"""What is said of connected systems and their keys."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints
from typing_extensions import TypeAliasType

from walmu_api.foundation.schema_types import (
    ActingPerson,
    Count,
    Id,
    Instant,
    Line,
    Message,
    Quantity,
    RecordedBy,
    SourceId,
    Stored,
)

Base64Url = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,1400}$")]

_PART = "[A-Za-z0-9_-]{1,1400}"
Proof = Annotated[str, StringConstraints(pattern=rf"^{_PART}\.{_PART}\.{_PART}$")]
"""A JWT in its compact form."""
KeyType = TypeAliasType(
    "KeyType", Annotated[Literal["EC", "RSA"], Field(description="Kind of a key (`kty`, RFC 7517).")]
)
KeyAlgorithm = TypeAliasType(
    "KeyAlgorithm",
    Annotated[
        Literal["ES256", "ES384", "RS384"], Field(description="What a key signs with (`alg`, RFC 7518).")
    ],
)
KeyCurve = TypeAliasType(
    "KeyCurve", Annotated[Literal["P-256", "P-384"], Field(description="Curve of an EC key (`crv`).")]
)
SystemRole = TypeAliasType(
    "SystemRole",
    Annotated[
        Literal["organiser", "provider", "workplace", "ehr", "auditor", "operator"],
        Field(description="In which role a connected system calls."),
    ],
)
OrganisationKind = TypeAliasType(
    "OrganisationKind",
    Annotated[
        Literal["organiser", "provider", "workplace"],
        Field(description="What an organisation is to the organiser."),
    ],
)


class PublicKey(Message):
    """A public signing key (JWK, RFC 7517): EC P-256 (ES256), EC P-384 (ES384) or RSA of 2048 bits or more (RS384)."""

    kty: KeyType
    kid: Annotated[str, StringConstraints(pattern=r"^[!-~]{1,128}$")]
    use: Literal["sig"] | None = None
    alg: KeyAlgorithm | None = None
    crv: KeyCurve | None = None
    x: Base64Url | None = None
    y: Base64Url | None = None
    n: Base64Url | None = None
    e: Base64Url | None = None


class PublicKeys(Message):
    """The keys that a system may sign with: two at a time make a change of keys possible without a pause."""

    keys: Annotated[list[PublicKey], Field(min_length=1, max_length=8)]


class SystemContent(Message):
    """What is said of a system and told of it."""

    organisation_id: Id
    client_id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{2,62}$")] = Field(
        description="Its OAuth client id, unique in its organisation.", examples=["polku-2-kotola"]
    )
    name: Line = Field(examples=["Polku 2 / Kotolan toimintakeskus"])
    role: SystemRole
    software: Line | None = Field(None, description="Product and version.", examples=["Polku 2.14"])
    jwks: PublicKeys
    source_id: SourceId | None = None


class ConnectedSystemEntry(SystemContent):
    """A system that calls this API on behalf of one organisation (liittyvä järjestelmä)."""

    proofs: Annotated[list[Proof], Field(max_length=8)] | None = Field(
        None,
        description="For each key that the system has not had yet, a JWT signed by that key: header `alg`, `kid` and "
        "`typ: key-proof+jwt`, claims `aud` (the issuer), `exp` (at most five minutes ahead) and `jti` (good once). "
        "Never told again.",
    )


class ConnectedSystem(SystemContent, Stored):
    """A connected system as registered."""

    revoked_on: Instant | None = Field(
        None, description="From then on its tokens are refused, within 30 seconds."
    )
    awaits_confirmation: bool | None = Field(
        None, description="True until another system of the organiser confirms it: it gets no tokens before."
    )


class DelegatedWorkplacesEntry(Message):
    """The workplaces for which a provider may register connected systems, and change their keys."""

    workplace_ids: Annotated[list[Id], Field(max_length=1000)]


class DelegatedWorkplaces(DelegatedWorkplacesEntry):
    """What is in force: none, unless the organiser said so."""

    version: Count = Field(description="The strong ETag is this number in quotes.")
    recorded_at: Instant | None = Field(None, description="Left out while nothing was ever said.")
    recorded_by: RecordedBy | None = None


class NamedThing(Message):
    id: Id
    name: Line


class ThisOrganisation(Message):
    id: Id
    kind: OrganisationKind
    name: Line


class ThisSystem(Message):
    id: Id
    client_id: Line
    name: Line


class Limits(Message):
    """What a request may be, in bytes, lines and seconds; and how many may come to one process of this service."""

    body_bytes: Quantity
    batch_bytes: Quantity
    batch_lines: Quantity
    page_limit: Quantity
    token_seconds: Quantity
    requests_per_second: Quantity
    requests_in_one_go: Quantity
    requests_at_once: Quantity


class WhoAmI(Message):
    """Who you are to this service, and what you may do."""

    connected_system: ThisSystem
    organiser: NamedThing
    organisation: ThisOrganisation
    role: str
    scopes: list[str]
    acting_person: ActingPerson | None = None
    limits: Limits


class TokenAnswer(Message):
    """An access token (RFC 6749 5.1)."""

    access_token: str
    token_type: Line
    expires_in: Quantity = Field(description="Seconds.")
    scope: str = Field(description="What was given, parted by spaces.")


class ServiceKeys(Message):
    """The keys of this service (RFC 7517)."""

    keys: list[PublicKey]


class ServerMetadata(Message):
    """Metadata of the authorization server (RFC 8414)."""

    issuer: str
    token_endpoint: str
    jwks_uri: str
    grant_types_supported: list[str]
    response_types_supported: list[str]
    token_endpoint_auth_methods_supported: list[str]
    token_endpoint_auth_signing_alg_values_supported: list[str]
    scopes_supported: list[str]
    service_documentation: str
