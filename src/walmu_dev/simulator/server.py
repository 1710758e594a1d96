"""The simulator put together: `create_simulator` for tests, `run` for a process of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from walmu_api.foundation.clock import Clock
from walmu_dev.settings import DevSettings
from walmu_dev.simulator.caseworker import Caseworker
from walmu_dev.simulator.content import NotUnderstoodError, refusal
from walmu_dev.simulator.control import control_router
from walmu_dev.simulator.faults import CLOSE, FaultPlan, Faults
from walmu_dev.simulator.front import Front, KeyRequired
from walmu_dev.simulator.lifecare import BASE, lifecare_router
from walmu_dev.simulator.store import Store

FILE_NAME = "ehr-simulator.sqlite3"


class ClosableProtocol(HttpToolsProtocol):
    """Lets the fault plan close a connection without an answer, which ASGI has no word for."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {CLOSE: self.transport.close}  # type: ignore[dict-item]


def _message(request: Request, status: int, text: str, headers: dict[str, str] | None = None) -> JSONResponse:
    member = "Message" if request.url.path.startswith(BASE) else "detail"
    return JSONResponse({member: text}, status, headers)


def _answer_errors(app: FastAPI) -> None:
    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> JSONResponse:
        return _message(request, error.status_code, str(error.detail), dict(error.headers or {}))

    @app.exception_handler(NotUnderstoodError)
    async def not_understood(request: Request, error: NotUnderstoodError) -> JSONResponse:
        return _message(request, 400, str(error))

    @app.exception_handler(RequestValidationError)
    @app.exception_handler(ValidationError)
    async def invalid(request: Request, error: RequestValidationError | ValidationError) -> JSONResponse:
        return _message(request, *refusal(error.errors()))


def create_simulator(settings: DevSettings) -> FastAPI:
    """The lifespan closes the state; where none runs (in-process tests) call `app.state.store.close()`."""
    clock = Clock(settings.clock_file)
    store = Store(settings.data_dir / FILE_NAME, clock)
    plan = FaultPlan(store)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        store.close()

    app = FastAPI(title="EHR simulator", openapi_url=None, redirect_slashes=False, lifespan=lifespan)
    app.state.store = store
    _answer_errors(app)
    app.include_router(lifecare_router(store))
    if settings.simulator.control:
        app.include_router(control_router(store, Caseworker(store, clock), plan, clock))

    @app.get("/livez")
    async def livez() -> dict[str, str]:
        return {"status": "live"}

    app.add_middleware(KeyRequired, api_key=settings.simulator.api_key)
    app.add_middleware(Faults, plan=plan, store=store)
    app.add_middleware(Front, store=store, clock=clock, api_key=settings.simulator.api_key)
    return app


def run(settings: DevSettings) -> None:
    """Serve until told to stop. No access log: addresses may hold what belongs in no log."""
    uvicorn.run(
        create_simulator(settings),
        host="127.0.0.1",
        port=settings.simulator.port,
        http=ClosableProtocol,
        access_log=False,
        date_header=False,  # `front` gives the shared clock's
        server_header=False,
        log_level=settings.log_level,
        timeout_graceful_shutdown=5,
    )
