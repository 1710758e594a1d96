"""Recording days over HTTP, on a real database."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from tests.conftest import ApiClient, TenantFixture, forward

from walmu_api.foundation.clock import Clock


def day_of(agreement: dict[str, Any], day: str) -> str:
    return f"/v1/agreements/{agreement['id']}/attendance/{day}"


async def test_a_day_is_recorded_once_however_often_it_is_sent(world: TenantFixture) -> None:
    agreement = await world.signed_agreement()
    path = day_of(agreement, world.day(3))
    entry = {"status": "present", "actual_minutes": 240}
    first = await world.provider_a.put(path, entry)
    assert first.status_code == 201, first.text
    assert first.headers["location"] == path
    again = await world.provider_a.put(path, entry)
    assert (again.status_code, again.headers["etag"], again.content) == (200, '"1"', first.content)
    other = await world.provider_a.put(path, {"status": "absent", "absence_reason": "own_illness"})
    assert (other.status_code, other.json()["code"]) == (428, "precondition-required")
    changed = await world.provider_a.put(
        path, {"status": "absent", "absence_reason": "own_illness"}, If_Match='"1"'
    )
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    stale = await world.provider_a.put(path, entry, If_Match='"1"')
    assert (stale.status_code, stale.json()["code"]) == (412, "stale-version")
    rows = await world.owner.fetch(
        "select version, change, replaced::text from journal where organiser_id = $1 and resource_type = 'attendance' order by seq",
        world.organiser_id,
    )
    assert [(row["version"], row["change"]) for row in rows] == [(1, "created"), (2, "updated")]
    assert rows[0]["replaced"] is None
    assert rows[1]["replaced"] == first.text


async def test_a_change_for_a_day_that_is_not_there_is_stale(world: TenantFixture) -> None:
    agreement = await world.signed_agreement()
    answer = await world.provider_a.put(
        day_of(agreement, world.day(3)), {"status": "present"}, If_Match='"1"'
    )
    assert (answer.status_code, answer.json()["code"]) == (412, "stale-version")


@pytest.mark.parametrize(
    ("days_ago", "entry", "status", "code"),
    [
        (-1, {"status": "present"}, 422, "day-in-future"),
        (121, {"status": "present"}, 422, "day-outside-agreement"),
        (3, {"status": "present", "absence_reason": "own_illness"}, 422, "reason-not-allowed"),
        (3, {"status": "absent", "absence_reason": "kissa"}, 422, "unknown-code"),
        (3, {"status": "sick"}, 422, "invalid"),
        (3, {"status": "present", "actual_minutes": 1441}, 422, "invalid"),
        (3, {"status": "present", "arrived_at": "2026-10-05T09:00:00"}, 422, "invalid"),
    ],
)
async def test_a_day_without_a_place_is_refused(
    world: TenantFixture, days_ago: int, entry: Any, status: int, code: str
) -> None:
    agreement = await world.signed_agreement()
    answer = await world.provider_a.put(day_of(agreement, world.day(days_ago)), entry)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    for table in ("attendance where", "journal where resource_type = 'attendance' and"):
        assert not await world.owner.fetchval(
            f"select count(*) from {table} organiser_id = $1", world.organiser_id
        )
    # What a rule says of the agreement is a use of it; what is wrong by itself is said of nobody (ADR 42).
    assert len(await world.use_log(operation="recordAttendance")) == (0 if code == "invalid" else 1)


async def test_an_unsigned_agreement_takes_no_days(world: TenantFixture) -> None:
    agreement = await world.signed_agreement(sign=False)
    answer = await world.provider_a.put(day_of(agreement, world.day(3)), {"status": "present"})
    assert (answer.status_code, answer.json()["code"]) == (422, "agreement-not-signed")


@pytest.mark.parametrize("day", ["2026-02-30", "20261005", "x", "2026-10-05T00:00:00Z", "1800-01-01"])
async def test_a_day_is_written_as_a_day(world: TenantFixture, day: str) -> None:
    agreement = await world.signed_agreement()
    assert (await world.provider_a.put(day_of(agreement, day), {"status": "present"})).status_code == 422


async def test_an_absence_without_a_reason_is_kept_as_unknown_with_a_warning(world: TenantFixture) -> None:
    agreement = await world.signed_agreement(schedule={"type": "flexible"})
    answer = await world.provider_a.put(day_of(agreement, world.day(3)), {"status": "absent"})
    assert (answer.status_code, answer.json()["absence_reason"]) == (201, "unknown")
    assert answer.headers["walmu-warnings"] == "reason-missing"
    response = await world.provider_a.put(
        day_of(agreement, world.day(3)), {"status": "absent", "absence_reason": "unknown"}
    )
    assert (response.status_code, response.headers["etag"]) == (200, '"1"')


async def test_today_is_the_day_in_finland(world: TenantFixture, clock: Clock) -> None:
    agreement = await world.signed_agreement()
    tomorrow = world.day(-1)
    assert (await world.provider_a.put(day_of(agreement, tomorrow), {"status": "present"})).status_code == 422
    forward(clock, days=1)
    assert (await world.provider_a.put(day_of(agreement, tomorrow), {"status": "present"})).status_code == 201


async def test_when_it_was_recorded_follows_the_shared_clock(world: TenantFixture, clock: Clock) -> None:
    agreement = await world.signed_agreement()
    forward(clock, days=10)
    answer = await world.provider_a.put(day_of(agreement, world.day(3)), {"status": "present"})
    assert answer.json()["recorded_at"][:10] == (clock.now()).date().isoformat()


async def test_many_senders_of_one_day_at_once_record_it_once(world: TenantFixture) -> None:
    agreement = await world.signed_agreement()
    path = day_of(agreement, world.day(3))
    answers = await asyncio.gather(
        *(
            world.provider_a.put(path, {"status": "present", "actual_minutes": 60 * (at % 2)})
            for at in range(8)
        )
    )
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [200, 200, 200, 201, 428, 428, 428, 428]
    rows = "select count(*) from {} where organiser_id = $1"
    assert await world.owner.fetchval(rows.format("attendance"), world.organiser_id) == 1
    journal = rows.format("journal") + " and resource_type = 'attendance'"
    assert await world.owner.fetchval(journal, world.organiser_id) == 1


async def test_days_before_a_revocation_was_known_are_kept_and_later_ones_refused(
    world: TenantFixture,
) -> None:
    relationship = await world.relationship((await world.client())["id"])
    decision = await world.decision(relationship, ehr_id="e-1")
    agreement = await world.agreement(relationship, decision, schedule={"type": "flexible"})
    revoked = world.today - timedelta(days=10)
    await world.receive(relationship, ehr_id="e-1", version=2, status="revoked", revoked_on=revoked)
    before = await world.provider_a.put(day_of(agreement, world.day(11)), {"status": "present"})
    unaware = await world.provider_a.put(day_of(agreement, world.day(5)), {"status": "present"})
    aware = await world.provider_a.put(day_of(agreement, world.day(0)), {"status": "present"})
    assert (before.status_code, before.headers.get("walmu-warnings")) == (201, None)
    assert (unaware.status_code, unaware.headers["walmu-warnings"]) == (201, "revocation-not-yet-known")
    assert (aware.status_code, aware.json()["code"]) == (422, "decision-not-in-force")
    assert aware.json()["errors"][0]["fix"]


async def test_after_an_end_days_up_to_it_are_taken_and_later_ones_refused(world: TenantFixture) -> None:
    agreement = await world.signed_agreement()
    ending = {"ends_on": world.day(10), "reason": "Siirtyi palkkatyöhön"}
    assert (await world.provider_a.post(f"/v1/agreements/{agreement['id']}/end", ending)).status_code == 200
    assert (
        await world.provider_a.put(day_of(agreement, world.day(10)), {"status": "present"})
    ).status_code == 201
    late = await world.provider_a.put(day_of(agreement, world.day(9)), {"status": "present"})
    assert late.json()["code"] == "day-outside-agreement"
    assert world.day(10) in late.json()["detail"]


async def test_lists_are_complete_without_doubles_while_days_are_added(world: TenantFixture) -> None:
    agreement = await world.signed_agreement()
    for at in range(12):
        await world.provider_a.put(day_of(agreement, world.day(30 + at * 2)), {"status": "present"})
    items: list[dict[str, Any]] = []
    link, added = "/v1/attendance?limit=3", 0
    while link is not None:
        answer = await world.provider_a.get(link)
        items += answer.json()["items"]
        link = answer.json()["next"]
        assert (link is None) == ("link" not in answer.headers)
        await world.provider_a.put(day_of(agreement, world.day(31 + added * 2)), {"status": "present"})
        added += 1
    days = [item["date"] for item in items]
    assert days == sorted(set(days))
    assert {world.day(30 + at * 2) for at in range(12)} <= set(days)


async def test_lists_are_narrowed_by_their_filters(world: TenantFixture) -> None:
    first, second = await world.signed_agreement(), await world.signed_agreement()
    for at in (3, 4, 5):
        await world.provider_a.put(
            day_of(first, world.day(at)), {"status": "present", "source_id": f"s-{at}"}
        )
    await world.provider_a.put(day_of(second, world.day(4)), {"status": "absent"})

    async def days(query: str, speaker: ApiClient = world.provider_a) -> list[str]:
        answer = await speaker.get(f"/v1/attendance?{query}")
        assert answer.status_code == 200, answer.text
        return [item["date"] for item in answer.json()["items"]]

    assert len(await days("")) == 4
    assert await days(f"agreement_id={second['id']}") == [world.day(4)]
    assert len(await days(f"client_id={first['client_id']}")) == 3
    assert len(await days(f"from={world.day(4)}&to={world.day(4)}")) == 2
    assert await days("status=absent") == [world.day(4)]
    assert await days("source_id=s-3") == [world.day(3)]
    assert await days("source_id=s-3", world.organiser) == [], "a source_id is the sender's own"
    assert len(await days(f"provider_id={world.provider_a.organisation_id}", world.organiser)) == 4
    assert await days(f"provider_id={world.provider_b.organisation_id}", world.organiser) == []
    assert await days("", world.provider_b) == []


@pytest.mark.parametrize(
    "cursor", ["x", "MDFhMjB8", "MDFhMjBmNjMtMWY0ZS03YWQ5LTgxODUtZjNhNjkyNjE5NjRifDIwMjYtMTMtNDU"]
)
async def test_a_cursor_that_is_none_is_refused(world: TenantFixture, cursor: str) -> None:
    answer = await world.provider_a.get(f"/v1/attendance?cursor={cursor}")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/query/cursor")
