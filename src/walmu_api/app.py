"""The composition root of the HTTP API: the one file that knows every router."""

import asyncio
import gc
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from fastapi.routing import APIRoute
from fastapi.staticfiles import StaticFiles
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.routing import BaseRoute

from walmu_api import contract, operations
from walmu_api.access.connected_systems import routes as connected_systems
from walmu_api.access.connected_systems import token_routes as tokens
from walmu_api.access.guard import AppContext, GuardedRoute
from walmu_api.access.import_jobs import routes as jobs
from walmu_api.access.system_registry import Registry
from walmu_api.access.tokens import Tokens
from walmu_api.access.use_log_reading import routes as use_log
from walmu_api.adapters.ehr import conflict_routes as ehr_conflicts
from walmu_api.adapters.ehr import routes as ehr
from walmu_api.adapters.national import document_routes as documents
from walmu_api.adapters.national import routes as national
from walmu_api.adapters.national.validation.official_schema import Official
from walmu_api.exchange.changes import routes as changes
from walmu_api.exchange.versions import routes as versions
from walmu_api.foundation import heavy_process, problem_responses
from walmu_api.foundation.clock import Clock
from walmu_api.foundation.database import Database
from walmu_api.foundation.encryption import Keyring
from walmu_api.foundation.load_shedding import TOKENS, Admission, Limits
from walmu_api.foundation.logins import AUDITOR
from walmu_api.foundation.logs import configure
from walmu_api.foundation.middleware import Edge, Methods, Metrics
from walmu_api.foundation.negotiation import language_of
from walmu_api.foundation.one_at_a_time import OneAtATime
from walmu_api.foundation.problems import NOT_FOUND
from walmu_api.foundation.worksheets.reading import Worksheets
from walmu_api.record import registry
from walmu_api.record.everyday.attendance.definition import ATTENDANCE
from walmu_api.reports.follow_up import routes as follow_up
from walmu_api.reports.impact import routes as impact
from walmu_api.reports.overview import routes as overview
from walmu_api.settings import Settings


def _routers() -> Iterator[APIRouter]:
    yield from (tokens.router, connected_systems.router, jobs.router)
    for resource in registry.RESOURCES:
        if resource.definition is ATTENDANCE:
            yield follow_up.router  # before it, so that /attendance/missing is no id
        yield from resource.routers
    yield from (overview.router, impact.router, national.router, documents.router)
    yield from (changes.router, versions.router, use_log.router, ehr.router, ehr_conflicts.router)


PAGES: dict[str, dict[str, Any]] = {
    path: {"get": {}}
    for path in (
        "/docs",
        "/docs/start.js",
        "/docs/licence",
        "/docs/files/{file}",
        "/openapi.json",
        contract.PART,
        "/problems",
        "/problems/{code}",
    )
}
"""What people read: not part of the contract, but known when a path is asked for its methods."""
WRITTEN_ALL_DAY = ("recordAttendance", "recordAttendanceBatch")
BUSIEST = {"attendance", "changes"}
AUDITORS_AT_ONCE = 4
"""Connections that read the use log; nobody reads it all day."""


def _rank(route: BaseRoute) -> int:
    """Paths are tried one by one: the ones asked most come first."""
    if getattr(route, "operation_id", None) in WRITTEN_ALL_DAY:
        return 0
    return 1 if BUSIEST.intersection(getattr(route, "tags", ())) else 2


def build_app_context(settings: Settings, database_url: str, auditor_url: str) -> AppContext:
    """Everything the API is made of, for these settings."""
    clock = Clock(settings.clock_file)
    keyring = Keyring.read(settings.keyring_file)
    return AppContext(
        database=Database(
            database_url, clock, pool_size=settings.database.pool_size, application="walmu-api"
        ),
        supervision=Database(
            auditor_url, clock, group=AUDITOR, pool_size=AUDITORS_AT_ONCE, application="walmu-auditor"
        ),
        clock=clock,
        keyring=keyring,
        tokens=Tokens(settings.api.public_url, keyring.signing),
        registry=Registry(),
        public_url=settings.api.public_url,
        admission=Admission(settings.limits),
        token_gate=Admission(TOKENS),
        worksheets=Worksheets(),
        imports=OneAtATime(),
        seeding_file=settings.api.seeding_file,
        operations_port=settings.api.operations_port,
    )


