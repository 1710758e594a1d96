"""Who is calling, and the path that every guarded request takes: `GuardedRoute`.

In this order, so that the first refusal is always the right one: token (401), admission (429, 503), size (413), media
types (415, 406), scope (403), body (400, 422), names of query parameters (422), Idempotency-Key (400), values of
parameters (422); then one transaction in which the operation runs, the use log is written and an Idempotency-Key keeps
its answer; then the answer leaves. The endpoint shows its right in its signature:
`caller: Annotated[Caller, requires(Scope.ATTENDANCE_WRITE)]` (ADR 20)."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import Depends, Request
from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from starlette.responses import Response
from starlette.types import Receive, Send
from starlette.types import Scope as AsgiScope

from walmu_api.access import audiences, deliveries, use_log
from walmu_api.access.bodies import Form, form_of, parsed, unless_gone
from walmu_api.access.caller import Caller
from walmu_api.access.context import RequestContext
from walmu_api.access.deferring import accepting
from walmu_api.access.deferring.jobs import prefers_later
from walmu_api.access.parameters import Parameters
from walmu_api.access.scopes import Scope
from walmu_api.access.system_registry import Registry
from walmu_api.access.tokens import INVALID_TOKEN, NO_TOKEN, TokenError, Tokens, challenge_for, refuse
from walmu_api.foundation import preconditions, problem_responses, request_body, responses
from walmu_api.foundation.clock import Clock
from walmu_api.foundation.database import Database
from walmu_api.foundation.encryption import Keyring
from walmu_api.foundation.load_shedding import Admission, Gate
from walmu_api.foundation.negotiation import answer_type, offered
from walmu_api.foundation.one_at_a_time import OneAtATime
from walmu_api.foundation.problems import IDEMPOTENCY_KEY_REQUIRED, Problem, ProblemType
from walmu_api.foundation.worksheets.reading import Worksheets

FORBIDDEN = ProblemType("forbidden", 403)


@dataclass(frozen=True)
class AppContext:
    """What the API is made of; `app` builds it once and every request finds it in `app.state`."""

    database: Database
    supervision: Database  # with the auditor's login: the only one that reads the use log
    clock: Clock
    keyring: Keyring
    tokens: Tokens
    registry: Registry
    public_url: str
    admission: Admission
    token_gate: Gate
    worksheets: Worksheets
    imports: OneAtATime
    body_seconds: float = request_body.SECONDS
    seeding_file: Path | None = None

    @property
    def databases(self) -> tuple[Database, ...]:
        """One for each login of the API."""
        return self.database, self.supervision


class InjectedParameter:
    """A parameter of an operation that the guard fills in: for FastAPI a dependency that is never solved."""

    gives: str

    async def __call__(self) -> None:
        raise NotImplementedError("only a route of class GuardedRoute can have this parameter")


class Requires(InjectedParameter):
    """The scope of an operation; the auditor's operations have the auditor's login to the database."""

    gives = "context"

    def __init__(self, scope: Scope | None) -> None:
        self.scope, self.supervises = scope, scope is Scope.USE_LOG_READ


def requires(scope: Scope | None) -> Any:
    """The right that an operation needs; None for any connected system. Checked before the body is read."""
    return Depends(Requires(scope))


class BodyOf(InjectedParameter):
    """The body of an operation, read and validated before its transaction begins."""

    gives = "body"

    def __init__(self, model: Any, limit: int, forms: Mapping[str, Form]) -> None:
        self.model, self.limit = model, limit
        adapter: TypeAdapter[Any] = TypeAdapter(model)
        self.forms = forms or {responses.JSON: Form(lambda raw: request_body.validate(adapter, raw, model))}


def body(model: Any, *, limit: int = request_body.BODY_LIMIT, forms: Mapping[str, Form] | None = None) -> Any:
    """A JSON body of this model; a batch has its own `forms`, which judge line by line."""
    return Depends(BodyOf(model, limit, forms or {}))


class Retry(InjectedParameter):
    """What makes a retry of a POST harmless: `key_required` unless the body has a source_id; acts need none."""

    def __init__(self, key_required: bool) -> None:
        self.key_required = key_required


idempotent_create = Depends(Retry(key_required=True))
"""Marks a POST that creates: it takes Idempotency-Key, and needs it when the body has no source_id."""
idempotent_action = Depends(Retry(key_required=False))
"""Marks a POST that changes a record's state: it takes Idempotency-Key."""


