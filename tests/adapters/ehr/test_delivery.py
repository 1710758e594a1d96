"""Days on their way out: each once, the newest version, in lanes that one worker drains at a time."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from tests.adapters.ehr.conftest import Exchange

from walmu_api.adapters.ehr.delivery import Delivery
from walmu_api.adapters.ehr.port import Outcome
from walmu_api.foundation.restoring import begin_era

pytestmark = pytest.mark.enable_socket


async def test_each_changed_day_is_delivered_once_in_its_newest_version(exchange: Exchange) -> None:
    agreement = await exchange.agreement()
    first, second = await exchange.day(agreement, 1), await exchange.day(agreement, 2)
    await exchange.day(agreement, 1, minutes=150, If_Match='"1"')
    await exchange.send_out()
    held = {item["ExternalId"]: item for item in await exchange.theirs.items("state/attendance")}
    assert {key: (item["ExternalVersion"], item["ActualMinutes"]) for key, item in held.items()} == {
        first: (2, 150),
        second: (1, 240),
    }
    assert await exchange.theirs.calls("POST", "/reported_visits") == 2
    decision = await exchange.decision(agreement["decision_id"])
    assert str(held[first]["DecisionId"]) == decision["ehr"]["id"]
    delivery = await exchange.delivery_of(first)
    assert (delivery["state"], delivery["sent_version"], delivery["remote_id"]) == (
        "confirmed",
        2,
        str(held[first]["Id"]),
    )
    await exchange.day(agreement, 1, minutes=90, If_Match='"2"')
    await exchange.send_out()
    (state,) = await exchange.theirs.items("state/attendance", external_id=first)
    assert (state["ExternalVersion"], state["ActualMinutes"]) == (3, 90)


async def test_a_voided_day_is_taken_back_and_a_day_recorded_anew_is_told_again(exchange: Exchange) -> None:
    agreement = await exchange.agreement()
    first, second = await exchange.day(agreement, 1), await exchange.day(agreement, 2)
    await exchange.send_out()
    path = f"/v1/agreements/{agreement['id']}/attendance/{exchange.world.day(1)}/void"
    assert (await exchange.world.provider_a.post(path, {"reason": "Väärä päivä"})).status_code == 200
    await exchange.send_out()
    assert [item["ExternalId"] for item in await exchange.theirs.items("state/attendance")] == [second]
    delivery = await exchange.delivery_of(first)
    assert (delivery["state"], delivery["sent_version"]) == ("confirmed", 2)
    await exchange.day(agreement, 1, minutes=90, If_Match='"2"')
    await exchange.send_out()
    (state,) = await exchange.theirs.items("state/attendance", external_id=first)
    assert (state["ExternalVersion"], state["ActualMinutes"]) == (3, 90)


async def test_an_absence_that_is_explained_later_is_told_again(exchange: Exchange) -> None:
    """The reason comes with the justification; the day itself stays as it was sent, in its version."""
    world, agreement = exchange.world, await exchange.agreement()
    path = f"/v1/agreements/{agreement['id']}/attendance/{world.day(1)}"
    day = (await world.provider_a.put(path, {"status": "absent"})).json()
    await exchange.send_out()
    (before,) = await exchange.theirs.items("state/attendance", external_id=day["id"])
    why = {"reason": "own_illness", "given_by": "client", "given_on": world.day(0)}
    assert (await world.provider_a.put(f"{path}/justification", why)).status_code == 201
    await exchange.send_out()
    (after,) = await exchange.theirs.items("state/attendance", external_id=day["id"])
    assert (before["CancelledReason"], after["CancelledReason"]) == ("unknown", "own_illness")
    assert before["ExternalVersion"] < after["ExternalVersion"]
    assert (await world.provider_a.put(path, {"status": "present"}, If_Match='"1"')).status_code == 200
    await exchange.send_out()
    (again,) = await exchange.theirs.items("state/attendance", external_id=day["id"])
    assert (again["Status"], again.get("CancelledReason")) != (after["Status"], "own_illness")
    assert again["ExternalVersion"] > after["ExternalVersion"]


async def test_both_reasons_of_a_day_are_told_in_the_one_text_for_them(exchange: Exchange) -> None:
    world, agreement = exchange.world, await exchange.agreement()
    path = f"/v1/agreements/{agreement['id']}/attendance/{world.day(1)}"
    parts = [{"reason": "own_illness", "minutes": 120}, {"reason": "healthcare_or_therapy", "minutes": 120}]
    entry = {"status": "absent", "absence_reason": "own_illness", "absence_reasons": parts}
    day = (await world.provider_a.put(path, entry)).json()
    await exchange.send_out()
    (visit,) = await exchange.theirs.items("state/attendance", external_id=day["id"])
    assert visit["CancelledReason"] == "own_illness, healthcare_or_therapy"


async def test_a_day_that_a_workplace_reported_does_not_wait_for_its_confirmation(exchange: Exchange) -> None:
    world = exchange.world
    place = {"name": "Leipomo", "organisation_id": str(world.workplace.organisation_id)}
    agreement = await exchange.agreement(place=place)
    path = f"/v1/agreements/{agreement['id']}/attendance/{world.day(1)}"
    reported = (await world.workplace.put(path, {"status": "present", "actual_minutes": 240})).json()
    assert reported["confirmation"] == "unconfirmed"
    for version in (1, 2):
        await exchange.send_out()
        (held,) = await exchange.theirs.items("state/attendance", external_id=reported["id"])
        assert (held["ExternalVersion"], held["ActualMinutes"]) == (version, 240)
        assert (await world.provider_a.post(f"{path}/confirm", None)).json()["version"] == 2
    assert await exchange.theirs.calls("POST", "/reported_visits") == 2


async def test_a_lane_keeps_the_order_in_which_things_were_written(exchange: Exchange) -> None:
    agreement = await exchange.agreement()
    written = [await exchange.day(agreement, days_ago) for days_ago in (7, 3, 9, 1, 5, 2, 8)]
    await exchange.send_out()
    held = await exchange.theirs.items("state/attendance")
    assert [item["ExternalId"] for item in sorted(held, key=lambda item: item["Id"])] == written


async def test_a_day_changed_while_it_is_sent_is_sent_again(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreement = await exchange.agreement()
    day = await exchange.day(agreement)
    original = exchange.system.upsert_attendance

    async def meanwhile(data: Any) -> Outcome[str]:
        if data.version == 1:
            await exchange.day(agreement, minutes=100, If_Match='"1"')
            await exchange.planned()
        return await original(data)

    monkeypatch.setattr(exchange.system, "upsert_attendance", meanwhile)
    await exchange.send_out()
    (held,) = await exchange.theirs.items("state/attendance", external_id=day)
    assert held["ActualMinutes"] == 100
    assert (await exchange.delivery_of(day))["sent_version"] == 2


async def test_a_change_planned_while_its_lane_is_released_is_not_forgotten(exchange: Exchange) -> None:
    """The releasing transaction waits for the planning one: what that one queued must count."""
    agreement = await exchange.agreement()
    await exchange.day(agreement, 1)
    await exchange.planned()
    organiser, target = exchange.target.organiser_id, exchange.target.id
    client = UUID(agreement["client_id"])
    planner = exchange.world.owner
    transaction = planner.transaction()
    sent: asyncio.Task[Any] | None = None
    original = exchange.system.upsert_attendance

    async def meanwhile(data: Any) -> Outcome[str]:
        outcome = await original(data)
        await transaction.start()
        await planner.execute(
            "update ehr_lanes set due_at = walmu_now() where organiser_id = $1 and target_id = $2 and client_id = $3",
            organiser,
            target,
            client,
        )
        await planner.execute(
            "insert into ehr_deliveries (organiser_id, id, target_id, resource_type, resource_id, client_id, wanted_version, state)"
            " values ($1, gen_random_uuid(), $2, 'attendance', gen_random_uuid(), $3, 1, 'pending')",
            organiser,
            target,
            client,
        )
        return outcome

    exchange.system.upsert_attendance = meanwhile  # type: ignore[method-assign, assignment]
    sent = asyncio.create_task(exchange.delivery.process_client_queue())
    await asyncio.sleep(0.5)
    assert not sent.done()
    await transaction.commit()
    await sent
    (lane,) = await exchange.rows("select due_at from ehr_lanes where target_id = $1")
    assert lane["due_at"] is not None


async def test_lanes_go_side_by_side_and_a_lane_has_one_worker(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    for agreement in [await exchange.agreement() for _ in range(4)]:
        for days_ago in range(1, 6):
            await exchange.day(agreement, days_ago)
    await exchange.planned()
    original, inside, most = exchange.system.upsert_attendance, list[str](), 0

    async def watched(data: Any) -> Outcome[str]:
        nonlocal most
        assert data.client_id not in inside
        inside.append(data.client_id)
        most = max(most, len(inside))
        await asyncio.sleep(0.02)
        outcome = await original(data)
        inside.remove(data.client_id)
        return outcome

    monkeypatch.setattr(exchange.system, "upsert_attendance", watched)
    second = Delivery(exchange.database, exchange.keyring, exchange.target, exchange.system)
    await asyncio.gather(
        *(way.process_client_queue() for way in (exchange.delivery, second) for _ in range(4))
    )
    assert most > 1
    effects = await exchange.theirs.items("effects", entity="attendance")
    assert [item["count"] for item in effects] == [1] * 20
    assert await exchange.theirs.calls("POST", "/reported_visits") == 20


async def test_a_long_lane_gives_way_to_the_others(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("walmu_api.adapters.ehr.delivery.CHUNK", 2)
    long, short = await exchange.agreement(), await exchange.agreement()
    for days_ago in range(1, 9):
        await exchange.day(long, days_ago)
    await exchange.planned()
    await exchange.day(short)
    await exchange.planned()
    for _ in range(2):
        await exchange.delivery.process_client_queue()
    held = await exchange.theirs.items("state/attendance")
    assert len({item["Person"]["ExternalId"] for item in held}) == 2


async def test_a_worker_that_lost_its_lane_sends_no_more(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its lease ran out and another took the lane: it neither sends the rest nor settles."""
    agreement = await exchange.agreement()
    days = [await exchange.day(agreement, days_ago) for days_ago in (1, 2)]
    await exchange.planned()
    original, calls = exchange.system.upsert_attendance, list[str]()

    async def slow(data: Any) -> Outcome[str]:
        calls.append(data.attendance_id)
        await exchange.world.owner.execute(
            "update ehr_lanes set lease = gen_random_uuid() where target_id = $1", exchange.target.id
        )
        return await original(data)

    monkeypatch.setattr(exchange.system, "upsert_attendance", slow)
    await exchange.delivery.process_client_queue()
    assert len(calls) == 1
    assert {(await exchange.delivery_of(day))["state"] for day in days} == {"pending"}


