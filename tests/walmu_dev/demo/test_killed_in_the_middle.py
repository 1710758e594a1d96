"""`make run` killed with SIGKILL in the middle of batches: what was acknowledged is there once, in feed and record system too."""

import asyncio
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

import asyncpg
import httpx
import pytest
from tests import instant

from walmu_api.foundation.clock import Clock
from walmu_dev import tokens
from walmu_dev.operating_system import free_port
from walmu_dev.postgres.embedded import EmbeddedPostgres
from walmu_dev.settings import DevSettings, read_dev_settings

KILLS = 3


@dataclass
class Demo:
    """The whole product as a newcomer runs it, in a folder of its own."""

    settings: DevSettings
    environment: dict[str, str]
    process: "subprocess.Popen[str] | None" = None
    _listener: threading.Thread = field(default_factory=threading.Thread)

    def start(self) -> None:
        """Until it greets."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "walmu_api.cli", "demo"],
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        data = []
        for line in self.process.stdout:
            data.append(line)
            if line.startswith("Ctrl-C stops everything"):
                self._listener = threading.Thread(
                    target=self._listen, args=(self.process.stdout,), daemon=True
                )
                self._listener.start()
                return
        raise AssertionError("the demo did not start: " + "".join(data[-20:]))

    @staticmethod
    def _listen(stream: IO[str]) -> None:
        with stream:
            stream.read()

    def kill(self) -> None:
        self.end(signal.SIGKILL)

    def end(self, how: int) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(30)
            self._listener.join(30)

    def token(self) -> str:
        return tokens.fetch(self.settings, "provider-a")

    @property
    def api(self) -> str:
        return self.settings.api.public_url


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    port, ehr_port = free_port(), free_port()
    own = {
        "WALMU_DATA_DIR": str(tmp_path / "data"),
        "WALMU_PORT": str(port),
        "WALMU_EHR_PORT": str(ehr_port),
        "WALMU_PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    created = Demo(read_dev_settings(own), {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | own)
    instant.set_clock_of(created.settings)
    yield created
    created.end(signal.SIGINT)


@dataclass
class Ledger:
    """What the client was told: acknowledged days by agreement and date, and every batch it ever sent."""

    acknowledged: dict[tuple[str, str], str] = field(default_factory=dict)
    batches: list[list[dict[str, Any]]] = field(default_factory=list)

    def note(self, batch: list[dict[str, Any]], answer: httpx.Response) -> None:
        for line, outcome in zip(batch, answer.json()["outcomes"], strict=True):
            assert outcome["outcome"] in {"created", "unchanged"}, outcome
            self.acknowledged[line["agreement_id"], line["date"]] = outcome["id"]


def check(ledger: Ledger, days: list[dict[str, Any]], created: Counter[str], held: dict[str, int]) -> None:
    """Nothing acknowledged is lost, nothing is doubled, and journal and record system agree."""
    there = {(day["agreement_id"], day["date"]): day["id"] for day in days}
    assert len(there) == len(days), "a day is there twice"
    lost = [key for key, day_id in ledger.acknowledged.items() if there.get(key) != day_id]
    assert not lost, f"{len(lost)} acknowledged days are lost"
    assert {day["version"] for day in days} == {1}, "a retry made a version"
    assert created == Counter(there.values()), "the journal tells otherwise"
    assert held == dict.fromkeys(there.values(), 1), "the record system holds otherwise"


def _pages(http: httpx.Client, path: str) -> Iterator[dict[str, Any]]:
    following: str | None = path
    while following:
        page = http.get(following).json()
        yield from page["items"]
        following = page["next"] if page.get("more", True) else None


def _send(
    http: httpx.Client, ledger: Ledger, batches: list[list[dict[str, Any]]], stop: threading.Event
) -> None:
    for batch in batches:
        if stop.is_set():
            return
        try:
            answer = http.post("/v1/attendance-batches", json={"items": batch})
        except httpx.HTTPError:
            return  # killed: whether it was recorded is not known
        if answer.status_code == 200:
            ledger.note(batch, answer)


def _batches(http: httpx.Client, demo: Demo) -> list[list[dict[str, Any]]]:
    today = Clock(demo.settings.clock_file).today()
    agreements = [a["id"] for a in _pages(http, "/v1/agreements?status=signed&limit=200")]
    days = [(today - timedelta(days=back)).isoformat() for back in range(1, 25)]
    lines = [
        {"agreement_id": a, "date": d, "status": "present", "source_id": secrets.token_hex(6)}
        for d in days
        for a in agreements
    ]
    return [lines[at : at + 20] for at in range(0, len(lines), 20)]


def _client(demo: Demo) -> httpx.Client:
    return httpx.Client(base_url=demo.api, headers={"Authorization": f"Bearer {demo.token()}"}, timeout=30)


def _created(http: httpx.Client) -> Counter[str]:
    feed = _pages(http, "/v1/changes?limit=1000&resource_type=attendance")
    return Counter(item["resource_id"] for item in feed if item["change"] == "created")


def _effects(demo: Demo) -> dict[str, int]:
    items = httpx.get(f"{demo.settings.simulator_url}/__sim/effects?entity=attendance").json()["items"]
    return {item["external_id"]: item["count"] for item in items}


async def _sessions(demo: Demo) -> set[tuple[str, str]]:
    """Which process is in the database, and as whom."""
    url = EmbeddedPostgres(demo.settings.data_dir).url("postgres", user="postgres")
    administrator = await asyncpg.connect(url)
    try:
        rows = await administrator.fetch(
            "select application_name, usename::text from pg_stat_activity where application_name like 'walmu-%'"
        )
    finally:
        await administrator.close()
    return {(row[0], row[1]) for row in rows}


def test_what_was_acknowledged_survives_sigkill_once_and_only_once(demo: Demo) -> None:
    demo.start()
    ledger = Ledger()
    with _client(demo) as http:
        ledger.batches = _batches(http, demo)
    half = len(ledger.batches) // 2
    for at in range(KILLS):
        stop = threading.Event()
        with _client(demo) as http:
            mine = ledger.batches[at::KILLS]
            writers = [
                threading.Thread(target=_send, args=(http, ledger, part, stop))
                for part in (mine[::2], mine[1::2])
            ]
            for writer in writers:
                writer.start()
            time.sleep(0.15 + 0.15 * at)
            demo.kill()
            stop.set()
            for writer in writers:
                writer.join(30)
        demo.start()
    assert ledger.acknowledged, "nothing was acknowledged before the kills"
    with _client(demo) as http:
        acknowledged = dict(ledger.acknowledged)
        for batch in ledger.batches:
            ledger.note(batch, http.post("/v1/attendance-batches", json={"items": batch}))
        assert acknowledged.items() <= ledger.acknowledged.items(), (
            "an acknowledged day came back with another id"
        )
        days = list(_pages(http, "/v1/attendance?limit=200"))
        deadline = time.monotonic() + 60
        while len(_effects(demo)) < len(days) and time.monotonic() < deadline:
            time.sleep(0.5)
        while (created := _created(http)).total() < len(days) and time.monotonic() < deadline:
            time.sleep(0.5)  # the feed ends before the oldest transaction that still runs
    check(ledger, days, created, _effects(demo))
    assert asyncio.run(_sessions(demo)) == {
        ("walmu-api", "walmu_app_demo"),
        ("walmu-jobs", "walmu_app_demo"),  # what the API was asked to answer later
        ("walmu-auditor", "walmu_auditor_demo"),
        ("walmu-worker", "walmu_worker_demo"),
    }, "each process has a login of its own"
    ledger.acknowledged[ledger.batches[half][0]["agreement_id"], "1999-01-01"] = "never recorded"
    with pytest.raises(AssertionError, match="1 acknowledged days are lost"):
        check(ledger, days, created, _effects(demo))
