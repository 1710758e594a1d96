"""The process that reads one worksheet: a question in one line and the file come in on standard input, the table goes
out on standard output, as JSON in lines.

Started by `reading` with `-I -S`: the standard library, no site packages, no environment. Before it looks at the file
it gives up what it does not need, so that whatever the file does to it is bounded."""

import json
import os
import resource
import signal
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, BinaryIO

from walmu_api.foundation.worksheets import limits, table
from walmu_api.foundation.worksheets.limits import Clock, Formula, RefusedError, Shown

_FRAME = 16 * 1024
"""Bytes of rows that are handed over in one line, so that who reads them is never long at it."""


def main() -> None:
    _bound(*map(int, sys.argv[1:5]))
    question = json.loads(sys.stdin.buffer.readline())
    output = sys.stdout.buffer
    try:
        for frame in _frames(sys.stdin.buffer.read(), question):
            _write(output, frame)
    except RefusedError as refused:
        _write(output, {"refused": refused.reason, "limit": refused.limit})
    except MemoryError:
        _write(output, {"refused": limits.TOO_COSTLY, "limit": 0})
    output.flush()


def _bound(nice: int, seconds: int, processor_seconds: int, memory: int) -> None:
    """Processor time, memory, files and life of this process; a core would be a copy of the file on a disk."""
    os.nice(nice)
    signal.alarm(seconds)
    for kind, most in (
        (resource.RLIMIT_CPU, processor_seconds),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(kind, (most, most))


def _frames(raw: bytes, question: Mapping[str, Any]) -> Iterator[Any]:
    found = table.read(
        raw,
        question["sheet"],
        question["columns"],
        hidden_rows=question["hidden_rows"],
        any_of=question["any_of"],
    )
    yield {"columns": [*found.columns.items()], "twice": [*found.twice.items()], "names": found.names}
    frame: list[Any] = []
    size = 0
    for number, row in found.rows:
        frame.append((number, row))
        size += 8 + sum(len(cell) if isinstance(cell, str) else 8 for cell in row)
        if size > _FRAME:
            yield frame
            frame, size = [], 0
    if frame:
        yield frame
    yield {"ended": True, "read_as": found.read_as}


def _plain(value: date | Clock | Formula | Shown) -> Any:
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, Clock):
        return {"seconds": value.seconds, "elapsed": value.elapsed}
    if isinstance(value, Formula):
        return {"formula": value.value}
    return {"shown": value.text, "number": value.number}


def _write(output: BinaryIO, frame: Any) -> None:
    output.write(json.dumps(frame, ensure_ascii=False, default=_plain).encode() + b"\n")
