"""Days are recorded as they were, with a warning where they do not go together with the week plan or the legal basis: the same
for a single day and in a batch."""

from datetime import timedelta
from typing import Any

from tests.conftest import ApiClient, TenantFixture

from walmu_api.record.everyday.attendance.planning import is_public_holiday

OFF = "not-a-planned-day"


def week(*weekdays: int) -> dict[str, Any]:
    days = [{"weekday": day, "starts_at": "09:00", "ends_at": "13:00"} for day in weekdays]
    return {"type": "fixed", "days": days}


def last_working_day(world: TenantFixture, *, before: int = 0) -> str:
    """The last day but `before` that is no public holiday."""
    days = (world.today - timedelta(days=ago) for ago in range(1, 60))
    return [day for day in days if not is_public_holiday(day)][before].isoformat()


async def warned(
    world: TenantFixture, agreement: str, date: str, by: ApiClient | None = None, **entry: Any
) -> str | None:
    """What the answer of the single day warns of; a batch says the same."""
    speaker = by or world.provider_a
    line = {"agreement_id": agreement, "date": date, **entry}
    dry = await speaker.post("/v1/attendance-batches?dry_run=true", {"items": [line]})
    (outcome,) = dry.json()["outcomes"]
    of_line = ", ".join(problem["code"] for problem in outcome["problems"])
    answer = await speaker.put(f"/v1/agreements/{agreement}/attendance/{date}", entry)
    assert answer.status_code == 201, answer.text
    assert outcome["outcome"] == "created"
    assert (answer.headers.get("walmu-warnings") or "") == of_line
    return of_line or None


async def test_a_day_off_the_week_plan(world: TenantFixture) -> None:
    on, off = last_working_day(world), last_working_day(world, before=1)
    planned = world.today.fromisoformat(on).isoweekday()
    agreement = (await world.signed_agreement(schedule=week(planned)))["id"]
    assert await warned(world, agreement, on, status="present") is None
    assert await warned(world, agreement, off, status="present") == OFF
    third = last_working_day(world, before=2)
    assert await warned(world, agreement, third, status="present", rescheduled_from=on) is None
    fourth = last_working_day(world, before=3)
    assert await warned(world, agreement, fourth, status="not_arranged") is None
    flexible = (await world.signed_agreement(schedule={"type": "flexible"}))["id"]
    assert await warned(world, flexible, off, status="present") is None


async def test_a_public_holiday_is_no_planned_day(world: TenantFixture) -> None:
    days = (world.today - timedelta(days=ago) for ago in range(1, 400))
    holiday = next(day for day in days if is_public_holiday(day))
    relationship = await world.relationship((await world.client())["id"], starts_on=world.day(500))
    valid_from = world.today - timedelta(days=490)
    decision = await world.decision(
        relationship, days_per_week=7, valid_from=valid_from, decided_on=valid_from
    )
    every_day = week(*range(1, 8))
    agreement = await world.agreement(relationship, decision, schedule=every_day, starts_on=world.day(480))
    assert await warned(world, agreement["id"], holiday.isoformat(), status="present") == OFF


async def test_the_plan_of_the_day_counts_and_not_the_one_agreed_on_later(world: TenantFixture) -> None:
    then, now = last_working_day(world, before=5), last_working_day(world)
    weekday = world.today.fromisoformat(then).isoweekday()
    other = weekday % 7 + 1
    agreement = await world.signed_agreement(schedule=week(weekday))
    path = f"/v1/agreements/{agreement['id']}"
    entry = agreement | {"schedule": week(other), "schedule_from": now}
    amended = await world.provider_a.put(path, entry, If_Match='"2"')
    assert amended.status_code == 200, amended.text
    assert await warned(world, agreement["id"], then, status="present") is None


async def test_a_presence_without_minutes_where_hours_count(world: TenantFixture) -> None:
    place = {"name": "Leipomo", "organisation_id": str(world.workplace.organisation_id)}
    kind: dict[str, Any] = {"legal_bases": ["KTT_189_2001"], "service_kind": "rehabilitative_work"}
    relationship = await world.relationship((await world.client())["id"], **kind)
    decision = await world.decision(relationship, **kind)
    made = await world.agreement(relationship, decision, schedule={"type": "flexible"}, place=place)
    agreement, missing = made["id"], "minutes-missing"
    assert await warned(world, agreement, world.day(9), status="present") == missing
    assert await warned(world, agreement, world.day(8), status="present", actual_minutes=0) == missing
    assert await warned(world, agreement, world.day(7), status="present", actual_minutes=240) is None
    day = world.day(6)
    hours: dict[str, Any] = {"arrived_at": f"{day}T06:00:00.000000Z", "left_at": f"{day}T10:00:00.000000Z"}
    assert await warned(world, agreement, day, status="present", **hours) is None
    ill: dict[str, Any] = {"status": "absent", "absence_reason": "own_illness"}
    assert await warned(world, agreement, world.day(5), **ill) is None
    by_workplace = await warned(world, agreement, world.day(4), world.workplace, status="present")
    assert by_workplace is None, "it would tell the legal basis"
    other = (await world.signed_agreement(schedule={"type": "flexible"}))["id"]
    assert await warned(world, other, world.day(9), status="present") is None