async def test_a_lease_that_ran_out_is_taken_over(exchange: Exchange) -> None:
    agreement = await exchange.agreement()
    day = await exchange.day(agreement)
    await exchange.planned()
    held = "update ehr_lanes set lease = gen_random_uuid(), leased_until = clock_timestamp() + $2 * interval '1 s' where target_id = $1"
    await exchange.world.owner.execute(held, exchange.target.id, 60.0)
    await exchange.send_out()
    assert (await exchange.delivery_of(day))["state"] == "pending"
    await exchange.world.owner.execute(held, exchange.target.id, -1.0)
    await exchange.send_out()
    assert (await exchange.delivery_of(day))["state"] == "confirmed"


async def test_what_is_newer_over_there_counts_as_done(exchange: Exchange) -> None:
    day = await exchange.day(await exchange.agreement())
    await exchange.theirs.faults({"kind": "status", "status": 409, "path": "/reported_visits"})
    await exchange.send_out()
    assert (await exchange.delivery_of(day))["state"] == "confirmed"


async def test_a_lost_answer_of_a_day_is_repeated_without_harm(exchange: Exchange) -> None:
    day = await exchange.day(await exchange.agreement())
    await exchange.theirs.faults({"kind": "drop_response", "path": "/reported_visits"})
    await exchange.send_out()
    waiting = await exchange.delivery_of(day)
    assert (waiting["state"], waiting["failure"], waiting["attempts"]) == ("retry", "transient", 0)
    await exchange.due_now()
    await exchange.send_out()
    assert (await exchange.delivery_of(day))["state"] == "confirmed"
    assert await exchange.theirs.count(day) == {"attendance": 1}


