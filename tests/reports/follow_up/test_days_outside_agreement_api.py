"""A day that stands outside its agreement, because an end was known later: it is listed with its finding, is in no count and no
share, and waits for no justification."""

import csv
import io
from typing import Any

import pytest
from tests.conftest import TenantFixture
from tests.record.case_file.documents.samples import WORK_ACTIVITY
from tests.record.parties.clients.test_death_api import ENDING, PRESENT, dies

SICK = {"status": "absent", "absence_reason": "own_illness", "planned_minutes": 240}
ENDS = ("agreement", "service", "death")
OUTSIDE = "day-outside-agreement"


@pytest.fixture
async def served(world: TenantFixture) -> dict[str, Any]:
    client = await world.client()
    relationship = await world.relationship(client["id"], service=WORK_ACTIVITY)
    agreement = await world.agreement(
        relationship, await world.decision(relationship), starts_on=world.day(20)
    )
    days = f"/v1/agreements/{agreement['id']}/attendance"
    return {"client": client["id"], "relationship": relationship, "agreement": agreement, "days": days}


async def _ends(world: TenantFixture, served: dict[str, Any], by: str, days_ago: int) -> None:
    day = world.day(days_ago)
    if by == "death":
        return await dies(world, served["client"], days_ago)
    if by == "service":
        entry = {"service_relationship_id": served["relationship"]["id"], "kind": "ended", "ends_on": day}
        answer = await world.provider_a.post("/v1/service-events", entry | ENDING | {"source_id": "end"})
        assert answer.status_code == 201, answer.text
        return None
    path = f"/v1/agreements/{served['agreement']['id']}"
    now = await world.provider_a.get(path)
    end = {"ends_on": day, "reason": "Päättyi"}
    answer = await world.provider_a.post(f"{path}/end", end, If_Match=now.headers["ETag"])
    assert answer.status_code == 200, answer.text
    return None


async def _record(world: TenantFixture, served: dict[str, Any], days: dict[int, dict[str, Any]]) -> None:
    for day, body in days.items():
        answer = await world.provider_a.put(f"{served['days']}/{world.day(day)}", body)
        assert answer.status_code == 201, answer.text


async def _summary(world: TenantFixture, served: dict[str, Any]) -> dict[str, Any]:
    path = f"/v1/agreements/{served['agreement']['id']}/attendance-summary"
    answer = await world.provider_a.get(f"{path}?from={world.day(20)}&to={world.day(0)}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def _year(world: TenantFixture, served: dict[str, Any]) -> dict[str, Any]:
    answer = await world.organiser.get(f"/v1/clients/{served['client']}/overview")
    found: dict[str, Any] = answer.json()["attendance"]
    return found


@pytest.mark.parametrize("by", ENDS)
async def test_it_is_in_no_share_and_no_sum_of_attendance(
    world: TenantFixture, served: dict[str, Any], by: str
) -> None:
    """Before the end absent on each planned day; after it, by mistake, present."""
    planned = [item["date"] for item in (await _summary(world, served))["items"]]
    inside = [day for day in planned if day <= world.day(8)]
    assert 0 < len(inside) < len(planned)
    for day in planned:
        body = SICK if day in inside else PRESENT | {"planned_minutes": 240}
        assert (await world.provider_a.put(f"{served['days']}/{day}", body)).status_code == 201
    await _ends(world, served, by, 8)
    summary, year = await _summary(world, served), await _year(world, served)
    for found in summary, year:
        days = found["days"]
        assert (days["planned"], days["absent"], days["present"]) == (len(inside), len(inside), 0)
        assert found["minutes"] == {"planned": 240 * len(inside), "actual": 0}
        assert sum(found["absences"].values()) == len(inside)
        listed = {item["date"]: item.get("finding") for item in found["items"]}
        assert listed == {day: None if day in inside else OUTSIDE for day in planned}
    assert (year["attended_share"], year["reported_share"]) == (0, 1)
    assert year["reasons"] == [{"reason": "own_illness", "days": len(inside)}]
    assert sum(month["days"]["present"] for month in year["months"]) == 0


@pytest.mark.parametrize("by", ENDS)
async def test_its_absence_waits_for_nothing_in_any_reading(
    world: TenantFixture, served: dict[str, Any], by: str
) -> None:
    await _record(world, served, {12: SICK, 2: {"status": "absent"}})
    await _ends(world, served, by, 8)
    listed = (await world.organiser.get("/v1/justifications")).json()["items"]
    assert [each["date"] for each in listed] == [world.day(12)]
    for found in await _summary(world, served), await _year(world, served):
        late = next(item for item in found["items"] if item["date"] == world.day(2))
        assert (late["status"], late["finding"]) == ("absent", OUTSIDE)
        assert not late.keys() & {"justification", "justified"}
        assert sum(found["absences"].values()) == 1
    answer = await world.organiser.get(
        f"/v1/attendance?client_id={served['client']}", Accept="text/csv", Accept_Language="fi"
    )
    lines = csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";")
    assert [bool(line["Perustelu"]) for line in lines] == [True, False]


