"""Who you are, tokens, and the register of connected systems."""

from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Request, Response
from pydantic_core import from_json, to_json

from walmu_api.access.connected_systems import service
from walmu_api.access.connected_systems.schemas import (
    ConnectedSystem,
    ConnectedSystemEntry,
    Limits,
    NamedThing,
    ServerMetadata,
    ServiceKeys,
    ThisOrganisation,
    ThisSystem,
    TokenAnswer,
    WhoAmI,
)
from walmu_api.access.connected_systems.tables import ConnectedSystemRow
from walmu_api.access.context import RequestContext
from walmu_api.access.guard import (
    AppContext,
    GuardedRoute,
    body,
    idempotent_action,
    idempotent_create,
    requires,
)
from walmu_api.access.scopes import Scope
from walmu_api.foundation import records, request_body, responses
from walmu_api.foundation.load_shedding import Admission
from walmu_api.foundation.locales import Reason
from walmu_api.foundation.openapi import IfMatch, Limit, PageCursor, gives, lists, makes
from walmu_api.foundation.problems import (
    MALFORMED,
    MISSING,
    REPEATED_PARAMETER,
    UNSUPPORTED_MEDIA_TYPE,
    ProblemType,
    invalid,
)
from walmu_api.foundation.schema_types import Id
from walmu_api.foundation.statements import Statement

NO_FORM = Reason("no-form")

router = APIRouter(prefix="/v1", route_class=GuardedRoute)
tokens_router = APIRouter()
Reader = Annotated[RequestContext, requires(Scope.CONNECTED_SYSTEMS_READ)]
Writer = Annotated[RequestContext, requires(Scope.CONNECTED_SYSTEMS_WRITE)]
Entry = Annotated[ConnectedSystemEntry, body(ConnectedSystemEntry)]
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


