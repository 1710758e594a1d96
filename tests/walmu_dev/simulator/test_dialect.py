"""What holds for every call of the dialect, and the lists of decisions and proposals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.walmu_dev.simulator.conftest import Simulator


async def test_without_the_key_nothing_is_told_not_even_which_paths_there_are(simulator: Simulator) -> None:
    for headers in ({"X-API-Key": ""}, {"X-API-Key": "wrong"}):
        for path in ("/health", "/nowhere", "/decisions"):
            assert (await simulator.ehr.get(path, headers=headers)).status_code == 401
    assert (await simulator.ehr.get("/health")).json() == {"Status": "Up"}


async def test_unknown_paths_and_methods_are_named_as_such(simulator: Simulator) -> None:
    assert (await simulator.ehr.get("/nowhere")).status_code == 404
    refused = await simulator.ehr.post("/decisions", json={})
    assert (refused.status_code, refused.json()) == (405, {"Message": "Method Not Allowed"})


async def test_every_answer_has_a_date_and_the_sender_s_request_id(simulator: Simulator) -> None:
    await simulator.sim.post("/__sim/clock", json={"now": "2031-05-06T07:08:30Z"})
    for path in ("/health", "/nowhere", "/decisions?limit=0"):
        answer = await simulator.ehr.get(path, headers={"x-api-requestId": "r-17"})
        assert answer.headers["x-api-requestId"] == "r-17"
        assert answer.headers["date"].startswith("Tue, 06 May 2031 07:08")
    refused = await simulator.ehr.get("/health", headers={"X-API-Key": "no"})
    assert "date" in refused.headers
    assert "x-api-requestId" not in refused.headers


@pytest.mark.parametrize(
    "query",
    [
        "q=ExternalId:'a'",
        "q=ExternalId=a",
        "q=ExternalId=''",
        "q=PersonId='a'",
        "q=ExternalId='a' ",
        "q=",
        "gt=2026-03-02",
        "gt=2026-03-02T00:00:00",
        "gt=2026-03-02T00:00:00%2B00:00",
        "gt=2026-03-02T00:00:00.1Z",
        "gt=2026-02-30T00:00:00Z",
        "limit=0",
        "limit=201",
        "limit=ten",
        "limit=-1",
        "offset=-1",
        "limit=5&limit=6",
        "modifiedAfter=2026-03-02T00:00:00Z",
        "q=ExternalId='a'&gt=2026-03-02T00:00:00Z",
    ],
)
async def test_a_query_that_is_not_understood_is_400(simulator: Simulator, query: str) -> None:
    refused = await simulator.ehr.get(f"/decision_proposals?{query}")
    assert refused.status_code == 400, refused.text
    if query.startswith("q=") and "gt" not in query:
        assert refused.json() == {"Message": "Invalid query format"}


async def test_decisions_have_no_filter_but_the_time_of_change(simulator: Simulator) -> None:
    assert (await simulator.ehr.get("/decisions", params={"q": "ExternalId='a'"})).status_code == 400
    assert (await simulator.ehr.get("/decisions/7")).status_code == 404
    assert (await simulator.ehr.get("/decisions/seven")).status_code == 404


async def test_paging_by_the_last_modification_seen_meets_every_change_once(simulator: Simulator) -> None:
    for number in range(7):
        await simulator.decided(client_id=f"client-{number}")
    last, seen = "2000-01-01T00:00:00Z", []
    for _ in range(4):
        page = await simulator.items("/decisions", gt=last, limit=2)
        seen += [held["Person"]["ExternalId"] for held in page]
        last = page[-1]["Modified"]
    assert await simulator.items("/decisions", gt=last) == []
    assert seen == [f"client-{number}" for number in range(7)]
    assert [held["Id"] for held in await simulator.items("/decisions", limit=2, offset=5)] == [6, 7]


async def test_modifications_increase_even_when_the_clock_is_set_back(simulator: Simulator) -> None:
    first = await simulator.decided()
    (before,) = await simulator.items("/decisions")
    await simulator.sim.post("/__sim/clock", json={"advance_seconds": -86400})
    await simulator.act("amend", id=first["id"], place="Toinen paja")
    (after,) = await simulator.items("/decisions", gt=before["Modified"])
    assert after["Modified"] > before["Modified"]


async def test_a_proposal_sent_twice_is_there_twice(simulator: Simulator) -> None:
    for _ in range(2):
        posted = await simulator.ehr.post("/decision_proposals", json=simulator.proposal())
        assert posted.status_code == 201
    expected = simulator.proposal() | {"Status": "Received", "DecisionId": None, "RefusalReason": None}
    assert posted.json() == {"Id": 2, **expected, "Modified": posted.json()["Modified"]}
    held = await simulator.items("/decision_proposals", q="ExternalId='decision-1'")
    assert [each["Id"] for each in held] == [1, 2]
    assert await simulator.items("/decision_proposals", q="ExternalId='decision-2'") == []
    assert await simulator.items("/__sim/effects", external_id="decision-1") == [
        {"entity": "decision_proposal", "external_id": "decision-1", "count": 2}
    ]


async def test_a_proposal_is_replaced_while_it_waits_and_not_after(simulator: Simulator) -> None:
    first = (await simulator.ehr.post("/decision_proposals", json=simulator.proposal())).json()
    path = f"/decision_proposals/{first['Id']}"
    replaced = await simulator.ehr.put(path, json=simulator.proposal(Place=None))
    assert (replaced.status_code, replaced.json()["Place"]) == (200, None)
    (changed,) = await simulator.items("/decision_proposals", gt=first["Modified"])
    assert changed == replaced.json()
    assert (await simulator.ehr.put(path, json=simulator.proposal("other"))).status_code == 422
    assert (await simulator.ehr.put("/decision_proposals/99", json=simulator.proposal())).status_code == 404
    await simulator.act("refuse", external_id="decision-1", reason="Puuttuu hakemus")
    assert (await simulator.ehr.put(path, json=simulator.proposal())).status_code == 409


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"Outcome": {"Code": 1, "Text": "Myönnetty"}}, 422),
        ({"ToDate": "2026-02-01T00:00:00"}, 422),
        ({"FromDate": "2026-03-01"}, 400),
        ({"Amount": "6"}, 422),
        ({"Amount": 6.0}, 422),
        ({"AmountType": None}, 422),
        ({"Day": 8}, 422),
        ({"Travel": {"Arrangement": "taxi"}}, 422),
        ({"ServiceTask": None}, 422),
    ],
)
async def test_a_proposal_that_does_not_fit_the_wire_is_refused(
    simulator: Simulator, change: dict[str, Any], status: int
) -> None:
    refused = await simulator.ehr.post("/decision_proposals", json=simulator.proposal(**change))
    assert refused.status_code == status, refused.text


async def test_a_body_that_is_no_json_is_400(simulator: Simulator) -> None:
    headers = {"Content-Type": "application/json"}
    refused = await simulator.ehr.post("/reported_visits", content=b'{"ExternalId": ', headers=headers)
    assert refused.status_code == 400
