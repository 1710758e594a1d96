"""Has a worksheet read by a process of its own, which ends with the request that asked for it.

What the process says is bounded and looked at before it is believed: a process that was killed by one of its limits,
or that fell over something unforeseen, has refused the file (ADR 51)."""

import asyncio
import contextlib
import json
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import structlog

import walmu_api
from walmu_api.foundation import validation_messages
from walmu_api.foundation.locales import Reason
from walmu_api.foundation.pacing import paced
from walmu_api.foundation.problems import INVALID_VALUE, UNAVAILABLE, Problem, invalid
from walmu_api.foundation.worksheets import limits
from walmu_api.foundation.worksheets.limits import Clock, Formula, Shown, Value

log = structlog.get_logger()
REASONS = {
    limits.NOT_A_WORKSHEET: Reason("not-a-worksheet"),
    limits.LOCKED: Reason("locked-workbook"),
    limits.TOO_SWOLLEN: Reason("too-swollen"),
    limits.TOO_COSTLY: Reason("too-costly"),
    limits.TOO_MANY_STYLES: Reason("too-many-styles"),
    limits.TOO_MANY_CELLS: Reason("too-many-cells"),
    limits.TOO_DEEP_DOWN: Reason("too-deep-down"),
    limits.TOO_WIDE: Reason("too-wide"),
    limits.TOO_LONG: validation_messages.TOO_LONG,
    limits.TOO_MANY: validation_messages.TOO_MANY,
    limits.TOO_FEW: validation_messages.TOO_FEW,
    limits.STRAY_QUOTE: Reason("stray-quote"),
    limits.ALL_HIDDEN: Reason("all-hidden"),
    limits.SHEET: Reason("sheet"),
}
_MOST_OUTPUT = 160 * 1024 * 1024
"""Bytes that a process which keeps to its own limits never writes."""
_CALL = "import sys; sys.path.append(sys.argv[5]); from walmu_api.foundation.worksheets.process import main; main()"
_BY_A_LIMIT = {-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGALRM}


@dataclass(frozen=True)
class Worksheet:
    """The rows below the names of the columns, each with its number; and how the file was read. What is in `twice` is not
    in `columns`. A row that does not fit the first one has one cell more (`table.Table`)."""

    columns: dict[str, int]
    rows: list[tuple[int, list[Value]]]
    read_as: dict[str, Any]
    twice: dict[str, str]
    names: list[str] = field(default_factory=list)
    """Of the columns, as they are written, by their places."""


@dataclass(frozen=True)
class Bounds:
    """What one process may use. The largest worksheet that is allowed takes a fifth of it."""

    processor_seconds: int = 15
    seconds: int = 45
    memory: int = 320 * 1024 * 1024
    nice: int = 10
    wait: float = 10.0
    """Seconds for which a worksheet waits until another has been read."""


class Worksheets:
    """So many worksheets are read at once, each in its process, and the next ones wait for a moment."""

    def __init__(self, at_once: int = 2, bounds: Bounds | None = None) -> None:
        self._bounds = bounds or Bounds()
        self._free = asyncio.Semaphore(at_once)
        self._readings: set[_Reading] = set()

    @property
    def running(self) -> list[subprocess.Popen[bytes]]:
        """The processes that read."""
        return [each.process for each in self._readings if each.process is not None]

    async def read(
        self,
        raw: bytes,
        sheet: str | None,
        columns: Sequence[str] | None,
        *,
        hidden_rows: bool = False,
        any_of: bool = False,
    ) -> Worksheet:
        """The worksheet with these columns, as far as it has them; without rows where one is missing, unless `any_of` them
        will do. When the caller is cancelled, the process is killed."""
        question = {"sheet": sheet, "columns": columns, "hidden_rows": hidden_rows, "any_of": any_of}
        async with self._place():
            output = await self._answer(raw, question)
        return await _worksheet(output)

    @asynccontextmanager
    async def _place(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._bounds.wait):
                await self._free.acquire()
        except TimeoutError:
            raise UNAVAILABLE().with_headers(Retry_After="5") from None
        try:
            yield
        finally:
            self._free.release()

    async def _answer(self, raw: bytes, asked: Mapping[str, Any]) -> list[bytes]:
        of = self._bounds
        question = json.dumps(asked).encode() + b"\n"
        reading = _Reading(of)
        self._readings.add(reading)
        try:
            async with asyncio.timeout(of.seconds):
                return await asyncio.to_thread(reading.run, question, raw)
        except TimeoutError:
            raise refused(limits.TOO_COSTLY) from None
        finally:
            reading.stop()
            self._readings.discard(reading)


