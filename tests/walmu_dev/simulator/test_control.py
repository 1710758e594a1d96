"""Faults, clock, journal, and that none of it is there unless asked for."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from walmu_dev.simulator.faults import ResponseDroppedError

if TYPE_CHECKING:
    from tests.walmu_dev.simulator.conftest import Simulator


async def test_the_control_plane_is_closed_unless_asked_for(closed_simulator: Simulator) -> None:
    assert (await closed_simulator.act("create", client_id="c", provider_id="p")).status_code == 404
    for path in ("effects", "journal", "faults", "clock", "proposals", "state/decisions"):
        assert (await closed_simulator.sim.get(f"/__sim/{path}")).status_code == 404
    assert (await closed_simulator.sim.get("/livez")).json() == {"status": "live"}
    assert (await closed_simulator.ehr.get("/health")).status_code == 200


async def test_a_planned_status_comes_as_often_as_planned_and_nothing_is_done(simulator: Simulator) -> None:
    fault = {"kind": "status", "status": 429, "retry_after": 7, "times": 2, "method": "post"}
    await simulator.faults(fault | {"path": "/reported_visits"})
    assert (await simulator.ehr.get("/reported_visits")).status_code == 200
    first = await simulator.ehr.post("/reported_visits", json=simulator.visit())
    assert (first.status_code, first.headers["retry-after"]) == (429, "7")
    (left,) = await simulator.items("/__sim/faults")
    assert left["times"] == 1
    second = await simulator.ehr.post("/reported_visits", json=simulator.visit())
    third = await simulator.ehr.post("/reported_visits", json=simulator.visit())
    assert (second.status_code, third.status_code) == (429, 201)
    assert await simulator.items("/__sim/faults") == []


async def test_a_dropped_response_leaves_the_work_done(simulator: Simulator) -> None:
    await simulator.faults({"kind": "drop_response", "times": 1, "path": "/decision_proposals"})
    with pytest.raises(ResponseDroppedError):
        await simulator.ehr.post("/decision_proposals", json=simulator.proposal())
    assert len(await simulator.items("/decision_proposals", q="ExternalId='decision-1'")) == 1


@pytest.mark.parametrize(
    ("kind", "status", "content_type", "done"),
    [
        ("invalid_json", 201, "application/json", 1),
        ("empty", 201, "application/json", 1),
        ("html_login", 200, "text/html; charset=utf-8", 0),
    ],
)
async def test_a_spoilt_answer_is_no_json(
    simulator: Simulator, kind: str, status: int, content_type: str, done: int
) -> None:
    await simulator.faults({"kind": kind, "times": 1})
    spoilt = await simulator.ehr.post("/reported_visits", json=simulator.visit())
    assert (spoilt.status_code, spoilt.headers["content-type"]) == (status, content_type)
    with pytest.raises(ValueError):
        spoilt.json()
    assert len(await simulator.items("/reported_visits")) == done


async def test_latency_takes_its_time_and_then_answers(simulator: Simulator) -> None:
    await simulator.faults({"kind": "latency", "times": 1, "seconds": 0.2, "path": "/health"})
    started = time.monotonic()
    assert (await simulator.ehr.get("/health")).json() == {"Status": "Up"}
    assert time.monotonic() - started >= 0.2


@pytest.mark.parametrize(
    ("path", "struck"),
    [
        ("/decisions", True),
        ("/lifecare/ec/api/v1/decisions", True),
        ("/lifecare/ec/api/v1", True),
        ("/decis*", True),
        ("/decision_proposals", False),
        ("/decis", False),
    ],
)
async def test_a_fault_s_path_holds_for_what_lies_below_it(
    simulator: Simulator, path: str, struck: bool
) -> None:
    await simulator.faults({"kind": "status", "times": 1, "path": path})
    assert (await simulator.ehr.get("/decisions/1")).status_code == (503 if struck else 404)


async def test_luck_with_the_same_seed_falls_the_same_way(simulator: Simulator) -> None:
    async def run(seed: int) -> list[int]:
        await simulator.faults({"kind": "status", "times": 99, "probability": 0.5, "seed": seed})
        return [(await simulator.ehr.get("/health")).status_code for _ in range(20)]

    first = await run(1)
    assert set(first) == {200, 503}
    assert await run(1) == first
    assert await run(2) != first


async def test_a_new_plan_replaces_the_old_one_and_a_wrong_one_is_refused(simulator: Simulator) -> None:
    await simulator.faults({"kind": "status", "times": 5}, {"kind": "empty", "times": 5})
    await simulator.faults()
    assert (await simulator.ehr.get("/health")).status_code == 200
    wrong: list[dict[str, Any]] = [{"kind": "hang", "times": 1}, {"kind": "empty", "time": 1}]
    for fault in wrong:
        refused = await simulator.sim.post("/__sim/faults", json={"faults": [fault]})
        assert refused.status_code == 422


async def test_the_clock_is_set_and_moved_on(simulator: Simulator) -> None:
    set_to = await simulator.sim.post("/__sim/clock", json={"now": "2030-01-01T10:00:30+02:00"})
    assert set_to.json()["now"].startswith("2030-01-01T08:00:")
    moved = await simulator.sim.post("/__sim/clock", json={"advance_seconds": 3600})
    assert moved.json()["now"].startswith("2030-01-01T09:00:")
    assert (await simulator.sim.get("/__sim/clock")).json()["now"].startswith("2030-01-01T09:00:")
    for wrong in ({}, {"now": "2030-01-01T10:00:00"}, {"now": "2030-01-01T10:00:00Z", "advance_seconds": 1}):
        assert (await simulator.sim.post("/__sim/clock", json=wrong)).status_code == 422


async def test_the_journal_has_every_request_and_neither_key_nor_identity_code(simulator: Simulator) -> None:
    code = simulator.identity_code()
    await simulator.faults({"kind": "drop_response", "times": 1, "method": "PUT"})
    await simulator.ehr.post(
        "/reported_visits", json=simulator.visit(), headers={"x-api-requestId": f"r {code}"}
    )
    await simulator.ehr.get("/reported_visits", params={"q": f"ExternalId='{code}'", "key": "a-test-key"})
    await simulator.ehr.get(f"/decisions/{code}", headers={"X-API-Key": "wrong"})
    with pytest.raises(ResponseDroppedError):
        await simulator.ehr.put("/decision_proposals/1", json=simulator.proposal())
    lines = await simulator.items("/__sim/journal")
    assert [(line["method"], line["status"], line["fault"]) for line in lines] == [
        ("POST", 201, None),
        ("GET", 400, None),
        ("GET", 401, None),
        ("PUT", None, "drop_response"),
    ]
    assert (lines[0]["external_id"], lines[0]["request_id"]) == ("visit-1", "r ***")
    assert lines[1]["query"] == "q=ExternalId='***'&key=***"
    assert lines[2]["path"].endswith("/decisions/***")
    assert code not in str(lines)
    assert await simulator.items("/__sim/journal", limit=1) == lines[-1:]


async def test_what_is_held_can_be_looked_at_by_external_id(simulator: Simulator) -> None:
    for name in ("visit-1", "visit-2"):
        await simulator.ehr.post("/reported_visits", json=simulator.visit(name))
    held = await simulator.items("/__sim/state/attendance", external_id="visit-2")
    assert [visit["ExternalId"] for visit in held] == ["visit-2"]
    decided = await simulator.decided()
    assert await simulator.items("/__sim/effects", entity="decision") == [
        {"entity": "decision", "external_id": decided["id"], "count": 1}
    ]
