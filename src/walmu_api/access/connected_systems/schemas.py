"""What is said of connected systems and their keys."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from walmu_api.foundation.schema_types import (
    EXAMPLE_ID,
    ActingPerson,
    Id,
    Instant,
    Line,
    Message,
    Quantity,
    SourceId,
    Stored,
)

Base64Url = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,1400}$")]


class PublicKey(Message):
    """A public signing key (JWK, RFC 7517): EC P-256 (ES256), EC P-384 (ES384) or RSA of 2048 bits or more (RS384)."""

    kty: Literal["EC", "RSA"]
    kid: Annotated[str, StringConstraints(pattern=r"^[!-~]{1,128}$")]
    use: Literal["sig"] | None = None
    alg: Literal["ES256", "ES384", "RS384"] | None = None
    crv: Literal["P-256", "P-384"] | None = None
    x: Base64Url | None = None
    y: Base64Url | None = None
    n: Base64Url | None = None
    e: Base64Url | None = None


class PublicKeys(Message):
    """The keys that a system may sign with: two at a time make a change of keys possible without a pause."""

    keys: Annotated[list[PublicKey], Field(min_length=1, max_length=8)]


class ConnectedSystemEntry(Message):
    """A system that calls this API on behalf of one organisation (liittyvä järjestelmä)."""

    EXAMPLE = {
        "organisation_id": EXAMPLE_ID,
        "client_id": "polku-2-kotola",
        "name": "Polku 2 / Kotolan toimintakeskus",
        "role": "provider",
        "software": "Polku 2.14",
        "source_id": "polku-kotola",
        "jwks": {
            "keys": [
                {
                    "kty": "EC",
                    "crv": "P-256",
                    "kid": "2026-10",
                    "use": "sig",
                    "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
                    "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
                }
            ]
        },
    }

    organisation_id: Id
    client_id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{2,62}$")] = Field(
        description="Its OAuth client id, unique in this installation.", examples=["polku-2-kotola"]
    )
    name: Line = Field(examples=["Polku 2 / Kotolan toimintakeskus"])
    role: Literal["organiser", "provider", "workplace", "ehr", "auditor", "operator"]
    software: Line | None = Field(None, description="Product and version.", examples=["Polku 2.14"])
    jwks: PublicKeys
    source_id: SourceId | None = None


class ConnectedSystem(ConnectedSystemEntry, Stored):
    """A connected system as registered."""

    revoked_on: Instant | None = Field(
        None, description="From then on its tokens are refused, within 30 seconds."
    )


class NamedThing(Message):
    id: Id
    name: Line


class ThisOrganisation(Message):
    id: Id
    kind: Literal["organiser", "provider", "workplace"]
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

    EXAMPLE = {
        "connected_system": {
            "id": EXAMPLE_ID,
            "client_id": "polku-2-kotola",
            "name": "Polku 2 / Kotolan toimintakeskus",
        },
        "organiser": {"id": EXAMPLE_ID, "name": "Esimerkin hyvinvointialue"},
        "organisation": {"id": EXAMPLE_ID, "kind": "provider", "name": "Kotolan toimintakeskus"},
        "role": "provider",
        "scopes": ["attendance:read", "attendance:write"],
        "acting_person": {"sub": "u-1234", "name": "Aino Korhonen"},
        "limits": {
            "body_bytes": 262144,
            "batch_bytes": 8388608,
            "batch_lines": 10000,
            "page_limit": 200,
            "token_seconds": 300,
            "requests_per_second": 1000,
            "requests_in_one_go": 5000,
            "requests_at_once": 16,
        },
    }

    connected_system: ThisSystem
    organiser: NamedThing
    organisation: ThisOrganisation
    role: str
    scopes: list[str]
    acting_person: ActingPerson | None = None
    limits: Limits


class TokenAnswer(Message):
    """An access token (RFC 6749 5.1)."""

    EXAMPLE = {
        "access_token": "eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9…",
        "token_type": "Bearer",
        "expires_in": 300,
        "scope": "attendance:read attendance:write",
    }

    access_token: str
    token_type: Line
    expires_in: Quantity = Field(description="Seconds.")
    scope: str = Field(description="What was given, parted by spaces.")


class ServiceKeys(Message):
    """The keys of this service (RFC 7517)."""

    EXAMPLE = {
        "keys": [
            {
                "kty": "EC",
                "crv": "P-256",
                "kid": "2026-10",
                "use": "sig",
                "alg": "ES256",
                "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
                "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
            }
        ],
    }

    keys: list[PublicKey]


class ServerMetadata(Message):
    """Metadata of the authorization server (RFC 8414)."""

    EXAMPLE = {
        "issuer": "https://walmu.example",
        "token_endpoint": "https://walmu.example/oauth2/token",
        "jwks_uri": "https://walmu.example/.well-known/jwks.json",
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": ["token"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["ES256", "ES384", "RS384"],
        "scopes_supported": ["attendance:read", "attendance:write"],
        "service_documentation": "https://walmu.example/docs",
    }

    issuer: str
    token_endpoint: str
    jwks_uri: str
    grant_types_supported: list[str]
    response_types_supported: list[str]
    token_endpoint_auth_methods_supported: list[str]
    token_endpoint_auth_signing_alg_values_supported: list[str]
    scopes_supported: list[str]
    service_documentation: str
