"""Problems as RFC 9457 answers, in the language the caller asked for; and what the database or the framework
raised, as problems."""

import re
from typing import Any

import asyncpg
import sqlalchemy.exc
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic_core import to_json
from starlette.exceptions import HTTPException
from starlette.responses import Response

from walmu_api.foundation.negotiation import language_of
from walmu_api.foundation.problems import INVALID, METHOD_NOT_ALLOWED, NOT_FOUND, UNAVAILABLE, Problem
from walmu_api.foundation.request_body import finding

MEDIA_TYPE = "application/problem+json"
_NOT_OF_OAUTH = re.compile(r"[^ !#-\[\]-~]")
"""What an `error_description` may not hold (RFC 6749, 5.2), which OAuth clients read beside the problem's members."""
log = structlog.get_logger()
_PASSING = frozenset({"40001", "40P01", "25006", "25P03"})
"""Lost a race, in a deadlock, the database is read-only (a failover), idle too long: nothing the caller did
wrong."""


def document(problem: Problem, language: str, public_url: str, request_id: str) -> dict[str, Any]:
    kind = problem.kind
    data: dict[str, Any] = {
        "type": f"{public_url}/problems/{kind.code}",
        "title": kind.title.render(language, {}),
        "status": kind.status,
        "detail": kind.detail.render(language, problem.values),
        "code": kind.code,
        "instance": request_id,
    }
    if problem.errors:
        data["errors"] = [error.render(language) for error in problem.errors]
    if "error" in problem.members:
        data["error_description"] = _NOT_OF_OAUTH.sub("", kind.detail.render("en", problem.values))
    return data | problem.members


def answer(problem: Problem, request: Request) -> Response:
    language = language_of(request.headers.get("accept-language"))
    data = document(
        problem, language, request.app.state.public_url, request.scope.get("walmu_request_id", "")
    )
    headers = {
        "Content-Language": language,
        "Vary": "Accept-Language",
        "Cache-Control": "no-store",
    } | problem.headers
    return Response(to_json(data), problem.kind.status, headers, MEDIA_TYPE)


_GONE = (
    sqlalchemy.exc.TimeoutError,
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
"""No connection, or none any more; the last is what the driver says when it is asked for a rollback after
that."""


def from_database(error: BaseException) -> Problem | None:
    """A fault of the database that the caller can do something about: wait and try again."""
    if isinstance(error, sqlalchemy.exc.DBAPIError) and error.orig is not None:
        error = error.orig.__cause__ or error.orig
    if isinstance(error, _GONE):
        return UNAVAILABLE().with_headers(Retry_After="2")
    state = getattr(error, "sqlstate", None) or ""
    if state[:2] in {"08", "53", "55", "57", "58"} or state in _PASSING:
        return UNAVAILABLE().with_headers(Retry_After="1")
    return None


def install(app: FastAPI) -> None:
    """Every error that leaves the API is a problem document, the router's own included."""

    async def problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)
        return answer(error, request)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        found = [finding(e) for e in error.errors()]
        return answer(Problem(INVALID, found), request)

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if error.status_code == 405 and (allowed := request.app.state.methods.allowed(request.url.path)):
            return answer(METHOD_NOT_ALLOWED().with_headers(Allow=", ".join(allowed)), request)
        return answer(NOT_FOUND(), request)

    app.add_exception_handler(Problem, problem)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)
