"""What every request passes first: commit and journal before the answer leaves, common headers, the key.

Pure ASGI: it has to see the moment an answer starts, and to ask for the key before a body is read."""

import re
import secrets
from email.utils import format_datetime
from typing import Any
from urllib.parse import unquote

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from walmu_api.foundation.clock import Clock
from walmu_dev.simulator.lifecare import BASE
from walmu_dev.simulator.store import Store

# Wider than a valid code: a mistyped one tells as much about a person. The blank is a "+" of an address.
LOOKS_LIKE_A_CODE = re.compile(r"\d{6}[-+ A-FU-Y]\d{3}[0-9A-Z]", re.ASCII | re.IGNORECASE)


def _of_dialect(scope: Scope) -> bool:
    path: str = scope["path"]
    return path == BASE or path.startswith(f"{BASE}/")


class Front:
    def __init__(self, app: ASGIApp, store: Store, clock: Clock, api_key: str) -> None:
        self._app = app
        self._store = store
        self._clock = clock
        self._api_key = api_key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})
        request_id = Headers(scope=scope).get("x-api-requestid")
        finished = False

        async def commit_then_send(message: Message) -> None:
            nonlocal finished
            if message["type"] == "http.response.start":
                self._finish(scope, request_id, message["status"])
                finished = True
                headers = MutableHeaders(scope=message)
                headers["date"] = format_datetime(self._clock.now(), usegmt=True)
                if request_id is not None and _of_dialect(scope):
                    headers["x-api-requestId"] = request_id
            await send(message)

        try:
            await self._app(scope, receive, commit_then_send)
        except Exception:
            self._store.rollback()  # half a piece of work is none
            raise
        finally:
            if not finished:  # the answer was dropped, or there is none
                self._finish(scope, request_id, None)

    def _finish(self, scope: Scope, request_id: str | None, status: int | None) -> None:
        if status is not None and status >= 500:
            self._store.rollback()
        if _of_dialect(scope):
            self._store.write_journal(self._line(scope, request_id, status))
        self._store.commit()

    def _line(self, scope: Scope, request_id: str | None, status: int | None) -> dict[str, Any]:
        state = scope["state"]
        return {
            "at": self._clock.now().isoformat(),
            "method": scope["method"],
            "path": self._masked(scope["path"]),
            "query": self._masked(unquote(scope["query_string"].decode("latin-1"))),
            "request_id": self._masked(request_id),
            "external_id": self._masked(state.get("external_id")),
            "fault": state.get("fault"),
            "status": status,
        }

    def _masked(self, text: str | None) -> str | None:
        """Neither the key nor anything shaped like an identity code is kept."""
        return text and LOOKS_LIKE_A_CODE.sub("***", text.replace(self._api_key, "***"))


class KeyRequired:
    """Whoever has no key is told nothing, not even which paths there are."""

    def __init__(self, app: ASGIApp, api_key: str) -> None:
        self._app = app
        self._api_key = api_key.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _of_dialect(scope):
            given = Headers(scope=scope).get("x-api-key", "").encode("latin-1")
            if not secrets.compare_digest(given, self._api_key):
                await JSONResponse({"Message": "X-API-Key is missing or wrong"}, 401)(scope, receive, send)
                return
        await self._app(scope, receive, send)
