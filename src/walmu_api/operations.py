"""Health and metrics: no token, no client data.

With `WALMU_OPERATIONS_PORT` the metrics are there alone, and health on both ports. However many ask at once, the
database is asked and the figures are collected once for all of them."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from fastapi import FastAPI, Request, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic_core import to_json

from walmu_api.access.guard import AppContext
from walmu_api.foundation import problem_responses, responses
from walmu_api.foundation.database import Tenancy
from walmu_api.foundation.feed_lag import FeedLag
from walmu_api.foundation.health import Health
from walmu_api.foundation.middleware import Metrics
from walmu_api.foundation.migrating import head
from walmu_api.foundation.openapi import Responses, gives
from walmu_api.foundation.problems import SEEDING, UNAVAILABLE

_NOT_STORED = {"Cache-Control": "no-store"}
METRICS_EVERY, LOOKED_EVERY = 1.0, 0.05
"""Seconds between two collections of the figures, and between two questions to the database."""
APART = 0.01
"""Seconds between two answers with figures: each may be hundreds of kilobytes."""

T = TypeVar("T")


class ForAll(Generic[T]):
    """One answer for all that ask while it is awaited, made at most every so many seconds. It is never older than the
    question."""

    def __init__(self, make: Callable[[], Awaitable[T]], every: float) -> None:
        self._make, self._every = make, every
        self._coming: asyncio.Task[T] | None = None
        self._made_at = -math.inf

    async def get(self) -> T:
        if self._coming is None:
            self._coming = asyncio.create_task(self._next())
        return await asyncio.shield(self._coming)

    async def _next(self) -> T:
        await asyncio.sleep(max(0.0, self._made_at + self._every - time.monotonic()))
        self._made_at, self._coming = time.monotonic(), None  # who comes from now on waits for the next one
        return await self._make()


def _database_of(app: FastAPI) -> Callable[[], Awaitable[float]]:
    async def look() -> float:
        """The milliseconds that the database took to answer; raises when it cannot be served from."""
        app_context: AppContext = app.state.app_context
        started = time.perf_counter()
        async with asyncio.timeout(2), app_context.database.transaction(Tenancy(None)) as session:
            found = await session.fetchval("select version_num from alembic_version")
        if found != head():
            raise UNAVAILABLE().with_headers(Retry_After="5")
        return round((time.perf_counter() - started) * 1000, 1)

    return look


def _figures_of(app: FastAPI, metrics: Metrics) -> Callable[[], Awaitable[bytes]]:
    feed_lag = FeedLag()

    async def collect() -> bytes:
        app_context: AppContext = app.state.app_context
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
        return generate_latest(metrics.registry)

    return collect


def add_to(app: FastAPI, metrics: Metrics) -> None:
    """The routes `/livez`, `/readyz` and `/metrics`."""
    looked = ForAll(_database_of(app), LOOKED_EVERY)
    collected, one_by_one = ForAll(_figures_of(app, metrics), METRICS_EVERY), asyncio.Lock()

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
        app_context: AppContext = request.app.state.app_context
        if request.app.state.leaving:
            raise UNAVAILABLE().with_headers(Retry_After="5")
        if app_context.seeding_file is not None and app_context.seeding_file.exists():
            raise SEEDING().with_headers(Retry_After="2")
        data = {"status": "ready", "database_ms": await looked.get()}
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
    async def get_metrics() -> Response:
        """Counters and histograms in the Prometheus text format; `walmu_feed_lag_seconds` is how long the
        oldest open write holds the change feed back, and no number while the database does not answer. Collected once a
        second at most; on the operations port alone, where the service has one."""
        data = await collected.get()
        async with one_by_one:
            await asyncio.sleep(APART)
            return Response(data, media_type=CONTENT_TYPE_LATEST)