def refused(reason: str, limit: int = 0) -> Problem:
    """The problem of a file that is not read. `sheet` is what the mapping names, all others are about the file."""
    place = "/mapping/sheet" if reason == limits.SHEET else "/file"
    values = {"max_length": limit, "min_length": limit, "line": limit} if limit else {}
    return invalid(INVALID_VALUE.at(place, reason=REASONS[reason], **values))


class _Reading:
    """One process from its start to its end, both in one thread: whenever the caller stops it, nothing is left behind."""

    def __init__(self, bounds: Bounds) -> None:
        of = bounds
        self._bounds = (of.nice, of.seconds + 2, of.processor_seconds, of.memory)
        self._lock = threading.Lock()
        self._stopped = False
        self.process: subprocess.Popen[bytes] | None = None

    def stop(self) -> None:
        """From the loop: ends the process, and with it the thread that reads from it."""
        with self._lock:
            self._stopped = True
            if self.process is not None:
                self.process.kill()

    def run(self, question: bytes, raw: bytes) -> list[bytes]:
        """The frames of the answer."""
        with self._lock:
            if self._stopped:
                return []
            self.process = _started(*self._bounds)
        frames = _exchanged(self.process, question, raw)
        status = self.process.wait()
        if status == 0:
            return frames
        if status not in _BY_A_LIMIT:
            log.error("a worksheet could not be read", status=status)
        raise refused(limits.TOO_COSTLY if status in _BY_A_LIMIT else limits.NOT_A_WORKSHEET)


def _started(*bounds: int) -> subprocess.Popen[bytes]:
    """No environment: there the logins of the database stand. Nothing else that is open is handed on."""
    root = str(Path(walmu_api.__file__).parents[1])
    return subprocess.Popen(  # noqa: S603 - our own interpreter, and nothing from outside
        [sys.executable, "-I", "-S", "-B", "-X", "utf8", "-c", _CALL, *map(str, bounds), root],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
    )


def _exchanged(process: subprocess.Popen[bytes], question: bytes, raw: bytes) -> list[bytes]:
    frames: list[bytes] = []
    with contextlib.suppress(BrokenPipeError), process:  # one that refuses at once need not read to the end
        assert process.stdin is not None
        assert process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(question)
            process.stdin.write(raw)
            process.stdin.close()
        size = 0
        while frame := process.stdout.readline(_MOST_OUTPUT):
            frames.append(frame)
            size += len(frame)
            if size > _MOST_OUTPUT:
                process.kill()
                break
    return frames


async def _worksheet(frames: list[bytes]) -> Worksheet:
    read_as: dict[str, Any] = {}
    columns: dict[str, int] = {}
    twice: dict[str, str] = {}
    names: list[str] = []
    rows: list[tuple[int, list[Value]]] = []
    async for line in paced(frames):
        frame: Any = json.loads(line, object_hook=_read)
        if isinstance(frame, list):
            rows += [(number, row) for number, row in frame]
        elif "refused" in frame:
            raise refused(frame["refused"], frame["limit"])
        elif "columns" in frame:
            columns, twice, names = dict(frame["columns"]), dict(frame["twice"]), frame["names"]
        else:
            read_as = frame["read_as"]
    return Worksheet(columns, rows, read_as, twice, names)


def _read(plain: dict[str, Any]) -> Any:
    """Days, formulas and what is shown of numbers, which JSON has no word for."""
    match plain:
        case {"day": day}:
            return date.fromisoformat(day)
        case {"seconds": seconds, "elapsed": elapsed}:
            return Clock(seconds, elapsed)
        case {"formula": value}:
            return Formula(value)
        case {"shown": text, "number": number}:
            return Shown(number, text)
    return plain
