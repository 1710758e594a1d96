"""Tokens, and what an OAuth client has to know of this authorization server."""

from ipaddress import IPv6Address, ip_address, ip_network
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Request, Response
from pydantic_core import to_json

from walmu_api.access.connected_systems import issuing
from walmu_api.access.connected_systems.schemas import ServerMetadata, ServiceKeys, TokenAnswer
from walmu_api.access.guard import AppContext
from walmu_api.access.scopes import Scope
from walmu_api.foundation import request_body, responses
from walmu_api.foundation.locales import Reason
from walmu_api.foundation.openapi import gives
from walmu_api.foundation.problems import (
    MALFORMED,
    MISSING,
    REPEATED_PARAMETER,
    UNSUPPORTED_MEDIA_TYPE,
    Problem,
    ProblemType,
    invalid,
)

NO_FORM = Reason("no-form")

router = APIRouter()
FORM = "application/x-www-form-urlencoded"
UNSUPPORTED_GRANT = ProblemType("unsupported-grant", 400)
BEARER = "Bearer"
JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def _app_context(request: Request) -> AppContext:
    app_context: AppContext = request.app.state.app_context
    return app_context


def _form(raw: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(raw.decode("ascii"), strict_parsing=True, max_num_fields=20)
    except ValueError:
        raise MALFORMED(why=NO_FORM) from None
    names = [name for name, _ in pairs]
    if repeated := next((name for name in names if names.count(name) > 1), None):
        raise invalid(REPEATED_PARAMETER.at(request_body.pointer((repeated,))))
    return dict(pairs)


def network_of(request: Request) -> str:
    """Where a request comes from: the address at the other end of the connection, or the one that a trusted proxy names
    (`WALMU_TRUSTED_PROXIES`). Of IPv6 the network, for one sender has as many addresses as it likes."""
    host = request.client.host if request.client is not None else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):  # a listener for both writes IPv4 addresses within IPv6
        address = address.ipv4_mapped or address
    return str(address if address.version == 4 else ip_network((int(address) >> 64 << 64, 64)))


async def _asked(request: Request, app_context: AppContext) -> dict[str, str]:
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != FORM:
        raise UNSUPPORTED_MEDIA_TYPE(expected=FORM)
    form = _form(await request_body.read(request.stream(), 16 * 1024, app_context.body_seconds))
    if form.get("grant_type") != "client_credentials" or form.get("client_assertion_type") != JWT_BEARER:
        raise UNSUPPORTED_GRANT().with_members(error="unsupported_grant_type")
    if "client_assertion" not in form:
        raise invalid(MISSING.at("/client_assertion"))
    return form


@router.post(
    "/oauth2/token",
    operation_id="issueToken",
    tags=["access"],
    responses=gives(TokenAnswer, "The token.", etag=False),
    openapi_extra={
        "security": [],
        "requestBody": {
            "required": True,
            "content": {
                FORM: {
                    "schema": {
                        "type": "object",
                        "required": ["grant_type", "client_assertion_type", "client_assertion"],
                        "properties": {
                            "grant_type": {
                                "type": "string",
                                "enum": ["client_credentials"],
                                "description": "The one grant there is: a system calls for itself.",
                            },
                            "client_assertion_type": {
                                "type": "string",
                                "enum": [JWT_BEARER],
                                "description": "The client shows who it is by a JWT (RFC 7523).",
                            },
                            "client_assertion": {
                                "type": "string",
                                "maxLength": 4096,
                                "description": "The JWT, signed by a registered key and good once.",
                            },
                            "scope": {
                                "type": "string",
                                "maxLength": 2000,
                                "description": "Rights that are asked for, parted by spaces; left out: all of the role.",
                            },
                            "client_id": {
                                "type": "string",
                                "maxLength": 64,
                                "description": "Not needed: the assertion names the client.",
                            },
                        },
                    },
                    "example": {
                        "grant_type": "client_credentials",
                        "client_assertion_type": JWT_BEARER,
                        "client_assertion": "eyJhbGciOiJFUzI1NiIsImtpZCI6IjIwMjYtMTAifQ…",
                    },
                }
            },
        },
    },
)
async def issue_token(
    request: Request, app_context: Annotated[AppContext, Depends(_app_context)]
) -> Response:
    """An access token for a connected system.

    OAuth 2.0 client credentials with `private_key_jwt` (RFC 7523): the assertion is signed with ES256, ES384
    or RS384 by a registered key, lives at most five minutes and is good once (`jti`). Its header names the key:
    `kid`, as it stands in the key set of the connected system. `iss` and `sub` are the client id, `aud` is the
    issuer or this URL, alone or as the one value of a list. A claim `act: {sub, name?, title?, registration_number?}`
    names the person acting; it is copied into the token and lands in the use log. The token lives five
    minutes. What was sent is refused with a problem document that holds `error` and `error_description` of RFC
    6749 as well."""
    try:
        form = await _asked(request, app_context)
    except Problem as problem:
        raise problem.with_members(**{"error": "invalid_request"} | problem.members) from None
    async with app_context.token_gate.place(network_of(request)):
        token, scopes = await issuing.token_for(app_context, form["client_assertion"], form.get("scope"))
    answer = TokenAnswer(
        access_token=token, token_type=BEARER, expires_in=app_context.tokens.LIFE, scope=" ".join(scopes)
    )
    headers = {"Cache-Control": "no-store", "Pragma": "no-cache"}
    return Response(answer.model_dump_json(), 200, headers, responses.JSON)


@router.get(
    "/.well-known/jwks.json",
    operation_id="getKeys",
    tags=["access"],
    responses=gives(ServiceKeys, "The keys.", etag=False),
)
async def get_keys(app_context: Annotated[AppContext, Depends(_app_context)]) -> Response:
    """The public keys that access tokens are signed with (RFC 7517)."""
    return Response(
        to_json({"keys": app_context.tokens.public}), 200, {"Cache-Control": "max-age=300"}, responses.JSON
    )


@router.get(
    "/.well-known/oauth-authorization-server",
    operation_id="getAuthorizationServer",
    tags=["access"],
    responses=gives(ServerMetadata, "The metadata.", etag=False),
)
async def get_authorization_server(app_context: Annotated[AppContext, Depends(_app_context)]) -> Response:
    """What the authorization server can do (RFC 8414)."""
    return _metadata(app_context)


@router.get(
    "/.well-known/openid-configuration",
    operation_id="getOpenidConfiguration",
    tags=["access"],
    responses=gives(ServerMetadata, "The metadata.", etag=False),
)
async def get_openid_configuration(app_context: Annotated[AppContext, Depends(_app_context)]) -> Response:
    """The same metadata at the address where OpenID Connect libraries look.

    Nobody signs in here, and there are no ID tokens."""
    return _metadata(app_context)


def _metadata(app_context: AppContext) -> Response:
    base = app_context.public_url
    data = {
        "issuer": base,
        "token_endpoint": f"{base}/oauth2/token",
        "jwks_uri": f"{base}/.well-known/jwks.json",
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": ["token"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["ES256", "ES384", "RS384"],
        "scopes_supported": [scope.value for scope in Scope],
        "service_documentation": f"{base}/docs",
    }
    return Response(to_json(data), 200, {"Cache-Control": "max-age=300"}, responses.JSON)
