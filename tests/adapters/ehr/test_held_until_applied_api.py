"""What hangs on a decision in conflict is held until the verdict is carried out, whoever comes meanwhile."""

import asyncio
import time
from typing import Any

import pytest
from tests.adapters.ehr.conftest import Exchange
from tests.adapters.ehr.test_attacked_deliveries_api import merged
from tests.adapters.ehr.test_moved_decisions_api import another, conflicts, moved, read, say, settle
from tests.conftest import HELD, TenantFixture
from tests.record.parties.clients.test_merging_api import unmerge

from walmu_api.record.commitments.agreements import service as agreements
from walmu_api.record.commitments.agreements.schemas import AgreementEntry

pytestmark = pytest.mark.enable_socket
ANY = {"type": "flexible"}


async def relationship_of(exchange: Exchange, decision: dict[str, Any]) -> dict[str, Any]:
    path = f"/v1/service-relationships/{decision['service_relationship_id']}"
    return dict((await exchange.world.organiser.get(path)).json())


async def settle_now(exchange: Exchange, conflict: dict[str, Any], resolution: str) -> Any:
    entry = {"resolution": resolution, "reason": "Selvitetty"}
    path = f"/v1/ehr/conflicts/{conflict['id']}/settle"
    return await exchange.world.organiser.post(path, entry, If_Match=f'"{conflict["version"]}"')


async def decisions_of_visits(exchange: Exchange) -> dict[str, str | None]:
    """The decision that each visit names over there."""
    return {
        item["ExternalId"]: str(item["DecisionId"]) if item["DecisionId"] is not None else None
        for item in await exchange.theirs.items("state/attendance")
    }


async def test_held_days_do_not_go_out_under_the_decision_before_the_verdict_is_applied(
    exchange: Exchange,
) -> None:
    """ADR 63: sent now, the day would stand under the decision of somebody else. Delivery and intake are two loops: the
    one that sends may be first."""
    agreement = await exchange.agreement(schedule=ANY)
    ours = await exchange.decision(agreement["decision_id"])
    await moved(exchange, agreement, **another())
    day = (await say(exchange, agreement, 1)).json()["id"]
    await exchange.send_out()
    assert await decisions_of_visits(exchange) == {}
    (conflict,) = await conflicts(exchange)
    assert (await settle_now(exchange, conflict, "theirs")).status_code == 200
    await exchange.send_out()
    sent = await decisions_of_visits(exchange)
    assert sent.get(day) != str(ours["ehr"]["id"]), "under somebody else's decision"


async def test_a_day_between_verdict_and_its_application_has_a_finding(exchange: Exchange) -> None:
    agreement = await exchange.agreement(schedule=ANY)
    await moved(exchange, agreement, **another())
    (conflict,) = await conflicts(exchange)
    assert (await settle_now(exchange, conflict, "theirs")).status_code == 200
    answer = await say(exchange, agreement, 1)
    assert answer.status_code == 422 or answer.headers.get("Walmu-Warnings") == "decision-in-conflict", (
        answer.text
    )


async def test_theirs_that_cannot_be_applied_does_not_free_the_agreement(exchange: Exchange) -> None:
    """The other provider has closed: the item is quarantined, and the decision stays where the verdict says it is not."""
    world = exchange.world
    agreement = await exchange.agreement(schedule=ANY)
    await moved(exchange, agreement, provider_id=str(world.provider_b.organisation_id))
    (conflict,) = await conflicts(exchange)
    url = f"/v1/organisations/{world.provider_b.organisation_id}"
    shut = await world.organiser.post(f"{url}/close", {"closed_on": world.day(100), "reason": "Lopetti"})
    assert shut.status_code == 200, shut.text
    answer = await settle_now(exchange, conflict, "theirs")
    assert answer.status_code in {200, 409, 422}, answer.text
    await exchange.take_in()
    decision = await exchange.decision(agreement["decision_id"])
    await say(exchange, agreement, 1)
    now = await read(exchange, agreement)
    states = [item["state"] for item in await exchange.inbox()]
    went = decision["provider_id"] != agreement["provider_id"]
    assert went or "hold" in now or "quarantined" not in states, (
        states,
        "settled as theirs, ours is in force",
    )