def create_app(app_context: AppContext, official: Official | None = None) -> FastAPI:
    """The API of this house; `official` are the schema files that an operator has put beside it."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        for database in app_context.databases:
            await database.require_safe_login()
        _spare_the_collector()
        yield
        for database in app_context.databases:
            await database.close()

    app = FastAPI(
        title="Walmu API",
        version=contract.VERSION,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        separate_input_output_schemas=False,
        # ours are in the edge; the framework's would tell addresses, and ask for every request whether
        # anybody listens
        telemetry={"tracing": False, "metrics": False, "logs": False},
        lifespan=lifespan,
    )
    metrics = Metrics()
    app.state.app_context = app_context
    app.state.public_url = app_context.public_url
    app.state.official = official
    app.state.operations_port = app_context.operations_port
    app.state.leaving = False  # true from SIGTERM on
    for (
        router
    ) in _routers():  # as they are: what `include_router` puts around a router matches every path twice
        app.router.routes.extend(router.routes)
    operations.add_to(app, metrics)
    in_order = [*app.router.routes]
    _pair(in_order)
    app.state.described = cache(lambda: contract.document(app.title, in_order, app_context.public_url))
    """The contract, made when it is first asked for: a second that nobody should wait for at the start."""
    app.state.methods = Methods(_methods(in_order) | PAGES)
    app.router.routes.sort(key=_rank)
    _add_documentation(app)
    problem_responses.install(app)
    # What FastAPI would put around it is done by the edge (unexpected errors) and by the guard (the size of
    # bodies).
    within = ExceptionMiddleware(AsyncExitStackMiddleware(app.router), handlers=app.exception_handlers)
    app.middleware_stack = Edge(within, metrics)
    return app


def serve_heavy(app: FastAPI, log_level: str, listener: socket.socket) -> None:
    """The same application in the process of heavy requests: who gets in was decided in the serving process, which also
    writes the log line and the metrics of each request (ADR 53)."""
    app_context: AppContext = app.state.app_context
    app.state.app_context = replace(app_context, admission=Admission(Limits(10**6, 10**6, 1000)))
    configure(log_level if log_level in {"error", "critical"} else "warning")
    _spare_the_collector()

    async def close() -> None:
        for database in app_context.databases:
            await database.close()

    heavy_process.serve(listener, app, close)


def _spare_the_collector() -> None:
    """What was built at the start stays for good: the cycle collector need not walk through it again and
    again while batches make thousands of short-lived objects (half of a batch's time in Python). Four batches
    of 500 lines in work hold some 20,000 at once, and free them without it. Cycles still are (ADR 24)."""
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)
    gc.enable()  # a process that was told to serve has waited with it until here


def _methods(routes: Sequence[BaseRoute]) -> dict[str, dict[str, Any]]:
    """The methods of each path, as the contract tells them."""
    known: dict[str, dict[str, Any]] = {}
    for route in routes:
        if isinstance(route, APIRoute):
            known.setdefault(route.path, {}).update(
                {key: {} for key in (each.lower() for each in route.methods or ())}
            )
    return known


def _pair(routes: Sequence[BaseRoute]) -> None:
    """Each PUT takes back what the GET of its path gives (ADR 49)."""
    guarded = [route for route in routes if isinstance(route, GuardedRoute)]
    reading = {route.path: route for route in guarded if "GET" in (route.methods or ())}
    for route in guarded:
        if "PUT" in (route.methods or ()):
            route.replaces(reading[route.path])


def _add_documentation(app: FastAPI) -> None:
    """The contract, and its human reference from files in the package: no address outside is asked."""
    whole = cache(lambda: contract.Published.of(app.state.described()))
    part = cache(lambda tag: contract.Published.of(contract.part_of(app.state.described(), tag)))
    files = resources.files("fastapi_offline").joinpath("static")
    app.mount("/docs/files", StaticFiles(directory=str(files)), name="docs-files")

    @app.get("/openapi.json", include_in_schema=False)
    async def openapi(request: Request) -> Response:
        return (await asyncio.to_thread(whole)).answer(request)

    @app.get(contract.PART, include_in_schema=False)
    async def openapi_of_tag(tag: str, request: Request) -> Response:
        if tag not in contract.TAG_OF:
            raise NOT_FOUND()
        return (await asyncio.to_thread(part, contract.TAG_OF[tag])).answer(request)

    @app.get("/docs", include_in_schema=False)
    async def docs() -> Response:
        return Response(contract.docs_page(), media_type="text/html", headers=contract.DOCS_HEADERS)

    @app.get("/docs/start.js", include_in_schema=False)
    async def docs_start() -> Response:
        return Response(contract.DOCS_SCRIPT, media_type="text/javascript")

    @app.get("/docs/licence", include_in_schema=False)
    async def licence(request: Request) -> Response:
        return contract.licence_page(language_of(request.headers.get("accept-language")))

    @app.get("/problems", include_in_schema=False)
    async def problem_index(request: Request) -> Response:
        return contract.problem_index(language_of(request.headers.get("accept-language")))

    @app.get("/problems/{code}", include_in_schema=False)
    async def problem_page(code: str, request: Request) -> Response:
        language = language_of(request.headers.get("accept-language"))
        return contract.problem_page(code, language)
