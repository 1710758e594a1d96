"""A week plan changes in the middle: what was planned before stays planned, and what is missing is told by the plan of its day."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import TenantFixture

from walmu_api.record.commitments.agreements.rules import amended, plans
from walmu_api.record.everyday.attendance.planning import is_public_holiday

pytestmark = pytest.mark.dated


def week(*weekdays: int, ends_at: str = "13:00") -> dict[str, Any]:
    return {
        "type": "fixed",
        "days": [{"weekday": day, "starts_at": "09:00", "ends_at": ends_at} for day in weekdays],
    }


async def amend(
    world: TenantFixture, path: str, schedule: dict[str, Any], since: str | None = None, status: int = 200
) -> dict[str, Any]:
    """As an integrator does: GET, change, PUT."""
    now = await world.provider_a.get(path)
    entry = now.json() | {"schedule": schedule} | ({"schedule_from": since} if since else {})
    answer = await world.provider_a.put(path, entry, If_Match=now.headers["etag"])
    assert answer.status_code == status, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def planned(world: TenantFixture, path: str, first: str, last: str) -> set[str]:
    answer = await world.organiser.get(f"{path}/attendance-summary?from={first}&to={last}")
    return {each["date"] for each in answer.json()["items"] if "planned_minutes" in each}


def days_of(world: TenantFixture, ago: range, *weekdays: int) -> set[str]:
    """Of so many days ago, those on these weekdays that are no public holidays."""
    days = [world.today - timedelta(days=each) for each in ago]
    return {str(day) for day in days if day.isoweekday() in weekdays and not is_public_holiday(day)}


async def test_an_amended_week_plan_holds_from_its_day_on(world: TenantFixture) -> None:
    path = f"/v1/agreements/{(await world.signed_agreement(schedule=week(1, 2, 3)))['id']}"
    read = (await world.provider_a.get(path)).json()
    assert read["schedules"] == [{"valid_from": read["starts_on"], "schedule": week(1, 2, 3)}]
    data = await amend(world, path, week(4, 5), since=world.day(20))
    assert data["schedule"] == week(4, 5)
    assert data["schedules"] == [
        {"valid_from": read["starts_on"], "schedule": week(1, 2, 3)},
        {"valid_from": world.day(20), "schedule": week(4, 5)},
    ]
    assert "schedule_from" not in data
    assert await planned(world, path, world.day(40), world.day(0)) == (
        days_of(world, range(21, 41), 1, 2, 3) | days_of(world, range(21), 4, 5)
    )
    for ago in (25, 10):
        day = world.day(ago)
        missing = (await world.provider_a.get(f"/v1/attendance/missing?on={day}")).json()["items"]
        weekdays = (1, 2, 3) if ago == 25 else (4, 5)
        assert bool(missing) is bool(days_of(world, range(ago, ago + 1), *weekdays)), day


async def test_without_a_day_it_holds_from_today_and_one_to_come_changes_nothing_yet(
    world: TenantFixture,
) -> None:
    path = f"/v1/agreements/{(await world.signed_agreement(schedule=week(1, 2, 3)))['id']}"
    before = await planned(world, path, world.day(40), world.day(1))
    data = await amend(world, path, week(1, 2, 3, ends_at="14:00"))
    assert [each["valid_from"] for each in data["schedules"]][1:] == [world.day(0)]
    data = await amend(world, path, week(5), since=world.day(-14))
    assert data["schedule"] == week(5), "the one that was agreed on last"
    assert [each["valid_from"] for each in data["schedules"]][1:] == [world.day(0), world.day(-14)]
    assert await planned(world, path, world.day(40), world.day(1)) == before


async def test_a_plan_that_was_wrong_all_along_is_mended_from_the_first_day(world: TenantFixture) -> None:
    path = f"/v1/agreements/{(await world.signed_agreement(schedule=week(1, 2, 3)))['id']}"
    first = (await world.provider_a.get(path)).json()["starts_on"]
    await amend(world, path, week(3), since=world.day(30))
    data = await amend(world, path, week(5), since=first)
    assert data["schedules"] == [{"valid_from": first, "schedule": week(5)}]
    assert await planned(world, path, world.day(40), world.day(0)) == days_of(world, range(41), 5)


async def test_the_same_again_changes_nothing_and_a_day_outside_is_refused(world: TenantFixture) -> None:
    agreement = await world.signed_agreement(schedule=week(1, 2, 3))
    path = f"/v1/agreements/{agreement['id']}"
    data = await amend(world, path, week(4), since=world.day(20))
    assert (await amend(world, path, week(4), since=world.day(20)))["version"] == data["version"]
    assert (await amend(world, path, week(4)))["version"] == data["version"]
    for since in (world.day(121), world.day(-61)):
        refused = await amend(world, path, week(5), since=since, status=422)
        assert refused["errors"][0]["pointer"] == "/schedule_from"


async def test_a_draft_has_its_plan_from_its_start(world: TenantFixture) -> None:
    relationship = await world.relationship((await world.client())["id"])
    draft = await world.agreement(relationship, await world.decision(relationship), sign=False)
    path = f"/v1/agreements/{draft['id']}"
    refused = await amend(world, path, week(5), since=world.day(20), status=422)
    assert refused["errors"][0]["pointer"] == "/schedule_from"
    data = await amend(world, path, week(5), since=draft["starts_on"])
    assert data["schedules"] == [{"valid_from": draft["starts_on"], "schedule": week(5)}]


START = date(2026, 9, 1)
AMENDMENTS = st.lists(st.tuples(st.integers(0, 40), st.sampled_from("abc")), max_size=6)


@given(st.sampled_from("abc"), AMENDMENTS)
def test_each_day_has_the_plan_that_was_last_agreed_on_for_it(
    first: str, amendments: list[tuple[int, str]]
) -> None:
    """Against a calendar in which every amendment is written from its day on."""
    calendar = dict.fromkeys(range(41), first)
    earlier: list[dict[str, Any]] = []
    current: dict[str, Any] = {"type": first}
    for since, name in amendments:
        earlier = amended(earlier, current, {"type": name}, START + timedelta(days=since), START)
        current = {"type": name}
        calendar |= dict.fromkeys(range(since, 41), name)
    found = {
        at: next(
            part["type"]
            for until, part in plans(current | {"earlier": earlier})
            if START + timedelta(days=at) <= until
        )
        for at in calendar
    }
    assert found == calendar
    names = [each["schedule"]["type"] for each in earlier] + [current["type"]]
    assert all(one != other for one, other in pairwise(names)), "no plan twice in a row"


async def test_who_reads_the_plan_agreed_on_last_reads_when_it_begins(world: TenantFixture) -> None:
    """A plan that begins next week must not look as if it held now: in the annex of the workplace, a notice, the document."""
    place = {"name": "Leipomo", "organisation_id": str(world.workplace.organisation_id)}
    worker = {"family_name": "Ohjaaja", "given_names": "Olli"}
    signed = await world.signed_agreement(
        schedule=week(1, 2, 3), place=place, responsible_worker=worker, author=worker
    )
    path, annex = f"/v1/agreements/{signed['id']}", f"/v1/workplace-agreements/{signed['id']}"
    before = (await world.workplace.get(annex)).json()
    assert (before["schedule"], before["schedule_from"]) == (week(1, 2, 3), signed["starts_on"])
    await amend(world, path, week(4, 5), since=world.day(-7))
    after = (await world.workplace.get(annex)).json()
    assert (after["schedule"], after["schedule_from"]) == (week(4, 5), world.day(-7))
    notice = {
        "audience": "activity_centre",
        "agreement_id": signed["id"],
        "notified_on": world.day(0),
        "manner": "post",
        "author": worker,
        "source_id": "n-1",
    }
    given = await world.provider_a.post(f"/v1/decisions/{signed['decision_id']}/notices", notice)
    assert given.status_code == 201, given.text
    viewed = given.json()["view"]["agreement"]
    assert (viewed["schedule"], viewed["schedule_from"]) == (week(4, 5), world.day(-7))
