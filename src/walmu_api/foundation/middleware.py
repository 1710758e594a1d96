"""What every request passes: its id, HEAD and OPTIONS, the answer to what nobody expected, the log line, the
metrics.

Pure ASGI. The log names the route, never the address: an address may hold what a careless sender put into
it."""

import re
import time
from collections.abc import Iterable
from functools import cache
from typing import Any

import structlog
from fastapi import Request, Response
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from walmu_api.foundation import problem_responses
from walmu_api.foundation.identity_codes import ANYWHERE
from walmu_api.foundation.problems import INTERNAL, NOT_FOUND
from walmu_api.foundation.record_ids import uuid7

log = structlog.get_logger()
_REQUEST_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_TRACE = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_ODD_PATH = re.compile(rb"//|%2f|/\.{1,2}(/|$)", re.IGNORECASE)
"""Servers and proxies differ about what these mean; here they lead nowhere."""
_VISIBLE = re.compile(rb"[ -~]*")
HEALTH = ("/livez", "/readyz")
_ECHOED = (b"x-road-id", b"x-road-client", b"x-road-userid")


class Methods:
    """Which methods each path takes, read from the OpenAPI document."""

    def __init__(self, paths: dict[str, dict[str, Any]]) -> None:
        self._known = [
            (
                re.compile(
                    "/".join("[^/]+" if part.startswith("{") else re.escape(part) for part in path.split("/"))
                ),
                set(item),
            )
            for path, item in paths.items()
        ]

    def allowed(self, path: str) -> list[str]:
        found = {
            method.upper()
            for pattern, methods in self._known
            if pattern.fullmatch(path)
            for method in methods
        }
        if "GET" in found:
            found.add("HEAD")
        return sorted(found | {"OPTIONS"}) if found else []


class Metrics:
    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "walmu_requests", "Answered requests", ["operation", "status"], registry=self.registry
        )
        self.feed_lag = Gauge(
            "walmu_feed_lag_seconds", "Age of the oldest open write", registry=self.registry
        )
        self.connections = Gauge("walmu_database_connections_in_use", "Of the pool", registry=self.registry)
        self.seconds = Histogram(
            "walmu_request_seconds", "Time to answer", ["operation"], registry=self.registry
        )
        self.of = cache(
            lambda operation, status: (
                self.requests.labels(operation, status),
                self.seconds.labels(operation),
            )
        )
        """Counter and histogram of an operation and a status, found once."""


def _answered_here(scope: Scope, receive: Receive) -> Response | None:
    """What needs no route: a path that leads nowhere, and what a path takes."""
    port = scope["app"].state.operations_port
    if _ODD_PATH.search(scope.get("raw_path") or b"") or (port is not None and _of_other_port(scope, port)):
        return problem_responses.answer(NOT_FOUND(), Request(scope, receive))
    if scope["method"] == "OPTIONS" and (allowed := scope["app"].state.methods.allowed(scope["path"])):
        return Response(status_code=204, headers={"Allow": ", ".join(allowed)})
    return None


def _of_other_port(scope: Scope, operations_port: int) -> bool:
    """Where there is a port for operations, metrics are there alone, health on both, all else on the other one."""
    if scope["path"] in HEALTH:
        return False
    return bool((scope["server"][1] == operations_port) != (scope["path"] == "/metrics"))


class Edge:
    def __init__(self, app: ASGIApp, metrics: Metrics, quiet: Iterable[str] = (*HEALTH, "/metrics")) -> None:
        self.app, self.metrics, self.quiet = app, metrics, frozenset(quiet)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        given = headers.get(b"x-request-id", b"").decode("latin-1")
        # It goes into headers, errors and the use log: never an identity code.
        taken = _REQUEST_ID.fullmatch(given) and not ANYWHERE.search(given)
        scope["walmu_request_id"] = request_id = given if taken else str(uuid7())
        echo = [(b"x-request-id", request_id.encode())] + [
            (n, headers[n])
            for n in _ECHOED
            if n in headers
            and _VISIBLE.fullmatch(headers[n])
            and not ANYWHERE.search(headers[n].decode("latin-1"))
        ]
        head = scope["method"] == "HEAD"
        if head:  # in a scope of our own: the server must go on knowing that no body follows
            scope = {**scope, "method": "GET"}
        started = time.perf_counter()
        status = 0

        async def outward(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                fields = scope.get(
                    "walmu_fields", list
                )()  # how the caller stands, once it is known who calls
                message["headers"] = [
                    *message["headers"],
                    *echo,
                    *fields,
                    (b"x-content-type-options", b"nosniff"),
                ]
                closing = (b"connection", b"close")
                # the next request finds another process; or whether a refused body still comes is not known
                ends = scope["app"].state.leaving or (b"expect" in headers and status >= 400)
                if ends and closing not in message["headers"]:
                    message["headers"].append(closing)
            elif head:
                message = {**message, "body": b""}
            await send(message)

        try:
            await (_answered_here(scope, receive) or self.app)(scope, receive, outward)
        except Exception as error:
            if status:
                raise
            await self._unexpected(error, scope, receive, outward)
        finally:
            self._log_and_count(scope, status, time.perf_counter() - started, headers)

    async def _unexpected(self, error: Exception, scope: Scope, receive: Receive, send: Send) -> None:
        """A fault of the database is 503; anything else is ours. The log gets kind and place, never a value."""
        if isinstance(error, ClientDisconnect):  # nobody is there to be answered, and nothing of ours failed
            return
        problem = problem_responses.from_database(error)
        place = error.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        where = f"{place.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{place.tb_lineno}" if place else ""
        state = getattr(getattr(error, "orig", error), "sqlstate", None)
        log.error(
            "request failed",
            kind=type(error).__name__,
            where=where,
            sqlstate=state,
            request_id=scope["walmu_request_id"],
        )
        answer = problem_responses.answer(problem or INTERNAL(), Request(scope, receive))
        await answer(scope, receive, send)

    def _log_and_count(self, scope: Scope, status: int, seconds: float, headers: dict[bytes, bytes]) -> None:
        route = scope.get("route")
        operation = getattr(route, "operation_id", None) or "none"
        answered, took = self.metrics.of(operation, status)
        answered.inc()
        took.observe(seconds)
        if scope["path"] in self.quiet and status < 500:
            return
        trace = headers.get(b"traceparent", b"").decode("latin-1")
        log.info(
            "request",
            operation=operation,
            method=scope["method"],
            status=status,
            ms=round(seconds * 1000, 1),
            system=scope.get("walmu_system"),
            request_id=scope["walmu_request_id"],
            trace=trace if _TRACE.fullmatch(trace) else None,
        )
