"""The composition root of the HTTP API: the one file that knows every router."""

import asyncio
import gc
import math
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from functools import cache
from importlib import resources
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from fastapi.responses import PlainTextResponse
from fastapi.routing import APIRoute
from fastapi.staticfiles import StaticFiles
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic_core import to_json
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.routing import BaseRoute

from walmu_api import contract
from walmu_api.access.connected_systems import routes as connected_systems
from walmu_api.access.connected_systems import token_routes as tokens
from walmu_api.access.guard import AppContext
from walmu_api.access.import_jobs import routes as jobs
from walmu_api.access.system_registry import Registry
from walmu_api.access.tokens import Tokens
from walmu_api.access.use_log_reading import routes as use_log
from walmu_api.adapters.ehr import routes as ehr
from walmu_api.adapters.national import document_routes as documents
from walmu_api.adapters.national import routes as national
from walmu_api.adapters.national.validation.official_schema import Official
from walmu_api.exchange.changes import routes as changes
from walmu_api.exchange.versions import routes as versions
from walmu_api.foundation import problem_responses, responses
from walmu_api.foundation.clock import Clock
from walmu_api.foundation.database import Database, Tenancy
from walmu_api.foundation.encryption import Keyring
from walmu_api.foundation.feed_lag import FeedLag
from walmu_api.foundation.load_shedding import Admission, Gate
from walmu_api.foundation.logins import AUDITOR
from walmu_api.foundation.middleware import Edge, Methods, Metrics
from walmu_api.foundation.migrating import head
from walmu_api.foundation.negotiation import language_of
from walmu_api.foundation.one_at_a_time import OneAtATime
from walmu_api.foundation.openapi import Responses, gives
from walmu_api.foundation.problems import SEEDING, UNAVAILABLE
from walmu_api.foundation.schema_types import Health
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
    yield from (changes.router, versions.router, use_log.router, ehr.router)


PAGES: dict[str, dict[str, Any]] = {
    path: {"get": {}}
    for path in (
        "/docs",
        "/docs/start.js",
        "/docs/files/{file}",
        "/openapi.json",
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
        token_gate=Gate(8),
        worksheets=Worksheets(),
        imports=OneAtATime(),
        seeding_file=settings.api.seeding_file,
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
    app.state.leaving = False  # true from SIGTERM on
    for (
        router
    ) in _routers():  # as they are: what `include_router` puts around a router matches every path twice
        app.router.routes.extend(router.routes)
    _add_plain_routes(app, metrics)
    in_order = [*app.router.routes]
    app.state.described = cache(lambda: contract.document(app.title, in_order))
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


def _spare_the_collector() -> None:
    """What was built at the start stays for good: the cycle collector need not walk through it again and
    again while batches make thousands of short-lived objects (half of a batch's time in Python). Four batches
    of 500 lines in work hold some 20,000 at once, and free them without it. Cycles still are (ADR 24)."""
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)
    gc.enable()  # a process that was told to serve has waited with it until here


_NOT_STORED = {"Cache-Control": "no-store"}


def _add_plain_routes(app: FastAPI, metrics: Metrics) -> None:
    """Health and metrics: no token, no client data."""
    feed_lag = FeedLag()

    @app.get(
        "/livez", operation_id="isAlive", tags=["operation"], responses=gives(Health, "Live.", etag=False)
    )
    async def livez() -> Response:
        """The process answers. Never asks the database."""
        return Response(b'{"status":"live"}', 200, _NOT_STORED, responses.JSON)

    @app.get(
        "/readyz", operation_id="isReady", tags=["operation"], responses=gives(Health, "Ready.", etag=False)
    )
    async def readyz(request: Request) -> Response:
        """The database answers and has this version's tables, and the process is not on its way out; else
        503. The demo's is 503 `seeding` until its example data is there."""
        started = time.perf_counter()
        app_context: AppContext = request.app.state.app_context
        if request.app.state.leaving:
            raise UNAVAILABLE().with_headers(Retry_After="5")
        if app_context.seeding_file is not None and app_context.seeding_file.exists():
            raise SEEDING().with_headers(Retry_After="2")
        async with asyncio.timeout(2), app_context.database.transaction(Tenancy(None)) as session:
            found = await session.fetchval("select version_num from alembic_version")
        if found != head():
            raise UNAVAILABLE().with_headers(Retry_After="5")
        data = {"status": "ready", "database_ms": round((time.perf_counter() - started) * 1000, 1)}
        return Response(to_json(data), 200, _NOT_STORED, responses.JSON)

    text: Responses = {
        200: {"description": "The figures.", "content": {"text/plain": {"schema": {"type": "string"}}}}
    }

    @app.get(
        "/metrics",
        operation_id="getMetrics",
        tags=["operation"],
        response_class=PlainTextResponse,
        responses=text,
    )
    async def get_metrics(request: Request) -> Response:
        """Counters and histograms in the Prometheus text format; `walmu_feed_lag_seconds` is how long the
        oldest open write holds the change feed back, and no number while the database does not answer."""
        app_context: AppContext = request.app.state.app_context
        metrics.connections.set(app_context.database.connections.in_use)
        try:
            async with (
                asyncio.timeout(2),
                app_context.database.transaction(Tenancy(None, as_login=True)) as session,
            ):
                metrics.feed_lag.set(await feed_lag.look(session))
        except Exception as error:
            if problem_responses.from_database(error) is None:
                raise
            metrics.feed_lag.set(math.nan)
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)


def _methods(routes: Sequence[BaseRoute]) -> dict[str, dict[str, Any]]:
    """The methods of each path, as the contract tells them."""
    known: dict[str, dict[str, Any]] = {}
    for route in routes:
        if isinstance(route, APIRoute):
            known.setdefault(route.path, {}).update(
                {key: {} for key in (each.lower() for each in route.methods or ())}
            )
    return known


def _add_documentation(app: FastAPI) -> None:
    """The contract, and its human reference from files in the package: no address outside is asked."""
    data = cache(lambda: to_json(app.state.described()))
    files = resources.files("fastapi_offline").joinpath("static")
    app.mount("/docs/files", StaticFiles(directory=str(files)), name="docs-files")

    @app.get("/openapi.json", include_in_schema=False)
    async def openapi() -> Response:
        document = await asyncio.to_thread(data)
        return Response(document, media_type="application/json", headers={"Cache-Control": "no-cache"})

    @app.get("/docs", include_in_schema=False)
    async def docs() -> Response:
        return Response(contract.docs_page(), media_type="text/html", headers=contract.DOCS_HEADERS)

    @app.get("/docs/start.js", include_in_schema=False)
    async def docs_start() -> Response:
        return Response(contract.DOCS_SCRIPT, media_type="text/javascript")

    @app.get("/problems", include_in_schema=False)
    async def problem_index(request: Request) -> Response:
        return contract.problem_index(language_of(request.headers.get("accept-language")))

    @app.get("/problems/{code}", include_in_schema=False)
    async def problem_page(code: str, request: Request) -> Response:
        language = language_of(request.headers.get("accept-language"))
        return contract.problem_page(code, language)
