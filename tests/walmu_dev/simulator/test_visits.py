"""Attendance on the wire: the upsert, what it refuses, what is held."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.walmu_dev.simulator.conftest import Simulator


async def test_a_visit_is_created_once_and_then_updated(simulator: Simulator) -> None:
    first = await simulator.ehr.post("/reported_visits", json=simulator.visit())
    later = simulator.visit(ExternalVersion=2, Status="Cancelled", CancelledReason="own_illness")
    second = await simulator.ehr.post("/reported_visits", json=later)
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json() == {"Id": first.json()["Id"], **later, "Modified": second.json()["Modified"]}
    assert second.json()["Modified"] > first.json()["Modified"]
    assert await simulator.items("/__sim/effects") == [
        {"entity": "attendance", "external_id": "visit-1", "count": 1}
    ]


async def test_equal_content_again_changes_nothing_not_even_modified(simulator: Simulator) -> None:
    first = await simulator.ehr.post("/reported_visits", json=simulator.visit())
    again = await simulator.ehr.post("/reported_visits", json=simulator.visit())
    assert (again.status_code, again.json()) == (200, first.json())


async def test_a_lower_version_than_the_one_held_is_a_conflict(simulator: Simulator) -> None:
    await simulator.ehr.post("/reported_visits", json=simulator.visit(ExternalVersion=3))
    stale = await simulator.ehr.post("/reported_visits", json=simulator.visit(ExternalVersion=2))
    assert stale.status_code == 409
    assert [held["ExternalVersion"] for held in await simulator.items("/reported_visits")] == [3]


async def test_another_reporting_system_has_its_own_visits(simulator: Simulator) -> None:
    await simulator.ehr.post("/reported_visits", json=simulator.visit())
    other = await simulator.ehr.post("/reported_visits", json=simulator.visit(ReportingSystem="other"))
    assert other.status_code == 201
    assert [item["count"] for item in await simulator.items("/__sim/effects", entity="attendance")] == [2]


async def test_deleting_is_204_also_when_nothing_is_there(simulator: Simulator) -> None:
    await simulator.ehr.post("/reported_visits", json=simulator.visit())
    named = {"externalId": "visit-1", "reportingSystem": "walmu"}
    for _ in range(2):
        assert (await simulator.ehr.delete("/reported_visits", params=named)).status_code == 204
    assert await simulator.items("/reported_visits", q="ExternalId='visit-1'") == []
    assert (await simulator.ehr.delete("/reported_visits?externalId=visit-1")).status_code == 400


@pytest.mark.parametrize("member", ["ExternalVersion", "DecisionId", "CancelledReason", "Provider"])
async def test_a_missing_member_is_refused_even_one_that_may_be_null(
    simulator: Simulator, member: str
) -> None:
    body = simulator.visit()
    del body[member]
    refused = await simulator.ehr.post("/reported_visits", json=body)
    assert refused.status_code == 422
    assert refused.json()["Message"] == f"{member}: Field required"


@pytest.mark.parametrize(
    "change",
    [
        {"Note": "hello"},
        {"ExternalVersion": "1"},
        {"ExternalVersion": 1.0},
        {"ExternalVersion": True},
        {"ExternalVersion": 0},
        {"DecisionId": "7"},
        {"ExternalId": ""},
        {"Status": "completed"},
        {"PlannedMinutes": 1441},
        {"Date": 20260302},
        {"Person": {"PersonId": None, "ExternalId": None}},
        {"Person": {"PersonId": None, "ExternalId": "client-1", "FamilyName": "Esimerkki"}},
        {"Provider": {"BusinessId": "1234567-2", "ExternalId": None, "Name": None}},
    ],
)
async def test_what_does_not_fit_the_wire_is_refused(simulator: Simulator, change: dict[str, Any]) -> None:
    refused = await simulator.ehr.post("/reported_visits", json=simulator.visit(**change))
    assert refused.status_code == 422, refused.text
    assert await simulator.items("/reported_visits") == []


@pytest.mark.parametrize(
    "day", ["2026-03-02", "2026-03-02T00:00:00Z", "2026-03-02T08:00:00", "2026-02-30T00:00:00"]
)
async def test_a_day_in_another_form_is_refused_with_400(simulator: Simulator, day: str) -> None:
    refused = await simulator.ehr.post("/reported_visits", json=simulator.visit(Date=day))
    assert refused.status_code == 400
    assert refused.json()["Message"].startswith("Date: not entered in a valid format")


async def test_identity_codes_of_the_900_series_are_taken_in_every_century(simulator: Simulator) -> None:
    for version, separator in enumerate("+-YXWVUABCDEF", start=1):
        person = {"PersonId": simulator.identity_code("010101", 950, separator), "ExternalId": None}
        answer = await simulator.ehr.post(
            "/reported_visits", json=simulator.visit(ExternalVersion=version, Person=person)
        )
        assert answer.status_code in {200, 201}, (separator, answer.text)


async def test_other_identity_codes_are_refused_and_not_repeated_in_the_answer(simulator: Simulator) -> None:
    good = simulator.identity_code()
    wrong_check = good[:-1] + ("0" if good[-1] != "0" else "1")
    outside_the_series = simulator.identity_code(number=899)
    no_such_day = simulator.identity_code("300290")
    for code in (wrong_check, outside_the_series, no_such_day, good.lower()[:6], f"{good} "):
        person = {"PersonId": code, "ExternalId": "client-1"}
        refused = await simulator.ehr.post("/reported_visits", json=simulator.visit(Person=person))
        assert refused.status_code == 422, code
        assert code not in refused.text
