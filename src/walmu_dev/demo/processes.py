"""The programs that the demo runs: starting, listening, starting again what died, stopping."""

import asyncio
import os
import signal
import time
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from walmu_dev.console import say
from walmu_dev.errors import DemoError
from walmu_dev.operating_system import die_with_parent, how_ended

_LONGEST_LINE = 65536


@dataclass(frozen=True)
class Program:
    name: str
    argv: Sequence[str]
    ready_url: str | None = None  # answers 200 when the program can be used; None: it is ready at once


class Child:
    def __init__(self, program: Program, environment: Mapping[str, str]) -> None:
        self.program = program
        self._environment = environment
        self._process: Process | None = None
        self._listening: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *self.program.argv,
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=STDOUT,
            env=self._environment,
            process_group=0,  # Ctrl-C in the terminal is for the supervisor, which stops them in order
            preexec_fn=die_with_parent(signal.SIGKILL),
        )
        self._listening = asyncio.create_task(self._listen(self._process))

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def ended(self) -> str:
        """Wait for the end and tell how it came."""
        if self._process is None:
            return "it could not be started"
        return how_ended(await self._process.wait())

    async def ready(self, within: float = 60) -> None:
        """Wait until it answers. If it ends before that, starting it again would not help."""
        deadline = time.monotonic() + within
        ended = asyncio.create_task(self.ended())
        try:
            while self.program.ready_url and not await _answers(self.program.ready_url):
                if ended.done():
                    raise DemoError(f"{self.program.name} ended ({ended.result()}) before it was ready.", 1)
                if time.monotonic() > deadline:
                    raise DemoError(f"{self.program.name} was not ready within {within:.0f} s.", 1)
                await asyncio.sleep(0.05)
        finally:
            ended.cancel()

    async def stop(self, patience: float) -> None:
        if self._process is None or self._listening is None:
            return
        for force, within in ((signal.SIGTERM, patience), (signal.SIGKILL, 5.0)):
            if self._process.returncode is None:
                self._process.send_signal(force)
                await asyncio.wait({asyncio.ensure_future(self._process.wait())}, timeout=within)
        await asyncio.wait({self._listening}, timeout=1)
        self._listening.cancel()

    async def _listen(self, process: Process) -> None:
        """Pass its lines on. Not with `readline`, which stumbles over long lines."""
        if process.stdout is None:
            return
        rest = b""
        while chunk := await process.stdout.read(_LONGEST_LINE):
            *lines, rest = (rest + chunk).split(b"\n")
            if len(rest) > _LONGEST_LINE:
                lines, rest = [*lines, rest], b""
            for line in lines:
                say(line.decode(errors="replace"), self.program.name)
        if rest:
            say(rest.decode(errors="replace"), self.program.name)


async def keep_running(
    name: str, ended: Callable[[], Awaitable[str]], start: Callable[[], Awaitable[None]]
) -> None:
    """Start it again whenever it ends, and say so; with a growing pause when it keeps ending."""
    pause = 0.5
    while True:
        began = time.monotonic()
        how = await ended()
        pause = 0.5 if time.monotonic() - began > 60 else pause
        say(f"{name} ended ({how}); starting it again in {pause:g} s")
        await asyncio.sleep(pause)
        pause = min(pause * 2, 30)
        try:
            await start()
            say(f"{name} is back")
        except Exception as error:  # noqa: BLE001 -- whatever it is, the next round tries again
            say(f"{name} did not come back: {error}")


async def _answers(url: str) -> bool:
    """Whether the URL says 200. By hand: an HTTP library would cost the second start a tenth of its time."""
    parts = urlsplit(url)
    try:
        async with asyncio.timeout(2):
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
            try:
                writer.write(f"GET {parts.path} HTTP/1.0\r\nHost: {parts.netloc}\r\n\r\n".encode())
                return (await reader.readline()).split()[1:2] == [b"200"]
            finally:
                writer.close()
    except OSError:  # TimeoutError is one
        return False


def environment_of(extra: Mapping[str, str]) -> dict[str, str]:
    return {**os.environ, "PYTHONUNBUFFERED": "1", **extra}
