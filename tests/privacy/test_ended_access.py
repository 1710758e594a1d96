"""When access has ended it has ended by every way: kept answers, one's own keys, the feed, decisions never one's own."""

from tests.access.test_use_log_api import plain
from tests.conftest import TenantFixture, forward
from tests.privacy.stage import care_path, ended

from walmu_api.foundation.clock import Clock


async def test_a_kept_answer_is_not_told_again_when_access_has_ended(
    world: TenantFixture, clock: Clock
) -> None:
    created = await ended(world)
    end = f"/v1/agreements/{created.agreement['id']}/end"
    ending = {"ends_on": created.agreement["ends_on"], "reason": created.agreement["end_reason"]}
    response = await world.provider_a.post(end, ending, Idempotency_Key="k")
    assert response.status_code == 200
    forward(clock, days=20)
    assert (await world.provider_a.post(end, ending, Idempotency_Key="k")).text == response.text
    # the organiser sets the end straight: it was long ago
    path = f"/v1/service-relationships/{created.relationship['id']}"
    entry = {
        k: v
        for k, v in created.relationship.items()
        if k not in {"id", "version", "recorded_at", "recorded_by"}
    }
    answer = await world.organiser.put(path, entry | {"ends_on": world.day(100)}, If_Match='"2"')
    assert answer.status_code == 200, answer.text
    before = len(await world.use_log())
    again = await world.provider_a.post(end, ending, Idempotency_Key="k")
    assert (again.status_code, again.json()["code"]) == (404, "not-found")
    assert created.client not in again.text
    assert len(await world.use_log()) == before


async def test_ones_own_key_opens_nothing_after_access_has_ended(world: TenantFixture, clock: Clock) -> None:
    created = await ended(world)
    entry = {k: v for k, v in plain(created.agreement).items() if k not in {"end_reason", "agreed_ends_on"}}
    assert (await world.provider_a.post("/v1/agreements", entry)).status_code == 200
    forward(clock, days=90)
    for each in (entry, entry | {"tasks_and_goals": "Toinen"}):
        answer = await world.provider_a.post("/v1/agreements", each)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "unknown-reference"), (
            answer.text
        )
        assert created.agreement["id"] not in answer.text


async def test_the_feed_says_that_access_has_ended_and_no_more(world: TenantFixture, clock: Clock) -> None:
    created = await ended(world)
    for speaker in (world.provider_a, world.workplace):
        items, _ = await world.feed(speaker)
        assert created.agreement["id"] in {item["resource_id"] for item in items}
    forward(clock, days=90)
    items, _ = await world.feed(world.provider_a)
    assert [(item["resource_id"], item["change"], "record" in item) for item in items] == [
        (created.client, "access-ended", False)
    ]
    assert (await world.feed(world.workplace))[0] == []


async def test_a_relationship_that_is_still_to_come_is_told_but_not_shown(world: TenantFixture) -> None:
    client = (await world.client())["id"]
    await world.relationship(
        client,
        starts_on=world.day(-5),
        referral={"source": "disability_services", "received_on": world.day(1)},
    )
    items, _ = await world.feed(world.provider_a)
    assert {(item["resource_type"], "record" in item) for item in items if item["client_id"] == client} == {
        ("service-relationship", False),
        ("client", False),
    }


async def test_a_denial_about_somebody_elses_client_is_not_in_the_feed(world: TenantFixture) -> None:
    """A decision that names a provider without giving it the client is not its business."""
    client = (await world.client())["id"]
    like = {"client_id": client, "provider_id": str(world.provider_b.organisation_id)}
    served = await care_path(world, world.provider_a)
    denied = await world.decision(served.relationship | like, outcome="denied")
    assert (await world.provider_b.get(f"/v1/decisions/{denied}")).status_code == 404
    assert (await world.feed(world.provider_b))[0] == []
