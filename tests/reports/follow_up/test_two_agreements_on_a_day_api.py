"""Two agreements of one client on the same weekday: a day is planned, attended and paid for once."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from tests.conftest import TenantFixture

from walmu_api.reports.impact.population import ATTENDANCE

EVERY_DAY = {
    "type": "fixed",
    "days": [{"weekday": day, "starts_at": "09:00", "ends_at": "13:00"} for day in range(1, 8)],
}


async def two(world: TenantFixture) -> tuple[dict[str, Any], list[str]]:
    relationship = await world.relationship((await world.client())["id"])
    decision = await world.decision(relationship, days_per_week=7)
    made = [await world.agreement(relationship, decision, schedule=EVERY_DAY) for _ in range(2)]
    return relationship, [each["id"] for each in made]


async def say(world: TenantFixture, agreement: str, days_ago: int, **entry: Any) -> None:
    path = f"/v1/agreements/{agreement}/attendance/{world.day(days_ago)}"
    answer = await world.provider_a.put(path, entry)
    assert answer.status_code == 201, answer.text


async def counted(world: TenantFixture, agreement: str) -> tuple[int, list[str | None]]:
    """Days for an allowance, and the findings of recorded days, as organiser and provider read them."""
    readings = []
    for speaker in (world.organiser, world.provider_a):
        answer = await speaker.get(
            f"/v1/agreements/{agreement}/attendance-summary?from={world.day(5)}&to={world.day(1)}"
        )
        data = answer.json()
        found = [item.get("finding") for item in data["items"] if item["status"] != "unreported"]
        readings.append((data["allowance_days"], found))
    assert readings[0] == readings[1]
    return readings[0]


async def test_the_same_day_twice_counts_once_for_an_allowance(world: TenantFixture) -> None:
    _, (first, second) = await two(world)
    await say(world, first, 3, status="partial", actual_minutes=60)
    await say(world, second, 3, status="present", actual_minutes=240)
    await say(world, first, 2, status="present")
    await say(world, second, 2, status="present")
    await say(world, second, 1, status="present")
    elsewhere = "counted-in-another-agreement"
    assert await counted(world, first) == (1, [elsewhere, None])
    assert await counted(world, second) == (2, [None, elsewhere, None])
    voided = await world.provider_a.post(
        f"/v1/agreements/{first}/attendance/{world.day(2)}/void", {"reason": "Väärä sopimus"}
    )
    assert voided.status_code == 200
    assert await counted(world, second) == (3, [None, None, None])


async def test_the_same_day_under_another_decision_is_another_day(world: TenantFixture) -> None:
    _, (first, _) = await two(world)
    _, (other, _) = await two(world)
    for agreement in (first, other):
        await say(world, agreement, 1, status="present")
    assert await counted(world, first) == await counted(world, other) == (1, [None])


async def test_the_overview_adds_the_minutes_of_a_presence_once(world: TenantFixture) -> None:
    """Present under both on one day: one presence, unless the hours say that there were two."""
    relationship, (first, second) = await two(world)
    path = f"/v1/clients/{relationship['client_id']}/overview"
    for agreement in (first, second):
        await say(world, agreement, 3, status="present", actual_minutes=240)
    await say(world, first, 2, status="absent", absence_reason="own_illness")
    await say(world, second, 2, status="present", actual_minutes=240)
    for speaker in (world.organiser, world.provider_a):
        year = (await speaker.get(path)).json()["attendance"]
        assert (year["days"]["present"], year["minutes"]["actual"]) == (2, 480), "two days of four hours"
    for agreement, come, go in (first, 7, 9), (second, 9, 11):
        hours = {
            "arrived_at": f"{world.day(1)}T{come:02}:00:00Z",
            "left_at": f"{world.day(1)}T{go:02}:00:00Z",
        }
        await say(world, agreement, 1, status="present", actual_minutes=120, **hours)
    year = (await world.organiser.get(path)).json()["attendance"]
    assert (year["days"]["present"], year["minutes"]["actual"]) == (3, 720)


async def test_an_assessment_is_begun_with_each_day_once(world: TenantFixture) -> None:
    relationship, (first, second) = await two(world)
    await say(world, first, 3, status="absent", absence_reason="own_illness")
    await say(world, second, 3, status="present")
    await say(world, first, 2, status="present")
    period = f"from={world.day(5)}&to={world.day(1)}"
    answer = await world.provider_a.get(
        f"/v1/assessment-prefill?service_relationship_id={relationship['id']}&{period}"
    )
    data = answer.json()["attendance"]
    assert (data["recorded"], data["present"], data["absent"]) == (2, 2, 0)
    one = await world.provider_a.get(f"/v1/assessment-prefill?agreement_id={first}&{period}")
    assert data["planned"] == one.json()["attendance"]["planned"]
    assert (
        data["planned"]
        <= (date.fromisoformat(world.day(1)) - date.fromisoformat(world.day(5))) / timedelta(days=1) + 1
    )


async def test_a_day_outside_its_agreement_does_not_take_the_day_of_another(world: TenantFixture) -> None:
    """The first agreement ended before the day; the second holds. One presence: one day of allowance."""
    _, (first, second) = await two(world)
    await say(world, first, 2, status="present")
    await say(world, second, 2, status="present")
    ended = await world.provider_a.post(
        f"/v1/agreements/{first}/end", {"ends_on": world.day(4), "reason": "Päättyi jo"}
    )
    assert ended.status_code == 200, ended.text
    one, other = await counted(world, first), await counted(world, second)
    assert one == (0, ["day-outside-agreement"])
    assert other == (1, [None])


async def test_the_report_of_impact_counts_a_day_once(world: TenantFixture) -> None:
    """ADR 58: of two reports of one day the one that says more counts: two days attended, none missed."""
    relationship, (first, second) = await two(world)
    for agreement in (first, second):
        await say(world, agreement, 3, status="present")
    await say(world, first, 2, status="absent")
    await say(world, second, 2, status="partial", actual_minutes=60)
    await say(world, first, 1, status="absent")
    await say(world, second, 1, status="absent")
    async with world.transaction() as session:
        rows = await session.fetch(
            ATTENDANCE,
            organiser=world.organiser_id,
            organisation=None,
            relationships=[UUID(relationship["id"])],
            first=None,
            last=None,
        )
    counts = [sum(row[name] for row in rows) for name in ("attended", "justified", "not_justified")]
    assert counts == [2, 0, 1]


async def test_a_day_counts_under_the_service_that_lasts(world: TenantFixture) -> None:
    """The service went over into a new one; the end of the first was known late, and the day stands under both."""
    client = await world.client()
    old, new = await world.relationship(client["id"]), await world.relationship(client["id"])
    decision = await world.decision(old, days_per_week=7)
    agreements = [
        (await world.agreement(each, decision, schedule={"type": "flexible"}))["id"] for each in (old, new)
    ]
    for each in agreements:
        await say(world, each, 3, status="present", actual_minutes=240)
    path = f"/v1/service-relationships/{old['id']}"
    read = await world.organiser.get(path)
    ended = read.json() | {"ends_on": world.day(5)}
    assert (await world.organiser.put(path, ended, If_Match=read.headers["etag"])).status_code == 200
    assert [await counted(world, each) for each in agreements] == [
        (0, ["day-outside-agreement"]),
        (1, [None]),
    ]
