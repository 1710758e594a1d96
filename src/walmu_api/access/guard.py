"""Who is calling, and the path that every guarded request takes: `GuardedRoute`.

In this order, so that the first refusal is always the right one: token (401), admission (429, 503), size (413), media
types (415, 406), scope (403), body (400, 422), names of query parameters (422), Idempotency-Key (400), values of
parameters (422); then one transaction in which the operation runs, the use log is written and an Idempotency-Key keeps
its answer; then the answer leaves. The endpoint shows its right in its signature:
`caller: Annotated[Caller, requires(Scope.ATTENDANCE_WRITE)]` (ADR 20)."""

from collections.abc import Awaitable, Callable, Coroutine
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.responses import Response
from starlette.types import Receive, Send
from starlette.types import Scope as AsgiScope

from walmu_api.access import audiences, deliveries, merged_clients, use_log
from walmu_api.access.authentication import authenticate
from walmu_api.access.bodies import Form, declared, form_of, parsed
from walmu_api.access.caller import Caller
from walmu_api.access.context import RequestContext
from walmu_api.access.deferring import accepting
from walmu_api.access.deferring.jobs import prefers_later
from walmu_api.access.markers import (
    BodyOf,
    Cost,
    Deferrable,
    FollowsMerges,
    InjectedParameter,
    Requires,
    Retry,
    marker,
)
from walmu_api.access.parameters import Parameters
from walmu_api.access.sent_back import SentBack
from walmu_api.access.system_registry import Registry
from walmu_api.access.tokens import Tokens
from walmu_api.foundation import past_days, preconditions, problem_responses, request_body, responses
from walmu_api.foundation.clock import Clock
from walmu_api.foundation.content_types import Content
from walmu_api.foundation.database import Database
from walmu_api.foundation.encryption import Keyring
from walmu_api.foundation.hanging_up import unless_gone
from walmu_api.foundation.heavy_lane import Lane
from walmu_api.foundation.load_shedding import Admission, cost_of
from walmu_api.foundation.negotiation import answer_type, offered
from walmu_api.foundation.one_at_a_time import OneAtATime
from walmu_api.foundation.problems import IDEMPOTENCY_KEY_REQUIRED, Problem, ProblemType, refuse
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
    token_gate: Admission  # of client addresses
    worksheets: Worksheets
    imports: OneAtATime
    body_seconds: float = request_body.SECONDS
    seeding_file: Path | None = None
    operations_port: int | None = None
    lane: Lane | None = None  # None: this process does all by itself

    @property
    def databases(self) -> tuple[Database, ...]:
        """One for each login of the API."""
        return self.database, self.supervision