async def test_an_open_conflict_holds_an_agreement_made_after_the_held_one_went_away(
    exchange: Exchange,
) -> None:
    world = exchange.world
    old = await exchange.agreement(schedule=ANY)
    ours = await exchange.decision(old["decision_id"])
    code = (await world.organiser.get(f"/v1/clients/{ours['client_id']}")).json()["identity"]
    created = await exchange.decided(identity=code)
    (other,) = [one for one in await exchange.received() if one["ehr"]["id"] == created["id"]]
    await moved(exchange, old, **another())
    assert "hold" in await read(exchange, old)
    entry = (await world.provider_a.get(f"/v1/agreements/{old['id']}")).json() | {"decision_id": other["id"]}
    changed = await world.provider_a.put(
        f"/v1/agreements/{old['id']}", entry, If_Match=f'"{entry["version"]}"'
    )
    assert changed.status_code == 200, changed.text
    assert len(await conflicts(exchange)) == 1
    new = await world.agreement(
        await relationship_of(exchange, ours), ours["id"], starts_on=world.day(50), schedule=ANY
    )
    held = await read(exchange, new)
    assert "hold" in held, "its decision is in an open conflict"
    answer = await say(exchange, new, 1)
    assert answer.headers.get("Walmu-Warnings") == "decision-in-conflict"


def beside(world: TenantFixture, old: dict[str, Any]) -> AgreementEntry:
    """Another agreement of the same decision."""
    return AgreementEntry.model_validate(
        {
            "service_relationship_id": old["service_relationship_id"],
            "kind": "work_activity",
            "decision_id": old["decision_id"],
            "place": {"name": "Kotola"},
            "instructors": [{"family_name": "Ohjaaja", "given_names": "Olli"}],
            "starts_on": world.day(50),
            "ends_on": world.day(-60),
            "schedule": ANY,
            "absence_reporting": "Soita.",
            "source_id": "rinnakkainen",
        }
    )


async def test_an_agreement_drafted_while_the_conflict_is_settled_is_not_held_for_ever(
    exchange: Exchange,
) -> None:
    world = exchange.world
    old = await exchange.agreement(schedule=ANY)
    await moved(exchange, old, **another())
    (conflict,) = await conflicts(exchange)
    entry = beside(world, old)
    async with world.transaction() as session:
        row, _ = await agreements.draft(world.context(session, world.provider_a), entry)
        made = str(row.id)
        settling = asyncio.create_task(settle_now(exchange, conflict, "ours"))
        done, _ = await asyncio.wait({settling}, timeout=0.7)
        was_done = bool(done)
    answer = await settling
    assert answer.status_code == 200, answer.text
    held = (await world.organiser.get(f"/v1/agreements/{made}")).json()
    assert "hold" not in held, (was_done, held["hold"])


async def test_an_agreement_drafted_while_the_conflict_is_raised_is_held(exchange: Exchange) -> None:
    world = exchange.world
    old = await exchange.agreement(schedule=ANY)
    entry = beside(world, old)
    async with world.transaction() as session:
        row, _ = await agreements.draft(world.context(session, world.provider_a), entry)
        made = str(row.id)
        moving = asyncio.create_task(moved(exchange, old, **another()))
        await asyncio.wait({moving}, timeout=0.7)
    await moving
    assert len(await conflicts(exchange)) == 1
    held = (await world.organiser.get(f"/v1/agreements/{made}")).json()
    assert "hold" in held


async def test_a_hold_of_a_settled_conflict_ends_with_the_next_change_and_is_not_handed_on(
    exchange: Exchange,
) -> None:
    """The same race; then the provider says the agreement anew, and makes another."""
    world = exchange.world
    old = await exchange.agreement(schedule=ANY)
    await moved(exchange, old, **another())
    (conflict,) = await conflicts(exchange)
    entry = beside(world, old)
    async with world.transaction() as session:
        row, _ = await agreements.draft(world.context(session, world.provider_a), entry)
        made = str(row.id)
        settling = asyncio.create_task(settle_now(exchange, conflict, "ours"))
        await asyncio.wait({settling}, timeout=0.7)
    assert (await settling).status_code == 200
    url = f"/v1/agreements/{made}"
    tag = (await world.organiser.get(url)).headers["ETag"]
    changed = entry.model_dump(mode="json", exclude_none=True) | {"absence_reporting": "Soita heti."}
    again = await world.organiser.put(url, changed, If_Match=tag)
    assert again.status_code == 200, again.text
    later = await world.agreement(
        await relationship_of(exchange, await exchange.decision(old["decision_id"])),
        old["decision_id"],
        starts_on=world.day(50),
        schedule=ANY,
    )
    assert ("hold" in again.json(), "hold" in later) == (False, False), "no conflict is open"