class Deferrable(InjectedParameter):
    """An operation that answers later, by a job, when it is asked to."""


deferrable = Depends(Deferrable())
"""Marks a POST that takes `Prefer: respond-async`; with it an Idempotency-Key gives the same job again (ADR 52)."""


def _marker(route: APIRoute, kind: type) -> Any:
    return next((d.call for d in route.dependant.dependencies if isinstance(d.call, kind)), None)


class GuardedRoute(APIRoute):
    """A route behind the guard. Everything a request needs happens in `_enter` and `_serve`, in the order the
    module names.

    No cache stores its answers (RFC 9111, 5.2.2.5): they may hold a client's data, or tell that there is none.

    The contract is read from what FastAPI knows of the route; a request goes past FastAPI's own handler,
    which would work out for every request what is known from the start, and keep stacks of things to close
    that nobody opens."""

    _caching = (b"cache-control", b"no-store")

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        dependant = self.dependant
        assert dependant.call is not None
        self._endpoint: Callable[..., Awaitable[Response]] = dependant.call
        self._given = {
            d.name: d.call.gives
            for d in dependant.dependencies
            if d.name and isinstance(d.call, InjectedParameter)
        }
        assert all(isinstance(d.call, InjectedParameter) for d in dependant.dependencies), (
            "nothing else is ever solved"
        )
        self._parameters = Parameters(dependant)
        right: Requires = _marker(self, Requires)
        self._right = right
        self._reader: BodyOf | None = _marker(self, BodyOf)
        self._retry: Retry | None = _marker(self, Retry)
        self.answers_later = _marker(self, Deferrable) is not None
        self._offered = offered(
            self.responses.get(200) or {}, getattr(self.response_class, "media_type", None)
        )
        self._shows = (self.responses.get(200) or {}).get("model")
        self._operation = self.operation_id or self.name
        self._resource = str(self.tags[0]) if self.tags else ""
        return self._enter

    async def handle(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        if scope["method"] not in (self.methods or ()):
            await super().handle(scope, receive, send)  # tells so
            return
        request = Request(scope, receive, send)
        try:
            response = await self._enter(request)
        except Problem as problem:
            response = problem_responses.answer(problem, request)
        await response(scope, receive, send)

    async def _enter(self, request: Request) -> Response:
        """First who calls, then whether there is a place for it; the body is read in that place, so bodies
        have their bound."""
        app_context: AppContext = request.app.state.app_context
        caller = await authenticate(request, app_context)
        system = caller.system.id
        request.scope["walmu_fields"] = lambda: app_context.admission.fields(system)
        async with app_context.admission.place(system):
            response = await self.answer_as(caller, request, app_context)
        response.raw_headers.append(self._caching)
        return response

    async def answer_as(self, caller: Caller, request: Request, app_context: AppContext) -> Response:
        """What this caller is answered; a refusal that tells of a client is logged."""
        try:
            return await self._serve(request, app_context, caller)
        except Problem as problem:
            if (ctx := request.scope.get("walmu_context")) is not None:
                of = (problem, self._operation, self._resource)
                await use_log.append_refusal(app_context.database, ctx, *of)
            raise

    async def _serve(self, request: Request, app_context: AppContext, caller: Caller) -> Response:
        reader, right = self._reader, self._right
        form = form_of(request, reader.limit, reader.forms) if reader is not None else None
        request.state.answer_type = answer_type(request.headers.getlist("accept"), self._offered)
        if right.scope is not None and right.scope not in caller.scopes:
            raise FORBIDDEN(scope=right.scope.value)
        if form is None or form.then is None or self._answers_later(request):
            return await self._answer(request, app_context, caller, form)
        async with app_context.imports.place(caller.system.id):
            return await self._answer(request, app_context, caller, form)

    def _answers_later(self, request: Request) -> bool:
        return self.answers_later and prefers_later(request.headers.getlist("prefer"))

    async def _answer(
        self, request: Request, app_context: AppContext, caller: Caller, form: Form | None
    ) -> Response:
        reader, retry, right = self._reader, self._retry, self._right
        raw = (
            await request_body.read(request.stream(), reader.limit, app_context.body_seconds)
            if reader is not None
            else b""
        )
        data = await parsed(form, raw, request) if form is not None else None
        later = self._answers_later(request)
        if form is not None and form.then is not None and not later:
            data = await unless_gone(request, form.then(data, app_context.worksheets))
        self._parameters.check_names(request)
        key = request.headers.get("idempotency-key") if retry is not None else None
        if (
            retry is not None
            and retry.key_required
            and key is None
            and getattr(data, "source_id", None) is None
        ):
            raise IDEMPOTENCY_KEY_REQUIRED()
        values = self._parameters.read(request)
        if later:
            return await accepting.accept(
                app_context.database, app_context.keyring, caller, self._operation, request, raw
            )
        database = app_context.supervision if right.supervises else app_context.database
        async with database.transaction(caller.tenancy) as session:
            ctx = RequestContext(session, caller, session.clock.today(), app_context.keyring)
            request.scope["walmu_context"] = ctx
            taken = None
            if key is not None:
                claimed = await preconditions.claim(
                    session,
                    app_context.keyring,
                    caller.system.id,
                    self._operation,
                    key,
                    request.url.path,
                    raw,
                )
                if isinstance(claimed, Response):
                    claimed = await audiences.shown_again(ctx, self._shows, claimed)
                    await deliveries.log_answer(ctx, self._operation, self._resource, self._shows, claimed)
                    return claimed
                taken = claimed
            given = {"context": ctx, "body": data}
            values |= {name: given[what] for name, what in self._given.items()}
            if self.dependant.request_param_name:
                values[self.dependant.request_param_name] = request
            response = await audiences.shown(ctx, self._shows, await self._endpoint(**values))
            await deliveries.log_answer(ctx, self._operation, self._resource, self._shows, response)
            if taken is not None and response.status_code < 300:
                await preconditions.keep(session, app_context.keyring, taken, response)
            if (keeps := request.scope.get("walmu_keeps")) is not None:  # a job's answer
                await keeps(ctx, response)
        return preconditions.not_modified(request, response)


class RouteWithoutClientData(GuardedRoute):
    """A route of what is about no client, such as codes: a cache may store its answers and asks before each use."""

    _caching = (b"cache-control", b"no-cache")


async def authenticate(request: Request, app_context: AppContext) -> Caller:
    """The caller of a request, or the one answer that every bad token gets."""
    # of two, who is to say which one the proxy in front looked at
    data = request.headers.getlist("authorization")
    scheme, _, token = (data[0] if len(data) == 1 else "").partition(" ")
    try:
        if scheme.lower() != "bearer" or not token:
            raise TokenError(NO_TOKEN)
        claims = app_context.tokens.verify(token.strip())
        client_id, key = claims["client_id"], claims["client_key"]
        system = await app_context.registry.find(app_context.database, client_id, key)
        if system is None or not system.may_call:
            raise TokenError("unknown-system")
    except TokenError as error:
        raise refuse(INVALID_TOKEN, error, challenge_for(error)) from None
    person = use_log.person_text(claims.get("act"))
    request.scope["walmu_system"], request.scope["walmu_key"] = str(system.id), key
    return Caller(
        system, _granted(claims["scope"], system.scopes), person, request.scope.get("walmu_request_id", "")
    )


@lru_cache(maxsize=256)  # a system asks with the same token for many requests
def _granted(scope: str, of_system: frozenset[str]) -> frozenset[str]:
    """What the token says and the system still has."""
    return frozenset(scope.split()) & of_system
