"""The process of heavy requests, without an application behind it. Its keeper is forked where nothing else runs: in a
process of its own, as `serve` does."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from functools import partial

from starlette.responses import Response

from walmu_api.foundation import heavy_process
from walmu_api.foundation.heavy_lane import _exchange
from walmu_api.foundation.heavy_process import keeping

HEAD = b"POST / HTTP/1.1\r\nconnection: close\r\ncontent-length: %d\r\n\r\n"


def test_an_answer_that_was_given_before_the_body_was_read_arrives() -> None:
    """The token ended while the request waited for its turn: 401, and not "nobody knows whether it was written"."""
    statuses = _of_its_own("early")
    assert statuses == ["401"] * 12


def test_the_end_of_the_keeper_is_noticed_and_leaves_nothing() -> None:
    assert _of_its_own("killed") == ["at work", "ended", "folder gone"]


def _of_its_own(what: str) -> list[str]:
    ran = subprocess.run(
        [sys.executable, "-m", __name__, what], check=False, capture_output=True, text=True, timeout=60
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.split("\n")[:-1]


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()  # a fork would write it again


def _early() -> None:
    async def nothing() -> None: ...

    with keeping(partial(heavy_process.serve, app=Response(status_code=401), afterwards=nothing)) as keeper:
        for length in (1000, 200_000, 1_000_000, 8_000_000):
            for _ in range(3):
                answer = asyncio.run(_exchange(keeper.path, HEAD % length, b"x" * length))
                _say(str(answer.status_code))


def _killed() -> None:
    with keeping(lambda _: None) as keeper:
        _say("at work" if not keeper.has_ended() else "ended")
        os.kill(keeper._pid, signal.SIGKILL)
        while not keeper.has_ended():
            time.sleep(0.01)
        _say("ended")
        keeper.end_work()  # nobody is there to be told
    _say("folder gone" if not keeper.path.parent.exists() else "folder left")


if __name__ == "__main__":
    {"early": _early, "killed": _killed}[sys.argv[1]]()