async def test_theirs_that_could_not_be_applied_is_open_again_and_can_be_settled(exchange: Exchange) -> None:
    world = exchange.world
    agreement = await exchange.agreement(schedule=ANY)
    await moved(exchange, agreement, provider_id=str(world.provider_b.organisation_id))
    (conflict,) = await conflicts(exchange)
    url = f"/v1/organisations/{world.provider_b.organisation_id}"
    shut = await world.organiser.post(f"{url}/close", {"closed_on": world.day(100), "reason": "Lopetti"})
    assert shut.status_code == 200, shut.text
    assert (await settle_now(exchange, conflict, "theirs")).status_code == 200
    await exchange.take_in()
    (again,) = await conflicts(exchange)
    assert (again["id"], again["version"]) == (conflict["id"], 3)
    assert not {"resolution", "reason", "settled_at", "settled_by"} & again.keys()
    (item,) = await exchange.inbox(state="quarantined")
    assert item["reason"]
    assert "hold" in await read(exchange, agreement)
    opened = await world.organiser.post(f"{url}/reopen", {"reason": "Jatkaa"}, If_Match=shut.headers["ETag"])
    assert opened.status_code == 200, opened.text
    assert (await settle_now(exchange, again, "theirs")).status_code == 200
    await exchange.take_in()
    assert await conflicts(exchange) == []
    assert "hold" not in await read(exchange, agreement)
    decision = await exchange.decision(agreement["decision_id"])
    assert decision["provider_id"] == str(world.provider_b.organisation_id)


async def test_a_verdict_tells_who_gave_it_and_when(exchange: Exchange) -> None:
    world, tokens = exchange.world, exchange.world.app_context.tokens
    agreement = await exchange.agreement(schedule=ANY)
    await moved(exchange, agreement, **another())
    (conflict,) = await conflicts(exchange)
    person = {"sub": "u-12", "name": "Päivi Päättäjä"}
    scopes = ["ehr-conflicts:write", "ehr-conflicts:read"]
    token = tokens.issue(world.organiser.client_id, HELD, scopes, person, now=time.time())
    path, entry = f"/v1/ehr/conflicts/{conflict['id']}", {"resolution": "ours", "reason": "Selvitetty"}
    answer = await world.organiser.post(
        f"{path}/settle", entry, If_Match='"1"', Authorization=f"Bearer {token}"
    )
    assert answer.status_code == 200, answer.text
    settled = (await world.organiser.get(path)).json()
    assert settled["settled_by"] == {
        "organisation_id": str(world.organiser.organisation_id),
        "system_id": str(world.organiser.system_id),
        "person": person,
    }
    assert settled["settled_at"] >= settled["raised_at"]
    assert (await read(exchange, agreement))["recorded_by"]["person"] == person


async def test_what_waits_for_a_verdict_for_weeks_is_no_failure(exchange: Exchange) -> None:
    agreement = await exchange.agreement(schedule={"type": "flexible"})
    await moved(exchange, agreement, **another())
    (conflict,) = await conflicts(exchange)
    day = await exchange.day(agreement, 3)
    for _ in range(3):
        await exchange.send_out()
        longer = "update ehr_deliveries set queued_at = queued_at - interval '7 days' where target_id = $1"
        await exchange.world.owner.execute(longer, exchange.target.id)
        await exchange.due_now()
    await exchange.send_out()
    waiting = await exchange.delivery_of(day)
    assert (waiting["state"], waiting["detail"], waiting["attempts"]) == ("retry", "decision-in-conflict", 0)
    await settle(exchange, conflict, "ours")
    await exchange.send_out()
    assert (await exchange.delivery_of(day))["state"] == "confirmed"


@pytest.mark.parametrize("meanwhile", ["merged", "parted"])
async def test_what_waits_goes_with_the_verdict_whoever_its_client_is_by_then(
    exchange: Exchange, meanwhile: str
) -> None:
    world = exchange.world
    agreement = await exchange.agreement(schedule={"type": "flexible"})
    into = (await world.client())["id"]
    if meanwhile == "parted":
        await merged(world, agreement["client_id"], into)
    await moved(exchange, agreement, **another())
    (conflict,) = await conflicts(exchange)
    day = await exchange.day(agreement, 3)
    await exchange.send_out()
    if meanwhile == "parted":
        assert (await unmerge(world, {"client": {"id": agreement["client_id"]}})).status_code == 200
    else:
        await merged(world, agreement["client_id"], into)
    await exchange.send_out()
    await settle(exchange, conflict, "ours")
    await exchange.send_out()
    assert (await exchange.delivery_of(day))["state"] == "confirmed"
