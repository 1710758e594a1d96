"""Who is calling, and the path that every guarded request takes: `GuardedRoute`.

In this order, so that the first refusal is always the right one: token (401), admission (429, 503), size (413), media
types (415, 406), scope (403), body (400, 422), query parameters (422); then one transaction in which the operation runs, the use log is written and an
Idempotency-Key keeps its answer; then the answer leaves. The endpoint shows its right in its signature:
`caller: Annotated[Caller, requires(Scope.ATTENDANCE_WRITE)]`."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from starlette.responses import Response

from walmu_api.access import use_log
from walmu_api.access.connected_systems.registry import Registry, System
from walmu_api.access.scopes import Scope
from walmu_api.access.tokens import INVALID_TOKEN, TokenError, Tokens, refuse
from walmu_api.access.visibility import require_still_seen
from walmu_api.foundation import answers, bodies, preconditions, reasons
from walmu_api.foundation.admission import Admission, Gate
from walmu_api.foundation.clock import Clock
from walmu_api.foundation.database import APP, AUDITOR, Database, Tenancy
from walmu_api.foundation.journal import Actor
from walmu_api.foundation.negotiation import answer_type, offered
from walmu_api.foundation.openapi import IF_NONE_MATCH_LIMIT
from walmu_api.foundation.problems import (
    IDEMPOTENCY_KEY_REQUIRED,
    INVALID_VALUE,
    REPEATED_PARAMETER,
    UNKNOWN_PARAMETER,
    UNSUPPORTED_MEDIA_TYPE,
    Kind,
    Text,
    invalid,
)
from walmu_api.foundation.secrecy import Keyring

ASIDE = 256 * 1024
"""Bytes from which on reading a body would be felt by others: some 1,200 lines, five milliseconds."""

FORBIDDEN = Kind(
    "forbidden", 403,
    Text("The right is missing", "Oikeus puuttuu", "Rättigheten saknas"),
    Text("This operation needs the scope {scope}.", "Toiminto vaatii oikeuden {scope}.", "Funktionen kräver rättigheten {scope}."),
)  # fmt: skip


@dataclass(frozen=True)
class House:
    """What the API is made of; `app` builds it once and every request finds it at `request.app.state.house`."""

    database: Database
    clock: Clock
    keyring: Keyring
    tokens: Tokens
    registry: Registry
    public_url: str
    admission: Admission
    token_gate: Gate
    body_seconds: float = bodies.SECONDS


@dataclass(frozen=True)
class Caller:
    """The connected system that calls, for whom, and with which rights."""

    system: System
    scopes: frozenset[str]
    person: str | None  # JSON text of the acting person
    request_id: str

    @property
    def organiser_id(self) -> UUID:
        return self.system.organiser_id

    @property
    def organisation_id(self) -> UUID:
        return self.system.organisation_id

    @property
    def narrowed_to(self) -> UUID | None:
        """A provider or workplace sees its own; organiser, record system and auditor the whole organiser."""
        return self.system.organisation_id if self.system.role in {"provider", "workplace"} else None

    @property
    def actor(self) -> Actor:
        return Actor(self.system.organisation_id, self.system.id, self.person)

    def tenancy(self, role: str = APP) -> Tenancy:
        return Tenancy(self.organiser_id, self.narrowed_to, role)


class Given:
    """A parameter of an operation that the guard fills in: FastAPI sees a dependency, but never has to solve it."""

    gives: str

    async def __call__(self) -> None:
        raise NotImplementedError("only a route of class GuardedRoute can have this parameter")


class Requires(Given):
    """The scope of an operation; `role` is the database role its transaction runs as."""

    gives = "caller"

    def __init__(self, scope: Scope | None, role: str) -> None:
        self.scope, self.role = scope, role


def requires(scope: Scope | None) -> Any:
    """The right that an operation needs; None for any connected system. Checked before the body is read."""
    return Depends(Requires(scope, AUDITOR if scope is Scope.USE_LOG_READ else APP))


@dataclass(frozen=True)
class Form:
    """A media type of a body: how it is read (multipart with its Content-Type), what the contract shows but for the model."""

    parse: Callable[..., Any]
    shown: Mapping[str, Any] | None = None
    takes_type: bool = False


class BodyOf(Given):
    """The body of an operation, read and validated before its transaction begins."""

    gives = "body"

    def __init__(self, model: Any, limit: int, forms: Mapping[str, Form]) -> None:
        self.model, self.limit = model, limit
        adapter: TypeAdapter[Any] = TypeAdapter(model)
        self.forms = forms or {answers.JSON: Form(lambda raw: bodies.validate(adapter, raw))}


def body(model: Any, *, limit: int = bodies.BODY_LIMIT, forms: Mapping[str, Form] | None = None) -> Any:
    """A JSON body of this model; a batch has its own `forms`, which judge line by line."""
    return Depends(BodyOf(model, limit, forms or {}))


class TheSession(Given):
    """The transaction of the request."""

    gives = "session"


InSession = Depends(TheSession())


class Retry(Given):
    """What makes a retry of a POST harmless: `key_required` unless the body has a source_id; acts need neither."""

    def __init__(self, key_required: bool) -> None:
        self.key_required = key_required


creates = Depends(Retry(key_required=True))
"""Marks a POST that creates: it takes Idempotency-Key, and needs it when the body has no source_id."""
acts = Depends(Retry(key_required=False))
"""Marks a POST that changes a record's state: it takes Idempotency-Key."""


