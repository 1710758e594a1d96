"""Who has not reported: planned days of which nothing is recorded."""

import secrets
from datetime import date, timedelta
from typing import Any

import pytest
from tests.conftest import ApiClient, TenantFixture, forward

from walmu_api.foundation.clock import Clock
from walmu_api.record.everyday.attendance.planning import is_public_holiday

FLEXIBLE = {"type": "flexible", "min_days_per_week": 1, "max_days_per_week": 3}


def weekdays(*days: int) -> dict[str, Any]:
    return {
        "type": "fixed",
        "days": [{"weekday": day, "starts_at": "09:00", "ends_at": "13:30"} for day in days],
    }


ALL_WEEK = weekdays(1, 2, 3, 4, 5)


def a_working_day(world: TenantFixture, before: int = 1) -> date:
    """The last one that is no public holiday."""
    day = world.today - timedelta(days=before)
    while day.isoweekday() > 5 or is_public_holiday(day):
        day -= timedelta(days=1)
    return day


async def missing(speaker: ApiClient, on: date, more: str = "") -> list[dict[str, Any]]:
    answer = await speaker.get(f"/v1/attendance/missing?on={on}{more}")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def event(
    world: TenantFixture, relationship: str, kind: str, starts_on: date, **more: Any
) -> dict[str, Any]:
    entry = {
        "service_relationship_id": relationship,
        "kind": kind,
        "starts_on": starts_on.isoformat(),
        **more,
    }
    answer = await world.provider_a.post("/v1/service-events", entry | {"source_id": secrets.token_hex(6)})
    assert answer.status_code == 201, answer.text
    data: dict[str, Any] = answer.json()
    return data


@pytest.mark.parametrize("status", ["present", "partial", "absent", "not_arranged", "rescheduled"])
async def test_a_planned_day_is_missing_until_something_is_recorded(
    world: TenantFixture, status: str
) -> None:
    agreement, on = await world.signed_agreement(schedule=ALL_WEEK), a_working_day(world)
    expected = [
        {
            "agreement_id": agreement["id"],
            "client_id": agreement["client_id"],
            "date": str(on),
            "planned_minutes": 270,
        }
    ]
    for speaker in (world.provider_a, world.organiser, world.ehr):
        assert await missing(speaker, on) == expected
    assert await missing(world.provider_b, on) == []
    path = f"/v1/agreements/{agreement['id']}/attendance/{on}"
    assert (await world.provider_a.put(path, {"status": status})).status_code == 201
    assert await missing(world.provider_a, on) == []
    assert (await world.provider_a.post(f"{path}/void", {"reason": "Virhe"})).status_code == 200
    assert await missing(world.provider_a, on) == expected


async def test_without_a_day_it_is_today_and_a_day_to_come_is_refused(
    world: TenantFixture, clock: Clock
) -> None:
    forward(clock, days=(date(2027, 1, 18) - world.today).days)  # a Monday
    relationship = await world.relationship((await world.client())["id"])
    await world.agreement(relationship, await world.decision(relationship), schedule=ALL_WEEK)
    (item,) = (await world.provider_a.get("/v1/attendance/missing")).json()["items"]
    assert item["date"] == world.today.isoformat()
    answer = await world.provider_a.get(f"/v1/attendance/missing?on={world.day(-1)}")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "day-in-future")
    assert answer.json()["errors"][0]["pointer"] == "/query/on"


async def test_only_what_is_planned_and_in_force_is_missing(world: TenantFixture) -> None:
    on = a_working_day(world, 10)
    others = [day for day in range(1, 6) if day != on.isoweekday()]
    relationship = await world.relationship((await world.client())["id"])
    decision = await world.decision(relationship)
    await world.agreement(relationship, decision, schedule=weekdays(*others))
    await world.agreement(relationship, decision, schedule=FLEXIBLE)
    await world.agreement(relationship, decision, schedule=ALL_WEEK, sign=False)
    await world.agreement(relationship, decision, schedule=ALL_WEEK, starts_on=str(on + timedelta(days=1)))
    await world.agreement(relationship, decision, schedule=ALL_WEEK, ends_on=str(on - timedelta(days=1)))
    await world.agreement(relationship, None, schedule=ALL_WEEK, kind="employment")
    over = await world.agreement(relationship, decision, schedule=ALL_WEEK)
    ending = {"ends_on": str(on - timedelta(days=1)), "reason": "Loppui"}
    assert (await world.provider_a.post(f"/v1/agreements/{over['id']}/end", ending)).status_code == 200
    voided = await world.agreement(relationship, decision, schedule=ALL_WEEK)
    answer = await world.provider_a.post(f"/v1/agreements/{voided['id']}/void", {"reason": "Virhe"})
    assert answer.status_code == 200, answer.text
    assert await missing(world.organiser, on) == []
    stored = await world.agreement(relationship, decision, schedule=weekdays(on.isoweekday()))
    assert [item["agreement_id"] for item in await missing(world.organiser, on)] == [stored["id"]]