@pytest.mark.parametrize("by", ENDS)
async def test_it_lengthens_no_run_of_illness(world: TenantFixture, served: dict[str, Any], by: str) -> None:
    """Three days of own illness need no certificate (1290/2002, chapter 10); a fourth one outside the agreement is none."""
    days = [item["date"] for item in (await _summary(world, served))["items"]][:4]
    for day in days:
        assert (await world.provider_a.put(f"{served['days']}/{day}", SICK)).status_code == 201
    ago = next(ago for ago in range(21) if world.day(ago) == days[2])
    await _ends(world, served, by, ago)
    verdicts = [
        item["justified"]["result"]
        for item in (await _summary(world, served))["items"]
        if "justified" in item
    ]
    assert verdicts == ["justified"] * 3


@pytest.mark.parametrize("by", ENDS)
async def test_no_reason_is_given_for_it(world: TenantFixture, served: dict[str, Any], by: str) -> None:
    await _record(world, served, {12: SICK, 3: SICK, 2: SICK})
    why = {"reason": "own_illness", "given_by": "client", "given_on": world.day(1)}
    before = await world.provider_a.put(f"{served['days']}/{world.day(3)}/justification", why)
    assert before.status_code == 201
    await _ends(world, served, by, 8)
    answer = await world.provider_a.put(f"{served['days']}/{world.day(2)}/justification", why)
    assert answer.status_code == 422, answer.text
    (error,) = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/date", OUTSIDE)
    again = await world.provider_a.put(f"{served['days']}/{world.day(3)}/justification", why)
    assert (again.status_code, again.json()["version"]) == (200, 1)
    inside = await world.provider_a.put(f"{served['days']}/{world.day(12)}/justification", why)
    assert inside.status_code == 201


@pytest.mark.parametrize("by", ENDS)
async def test_the_draft_of_an_assessment_counts_only_what_stands(
    world: TenantFixture, served: dict[str, Any], by: str
) -> None:
    by_plan = {name: value for name, value in SICK.items() if name != "planned_minutes"}
    await _record(world, served, {12: by_plan, 9: PRESENT, 3: by_plan, 2: PRESENT})
    await _ends(world, served, by, 8)
    path = f"/v1/assessment-prefill?agreement_id={served['agreement']['id']}"
    answer = await world.provider_a.get(f"{path}&from={world.day(20)}&to={world.day(0)}")
    assert answer.status_code == 200, answer.text
    found = answer.json()["attendance"]
    assert (found["recorded"], found["present"], found["absent"]) == (2, 1, 1)
    assert found["planned"] == (await _summary(world, served))["days"]["planned"]
    assert found["absences"] == [{"reason": "own_illness", "days": 1}]
    assert sum(found["justifications"].values()) == 1
