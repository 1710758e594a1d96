"""The process that heavy requests run in, beside the one that serves, and the keeper between the two (ADR 53).

The keeper is forked before anything runs in the serving process, so that it can fork in its turn, at once and in little
memory, whenever a heavy request knocks: it only waits, without threads or connections. What it forks serves the same
application at low priority on a socket in a private folder, and ends by itself when it has been idle for a while or has
grown: then its memory is given back, and the next request gets a fresh one.

All of them end with the serving process, however that ends: the kernel tells the keeper, which ends the other."""

import asyncio
import contextlib
import ctypes
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from types import FrameType

import structlog
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from walmu_api.foundation.heavy_lane import AT_ONCE

log = structlog.get_logger()

LESS_IMPORTANT = 15
"""How much nicer than the serving process: that one runs at once when it has something to do."""
IDLE = 20.0
"""Seconds without a request after which the process ends."""
GROWN = 96.0
"""Megabytes beyond its start after which it ends as soon as nothing is in work."""
FINISHES = 10
_PR_SET_PDEATHSIG = 1


class Keeper:
    """The keeper, as the serving process sees it."""

    def __init__(self, path: Path, pid: int) -> None:
        self.path, self._pid = path, pid
        self._ended = False

    def has_ended(self) -> bool:
        """Killed from outside, say: it cannot be forked anew, for the serving process is at work."""
        if not self._ended:
            self._ended = os.waitpid(self._pid, os.WNOHANG)[0] != 0
        return self._ended

    def end_work(self) -> None:
        """End the heavy process: it has not answered for too long. The next request gets another one."""
        self._send(signal.SIGUSR1)

    def stop(self) -> None:
        """Nothing is in work any more. Returns when both processes have ended."""
        self._send(signal.SIGTERM)
        if not self._ended:
            os.waitpid(self._pid, 0)
            self._ended = True

    def _send(self, number: signal.Signals) -> None:
        if not self.has_ended():  # else the number may be another process's
            os.kill(self._pid, number)


@contextlib.contextmanager
def keeping(serve: Callable[[socket.socket], None]) -> Iterator[Keeper]:
    """A keeper that runs `serve` with its listening socket in a process of its own when it is wanted.

    Only in a process without threads."""
    folder = Path(tempfile.mkdtemp(prefix="walmu-heavy-"))  # nobody else may enter
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(folder / "heavy"))
    listener.listen(64)
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            _keep(parent, listener, folder, serve)
            code = 0
        finally:
            os._exit(code)
    listener.close()
    keeper = Keeper(folder / "heavy", pid)
    try:
        yield keeper
    finally:
        keeper.stop()
        shutil.rmtree(folder, ignore_errors=True)  # it is there only when the keeper was killed


class _Stopped(Exception):
    """The keeper was told to stop while it was waiting for a request."""


class _Watched:
    """What the keeper knows: the process that it forked, and whether it is to stop."""

    def __init__(self, parent: int) -> None:
        self._parent = parent
        self.child = 0
        self.stopping = False

    def end_child(self, number: signal.Signals) -> None:
        if self.child:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.child, number)

    def stop(self, _number: int, _frame: FrameType | None) -> None:
        """Asked to: what is in work is finished first. When the serving process has gone, nobody waits for it."""
        self.stopping = True
        if not self.child:
            raise _Stopped
        self.end_child(signal.SIGTERM if os.getppid() == self._parent else signal.SIGKILL)
        signal.alarm(FINISHES + 2)

    def end_work(self, _number: int, _frame: FrameType | None) -> None:
        self.end_child(signal.SIGKILL)


def _keep(parent: int, listener: socket.socket, folder: Path, serve: Callable[[socket.socket], None]) -> None:
    """In the keeper: wait until somebody knocks, fork, wait until that process has ended, and again."""
    watched = _Watched(parent)
    os.setsid()  # Ctrl-C in a terminal is for the serving process, which stops the others
    signal.signal(signal.SIGTERM, watched.stop)
    signal.signal(signal.SIGUSR1, watched.end_work)
    signal.signal(signal.SIGALRM, watched.end_work)
    end_with(parent, signal.SIGTERM)
    with contextlib.suppress(_Stopped):
        while not watched.stopping and _knocks(listener, parent):
            keeper = os.getpid()
            watched.child = os.fork()
            if watched.child == 0:
                _work(keeper, listener, serve)
            _wait(watched)
    shutil.rmtree(folder, ignore_errors=True)