def _marker(route: APIRoute, kind: type) -> Any:
    return next((d.call for d in route.dependant.dependencies if isinstance(d.call, kind)), None)


class GuardedRoute(APIRoute):
    """A route behind the guard. Everything a request needs happens in `_handle`, in the order the module names."""

    def _given_by_the_guard(self) -> Dependant:
        """What FastAPI still has to work out for this route. Caller, body and session are there when the operation runs:
        they are handed over as they are, where FastAPI would run a solver of its own for each (a tenth of a request)."""
        whole = self.dependant
        given = {d.name: d.call.gives for d in whole.dependencies if d.name and isinstance(d.call, Given)}
        rest = [d for d in whole.dependencies if not isinstance(d.call, Given)]
        endpoint, request_name = whole.call, whole.request_param_name or "request"
        assert endpoint is not None

        async def call(**values: Any) -> Any:
            request: Request = values[request_name] if whole.request_param_name else values.pop(request_name)
            state = request.scope["state"]
            return await endpoint(**values, **{name: state[what] for name, what in given.items()})

        return replace(whole, dependencies=rest, call=call, request_param_name=request_name)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        whole, self.dependant = self.dependant, self._given_by_the_guard()
        handler = super().get_route_handler()
        self.dependant = whole  # the contract is read from it
        right: Requires = _marker(self, Requires)
        reader: BodyOf | None = _marker(self, BodyOf)
        retry: Retry | None = _marker(self, Retry)
        known = frozenset(parameter.alias for parameter in self.dependant.query_params)
        types = offered(self.responses.get(200) or {}, getattr(self.response_class, "media_type", None))
        operation = self.operation_id or self.name
        resource = str(self.tags[0]) if self.tags else ""

        async def handle(request: Request, house: House, caller: Caller) -> Response:
            form = _check_size_and_type(request, reader) if reader is not None else None
            request.state.answer_type = answer_type(request.headers.getlist("accept"), types)
            if right.scope is not None and right.scope not in caller.scopes:
                raise FORBIDDEN(scope=right.scope.value)
            raw = await bodies.read(request.stream(), reader.limit, house.body_seconds) if reader is not None else b""
            request.state.caller = caller
            request.state.body = await _parsed(form, raw, request) if form is not None else None
            _check_query(request, known)
            key = request.headers.get("idempotency-key") if retry is not None else None
            sourced = getattr(request.state.body, "source_id", None) is not None
            if retry is not None and retry.key_required and key is None and not sourced:
                raise IDEMPOTENCY_KEY_REQUIRED()
            async with house.database.transaction(caller.tenancy(right.role)) as session:
                request.state.session = session
                taken = None
                if key is not None:
                    claimed = await preconditions.claim(
                        session, house.keyring, caller.system.id, operation, key, request.url.path, raw
                    )
                    if isinstance(claimed, Response):
                        await require_still_seen(session, caller)
                        if session.clients_seen:
                            await use_log.append(session, caller, operation, resource)
                        return claimed
                    taken = claimed
                response = await handler(request)
                if (session.clients_seen or session.searched) and not session.use_logged:
                    await use_log.append(session, caller, operation, resource)
                if taken is not None and response.status_code < 300:
                    await preconditions.keep(session, house.keyring, taken, response)
            return preconditions.not_modified(request, response)

        return _let_in(handle)


