"""The load generator: keep-alive connections that speak just enough HTTP, so that it costs little beside the server.

Requests are made beforehand and answers are judged afterwards; while it is measured only bytes move."""

import asyncio
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlsplit

import httptools


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    seconds: float
    headers: dict[bytes, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    """One measurement: what came back, and how long all of it took."""

    answers: list[Answer]
    seconds: float

    @property
    def per_second(self) -> float:
        return len(self.answers) / self.seconds

    @property
    def p99(self) -> float:
        times = sorted(answer.seconds for answer in self.answers)
        return times[max(0, round(len(times) * 0.99) - 1)]


class Connection(asyncio.Protocol):
    """One connection; one request at a time. The parser calls the `on_…` methods."""

    def __init__(self) -> None:
        self._answered: asyncio.Future[tuple[int, bytes]] | None = None
        self._chunks: list[bytes] = []
        self.headers: dict[bytes, bytes] = {}
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's is one without saying so

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(exc or ConnectionResetError("the server closed the connection"))

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers[name] = value

    def on_body(self, body: bytes) -> None:
        self._chunks.append(body)

    def on_message_complete(self) -> None:
        assert self._answered is not None
        self._answered.set_result((self._parser.get_status_code(), b"".join(self._chunks)))

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        assert self._transport is not None
        self._chunks, self.headers = [], {}
        self._answered = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answered

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


def request(method: str, url: str, body: bytes = b"", token: str | None = None) -> bytes:
    """The bytes of a request. `url` is absolute."""
    parts = urlsplit(url)
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    lines = [f"{method} {target} HTTP/1.1", f"Host: {parts.netloc}", "Accept: application/json"]
    if token is not None:
        lines.append(f"Authorization: Bearer {token}")
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def _work(
    connection: Connection, requests: Iterator[bytes], answers: list[Answer], rests: float
) -> None:
    for asked in requests:
        started = time.perf_counter()
        status, body = await connection.ask(asked)
        answers.append(Answer(status, body, time.perf_counter() - started, connection.headers))
        if rests:
            await asyncio.sleep(rests)


async def drive(port: int, requests: Iterable[bytes], connections: int, rests: float = 0) -> Run:
    """Send all requests over this many connections, each of which asks again as soon as it is answered, or has rested
    so many seconds."""
    loop = asyncio.get_running_loop()
    opened = [(await loop.create_connection(Connection, "127.0.0.1", port))[1] for _ in range(connections)]
    answers: list[Answer] = []
    waiting = iter(requests)
    try:
        started = time.perf_counter()
        await asyncio.gather(*(_work(connection, waiting, answers, rests) for connection in opened))
        return Run(answers, time.perf_counter() - started)
    finally:
        for connection in opened:
            connection.close()
