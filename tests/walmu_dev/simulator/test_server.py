"""The simulator as a process of its own: what it acknowledged is there after a kill."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests import instant

from walmu_api.settings import read_settings
from walmu_dev.operating_system import free_port

pytestmark = pytest.mark.enable_socket

RUN = "from walmu_dev.simulator.server import run; from walmu_dev.settings import read_dev_settings; "
RUN += "run(read_dev_settings())"
WORDS = {"client_id": "client-1", "provider_id": "provider-1"}


@contextmanager
def serving(folder: Path, how_to_end: signal.Signals) -> Iterator[httpx.Client]:
    port = free_port()
    more = {"WALMU_DATA_DIR": str(folder), "WALMU_EHR_PORT": str(port), "WALMU_SIM_CONTROL": "1"}
    path = os.pathsep.join(entry for entry in sys.path if entry)
    environment = {
        **os.environ,
        **more,
        "PYTHONPATH": path,
        "WALMU_EHR_API_KEY": "",
        "WALMU_LOG_LEVEL": "info",
    }
    with (folder / "log").open("a") as log:
        process = subprocess.Popen([sys.executable, "-c", RUN], env=environment, stdout=log, stderr=log)
    try:
        base, key = f"http://127.0.0.1:{port}", {"X-API-Key": "walmu-demo-key"}
        with httpx.Client(base_url=base, headers=key, timeout=20) as client:
            until_live(client, process)
            yield client
    finally:
        process.send_signal(how_to_end)
        try:
            code = process.wait(20)
        finally:
            process.kill()
    assert code == -how_to_end  # uvicorn shuts down and then ends by the signal it was sent


def until_live(client: httpx.Client, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert process.poll() is None
        try:
            assert client.get("/livez").json() == {"status": "live"}
        except httpx.ConnectError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("The simulator did not start")


def everything(client: httpx.Client) -> dict[str, Any]:
    paths = ["decisions", "decision_proposals", "reported_visits"]
    return {path: client.get(f"/lifecare/ec/api/v1/{path}").json() for path in paths} | {
        path: client.get(f"/__sim/{path}").json() for path in ("effects", "faults")
    }


def test_what_was_acknowledged_is_there_after_a_kill_and_ids_and_times_go_on(
    tmp_path: Path, simulator_bodies: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    visit, proposal = simulator_bodies
    instant.set_clock_of(read_settings({"WALMU_DATA_DIR": str(tmp_path)}))
    with serving(tmp_path, signal.SIGKILL) as client:
        client.post("/__sim/clock", json={"advance_seconds": 3600}).raise_for_status()
        fault = {"kind": "drop_response", "times": 2, "path": "/reported_visits", "method": "POST"}
        client.post("/__sim/faults", json={"faults": [fault]}).raise_for_status()
        with pytest.raises(httpx.RemoteProtocolError):
            client.post("/lifecare/ec/api/v1/reported_visits", json=visit)
        client.post("/__sim/decisions", json={"action": "create", "decision": WORDS}).raise_for_status()
        client.post("/lifecare/ec/api/v1/decision_proposals", json=proposal).raise_for_status()
        before = everything(client)
    assert [
        len(before[path]["Items"]) for path in ("decisions", "decision_proposals", "reported_visits")
    ] == [1] * 3
    assert before["faults"]["faults"][0]["times"] == 1

    with serving(tmp_path, signal.SIGTERM) as client:
        assert everything(client) == before
        client.post("/__sim/clock", json={"advance_seconds": -7200}).raise_for_status()
        decided = {"action": "decide", "decision": {"external_id": proposal["ExternalId"]}}
        assert client.post("/__sim/decisions", json=decided).json()["id"] == "4"
        last = before["decision_proposals"]["Items"][0]["Modified"]
        changed = client.get("/lifecare/ec/api/v1/decisions", params={"gt": last}).json()["Items"]
        assert [decision["Id"] for decision in changed] == [4]
    log = (tmp_path / "log").read_text()
    assert visit["Person"]["PersonId"] not in log
    assert "ERROR" not in log
    assert "Application shutdown complete" in log
    assert "reported_visits" not in log