def _wait(watched: _Watched) -> None:
    """Until the process that was forked has ended."""
    began = time.monotonic()
    if watched.stopping:
        watched.end_child(signal.SIGTERM)
    _, status = os.waitpid(watched.child, 0)
    watched.child = 0
    code = os.waitstatus_to_exitcode(status)
    if code != 0 and not watched.stopping:
        log.warning("the process of heavy requests ended, another one follows", code=code)
        time.sleep(0 if time.monotonic() - began > 1 else 0.5)


def _knocks(listener: socket.socket, parent: int) -> bool:
    """Whether a request is there; False when the serving process has gone. A look now and then is for systems whose
    kernel tells nobody."""
    while os.getppid() == parent:
        if select.select([listener], [], [], 2.0)[0]:
            return True
    return False


def _work(keeper: int, listener: socket.socket, serve: Callable[[socket.socket], None]) -> None:
    code = 1
    try:
        for number in (signal.SIGTERM, signal.SIGUSR1, signal.SIGALRM):
            signal.signal(number, signal.SIG_DFL)
        end_with(keeper, signal.SIGKILL)
        os.nice(LESS_IMPORTANT)
        with contextlib.suppress(OSError):  # where memory runs out, this process goes first
            Path("/proc/self/oom_score_adj").write_text("500")
        serve(listener)
        code = 0
    finally:
        os._exit(code)


def end_with(parent: int, number: signal.Signals) -> None:
    """This process gets the signal when its parent ends. Only Linux can."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, ctypes.c_ulong(number))
    if os.getppid() != parent:  # it ended before the line above
        os._exit(1)


class HeavyServer(uvicorn.Server):
    """Serves until it has been idle for a while, or has grown and nothing is in work."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                access_log=False,
                log_config=None,
                server_header=False,
                date_header=False,
                proxy_headers=False,
                lifespan="off",
                timeout_graceful_shutdown=FINISHES,
                http="httptools",
                ws="none",
            )
        )
        self._busy_at, self._begun_with = time.monotonic(), memory()

    async def on_tick(self, counter: int) -> bool:
        if self.server_state.connections:
            self._busy_at = time.monotonic()
        elif time.monotonic() > self._busy_at + IDLE or memory() > self._begun_with + GROWN:
            self.should_exit = True
        return await super().on_tick(counter)


async def _whole_body(receive: Receive) -> deque[Message]:
    """Read before anything is answered: the serving process writes all before it reads, and an answer that comes earlier,
    as to a token that has ended meanwhile, would not reach it."""
    body = deque([await receive()])
    while body[-1].get("more_body"):
        body.append(await receive())
    return body


def serve(listener: socket.socket, app: ASGIApp, afterwards: Callable[[], Awaitable[None]]) -> None:
    """Serve the application on this socket, in this process alone."""
    room = asyncio.Semaphore(AT_ONCE)

    async def bounded(scope: Scope, receive: Receive, send: Send) -> None:
        async with room:  # what goes on though its caller has gone counts here
            body = await _whole_body(receive)

            async def from_the_beginning() -> Message:
                return body.popleft() if body else await receive()

            await app(scope, from_the_beginning, send)

    server = HeavyServer(bounded)

    async def run() -> None:
        await server.serve([listener])
        await afterwards()

    with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
        runner.run(run())


def memory() -> float:
    """Megabytes of this process that no other one shares; 0 where the system does not tell."""
    try:
        resident, shared = Path("/proc/self/statm").read_text().split()[1:3]
    except OSError:
        return 0.0
    return (int(resident) - int(shared)) * os.sysconf("SC_PAGE_SIZE") / 1_000_000
