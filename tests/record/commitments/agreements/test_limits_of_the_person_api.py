"""Limits hold for the person: days a week of one decision over all its agreements, of act 189/2001 over all providers, and
nobody is at two places at once. What needs several providers' data is the organiser's only."""

from datetime import date, timedelta
from typing import Any

import pytest
from tests.conftest import ApiClient, TenantFixture

LAW = "KTT_189_2001"


def plan(*weekdays: int, starts_at: str = "09:00", ends_at: str = "13:00") -> dict[str, Any]:
    days = [{"weekday": day, "starts_at": starts_at, "ends_at": ends_at} for day in weekdays]
    return {"type": "fixed", "days": days}


async def codes(
    world: TenantFixture, agreement: dict[str, Any], speaker: ApiClient | None = None
) -> set[str]:
    answer = await (speaker or world.organiser).get(f"/v1/agreements/{agreement['id']}/findings")
    assert answer.status_code == 200, answer.text
    return {item["code"] for item in answer.json()["items"]} - {"insurance-not-told"}


async def two_under_one_decision(
    world: TenantFixture, first: dict[str, Any], second: dict[str, Any], **of_second: Any
) -> list[dict[str, Any]]:
    relationship = await world.relationship((await world.client())["id"])
    decision = await world.decision(relationship, days_per_week=3)
    return [
        await world.agreement(relationship, decision, schedule=first),
        await world.agreement(relationship, decision, schedule=second, **of_second),
    ]


async def test_a_decision_of_three_days_with_monday_to_wednesday_and_thursday_to_saturday(
    world: TenantFixture,
) -> None:
    for agreement in await two_under_one_decision(world, plan(1, 2, 3), plan(4, 5, 6)):
        for speaker in (world.organiser, world.provider_a):
            assert await codes(world, agreement, speaker) == {"decision-days-exceeded"}


@pytest.mark.parametrize(
    ("first", "second", "exceeded"),
    [
        (plan(1, 2), plan(1, 3, starts_at="14:00", ends_at="16:00"), False),
        (plan(1, 2), plan(3), False),
        (plan(1, 2), {"type": "flexible", "max_days_per_week": 2}, True),
        (plan(1, 2), {"type": "flexible", "max_days_per_week": 1}, False),
    ],
)
async def test_the_same_weekday_is_one_day_and_a_range_its_most(
    world: TenantFixture, first: dict[str, Any], second: dict[str, Any], exceeded: bool
) -> None:
    for agreement in await two_under_one_decision(world, first, second):
        assert ("decision-days-exceeded" in await codes(world, agreement)) is exceeded


async def test_one_after_another_is_no_more_than_one(world: TenantFixture) -> None:
    relationship = await world.relationship((await world.client())["id"])
    decision = await world.decision(relationship, days_per_week=3)
    first = await world.agreement(relationship, decision, schedule=plan(1, 2, 3), ends_on=world.day(61))
    second = await world.agreement(relationship, decision, schedule=plan(4, 5, 6), starts_on=world.day(60))
    assert (await codes(world, first), await codes(world, second)) == (set(), set())
    drafted = await world.agreement(
        relationship, decision, schedule=plan(5), starts_on=world.day(70), sign=False
    )
    assert await codes(world, drafted) == {"decision-days-exceeded"}, "before anybody signs it"
    assert (await codes(world, first), await codes(world, second)) == (set(), set()), "a draft binds nobody"


async def test_days_of_189_2001_over_all_providers_are_the_organisers_business(world: TenantFixture) -> None:
    client, agreements = (await world.client())["id"], []
    for provider, days in ((world.provider_a, (1, 2, 3)), (world.provider_b, (4, 5))):
        kind = {"legal_bases": [LAW], "service_kind": "rehabilitative_work"}
        relationship = await world.relationship(client, provider, **kind)
        decision = await world.decision(relationship, **kind)
        schedule = plan(*days)
        agreements.append(await world.agreement(relationship, decision, provider=provider, schedule=schedule))
    for agreement in agreements:
        assert await codes(world, agreement) == {"rehabilitative-days-exceeded"}
    assert await codes(world, agreements[0], world.provider_a) == set()
    assert await codes(world, agreements[1], world.provider_b) == set()


async def test_the_same_hours_at_two_places(world: TenantFixture) -> None:
    later = plan(1, starts_at="12:30", ends_at="15:00")
    for agreement in await two_under_one_decision(world, plan(1, 2), later, place={"name": "Leipomo"}):
        for speaker in (world.organiser, world.provider_a):
            assert await codes(world, agreement, speaker) == {"same-hours-elsewhere"}
    after = plan(1, starts_at="13:00", ends_at="15:00")
    for agreement in await two_under_one_decision(world, plan(1, 2), after, place={"name": "Leipomo"}):
        assert await codes(world, agreement) == set()