def _let_in(handle: Callable[[Request, House, Caller], Awaitable[Response]]) -> Callable[[Request], Any]:
    """First who calls, then whether there is a place for it; the body is read in that place, so bodies have their bound."""

    async def enter(request: Request) -> Response:
        house: House = request.app.state.house
        caller = await authenticate(request, house)
        request.scope["walmu_fields"] = lambda: house.admission.fields(caller.system.id)
        async with house.admission.place(caller.system.id):
            return await handle(request, house, caller)

    return enter


async def _parsed(form: Form, raw: bytes, request: Request) -> Any:
    """A large body beside the loop, so that other requests are answered meanwhile; a file always, as it may be packed."""
    if form.takes_type:
        return await asyncio.to_thread(form.parse, raw, request.headers["content-type"])
    return await asyncio.to_thread(form.parse, raw) if len(raw) > ASIDE else form.parse(raw)


async def authenticate(request: Request, house: House) -> Caller:
    """The caller of a request, or the one answer that every bad token gets."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    try:
        if scheme.lower() != "bearer" or not token:
            raise TokenError("no-token")
        claims = house.tokens.verify(token.strip())
    except TokenError as error:
        raise refuse(INVALID_TOKEN, error, "Bearer") from None
    system = await house.registry.find(house.database, claims["client_id"])
    if system is None or system.revoked:
        raise refuse(INVALID_TOKEN, TokenError("unknown-system"), "Bearer")
    person = use_log.person_text(claims.get("act"))
    request.scope["walmu_system"] = str(system.id)
    scopes = frozenset(claims["scope"].split()) & system.scopes
    return Caller(system, scopes, person, request.scope.get("walmu_request_id", ""))


def _check_size_and_type(request: Request, reader: BodyOf) -> Form:
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > reader.limit:
        raise bodies.too_large(reader.limit, int(length))
    told = request.headers.getlist("content-type")
    media_type, *parameters = [part.strip().lower() for part in (told[0] if len(told) == 1 else "").split(";")]
    charsets = {part.removeprefix("charset=").strip('"') for part in parameters if part.startswith("charset=")}
    packed = request.headers.get("content-encoding", "identity").strip().lower() != "identity"
    if media_type not in reader.forms or charsets - {"utf-8"} or packed:
        raise UNSUPPORTED_MEDIA_TYPE(expected=", ".join(reader.forms))
    return reader.forms[media_type]


def _check_query(request: Request, known: frozenset[str]) -> None:
    if len(request.headers.get("if-none-match", "")) > IF_NONE_MATCH_LIMIT:
        raise invalid(
            INVALID_VALUE.at("/header/If-None-Match", reason=reasons.TOO_LONG, max_length=IF_NONE_MATCH_LIMIT)
        )
    if not request.scope["query_string"]:
        return
    given = [name for name, _ in request.query_params.multi_items()]
    wrong = [UNKNOWN_PARAMETER.at(bodies.pointer(("query", name[:64]))) for name in given if name not in known]
    wrong += [
        REPEATED_PARAMETER.at(bodies.pointer(("query", name)))
        for name in sorted(set(given) & known)
        if given.count(name) > 1
    ]
    if wrong:
        raise invalid(*wrong[:20])


__all__ = ["Caller", "Form", "GuardedRoute", "House", "InSession", "acts", "body", "creates", "requires"]
