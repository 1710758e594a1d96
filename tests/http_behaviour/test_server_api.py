"""A real server, spoken to byte by byte: sizes, slow senders, and what never reaches the application."""

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from structlog.testing import capture_logs
from tests.http_behaviour.scene import Scene

from walmu_api.access.guard import AppContext
from walmu_api.app import create_app
from walmu_api.foundation.request_body import BATCH_LIMIT, BODY_LIMIT, DISCARDED

SLOW = 0.4
CLIENTS, BATCHES = "/v1/clients", "/v1/attendance-batches"


@dataclass
class Heard:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def code(self) -> str:
        assert self.headers["content-type"] == "application/problem+json", self
        return str(json.loads(self.body)["code"])


class Line:
    """One connection to the server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, token: str) -> None:
        self.reader, self.writer, self.token = reader, writer, token

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def begin(self, method: str, path: str, *headers: str, token: bool = True) -> None:
        data = ["Host: walmu.test", "Content-Type: application/json", *headers]
        data += [f"Authorization: {self.token}"] if token else []
        await self.send("\r\n".join([f"{method} {path} HTTP/1.1", *data, "", ""]).encode())

    async def hear(self) -> Heard:
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        body = await self.reader.readexactly(int(headers.get("content-length", "0")))
        return Heard(int(head[0].split(" ")[1]), headers, body)

    async def is_closed(self) -> bool:
        try:
            return await asyncio.wait_for(self.reader.read(1), 3) == b""
        except ConnectionError:
            return True


@pytest.fixture(scope="module")
async def served(app_context: AppContext) -> AsyncIterator[tuple[uvicorn.Server, int]]:
    """The server and its port."""
    tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    tcp.bind(("127.0.0.1", 0))
    app = create_app(replace(app_context, body_seconds=SLOW))
    config = uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, http="httptools", lifespan="off"
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve([tcp]))
    while not server.started:  # noqa: ASYNC110 - uvicorn tells nobody
        await asyncio.sleep(0.01)
    yield server, int(tcp.getsockname()[1])
    server.should_exit = True
    await serving
    tcp.close()


@pytest.fixture
async def line(served: tuple[uvicorn.Server, int], scene: Scene) -> AsyncIterator[Line]:
    server, port = served
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    yield Line(reader, writer, scene.world.organiser.bearer())
    writer.close()
    async with asyncio.timeout(
        5
    ):  # what was still being sent is over, and its line in the log is not the next test's
        while server.server_state.tasks:  # noqa: ASYNC110 - uvicorn tells nobody
            await asyncio.sleep(0.01)


def padded(size: int) -> bytes:
    """A body of this many bytes that lacks everything, so that nothing is recorded."""
    return b"{}" + b" " * (size - 2)


async def chunked(line: Line, body: bytes, size: int = 60_000) -> None:
    for at in range(0, len(body), size):
        part = body[at : at + size]
        await line.send(f"{len(part):x}\r\n".encode() + part + b"\r\n")
    await line.send(b"0\r\n\r\n")


@pytest.mark.parametrize(("path", "limit"), [(CLIENTS, BODY_LIMIT), (BATCHES, BATCH_LIMIT)])
@pytest.mark.parametrize("over", [0, 1])
@pytest.mark.parametrize("way", ["length", "chunked"])
async def test_a_body_at_the_limit_is_read_and_one_byte_more_is_not(
    line: Line, path: str, limit: int, over: int, way: str, scene: Scene
) -> None:
    line.token = scene.world.provider_a.bearer() if path == BATCHES else line.token
    if way == "length":
        await line.begin("POST", path, f"Content-Length: {limit + over}")
        sending: Any = line.send(padded(limit + over))
    else:
        await line.begin("POST", path, "Transfer-Encoding: chunked")
        sending = chunked(line, padded(limit + over))
    await asyncio.gather(sending, return_exceptions=True)
    heard = await line.hear()
    assert (heard.status, heard.code) == ((413, "too-large") if over else (422, "invalid"))


@pytest.mark.parametrize("way", ["length", "chunked"])
async def test_a_sender_far_over_the_limit_still_hears_why(line: Line, way: str) -> None:
    """Who is cut off while sending must not see a broken connection in place of the answer."""
    body = padded(4 * 1024 * 1024)
    if way == "length":
        await line.begin("POST", CLIENTS, f"Content-Length: {len(body)}")
        await asyncio.gather(line.send(body), return_exceptions=True)
    else:
        await line.begin("POST", CLIENTS, "Transfer-Encoding: chunked")
        await asyncio.gather(chunked(line, body), return_exceptions=True)
    assert (await line.hear()).code == "too-large"


async def test_a_body_without_measure_is_cut(line: Line) -> None:
    await line.begin("POST", CLIENTS, f"Content-Length: {DISCARDED + 1}")
    heard = await line.hear()
    assert (heard.code, heard.headers["connection"]) == ("too-large", "close")
    assert await line.is_closed()


def resident() -> int:
    return int(re.search(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text())[1]) * 1024  # type: ignore[index]


@pytest.mark.parametrize("path", [CLIENTS, "/v1/whoami", "/v1/nothing"])
async def test_64_megabytes_in_chunks_take_no_memory(line: Line, path: str) -> None:
    part = b"x" * 65_536
    piece = f"{len(part):x}\r\n".encode() + part + b"\r\n"
    await line.begin("POST", path, "Transfer-Encoding: chunked")
    before, most = resident(), 0
    for _ in range(1024):
        try:
            await line.send(piece)
        except ConnectionError:
            break
        most = max(most, resident())
    assert most - before < 5 * 1024 * 1024


@pytest.mark.parametrize("way", ["Content-Length: 100", "Transfer-Encoding: chunked"])
async def test_a_body_that_trickles_is_given_up(line: Line, way: str) -> None:
    await line.begin("POST", CLIENTS, way)
    began = asyncio.get_running_loop().time()
    hearing = asyncio.create_task(line.hear())
    while not hearing.done():
        await line.send(b" " if "Length" in way else b"1\r\n \r\n")
        await asyncio.wait([hearing], timeout=0.05)
    heard = await hearing
    assert (heard.status, heard.code, heard.headers["connection"]) == (408, "body-too-slow", "close")
    assert SLOW <= asyncio.get_running_loop().time() - began < SLOW + 2
    assert await line.is_closed()


async def test_who_may_not_send_is_told_before_the_body(line: Line) -> None:
    await line.begin("POST", CLIENTS, "Content-Length: 100", token=False)
    assert (await line.hear()).code == "invalid-token"


async def test_a_sender_that_asks_first_is_told_to_go_on(line: Line) -> None:
    """`Expect: 100-continue`, as curl sends it."""
    await line.begin("POST", CLIENTS, "Content-Length: 10", "Expect: 100-continue")
    assert await asyncio.wait_for(line.reader.readuntil(b"\r\n\r\n"), 2) == b"HTTP/1.1 100 Continue\r\n\r\n"
    await line.send(padded(10))
    assert (await line.hear()).status == 422


@pytest.mark.parametrize(
    ("length", "token", "code"), [(BODY_LIMIT + 1, True, "too-large"), (10, False, "invalid-token")]
)
async def test_a_sender_that_asks_first_is_refused_and_cut(
    line: Line, length: int, token: bool, code: str
) -> None:
    """Whether the body comes nevertheless is not known: what follows on the connection could be body or request."""
    await line.begin("POST", CLIENTS, f"Content-Length: {length}", "Expect: 100-continue", token=token)
    heard = await line.hear()
    assert (heard.code, heard.headers["connection"]) == (code, "close")
    assert await line.is_closed()


async def test_a_sender_that_goes_away_is_no_fault_of_ours(line: Line) -> None:
    with capture_logs() as entries:
        await line.begin("POST", CLIENTS, "Content-Length: 100")
        await line.send(b"{")
        line.writer.close()
        await asyncio.sleep(0.1)
    assert [(entry["event"], entry["status"]) for entry in entries] == [("request", 408)]


async def test_a_connection_goes_on_after_a_refusal(line: Line) -> None:
    for _ in range(3):
        await line.begin("POST", CLIENTS, "Content-Length: 2", token=False)
        await line.send(b"{}")
        assert (await line.hear()).status == 401
    await line.begin("GET", "/v1/whoami", "Content-Length: 4")
    await line.send(b"body")
    assert (await line.hear()).status == 200
    await line.begin("GET", "/v1/whoami")
    assert (await line.hear()).status == 200


async def test_a_connection_goes_on_after_head_and_the_log_has_no_error(line: Line) -> None:
    with capture_logs() as entries:
        for path, status in (("/v1/whoami", 200), ("/v1/nothing", 404), ("/docs", 200)):
            await line.begin("HEAD", path)
            head = (await line.reader.readuntil(b"\r\n\r\n")).split(b" ")
            assert int(head[1]) == status
        await line.begin("GET", "/v1/whoami")
        assert (await line.hear()).status == 200
    assert [entry["event"] for entry in entries] == ["request"] * 4


@pytest.mark.parametrize(
    "raw",
    [
        b"GET\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /livez HTTP/9.9\r\n\r\n",
        b"G\xffT /livez HTTP/1.1\r\n\r\n",
        b"GET /livez HTTP/1.1\r\nHost : x\r\n\r\n",
        b"GET /livez HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"GET /livez HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"GET /li vez HTTP/1.1\r\n\r\n",
        b"POST /livez HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc",
        b"GET /livez HTTP/1.1\r\nX: a\0b\r\n\r\n",
        b"POST /v1/clients HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
async def test_what_is_no_http_is_answered_400_by_the_server_itself_and_cut(line: Line, raw: bytes) -> None:
    """Not a problem document: nothing of ours has seen it. Documented in docs/http-behaviour.md."""
    await line.send(raw)
    response = await asyncio.wait_for(line.reader.read(), 5)
    assert response.startswith(b"HTTP/1.1 400 Bad Request\r\n")
