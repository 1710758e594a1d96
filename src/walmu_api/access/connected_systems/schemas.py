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

    kty: KeyType = Field(
        description="Kind of key: `EC` (elliptic curve, needs `crv`, `x`, `y`) or `RSA` (needs `n`, `e`)."
    )
    kid: Annotated[str, StringConstraints(pattern=r"^[!-~]{1,128}$")] = Field(
        description="The key's name, which your client assertions carry in their header; unique in the set."
    )
    use: Literal["sig"] | None = Field(None, description="What the key is for: signatures only.")
    alg: KeyAlgorithm | None = Field(
        None, description="Algorithm of the signatures; it must fit kind and curve."
    )
    crv: KeyCurve | None = Field(
        None, description="Curve of an EC key: `P-256` goes with ES256, `P-384` with ES384."
    )
    x: Base64Url | None = Field(None, description="First coordinate of the EC key's point, base64url.")
    y: Base64Url | None = Field(None, description="Second coordinate of the EC key's point, base64url.")
    n: Base64Url | None = Field(None, description="Modulus of an RSA key, base64url; 2048 bits or more.")
    e: Base64Url | None = Field(None, description="Exponent of an RSA key, base64url; usually `AQAB`.")


class PublicKeys(Message):
    """The keys that a system may sign with: two at a time make a change of keys possible without a pause."""

    keys: Annotated[list[PublicKey], Field(min_length=1, max_length=8)] = Field(
        description="1–8 public keys. Private members are refused."
    )


class SystemContent(Message):
    """What is said of a system and told of it."""

    organisation_id: Id = Field(
        description="The organisation for which the system calls; it sees what that organisation may see."
    )
    client_id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{2,62}$")] = Field(
        description="Its OAuth client id, unique in its organisation.", examples=["polku-2-kotola"]
    )
    name: Line = Field(
        description="Name for people, such as product and place.",
        examples=["Polku 2 / Kotolan toimintakeskus"],
    )
    role: SystemRole = Field(
        description="What the system may do at most: rights are given by role, and a token may ask for fewer."
    )
    software: Line | None = Field(None, description="Product and version.", examples=["Polku 2.14"])
    jwks: PublicKeys = Field(
        description="Its public keys (JWK set): client assertions are checked with them."
    )
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

    workplace_ids: Annotated[list[Id], Field(max_length=1000)] = Field(
        description="All of them; one that is left out is no longer in the provider's hands."
    )


class DelegatedWorkplaces(DelegatedWorkplacesEntry):
    """What is in force: none, unless the organiser said so."""

    version: Count = Field(description="The strong ETag is this number in quotes.")
    recorded_at: Instant | None = Field(
        None, description="When it was last changed; left out while nothing was ever said."
    )
    recorded_by: RecordedBy | None = Field(
        None, description="Who in the organiser's name last changed the list; left out while nobody did."
    )


class NamedThing(Message):
    """An organisation by name."""

    id: Id = Field(description="The organisation's id, as `/v1/organisations/{organisation_id}` knows it.")
    name: Line = Field(description="Name for people.")


class ThisOrganisation(Message):
    """Your organisation, as it is recorded here."""

    id: Id = Field(
        description="The organisation that your system calls for, as `/v1/organisations/{organisation_id}` knows it."
    )
    kind: OrganisationKind = Field(description="Its part in the services; what you may read follows from it.")
    name: Line = Field(description="Name for people.")


class ThisSystem(Message):
    """Your system, as it is registered."""

    id: Id = Field(
        description="Id of the registration, as `/v1/connected-systems` and `recorded_by.system_id` tell it."
    )
    client_id: Line = Field(description="Your OAuth client id.")
    name: Line = Field(description="Name of the registration, for people.")


class Limits(Message):
    """What a request may be, in bytes, lines and seconds; and how many may come to one process of this service."""

    body_bytes: Quantity = Field(description="Most bytes of a request body, batches and worksheets apart.")
    batch_bytes: Quantity = Field(description="Most bytes of the body of a batch.")
    batch_lines: Quantity = Field(description="Most lines of one batch.")
    page_limit: Quantity = Field(description="Most items of one page: the greatest `limit` of a list.")
    token_seconds: Quantity = Field(description="How long an access token is good, in seconds.")
    requests_per_second: Quantity = Field(
        description="Requests a second that your system may make in the long run."
    )
    requests_in_one_go: Quantity = Field(
        description="Requests that your system may make in one go after a rest."
    )
    requests_at_once: Quantity = Field(
        description="Requests in work at the same time, of all systems together; fair shares when it is full."
    )
    requests_side_by_side: Quantity = Field(
        description="Requests of your system that are worked on at the same time; the others wait for them."
    )
    bytes_of_one_request: Quantity = Field(
        description="A body counts as one more request for each so many bytes."
    )


class WhoAmI(Message):
    """Who you are to this service, and what you may do."""

    connected_system: ThisSystem = Field(description="The registration that the token was issued to.")
    organiser: NamedThing = Field(
        description="The wellbeing services county (järjestäjä) whose data you work with."
    )
    organisation: ThisOrganisation = Field(description="The organisation on whose behalf you call.")
    role: str = Field(description="The role of your system, from which its rights follow.")
    scopes: list[str] = Field(description="The rights of this token: those of the role that it asked for.")
    acting_person: ActingPerson | None = Field(
        None, description="The person of the claim `act`; left out where the assertion named nobody."
    )
    limits: Limits = Field(description="What one request may be, and how many may come.")


class TokenAnswer(Message):
    """An access token (RFC 6749 5.1)."""

    access_token: str = Field(
        description="Opaque to you: send it as `Authorization: Bearer …`, and do not read it."
    )
    token_type: Line = Field(description="Always `Bearer` (RFC 6750).")
    expires_in: Quantity = Field(description="For how many seconds it is good.")
    scope: str = Field(description="What was given, parted by spaces.")


class ServiceKeys(Message):
    """The keys of this service (RFC 7517)."""

    keys: list[PublicKey] = Field(
        description="Public keys with which this service signs its tokens; several while a key is changed."
    )


class ServerMetadata(Message):
    """Metadata of the authorization server (RFC 8414)."""

    issuer: str = Field(description="Base URL of this service; the `aud` of your client assertions.")
    token_endpoint: str = Field(description="Where an assertion is changed for a token (`POST`).")
    jwks_uri: str = Field(description="Where the public keys of this service are.")
    grant_types_supported: list[str] = Field(description="`client_credentials` only.")
    response_types_supported: list[str] = Field(
        description="Required by RFC 8414; there is no authorization endpoint here."
    )
    token_endpoint_auth_methods_supported: list[str] = Field(description="`private_key_jwt` only (RFC 7523).")
    token_endpoint_auth_signing_alg_values_supported: list[str] = Field(
        description="Algorithms that a client assertion may be signed with."
    )
    scopes_supported: list[str] = Field(
        description="Every right there is; which of them you get follows from your role."
    )
    service_documentation: str = Field(description="Where the documentation for people is.")
