"""The record system moves a decision to another client or provider, or shortens it, while agreements and days hang on it."""

from typing import Any

import pytest
from tests.adapters.ehr.conftest import PERSONAL, Exchange
from tests.conftest import identity_code

pytestmark = pytest.mark.enable_socket


async def moved(exchange: Exchange, agreement: dict[str, Any], **words: Any) -> dict[str, Any]:
    """The caseworker amends the decision of this agreement; our decision as it is then."""
    ours = await exchange.decision(agreement["decision_id"])
    await exchange.theirs.act("amend", id=ours["ehr"]["id"], **words)
    await exchange.take_in()
    return await exchange.decision(agreement["decision_id"])


def another() -> dict[str, Any]:
    return {"identity": {"system": PERSONAL, "value": identity_code()}}


async def conflicts(exchange: Exchange, state: str = "open") -> list[dict[str, Any]]:
    answer = await exchange.world.organiser.get(f"/v1/ehr/conflicts?state={state}")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def read(exchange: Exchange, agreement: dict[str, Any]) -> dict[str, Any]:
    answer = await exchange.world.provider_a.get(f"/v1/agreements/{agreement['id']}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def settle(exchange: Exchange, conflict: dict[str, Any], resolution: str) -> dict[str, Any]:
    entry = {"resolution": resolution, "reason": "Selvitetty päättäjän kanssa"}
    path = f"/v1/ehr/conflicts/{conflict['id']}/settle"
    answer = await exchange.world.organiser.post(path, entry, If_Match=f'"{conflict["version"]}"')
    assert answer.status_code == 200, answer.text
    await exchange.take_in()
    return dict(answer.json())


async def say(exchange: Exchange, agreement: dict[str, Any], days_ago: int, **headers: str) -> Any:
    path = f"/v1/agreements/{agreement['id']}/attendance/{exchange.world.day(days_ago)}"
    return await exchange.world.provider_a.put(path, {"status": "present", "actual_minutes": 240}, **headers)


async def summary(exchange: Exchange, agreement: dict[str, Any]) -> tuple[dict[str, str | None], int]:
    """By day its finding, as organiser and provider read it, and how many days count for an allowance."""
    readings = []
    for speaker in (exchange.world.organiser, exchange.world.provider_a):
        period = f"from={exchange.world.day(40)}&to={exchange.world.day(0)}"
        answer = await speaker.get(f"/v1/agreements/{agreement['id']}/attendance-summary?{period}")
        assert answer.status_code == 200, answer.text
        data = answer.json()
        days = {item["date"]: item.get("finding") for item in data["items"] if item["status"] == "present"}
        readings.append((days, data["allowance_days"]))
    assert readings[0] == readings[1]
    return readings[0]


@pytest.mark.parametrize("whose", ["person", "provider"])
async def test_a_moved_decision_on_which_days_hang_waits_for_the_organiser(
    exchange: Exchange, whose: str
) -> None:
    world = exchange.world
    agreement = await exchange.agreement(schedule={"type": "flexible"})
    assert (await say(exchange, agreement, 2)).status_code == 201
    before = await exchange.decision(agreement["decision_id"])
    words = another() if whose == "person" else {"provider_id": str(world.provider_b.organisation_id)}
    assert await moved(exchange, agreement, **words, days_per_week=2) == before, "nothing is applied silently"
    (conflict,) = await conflicts(exchange)
    assert conflict["kind"] == f"{whose}-changed"
    assert (conflict["decision_id"], conflict["agreements"]) == (before["id"], [agreement["id"]])
    assert conflict["ours"] == {"client_id": before["client_id"], "provider_id": before["provider_id"]}
    assert (conflict["theirs"] == conflict["ours"]) is False
    (item,) = await exchange.inbox(state="conflict")
    assert item["remote_id"] == before["ehr"]["id"]
    held = await read(exchange, agreement)
    assert held["status"] == "signed"
    assert held["hold"] == {"since": conflict["raised_at"], "conflict_id": conflict["id"]}
    recorded = await say(exchange, agreement, 1)
    assert (recorded.status_code, recorded.headers.get("Walmu-Warnings")) == (201, "decision-in-conflict")
    assert await summary(exchange, agreement) == (
        {world.day(2): None, world.day(1): "decision-in-conflict"},
        1,
    )
    stale = await say(exchange, agreement, 1, If_Match='"9"')
    assert stale.status_code in {200, 412}


async def test_ours_is_kept_and_the_agreement_is_free_again(exchange: Exchange) -> None:
    world = exchange.world
    agreement = await exchange.agreement(schedule={"type": "flexible"})
    before = await moved(exchange, agreement, days_per_week=4)
    await moved(exchange, agreement, **another())
    await say(exchange, agreement, 1)
    (conflict,) = await conflicts(exchange)
    settled = await settle(exchange, conflict, "ours")
    assert (settled["state"], settled["resolution"]) == ("settled", "ours")
    assert settled["reason"] == "Selvitetty päättäjän kanssa"
    assert "hold" not in await read(exchange, agreement)
    assert await exchange.decision(before["id"]) == before
    assert await summary(exchange, agreement) == ({world.day(1): None}, 1)
    assert (await say(exchange, agreement, 2)).headers.get("Walmu-Warnings") is None
    assert await conflicts(exchange) == []
    assert await exchange.inbox(state="conflict") == []
    later = await moved(exchange, agreement, days_per_week=1)
    assert later["client_id"] == before["client_id"], "still another person: asked again"
    assert len(await conflicts(exchange)) == 1


async def test_theirs_is_applied_and_the_days_of_the_first_client_have_no_decision(
    exchange: Exchange,
) -> None:
    world = exchange.world
    agreement = await exchange.agreement(schedule={"type": "flexible"})
    await say(exchange, agreement, 2)
    before = await moved(exchange, agreement, **another(), days_per_week=2)
    (conflict,) = await conflicts(exchange)
    await settle(exchange, conflict, "theirs")
    after = await exchange.decision(before["id"])
    assert after["client_id"] == conflict["theirs"]["client_id"] != before["client_id"]
    assert after["days_per_week"] == 2
    assert "hold" not in await read(exchange, agreement)
    assert await summary(exchange, agreement) == ({world.day(2): "decision-not-in-force"}, 0)
    assert (await say(exchange, agreement, 1)).json()["code"] == "decision-not-in-force"
    day = f"/v1/agreements/{agreement['id']}/attendance/{world.day(2)}"
    corrected = await world.provider_a.put(
        day, {"status": "absent", "absence_reason": "own_illness"}, If_Match='"1"'
    )
    assert (corrected.status_code, corrected.headers["Walmu-Warnings"]) == (200, "decision-not-in-force")
    assert (await world.provider_a.post(f"{day}/void", {"reason": "Väärä asiakas"})).status_code == 200


async def test_the_record_system_takes_it_back_itself(exchange: Exchange) -> None:
    agreement = await exchange.agreement(schedule={"type": "flexible"})
    before = await exchange.decision(agreement["decision_id"])
    code = (await exchange.world.organiser.get(f"/v1/clients/{before['client_id']}")).json()["identity"]
    await moved(exchange, agreement, **another())
    await moved(exchange, agreement, **another())
    (conflict,) = await conflicts(exchange)
    assert (conflict["version"], conflict["remote_version"]) == (2, 3)
    assert len(await exchange.inbox(state="conflict")) == 1
    after = await moved(exchange, agreement, identity=code, days_per_week=2)
    assert (after["client_id"], after["days_per_week"]) == (before["client_id"], 2)
    (settled,) = await conflicts(exchange, "settled")
    assert (settled["id"], settled["resolution"]) == (conflict["id"], "withdrawn")
    assert "hold" not in await read(exchange, agreement)


async def test_what_nothing_hangs_on_moves(exchange: Exchange) -> None:
    created = await exchange.decided()
    (before,) = await exchange.received()
    await exchange.theirs.act("amend", id=created["id"], **another())
    await exchange.take_in()
    (after,) = await exchange.received()
    assert after["client_id"] != before["client_id"]
    assert await conflicts(exchange) == []


async def test_days_under_a_held_agreement_wait_for_the_verdict(exchange: Exchange) -> None:
    """Sent now, they would stand under another person's decision."""
    agreement = await exchange.agreement(schedule={"type": "flexible"})
    await moved(exchange, agreement, **another())
    day = (await say(exchange, agreement, 1)).json()["id"]
    await exchange.send_out()
    delivery = await exchange.delivery_of(day)
    assert (delivery["state"], delivery["failure"]) == ("retry", "dependency")
    (conflict,) = await conflicts(exchange)
    await settle(exchange, conflict, "ours")
    await exchange.send_out()
    assert (await exchange.delivery_of(day))["state"] == "confirmed"


async def test_an_agreement_on_a_decision_in_conflict_is_held_from_its_start(exchange: Exchange) -> None:
    agreement = await exchange.agreement(schedule={"type": "flexible"})
    await moved(exchange, agreement, **another())
    relationship = await exchange.world.organiser.get(
        f"/v1/service-relationships/{agreement['service_relationship_id']}"
    )
    second = await exchange.world.agreement(
        relationship.json(), agreement["decision_id"], starts_on=exchange.world.day(40)
    )
    (conflict,) = await conflicts(exchange)
    assert second["hold"]["conflict_id"] == conflict["id"]
    assert set(conflict["agreements"]) == {agreement["id"], second["id"]}
    await settle(exchange, conflict, "ours")
    assert "hold" not in await read(exchange, second)


async def test_a_shortened_decision_gives_its_days_a_finding(exchange: Exchange) -> None:
    world = exchange.world
    agreement = await exchange.agreement(schedule={"type": "flexible"})
    for days_ago in (3, 2, 1):
        await say(exchange, agreement, days_ago)
    after = await moved(exchange, agreement, valid_to=world.day(2))
    assert after["valid_to"] == world.day(2), "the same person and provider: applied"
    assert "hold" not in await read(exchange, agreement)
    found = {world.day(3): None, world.day(2): None, world.day(1): "decision-not-in-force"}
    assert await summary(exchange, agreement) == (found, 2)
    again = await say(exchange, agreement, 1, If_Match='"1"')
    assert again.status_code == 200
    path = f"/v1/agreements/{agreement['id']}/attendance/{world.day(1)}"
    assert (await world.provider_a.post(f"{path}/void", {"reason": "Päätös päättyi"})).status_code == 200
    await moved(exchange, agreement, valid_to=world.day(-30))
    assert (await summary(exchange, agreement))[0] == {world.day(3): None, world.day(2): None}


async def test_settling_needs_the_version_and_belongs_to_the_organiser(exchange: Exchange) -> None:
    world = exchange.world
    agreement = await exchange.agreement(schedule={"type": "flexible"})
    await moved(exchange, agreement, **another())
    (conflict,) = await conflicts(exchange)
    url = f"/v1/ehr/conflicts/{conflict['id']}"
    read_one = await world.organiser.get(url)
    assert (read_one.json(), read_one.headers["etag"]) == (conflict, '"1"')
    ours = {"resolution": "ours", "reason": "x"}
    assert (await world.organiser.post(f"{url}/settle", ours)).status_code == 428
    assert (await world.organiser.post(f"{url}/settle", ours, If_Match='"7"')).status_code == 412
    wrong = await world.organiser.post(f"{url}/settle", {"resolution": "withdrawn"}, If_Match='"1"')
    assert {error["pointer"] for error in wrong.json()["errors"]} == {"/resolution", "/reason"}
    for speaker in (world.provider_a, world.workplace, world.ehr, world.auditor):
        assert (await speaker.get("/v1/ehr/conflicts")).status_code == 403
        assert (await speaker.post(f"{url}/settle", ours, If_Match='"1"')).status_code == 403
    assert (await world.organiser.post(f"{url}/settle", ours, If_Match='"1"')).status_code == 200
    same = await world.organiser.post(f"{url}/settle", ours, If_Match='"1"')
    assert (same.status_code, same.json()["version"]) == (200, 2)
    other = await world.organiser.post(f"{url}/settle", ours | {"resolution": "theirs"}, If_Match='"2"')
    assert (other.status_code, other.json()["code"]) == (409, "conflict")
    log = await world.use_log(operation="settleEhrConflict")
    assert [row["client_ids"] for row in log if row["client_ids"]]


async def test_a_decision_of_one_who_was_merged_stays_that_of_its_agreement(exchange: Exchange) -> None:
    """The record system still names the one; both are one person here, and nothing moved."""
    world = exchange.world
    agreement = await exchange.agreement(schedule={"type": "flexible"})
    day = (await say(exchange, agreement, 2)).json()["id"]
    other = await world.client()
    merging = {"into": other["id"], "into_version": 1, "reason": "Sama henkilö"}
    client = f"/v1/clients/{agreement['client_id']}"
    version = (await world.organiser.get(client)).headers["etag"]
    merged = await world.organiser.post(f"{client}/merge", merging, If_Match=version)
    assert merged.status_code == 200, merged.text
    after = await moved(exchange, agreement, days_per_week=4)
    assert (after["client_id"], after["days_per_week"]) == (other["id"], 4)
    assert await conflicts(exchange) == []
    assert (await say(exchange, agreement, 1)).headers.get("Walmu-Warnings") is None
    assert (await summary(exchange, agreement))[1] == 2
    await exchange.send_out()
    (visit,) = await exchange.theirs.items("state/attendance", external_id=day)
    assert visit["DecisionId"] is not None