async def test_what_is_refused_for_good_is_held_back_seen_and_not_retried(exchange: Exchange) -> None:
    agreement = await exchange.agreement()
    held, fine = await exchange.day(agreement, 2), await exchange.day(agreement, 1)
    await exchange.theirs.faults({"kind": "status", "status": 422, "path": "/reported_visits"})
    await exchange.send_out()
    quarantined = (await exchange.world.organiser.get("/v1/ehr/deliveries?state=quarantined")).json()["items"]
    assert [(one["resource_id"], one["failure"], one["detail"]) for one in quarantined] == [
        (held, "semantic_permanent", "HTTP 422")
    ]
    assert (await exchange.delivery_of(fine))["state"] == "confirmed"
    await exchange.due_now()
    await exchange.send_out()
    assert (await exchange.delivery_of(held))["state"] == "quarantined"
    await exchange.day(agreement, 2, minutes=60, If_Match='"1"')
    await exchange.send_out()
    assert (await exchange.delivery_of(held))["state"] == "confirmed"  # what is corrected is tried again


async def test_one_that_cannot_be_said_in_their_words_stops_nobody(exchange: Exchange) -> None:
    agreement = await exchange.agreement()
    days = [await exchange.day(agreement, days_ago) for days_ago in (3, 2, 1)]
    await exchange.world.owner.execute(
        "update ehr_lanes set due_at = null where target_id = $1", exchange.target.id
    )
    original = exchange.system.upsert_attendance

    async def poison(data: Any) -> Outcome[str]:
        if data.attendance_id == days[0]:
            raise KeyError("a status without a word")
        return await original(data)

    exchange.system.upsert_attendance = poison  # type: ignore[method-assign, assignment]
    await exchange.send_out()
    states = [(await exchange.delivery_of(day))["state"] for day in days]
    assert states == ["quarantined", "confirmed", "confirmed"]
    assert (await exchange.delivery_of(days[0]))["detail"] == "KeyError"