CLIENTS = "clients"
"""The tag of the operations of clients themselves."""


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
        right: Requires = marker(self, Requires)
        self._right = right
        self._reader: BodyOf | None = marker(self, BodyOf)
        self._retry: Retry | None = marker(self, Retry)
        self._cost: Cost = marker(self, Cost) or Cost()
        self.answers_later = marker(self, Deferrable) is not None
        self._offered = offered(
            self.responses.get(200) or {}, getattr(self.response_class, "media_type", None)
        )
        self.shows = (self.responses.get(200) or {}).get("model")
        self._operation = self.operation_id or self.name
        self._resource = str(self.tags[0]) if self.tags else ""
        self._sent_back: SentBack | None = None
        names = {field.name for field in (*dependant.query_params, *dependant.path_params)}
        self._follows = (
            "client_id" in names and self._resource != CLIENTS and marker(self, FollowsMerges) is None
        )
        return self._enter

    def replaces(self, reading: "GuardedRoute") -> None:
        """This PUT takes back what that GET, of the same path, gives."""
        assert self._reader is not None
        self._sent_back = SentBack(self._reader.model, reading.shows, reading.read_within)

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
        """First who calls, then whether there is a place for it; the body is read in that place, so bodies have their
        bound. What takes long gives the place back and goes into the heavy lane, where there is one."""
        app_context: AppContext = request.app.state.app_context
        caller = await authenticate(request, app_context.tokens, app_context.registry, app_context.database)
        system, lane, admission = caller.system.id, app_context.lane, app_context.admission
        request.scope["walmu_fields"] = lambda: admission.fields(system)
        length = declared(request)
        taken = length if self._reader is not None and length <= self._reader.limit else 0
        arrived: bytes | None = None
        async with admission.place(system, self._cost.of(request, taken)):
            form = self._checked(request, caller)
            alone = form is not None and form.then is not None
            heavy = lane is not None and self._is_heavy(request, form, length)
            if not heavy:
                arrived = raw = await self._read(request)
                if raw and not length:  # only now its cost is known
                    admission.charge(system, cost_of(len(raw), own=0))
                    heavy = lane is not None and self._is_heavy(request, form, len(raw))
                if not heavy:
                    async with app_context.imports.place(system) if alone else nullcontext():
                        response = await self._answer(request, app_context, caller, form, raw)
                    response.raw_headers.append(self._caching)
                    return response
        assert lane is not None
        async with app_context.imports.place(system) if alone else nullcontext():
            return await lane.answer(system, request, lambda: self._read(request, arrived))

    async def answer_as(
        self, caller: Caller, request: Request, raw: bytes, app_context: AppContext
    ) -> Response:
        """What this caller is answered to a request that was taken in before, whose body this is (ADR 52)."""
        return await self._answer(request, app_context, caller, self._checked(request, caller), raw)

    def _is_heavy(self, request: Request, form: Form | None, length: int) -> bool:
        """A file that is only taken in, to be read later, is not."""
        taken_in = request.state.later and form is not None and form.takes_type
        return not taken_in and self._cost.is_heavy(length, request.state.answer_type)

    def _checked(self, request: Request, caller: Caller) -> Form | None:
        """What can be told without the body."""
        reader, right = self._reader, self._right
        form = form_of(request, reader.limit, reader.forms) if reader is not None else None
        request.state.answer_type = answer_type(request.headers.getlist("accept"), self._offered)
        request.state.later = self.answers_later and prefers_later(request.headers.getlist("prefer"))
        if form is not None and request.state.later:
            form = replace(form, then=None)
        if right.scope is not None and right.scope not in caller.scopes:
            raise FORBIDDEN(scope=right.scope.value)
        return form

    async def _read(self, request: Request, arrived: bytes | None = None) -> bytes:
        if arrived is not None or self._reader is None:
            return arrived or b""
        seconds = request.app.state.app_context.body_seconds
        return await request_body.read(request.stream(), self._reader.limit, seconds)

    async def _answer(
        self, request: Request, app_context: AppContext, caller: Caller, form: Form | None, raw: bytes
    ) -> Response:
        try:
            return await self._serve(request, app_context, caller, form, raw)
        except Problem as problem:
            if (ctx := request.scope.get("walmu_context")) is not None:
                of = (problem, self._operation, self._resource)
                await use_log.append_refusal(app_context.database, ctx, *of)
            raise

    async def _serve(
        self, request: Request, app_context: AppContext, caller: Caller, form: Form | None, raw: bytes
    ) -> Response:
        retry, right = self._retry, self._right
        data, aside = await self._parsed(form, raw, request) if form is not None else (None, {})
        if form is not None and form.then is not None:
            data = await unless_gone(request, form.then(data, app_context.worksheets))
        refuse(past_days.check(data, app_context.clock.today))
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
        if request.state.later:
            database, keyring = app_context.database, app_context.keyring
            return await accepting.accept(database, keyring, caller, self._operation, request, raw)
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
                    claimed = await audiences.shown_again(ctx, self.shows, claimed)
                    await deliveries.log_answer(ctx, self._operation, self._resource, self.shows, claimed)
                    return claimed
                taken = claimed
            await self._of_one_client(ctx, values, data)
            if aside and self._sent_back is not None:
                await self._sent_back.compare(request, ctx, aside)
            response = await self._operate(request, ctx, values, data)
            await deliveries.log_answer(ctx, self._operation, self._resource, self.shows, response)
            if taken is not None and response.status_code < 300:
                await preconditions.keep(session, app_context.keyring, taken, response)
            if (keeps := request.scope.get("walmu_keeps")) is not None:  # a job's answer
                await keeps(ctx, response)
        return preconditions.not_modified(request, response)

    async def _of_one_client(self, ctx: RequestContext, values: dict[str, Any], data: Any) -> None:
        """A client who was merged into another is read under that one, and written under it alone."""
        if self._follows and values["client_id"] is not None:
            values["client_id"] = await merged_clients.follow(ctx, values["client_id"])
        await merged_clients.refuse_merged(ctx, data)

    async def _parsed(self, form: Form, raw: bytes, request: Request) -> tuple[Any, Content]:
        """The body, and what it holds beside it that only the server sets (`sent_back`)."""
        try:
            return await parsed(form, raw, request), {}
        except Problem as refused:
            if self._sent_back is None:
                raise
            raw, aside = self._sent_back.parted(raw, refused)
            return await parsed(form, raw, request), aside

    async def _operate(
        self, request: Request, ctx: RequestContext, values: dict[str, Any], data: Any
    ) -> Response:
        given = {"context": ctx, "body": data}
        values |= {name: given[what] for name, what in self._given.items()}
        if self.dependant.request_param_name:
            values[self.dependant.request_param_name] = request
        response = await audiences.shown(ctx, self.shows, await self._endpoint(**values))
        return responses.without_odd_text(response)

    async def read_within(self, request: Request, ctx: RequestContext) -> Response | None:
        """What this operation answers to the caller within another one; None where it has no right to it."""
        if self._right.scope is not None and self._right.scope not in ctx.caller.scopes:
            return None
        return await self._operate(request, ctx, self._parameters.read(request), None)


class RouteWithoutClientData(GuardedRoute):
    """A route of what is about no client, such as codes: a cache may store its answers and asks before each use."""

    _caching = (b"cache-control", b"no-cache")
