"""The demo as a user meets it: a process that is started, interrupted, killed, and what it says meanwhile."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from walmu_dev.demo.processes import Child, Program
from walmu_dev.operating_system import lock
from walmu_dev.postgres.embedded import temporary_cluster

STAND_IN = Path(__file__).with_name("stand_in.py")


class Demo:
    """One run of the stand-in demo and everything it has said so far."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(STAND_IN), "demo"],
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.output = ""
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()

    def _listen(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.output += line

    def hears(self, pattern: str, within: float = 15) -> re.Match[str]:
        deadline = time.monotonic() + within
        while not (found := re.search(pattern, self.output)):
            assert self.process.poll() is None, self.output
            assert time.monotonic() < deadline, self.output
            time.sleep(0.01)
        return found

    def pid_of(self, name: str) -> int:
        return int(self.hears(rf"{name} +\| process (\d+)")[1])

    def ends(self, with_signal: signal.Signals | None = None, within: float = 15) -> int:
        if with_signal is not None:
            self.process.send_signal(with_signal)
        code = self.process.wait(within)
        self._listener.join(5)
        assert self.process.stdout
        self.process.stdout.close()
        return code


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory(prefix="walmu-test-") as folder:
        Path(folder).chmod(0o711)
        with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
            ports = [str(server.getsockname()[1]) for server in (one, two)]
        yield {"WALMU_DATA_DIR": f"{folder}/data", "WALMU_PORT": ports[0], "WALMU_EHR_PORT": ports[1]}


@pytest.fixture
def start(environment: dict[str, str]) -> Iterator[Callable[..., Demo]]:
    demos: list[Demo] = []

    def start_demo(**more: str) -> Demo:
        demos.append(Demo(environment | more))
        return demos[-1]

    yield start_demo
    for demo in demos:
        if demo.process.poll() is None:
            demo.ends(signal.SIGKILL)


def left_behind(environment: dict[str, str]) -> list[str]:
    """Processes that were given the data folder, open ports, sockets, and locks that are still held."""
    data = environment["WALMU_DATA_DIR"]
    found = [f"{path.parent}" for path in Path("/proc").glob("[0-9]*/cmdline") if data in _read(path)]
    found += [f"{path.parent}" for path in Path("/proc").glob("[0-9]*/environ") if data in _read(path)]
    found += [str(path) for path in Path(data).rglob(".s.PGSQL*")]
    for name in ("WALMU_PORT", "WALMU_EHR_PORT"):
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", int(environment[name]))) == 0:
                found.append(name)
    for path in Path(data).rglob("*.lock"):
        try:
            os.close(lock(path))
        except Exception as error:  # noqa: BLE001
            found.append(str(error))
    return found


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


def test_ctrl_c_stops_everything_in_order_and_leaves_nothing_behind(
    start: Callable[..., Demo], environment: dict[str, str]
) -> None:
    demo = start()
    demo.hears(f"curl .*:{environment['WALMU_PORT']}/v1/agreements/an-agreement/attendance/2026-11-24")
    url = f"{environment['WALMU_DATA_DIR']}/postgres/socket"
    assert re.search(f"migrate with postgresql://walmu_owner@/walmu\\?host={url}", demo.output)
    assert re.search("seeding: True", demo.output), "the API is told that the data is being made"
    assert not Path(environment["WALMU_DATA_DIR"], "seeding").exists()
    demo.hears(f"host={re.escape(url)} x{{60000}}")
    assert len(left_behind(environment)) > 4
    assert demo.ends(signal.SIGINT) == 0
    stopped = re.findall(r"\| (\w+) has stopped", demo.output)
    assert stopped == ["api", "worker", "simulator", "PostgreSQL"]
    assert left_behind(environment) == []


def test_the_demo_may_be_interrupted_while_it_starts(
    start: Callable[..., Demo], environment: dict[str, str]
) -> None:
    demo = start()
    demo.hears("First start")
    assert demo.ends(signal.SIGTERM) == 0
    assert left_behind(environment) == []


def test_after_a_kill_nothing_is_left_behind_and_the_next_start_works(
    start: Callable[..., Demo], environment: dict[str, str]
) -> None:
    demo = start()
    demo.hears("Ctrl-C stops everything")
    demo.ends(signal.SIGKILL)
    deadline = time.monotonic() + 5
    while left_behind(environment):
        assert time.monotonic() < deadline, left_behind(environment)
        time.sleep(0.05)
    demo = start()
    demo.hears("Ctrl-C stops everything", within=5)
    assert "First start" not in demo.output
    assert demo.ends(signal.SIGTERM) == 0


def test_what_dies_is_started_again_and_that_is_said(start: Callable[..., Demo]) -> None:
    demo = start()
    demo.hears("Ctrl-C stops everything")
    first_worker = demo.pid_of("worker")
    os.kill(first_worker, signal.SIGKILL)
    demo.hears(r"worker ended \(SIGKILL\); starting it again in 0.5 s")
    demo.hears("worker is back")
    workers = demo.hears(rf"(?s){first_worker}.*worker +\| process (\d+)")
    os.kill(int(workers[1]), signal.SIGTERM)
    demo.hears(r"worker ended \(SIGTERM\); starting it again in 1 s")
    data = Path(demo.hears(r"host=(\S+)/postgres/socket")[1], "postgres/data")
    os.kill(int((data / "postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)
    demo.hears(r"PostgreSQL ended \(SIGKILL\); starting it again in 0.5 s")
    demo.hears("PostgreSQL is back")
    assert demo.ends(signal.SIGINT) == 0


@pytest.mark.parametrize("variable", ["WALMU_PORT", "WALMU_EHR_PORT"])
def test_a_taken_port_is_named_with_the_variable_that_changes_it(
    start: Callable[..., Demo], environment: dict[str, str], variable: str
) -> None:
    with socket.create_server(("127.0.0.1", int(environment[variable]))):
        demo = start()
        assert demo.ends() == 2
    assert f"Port {environment[variable]} is taken. Set {variable} to a free port." in demo.output
    assert not Path(environment["WALMU_DATA_DIR"], "postgres").exists()


def test_a_second_demo_on_the_same_folder_is_refused(
    start: Callable[..., Demo], environment: dict[str, str]
) -> None:
    first = start()
    first.hears("Starting PostgreSQL")
    second = start()
    assert second.ends() == 2
    assert re.search(
        rf"A demo already runs on .* \(process {first.process.pid}\).*WALMU_DATA_DIR", second.output
    )
    first.hears("Ctrl-C stops everything")


def test_a_data_folder_that_cannot_be_used_is_said(
    start: Callable[..., Demo], environment: dict[str, str]
) -> None:
    Path(environment["WALMU_DATA_DIR"]).write_text("I am a file")
    demo = start()
    assert demo.ends() == 2
    assert re.search("data folder .* cannot be used: .*WALMU_DATA_DIR", demo.output)
    assert "Traceback" not in demo.output


def test_a_program_that_ends_before_it_is_ready_ends_the_demo(
    start: Callable[..., Demo], environment: dict[str, str]
) -> None:
    demo = start(BROKEN_API="1")
    assert demo.ends() == 1
    assert re.search(r"api +\| This API is broken", demo.output)
    assert "api ended (exit code 1) before it was ready" in demo.output
    assert left_behind(environment) == []


async def test_a_program_that_does_not_stop_by_itself_is_stopped_by_force() -> None:
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf'); time.sleep(60)"
    child = Child(Program("deaf", (sys.executable, "-c", deaf)), os.environ)
    await child.start()
    await asyncio.sleep(0.3)
    await child.stop(patience=0.2)
    assert await child.ended() == "SIGKILL"


async def test_a_database_of_ones_own_is_used_instead(start: Callable[..., Demo]) -> None:
    async with temporary_cluster() as cluster:
        demo = start(DATABASE_URL=cluster.url())
        demo.hears("Ctrl-C stops everything")
        assert f"migrate with {cluster.url()}" in demo.output
        assert "PostgreSQL" not in demo.output
        assert demo.ends(signal.SIGINT) == 0
    demo = start(DATABASE_URL=cluster.url())
    assert demo.ends() == 2
    assert "The database of DATABASE_URL does not answer" in demo.output