async def test_nothing_is_missing_after_a_revocation_or_before_the_decision(world: TenantFixture) -> None:
    on = a_working_day(world, 10)
    for changes in ({"status": "revoked", "revoked_on": on}, {"valid_from": on + timedelta(days=1)}):
        relationship = await world.relationship((await world.client())["id"])
        decision, _ = await world.receive(relationship, ehr_id=f"D{len(changes)}")
        await world.agreement(relationship, decision, schedule=ALL_WEEK)
        assert len(await missing(world.organiser, on)) == 1
        await world.receive(relationship, ehr_id=f"D{len(changes)}", version=2, **changes)
        known = "update decisions set revocation_known_on = revoked_on where organiser_id = $1 and revoked_on is not null"
        await world.owner.execute(known, world.organiser_id)
        assert await missing(world.organiser, on) == []


async def test_public_holidays_are_not_missing(world: TenantFixture, clock: Clock) -> None:
    forward(clock, days=(date(2027, 1, 8) - world.today).days)
    relationship = await world.relationship((await world.client())["id"])
    await world.agreement(relationship, await world.decision(relationship), schedule=ALL_WEEK)
    assert await missing(world.provider_a, date(2027, 1, 6)) == []  # Epiphany, a Wednesday
    assert len(await missing(world.provider_a, date(2027, 1, 7))) == 1


async def test_a_pause_leaves_nothing_missing_for_anybody(world: TenantFixture) -> None:
    relationship = await world.relationship((await world.client())["id"])
    workplace = {"name": "Kotola", "organisation_id": str(world.workplace.organisation_id)}
    agreement = await world.agreement(
        relationship, await world.decision(relationship), schedule=ALL_WEEK, place=workplace
    )
    on = a_working_day(world, 10)
    everybody = (world.provider_a, world.organiser, world.workplace)
    for speaker in everybody:
        assert [item["agreement_id"] for item in await missing(speaker, on)] == [agreement["id"]]
    paused = await event(world, relationship["id"], "paused", on, reason="Kesäloma")
    for speaker in everybody:
        assert await missing(speaker, on) == []
    await event(world, relationship["id"], "resumed", on + timedelta(days=1))
    later = a_working_day(world, 1)
    for speaker in everybody:
        assert await missing(speaker, on) == []
        assert len(await missing(speaker, later)) == (1 if later > on else 0)
    version = {"If_Match": f'"{paused["version"]}"'}
    voided = await world.provider_a.post(
        f"/v1/service-events/{paused['id']}/void", {"reason": "Virhe"}, **version
    )
    assert voided.status_code == 200, voided.text
    assert len(await missing(world.workplace, on)) == 1


async def test_a_day_that_another_moved_to_is_missing_in_its_place(world: TenantFixture) -> None:
    to = a_working_day(world)
    came_from = to - timedelta(days=7)
    agreement = await world.signed_agreement(schedule=weekdays(*{1, 2, 3, 4, 5} - {to.isoweekday()}))
    days = f"/v1/agreements/{agreement['id']}/attendance"
    assert await missing(world.provider_a, to) == []
    moved = {"status": "rescheduled", "rescheduled_to": str(to), "planned_minutes": 200}
    assert (await world.provider_a.put(f"{days}/{came_from}", moved)).status_code == 201
    (item,) = await missing(world.provider_a, to)
    assert (item["date"], item["planned_minutes"]) == (str(to), 200)
    came = {"status": "present", "rescheduled_from": str(came_from)}
    assert (await world.provider_a.put(f"{days}/{to}", came)).status_code == 201
    assert await missing(world.provider_a, to) == []


async def test_it_comes_in_pages_and_by_provider_and_is_in_the_use_log(world: TenantFixture) -> None:
    on, created = a_working_day(world), set()
    for _ in range(5):
        created.add((await world.signed_agreement(schedule=ALL_WEEK))["id"])
    found = await world.pages(world.organiser, f"/v1/attendance/missing?on={on}&limit=2")
    assert [item["agreement_id"] for item in found] == sorted(created)
    assert await missing(world.organiser, on, f"&provider_id={world.provider_b.organisation_id}") == []
    assert len(await missing(world.organiser, on, f"&provider_id={world.provider_a.organisation_id}")) == 5
    logged = await world.use_log(operation="listMissingAttendance")
    assert {len(row["client_ids"]) for row in logged[:3]} == {1, 2}
    assert len({client for row in logged[:3] for client in row["client_ids"]}) == 5


async def test_pages_are_full_where_most_are_paused(
    world: TenantFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("walmu_api.reports.follow_up.missing.AT_ONCE", 2)
    on, stored = a_working_day(world, 10), []
    for at in range(6):
        relationship = await world.relationship((await world.client())["id"])
        agreement = await world.agreement(relationship, await world.decision(relationship), schedule=ALL_WEEK)
        if at in {2, 5}:
            stored.append(agreement["id"])
        else:
            await event(world, relationship["id"], "paused", on, reason="Loma")
    answer = await world.organiser.get(f"/v1/attendance/missing?on={on}&limit=1")
    assert [item["agreement_id"] for item in answer.json()["items"]] == stored[:1]
    found = await world.pages(world.organiser, f"/v1/attendance/missing?on={on}&limit=1")
    assert [item["agreement_id"] for item in found] == stored
