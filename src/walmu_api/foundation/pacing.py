"""Long work on the event loop, in short slices: other requests are answered between them.

In a thread it would hold the interpreter's lock for five milliseconds at a time whenever the loop wants it back; here a
slice is shorter, and after each the loop has the processor for itself for a moment."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass
class Progress:
    """How far long work is that somebody may ask about."""

    lines: int | None = None
    judged: int | None = None


progress_of: ContextVar[Progress | None] = ContextVar("progress_of", default=None)
"""Of the job that is carried out; nothing in a request that is answered at once."""


SLICE = 0.002
REST = 0.001


async def paced(items: Iterable[T]) -> AsyncIterator[T]:
    """The items, one after another, with a rest after each slice of work. One item should take far less than a
    slice."""
    until = time.perf_counter() + SLICE
    for item in items:
        yield item
        if time.perf_counter() >= until:
            await asyncio.sleep(REST)
            until = time.perf_counter() + SLICE