@tokens_router.post(
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
                            "grant_type": {"type": "string", "enum": ["client_credentials"]},
                            "client_assertion_type": {"type": "string", "enum": [JWT_BEARER]},
                            "client_assertion": {"type": "string", "maxLength": 4096},
                            "scope": {"type": "string", "maxLength": 2000},
                            "client_id": {"type": "string", "maxLength": 64},
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
    or RS384 by a registered key, lives at most five minutes and is good once (`jti`). `iss` and `sub` are the
    client id, `aud` is the issuer or this URL. A claim `act: {sub, name?, title?, registration_number?}`
    names the person acting; it is copied into the token and lands in the use log. The token lives five
    minutes."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != FORM:
        raise UNSUPPORTED_MEDIA_TYPE(expected=FORM)
    form = _form(await request_body.read(request.stream(), 16 * 1024, app_context.body_seconds))
    if form.get("grant_type") != "client_credentials" or form.get("client_assertion_type") != JWT_BEARER:
        raise UNSUPPORTED_GRANT().with_members(error="unsupported_grant_type")
    if "client_assertion" not in form:
        raise invalid(MISSING.at("/client_assertion"))
    async with (
        app_context.token_gate.place()
    ):  # whoever asks is not known yet, and finding out costs a signature
        token, scopes = await service.token_for(app_context, form["client_assertion"], form.get("scope"))
    answer = TokenAnswer(
        access_token=token, token_type=BEARER, expires_in=app_context.tokens.LIFE, scope=" ".join(scopes)
    )
    headers = {"Cache-Control": "no-store", "Pragma": "no-cache"}
    return Response(answer.model_dump_json(), 200, headers, responses.JSON)


@tokens_router.get(
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


@tokens_router.get(
    "/.well-known/oauth-authorization-server",
    operation_id="getAuthorizationServer",
    tags=["access"],
    responses=gives(ServerMetadata, "The metadata.", etag=False),
)
async def get_authorization_server(app_context: Annotated[AppContext, Depends(_app_context)]) -> Response:
    """What the authorization server can do (RFC 8414)."""
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


_WHO = Statement("""
select s.name as system_name, o.id, o.kind, o.name, r.name as organiser_name
from connected_systems s
join organisations o on o.organiser_id = s.organiser_id and o.id = s.organisation_id
join organisers r on r.id = s.organiser_id
where s.organiser_id = :organiser and s.id = :system_id
""")


@router.get("/whoami", operation_id="whoAmI", tags=["access"], responses=gives(WhoAmI, "You.", etag=False))
async def who_am_i(request: Request, ctx: Annotated[RequestContext, requires(None)]) -> Response:
    """Which organisation and rights your token stands for."""
    admission: Admission = request.app.state.app_context.admission
    row = await ctx.session.fetchrow(_WHO, organiser=ctx.organiser_id, system_id=ctx.caller.system.id)
    assert row is not None
    data = WhoAmI(
        connected_system=ThisSystem(
            id=ctx.caller.system.id, client_id=ctx.caller.system.client_id, name=row["system_name"]
        ),
        organiser=NamedThing(id=ctx.organiser_id, name=row["organiser_name"]),
        organisation=ThisOrganisation(id=row["id"], kind=row["kind"], name=row["name"]),
        role=ctx.caller.system.role,
        scopes=sorted(ctx.caller.scopes),
        acting_person=from_json(ctx.caller.person) if ctx.caller.person else None,
        limits=Limits(
            body_bytes=request_body.BODY_LIMIT,
            batch_bytes=request_body.BATCH_LIMIT,
            batch_lines=10_000,
            page_limit=200,
            token_seconds=300,
            requests_per_second=admission.limits.per_second,
            requests_in_one_go=admission.limits.burst,
            requests_at_once=admission.limits.at_once,
        ),
    )
    return responses.plain(data.model_dump_json(exclude_none=True).encode())


@router.post(
    "/connected-systems",
    operation_id="registerConnectedSystem",
    tags=["connected systems"],
    status_code=201,
    responses=makes(ConnectedSystem),
    dependencies=[idempotent_create],
)
async def register(entry: Entry, ctx: Writer) -> Response:
    """Register a system that will call this API for one organisation, with its public keys."""
    row, created = await service.register(ctx, entry)
    location = f"/v1/connected-systems/{row.id}" if created else None
    return responses.record(await service.wire(ctx.session, row), row.version, created_at=location)


@router.get(
    "/connected-systems",
    operation_id="listConnectedSystems",
    tags=["connected systems"],
    responses=lists(ConnectedSystem),
)
async def list_systems(
    request: Request, ctx: Reader, limit: Limit = 50, cursor: PageCursor = None
) -> Response:
    """List the connected systems of the organiser."""
    rows, following = await records.page(
        ctx.session, ConnectedSystemRow, service.own(ctx.session), limit, cursor
    )
    return responses.page(request, [await service.wire(ctx.session, row) for row in rows], following)


@router.get(
    "/connected-systems/{system_id}",
    operation_id="getConnectedSystem",
    tags=["connected systems"],
    responses=gives(ConnectedSystem),
)
async def get_system(system_id: Id, ctx: Reader) -> Response:
    """Read one connected system."""
    row = await service.find(ctx.session, system_id)
    return responses.record(await service.wire(ctx.session, row), row.version)


@router.put(
    "/connected-systems/{system_id}",
    operation_id="replaceConnectedSystem",
    tags=["connected systems"],
    responses=gives(ConnectedSystem),
)
async def replace_system(system_id: Id, entry: Entry, ctx: Writer, if_match: IfMatch = None) -> Response:
    """Change the name, software or keys of a connected system. With the old and the new key side by side,
    keys change without a pause."""
    row = await service.find(ctx.session, system_id, lock=True)
    row = await service.replace(ctx, row, entry, if_match)
    return responses.record(await service.wire(ctx.session, row), row.version)


@router.post(
    "/connected-systems/{system_id}/revoke",
    operation_id="revokeConnectedSystem",
    tags=["connected systems"],
    responses=gives(ConnectedSystem),
    dependencies=[idempotent_action],
)
async def revoke_system(system_id: Id, ctx: Writer) -> Response:
    """Revoke a connected system. Its tokens are refused from now on, everywhere within half a minute."""
    row = await service.find(ctx.session, system_id, lock=True)
    row = await service.revoke(ctx, row)
    return responses.record(await service.wire(ctx.session, row), row.version)