async def test_the_same_hours_at_another_provider_are_the_organisers_business(world: TenantFixture) -> None:
    client, agreements = (await world.client())["id"], []
    for provider, place in ((world.provider_a, "Kotola"), (world.provider_b, "Leipomo")):
        relationship = await world.relationship(client, provider)
        decision = await world.decision(relationship)
        terms: dict[str, Any] = {"schedule": plan(1), "place": {"name": place}}
        agreements.append(await world.agreement(relationship, decision, provider=provider, **terms))
    assert await codes(world, agreements[0]) == {"same-hours-elsewhere"}
    assert await codes(world, agreements[0], world.provider_a) == set()
    assert await codes(world, agreements[1], world.provider_b) == set()


async def test_a_week_plan_beyond_the_end_of_an_ended_agreement_exceeds_nothing(world: TenantFixture) -> None:
    """The first agreement was to change later, and ended before that; the second has its days since."""
    relationship = await world.relationship((await world.client())["id"])
    decision = await world.decision(relationship, days_per_week=3)
    first = await world.agreement(relationship, decision, schedule=plan(1, 2))
    await amended(world, first, plan(1), world.day(-40))
    second = await world.agreement(relationship, decision, schedule=plan(3), starts_on=world.day(20))
    await amended(world, second, plan(3, 4), world.day(5))
    ended = await world.provider_a.post(
        f"/v1/agreements/{first['id']}/end", {"ends_on": world.day(10), "reason": "Uusi sopimus"}
    )
    assert ended.status_code == 200, ended.text
    assert await codes(world, second) == set(), "three days a week until the first ended, then two"


async def amended(
    world: TenantFixture, agreement: dict[str, Any], schedule: dict[str, Any], since: str
) -> None:
    entry = (await world.provider_a.get(f"/v1/agreements/{agreement['id']}")).json()
    entry |= {"schedule": schedule, "schedule_from": since}
    answer = await world.provider_a.put(
        f"/v1/agreements/{agreement['id']}", entry, If_Match=f'"{entry["version"]}"'
    )
    assert answer.status_code == 200, answer.text


def week_before(world: TenantFixture) -> list[str]:
    """The days of a whole week that is over."""
    monday = world.today - timedelta(days=world.today.weekday() + 7)
    return [str(monday + timedelta(days=at)) for at in range(7)]


async def attended(world: TenantFixture, agreement: dict[str, Any], days: list[str]) -> None:
    for day in days:
        path = f"/v1/agreements/{agreement['id']}/attendance/{day}"
        answer = await world.provider_a.put(path, {"status": "present", "actual_minutes": 240})
        assert answer.status_code == 201, answer.text


ANY = {"type": "flexible"}


async def test_days_that_were_attended_beyond_the_decision_are_found_whatever_the_plan_says(
    world: TenantFixture,
) -> None:
    """A decision of three days a week, and plans that name none: a fourth day in one week, over both agreements."""
    first, second = await two_under_one_decision(world, ANY, ANY)
    days = week_before(world)
    await attended(world, first, days[:2])
    await attended(world, second, days[1:3])
    assert (await codes(world, first), await codes(world, second)) == (set(), set()), "Tuesday is one day"
    await attended(world, first, days[3:4])
    for agreement in (first, second):
        for speaker in (world.organiser, world.provider_a):
            assert await codes(world, agreement, speaker) == {"decision-days-exceeded"}
    voided = await world.provider_a.post(
        f"/v1/agreements/{first['id']}/attendance/{days[3]}/void", {"reason": "Väärä päivä"}
    )
    assert voided.status_code == 200
    assert (await codes(world, first), await codes(world, second)) == (set(), set())


async def test_one_agreement_alone_may_go_beyond_its_decision(world: TenantFixture) -> None:
    relationship = await world.relationship((await world.client())["id"])
    decision = await world.decision(relationship, days_per_week=2)
    agreement = await world.agreement(relationship, decision, schedule=plan(1, 2))
    days = week_before(world)
    await attended(world, agreement, [days[3], days[4], *days_of_the_week_before(days)])
    assert await codes(world, agreement) == set(), "two in each of two weeks"
    await attended(world, agreement, days[5:6])
    assert await codes(world, agreement) == {"decision-days-exceeded"}


def days_of_the_week_before(days: list[str]) -> list[str]:
    return [str(date.fromisoformat(day) - timedelta(days=7)) for day in days[5:7]]


async def test_five_days_attended_in_a_week_of_189_2001(world: TenantFixture) -> None:
    rehabilitative: dict[str, Any] = {"legal_bases": [LAW], "service_kind": "rehabilitative_work"}
    relationship = await world.relationship((await world.client())["id"], **rehabilitative)
    decision = await world.decision(relationship, days_per_week=None, **rehabilitative)
    agreement = await world.agreement(relationship, decision, schedule=ANY)
    days = week_before(world)
    await attended(world, agreement, days[:4])
    assert await codes(world, agreement) == set()
    await attended(world, agreement, days[4:5])
    assert await codes(world, agreement) == {"rehabilitative-days-exceeded"}
