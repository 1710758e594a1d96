"""The lane of heavy requests, as the serving process sees it: whose turn it is, and the way to the process that answers.

Of each connected system one heavy request is in work at a time, and `AT_ONCE` of all systems; the others wait, and their
bodies are not read meanwhile. A system that waits longer than `PATIENCE` is told to come again. As each system has at
most one request in the queue for the process, the turns are fair however many one of them sends.

Bodies and answers are passed on whole: a sender that trickles, or a reader that does not read, holds nobody up.

ADR 53."""

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httptools
import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from walmu_api.foundation.hanging_up import gone, unless_gone
from walmu_api.foundation.load_shedding import PAUSE, TOO_MANY_REQUESTS, refused
from walmu_api.foundation.problems import UNAVAILABLE

log = structlog.get_logger()

LIGHT = 160 * 1024
"""Bytes of a body that the serving process still reads itself: a batch of some 550 lines."""
AT_ONCE = 2
WAITING = 8
PATIENCE = 10.0
ANSWERED_WITHIN = 120.0
COME_AGAIN = 5

_OF_ONE_HOP = {b"connection", b"keep-alive", b"transfer-encoding", b"upgrade", b"te", b"trailer", b"expect"}
_SENT_ANEW = _OF_ONE_HOP | {b"content-length", b"x-request-id"}
_SET_BY_THE_EDGE = _OF_ONE_HOP | {
    b"date", b"x-request-id", b"x-content-type-options", b"ratelimit", b"ratelimit-policy",
    b"x-road-id", b"x-road-client", b"x-road-userid",
}  # fmt: skip


class _Line:
    """The heavy requests of one system."""

    def __init__(self) -> None:
        self.turn = asyncio.Lock()
        self.here = 0


class Turns:
    """One at a time of each system, `at_once` of all."""

    def __init__(
        self, at_once: int = AT_ONCE, waiting: int = WAITING, patience: float = PATIENCE, pause: float = PAUSE
    ) -> None:
        self._room = asyncio.Semaphore(at_once)
        self._lines: dict[Hashable, _Line] = {}
        self._waiting, self._patience, self._pause = waiting, patience, pause

    @asynccontextmanager
    async def of(self, system: Hashable) -> AsyncIterator[None]:
        """The turn of this system; 429 when too many of its requests wait, or this one for too long."""
        line = self._lines.setdefault(system, _Line())
        if line.here > self._waiting:
            await asyncio.sleep(self._pause)
            raise refused(TOO_MANY_REQUESTS, COME_AGAIN)
        line.here += 1
        try:
            try:
                async with asyncio.timeout(self._patience):
                    await line.turn.acquire()
            except TimeoutError:
                raise refused(TOO_MANY_REQUESTS, COME_AGAIN) from None
            try:
                yield
            finally:
                line.turn.release()
        finally:
            line.here -= 1
            if line.here == 0:
                self._lines.pop(system, None)

    @asynccontextmanager
    async def room(self, request: Request) -> AsyncIterator[None]:
        """A place in the process; 503 when none comes free in time. Who has gone meanwhile gives the turn up."""
        entering = asyncio.ensure_future(self._room.acquire())
        hung_up = asyncio.ensure_future(gone(request))
        try:
            try:
                both = {entering, hung_up}
                await asyncio.wait(both, timeout=self._patience, return_when=asyncio.FIRST_COMPLETED)
                if not entering.done():
                    raise ClientDisconnect if hung_up.done() else refused(UNAVAILABLE, COME_AGAIN)
            finally:
                hung_up.cancel()
            yield
        finally:
            if not entering.cancel():  # it had come in
                self._room.release()


class Lane:
    """`end_work` ends a process that does not answer; the next request gets another one."""

    def __init__(self, path: Path, end_work: Callable[[], None], turns: Turns | None = None) -> None:
        self._path, self._end_work = path, end_work
        self.turns = turns or Turns()

    async def answer(
        self, system: Hashable, request: Request, body: Callable[[], Awaitable[bytes]]
    ) -> Response:
        """The answer of the heavy process to this request, whose body is read when it is its turn."""
        async with self.turns.of(system):
            raw = await body()
            async with self.turns.room(request):
                try:
                    return await unless_gone(request, self._ask(request, raw))
                finally:
                    # what tasks and connections leave behind refers to itself, and holds megabytes; the collector comes
                    # by seldom, and what was there at the start it does not walk through
                    gc.collect()

    async def _ask(self, request: Request, raw: bytes) -> Response:
        try:
            async with asyncio.timeout(ANSWERED_WITHIN):
                return await _exchange(self._path, _head(request, raw), raw)
        except TimeoutError:
            why = "no answer in time"
            self._end_work()
        except (OSError, EOFError, httptools.HttpParserError) as error:
            why = type(error).__name__
        log.warning("a heavy request was not answered", why=why, request_id=request.scope["walmu_request_id"])
        raise refused(UNAVAILABLE, 1)


def _head(request: Request, raw: bytes) -> bytes:
    scope = request.scope
    target = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
    lines = [scope["method"].encode() + b" " + target + b" HTTP/1.1"]
    lines += [name + b": " + value for name, value in scope["headers"] if name not in _SENT_ANEW]
    lines += [b"x-request-id: " + scope["walmu_request_id"].encode(), b"connection: close"]
    if raw:
        lines.append(b"content-length: %d" % len(raw))
    return b"\r\n".join([*lines, b"", b""])


class _Answer:
    """What the parser of httptools calls."""

    def __init__(self) -> None:
        self.headers: list[tuple[bytes, bytes]] = []
        self.chunks: list[bytes] = []
        self.complete = False

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value))

    def on_body(self, chunk: bytes) -> None:
        self.chunks.append(chunk)

    def on_message_complete(self) -> None:
        self.complete = True


async def _exchange(path: Path, head: bytes, raw: bytes) -> Response:
    reader, writer = await asyncio.open_unix_connection(str(path), limit=1024 * 1024)
    try:
        writer.write(head)
        for start in range(0, len(raw), 65536):
            writer.write(raw[start : start + 65536])
            await writer.drain()
        found = _Answer()
        parser: Any = httptools.HttpResponseParser(found)
        while not found.complete:
            chunk = await reader.read(65536)
            if not chunk:
                raise EOFError
            parser.feed_data(chunk)
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
    response = Response(b"".join(found.chunks), parser.get_status_code())
    response.raw_headers = [(name, value) for name, value in found.headers if name not in _SET_BY_THE_EDGE]
    return response
