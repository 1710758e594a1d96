"""What can go wrong on the way, by plan: a pure ASGI middleware on the dialect's paths.

The plan lies in the store: a restart neither forgets a fault nor repeats one that is used up.
`status` and `html_login` answer in place of the record system; `drop_response`, `invalid_json` and `empty`
let it do the work and spoil the answer; `latency` only takes time."""

import asyncio
import random
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from walmu_dev.simulator.lifecare import BASE
from walmu_dev.simulator.store import Store

CLOSE = "ehr_simulator.close"  # in the scope's extensions: cuts the connection, put there by the server
LOGIN_PAGE = b"<!DOCTYPE html><html><head><title>Log in</title></head><body><form>Log in</form></body></html>"
NOT_JSON = b'{"Items": [{"Id": 1, "Stat'


class ResponseDroppedError(ConnectionError):
    """Where there is no socket to close (in-process tests), the caller gets this instead of an answer."""


class Fault(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Literal["status", "latency", "drop_response", "invalid_json", "empty", "html_login"]
    times: Annotated[int, Field(ge=1)] = 1
    method: str | None = None
    path: str | None = None
    status: Annotated[int, Field(ge=300, le=599)] = 503
    seconds: Annotated[float, Field(ge=0, le=600)] = 1.0
    retry_after: Annotated[int, Field(ge=0)] | None = None
    probability: Annotated[float, Field(ge=0, le=1)] = 1.0
    seed: int = 0
    draws: Annotated[int, Field(ge=0)] = 0  # how often luck was tried: with the seed it tells the next throw

    def concerns(self, method: str, path: str) -> bool:
        """`path` is the whole one or what follows the base path; below it all; `*` is anything."""
        if self.method is not None and self.method.upper() != method:
            return False
        if self.path is None:
            return True
        wanted = self.path.rstrip("/")
        return any(
            fnmatchcase(asked, wanted) or asked.startswith(wanted + "/")
            for asked in (path, path.removeprefix(BASE))
        )

    def strikes(self) -> bool:
        """The same seed gives the same run of hits and misses, also over a restart."""
        self.draws += 1
        throw = random.Random(f"{self.seed}:{self.draws}").random()  # noqa: S311 - repeatable, no secret
        return throw < self.probability


class FaultPlan:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._faults = [Fault.model_validate(each) for each in store.note("faults", [])]

    @property
    def left(self) -> list[dict[str, Any]]:
        return [fault.model_dump(exclude={"draws"}) for fault in self._faults]

    def replace(self, faults: list[Fault]) -> None:
        self._faults = [fault.model_copy() for fault in faults]
        self._keep()

    def take(self, method: str, path: str) -> Fault | None:
        """The first fault that concerns this request and strikes; one of its times is then used up."""
        concerned = [fault for fault in self._faults if fault.concerns(method, path)]
        struck = next((fault for fault in concerned if fault.strikes()), None)
        if struck is not None:
            struck.times -= 1
            self._faults = [fault for fault in self._faults if fault.times > 0]
        if concerned:
            self._keep()
        return struck

    def _keep(self) -> None:
        self._store.keep_note("faults", [fault.model_dump() for fault in self._faults])
        self._store.commit()


async def _answer(send: Send, status: int, kind: bytes, body: bytes, retry_after: int | None = None) -> None:
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    if retry_after is not None:
        headers.append((b"retry-after", str(retry_after).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _status_of(app: ASGIApp, scope: Scope, receive: Receive) -> int:
    """Let the record system do the work and keep nothing of its answer but the status."""
    statuses: list[int] = []

    async def swallow(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await app(scope, receive, swallow)
    return statuses[0]


async def _cut(scope: Scope, receive: Receive) -> None:
    close: Callable[[], None] | None = scope.get("extensions", {}).get(CLOSE)
    if close is None:
        raise ResponseDroppedError("The answer was dropped by the fault plan")
    close()
    while (await receive())["type"] != "http.disconnect":  # only then is the server content without an answer
        pass


class Faults:
    def __init__(self, app: ASGIApp, plan: FaultPlan, store: Store) -> None:
        self._app = app
        self._plan = plan
        self._store = store

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        fault = None
        if scope["type"] == "http" and scope["path"].startswith(f"{BASE}/"):
            fault = self._plan.take(scope["method"], scope["path"])
        if fault is None:
            await self._app(scope, receive, send)
        else:
            scope.setdefault("state", {})["fault"] = fault.kind
            await self._spoil(fault, scope, receive, send)

    async def _spoil(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        match fault.kind:
            case "latency":
                await asyncio.sleep(fault.seconds)
                await self._app(scope, receive, send)
            case "status":
                body = b'{"Message": "Planned fault"}'
                await _answer(send, fault.status, b"application/json", body, fault.retry_after)
            case "html_login":
                await _answer(send, 200, b"text/html; charset=utf-8", LOGIN_PAGE)
            case "drop_response":
                await _status_of(self._app, scope, receive)
                self._store.commit()
                await _cut(scope, receive)
            case "invalid_json" | "empty":
                status = await _status_of(self._app, scope, receive)
                body = NOT_JSON if fault.kind == "invalid_json" else b""
                await _answer(send, 200 if status == 204 and body else status, b"application/json", body)