async def test_a_decision_of_another_record_system_is_not_named(exchange: Exchange) -> None:
    agreement = await exchange.agreement()
    await exchange.world.owner.execute(
        "update decisions set ehr_target = 'another', ehr_id = 'x-1' where organiser_id = $1",
        exchange.target.organiser_id,
    )
    day = await exchange.day(agreement)
    await exchange.send_out()
    (held,) = await exchange.theirs.items("state/attendance", external_id=day)
    assert held["DecisionId"] is None


async def test_a_temporary_identifier_is_no_identity_code(exchange: Exchange) -> None:
    system = "urn:oid:1.2.246.10.12345671.22.2026"
    draft = await exchange.draft(
        client=await exchange.world.client(identity={"system": system, "value": "010190-9TMP"})
    )
    await exchange.send_out()
    assert (await exchange.delivery_of(draft["id"]))["state"] == "confirmed"
    (waiting,) = await exchange.theirs.items("proposals")
    assert (waiting["identity"], waiting["client_id"]) == (None, draft["client_id"])


async def test_every_message_is_in_the_use_log(exchange: Exchange) -> None:
    agreement = await exchange.agreement()
    await exchange.day(agreement)
    await exchange.send_out()
    log = (await exchange.world.auditor.get(f"/v1/use-log?client_id={agreement['client_id']}")).json()[
        "items"
    ]
    (sent,) = [row for row in log if row["operation"] == "deliverAttendance"]
    assert sent["purpose"] == "keeping-the-client-record"
    assert sent["system_id"] == str(exchange.target.system_id)


