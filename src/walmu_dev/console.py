"""What the demo's terminal shows: one line per event, each with the name of who speaks."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def say(text: str, who: str = "demo") -> None:
    try:
        print(f"{who:<9} | {text}" if who else text, flush=True)
    except BrokenPipeError:  # nobody reads any more (`make run | head`): stop in good order, like Ctrl-C
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
        os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def step(doing: str, done: str) -> Iterator[None]:
    """Say what begins at once, and how long it took."""
    began = time.monotonic()
    say(f"{doing} …")
    yield
    say(f"{done} ({time.monotonic() - began:.1f} s)")