async def test_plan_takes_each_change_once_whoever_plans(exchange: Exchange) -> None:
    agreement = await exchange.agreement()
    await exchange.day(agreement)
    second = Delivery(exchange.database, exchange.keyring, exchange.target, exchange.system)
    await asyncio.sleep(0.05)
    taken = await asyncio.gather(*(way.plan() for way in (exchange.delivery, second) for _ in range(3)))
    assert sum(taken) == 1


async def test_the_position_moves_past_what_is_not_ours(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the journal of everything else would be read again at every turn."""
    monkeypatch.setattr("walmu_api.adapters.ehr.delivery_queue.FAR", 1, raising=False)
    await exchange.planned()
    position = "select position from ehr_cursors where target_id = $1 and stream = 'journal'"
    before = await exchange.rows(position)
    await exchange.world.client()
    await exchange.world.client()
    await asyncio.sleep(0.05)
    await exchange.delivery.plan()
    assert await exchange.rows(position) != before


async def test_what_was_not_planned_before_a_restore_is_delivered_after_it(
    exchange: Exchange, owner_url: str
) -> None:
    """The restored cluster counts its transactions from lower numbers than those of the journal."""
    day = await exchange.day(await exchange.agreement())
    tenant = exchange.target.organiser_id
    await exchange.world.owner.execute(
        "update journal set txid = '999999999999' where organiser_id = $1", tenant
    )
    await begin_era(owner_url)
    try:
        await exchange.send_out()
        assert (await exchange.delivery_of(day))["state"] == "confirmed"
    finally:
        await exchange.world.owner.execute("delete from journal where organiser_id = $1", tenant)
        await exchange.world.owner.execute("update journal_era set era = 1")


async def beside(exchange: Exchange, agreement: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A second agreement under the same decision."""
    path = f"/v1/service-relationships/{agreement['service_relationship_id']}"
    relationship = (await exchange.world.organiser.get(path)).json()
    starts_on = exchange.world.day(50)
    return await exchange.world.agreement(
        relationship, agreement["decision_id"], starts_on=starts_on, **changes
    )


async def visits(exchange: Exchange) -> dict[str, tuple[str, int | None]]:
    return {
        item["ExternalId"]: (item["Status"], item["ActualMinutes"])
        for item in await exchange.theirs.items("state/attendance")
    }


async def test_one_presence_is_one_visit_under_two_agreements(exchange: Exchange) -> None:
    """The same Monday under two agreements of one decision. Whichever says more is the visit; when it is none any more,
    the other one is."""
    first = await exchange.agreement()
    second = await beside(exchange, first)
    day = await exchange.day(first, 1, minutes=240)
    same = await exchange.day(second, 1, minutes=240)
    await exchange.send_out()
    assert await visits(exchange) == {day: ("Completed", 240)}
    assert (await exchange.delivery_of(same))["state"] == "superseded"
    path = f"/v1/agreements/{first['id']}/attendance/{exchange.world.day(1)}"
    voided = await exchange.world.provider_a.post(f"{path}/void", {"reason": "Väärä sopimus"})
    assert voided.status_code == 200
    await exchange.send_out()
    assert await visits(exchange) == {same: ("Completed", 240)}
    await exchange.day(first, 1, minutes=300, If_Match='"2"')
    await exchange.send_out()
    assert await visits(exchange) == {day: ("Completed", 300)}


async def test_hours_apart_are_two_visits(exchange: Exchange) -> None:
    first = await exchange.agreement()
    second = await beside(exchange, first)
    date = exchange.world.day(1)
    for agreement, come, go in ((first, "08:00", "10:00"), (second, "10:00", "12:30")):
        entry = {
            "status": "present",
            "arrived_at": f"{date}T{come}:00.000000Z",
            "left_at": f"{date}T{go}:00.000000Z",
        }
        path = f"/v1/agreements/{agreement['id']}/attendance/{date}"
        assert (await exchange.world.provider_a.put(path, entry)).status_code == 201
    await exchange.send_out()
    assert len(await visits(exchange)) == 2


async def absent(exchange: Exchange, agreement: dict[str, Any], *days_ago: int) -> list[str]:
    """Days of which no reason is known, at the record system too; their ids."""
    ids = []
    for ago in days_ago:
        path = f"/v1/agreements/{agreement['id']}/attendance/{exchange.world.day(ago)}"
        ids.append((await exchange.world.provider_a.put(path, {"status": "absent"})).json()["id"])
    await exchange.send_out()
    return ids


async def certify(exchange: Exchange, agreement: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """A certificate comes for four days ago and the day after; where it was given, and what without it."""
    day = exchange.world.day
    why = {"reason": "own_illness", "given_by": "client", "given_on": day(1)}
    certificate = {"valid_from": day(4), "valid_to": day(3), "received_on": day(1)}
    of_first = f"/v1/agreements/{agreement['id']}/attendance/{day(4)}/justification"
    given = await exchange.world.provider_a.put(of_first, why | {"certificate": certificate})
    assert given.status_code == 201, given.text
    await exchange.send_out()
    return of_first, why


async def test_a_day_that_another_days_certificate_explains_is_sent_again(exchange: Exchange) -> None:
    world, agreement = exchange.world, await exchange.agreement()
    ids = await absent(exchange, agreement, 4, 3, 2)

    async def reasons() -> list[tuple[str, int]]:
        found = {item["ExternalId"]: item for item in await exchange.theirs.items("state/attendance")}
        return [(found[each]["CancelledReason"], found[each]["ExternalVersion"]) for each in ids]

    assert await reasons() == [("unknown", 1)] * 3
    of_first, why = await certify(exchange, agreement)
    explained = await reasons()
    assert [reason for reason, _ in explained] == ["own_illness", "own_illness", "unknown"]
    assert explained[1][1] > 1
    assert explained[2][1] == 1
    taken_back = await world.provider_a.put(of_first, why, If_Match='"1"')
    assert taken_back.status_code == 200, taken_back.text
    await exchange.send_out()
    after = await reasons()
    assert [reason for reason, _ in after] == ["own_illness", "unknown", "unknown"]
    assert after[1][1] > explained[1][1], "the record system takes newer versions only"


async def test_presences_that_follow_each_other_lose_no_hours(exchange: Exchange) -> None:
    """9-12, 11-14, 13-16: the second meets the first and is no visit; the third meets no visit."""
    world, anything = exchange.world, {"type": "flexible"}
    first = await exchange.agreement(schedule=anything)
    others = [await beside(exchange, first, schedule=anything) for _ in range(2)]
    date, ids = world.day(1), []
    for agreement, come, go in zip([first, *others], (9, 11, 13), (12, 14, 16), strict=True):
        entry = {
            "status": "present",
            "arrived_at": f"{date}T{come:02}:00:00+02:00",
            "left_at": f"{date}T{go}:00:00+02:00",
        }
        answer = await world.provider_a.put(f"/v1/agreements/{agreement['id']}/attendance/{date}", entry)
        assert answer.status_code == 201, answer.text
        ids.append(answer.json()["id"])
    await exchange.send_out()
    assert (await visits(exchange)).keys() == {ids[0], ids[2]}
    path = f"/v1/agreements/{first['id']}/attendance/{date}"
    assert (await world.provider_a.post(f"{path}/void", {"reason": "Väärä päivä"})).status_code == 200
    await exchange.send_out()
    assert (await visits(exchange)).keys() == {ids[1]}, "now the second is the visit, which the third meets"
