"""Merging beside people who record, and what parting and another code leave behind: each test was a fault once."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from tests.adapters.national.test_frozen_documents import path_of, signed
from tests.conftest import ApiClient, TenantFixture, identity_code
from tests.record.case_file.plans.test_plans_api import client_plan
from tests.record.parties.clients.test_codes_over_time_api import coded, entry_of, found
from tests.record.parties.clients.test_death_api import dies
from tests.record.parties.clients.test_merging_api import client_now, merge, served, unmerge

from walmu_api.foundation.statements import Statement

_HOLD = Statement("select from service_relationships where organiser_id = :organiser and id = :id for update")
_RECORD = Statement(
    "select pg_advisory_xact_lock_shared(hashtextextended('client-merges|' || :organiser::uuid, 0))"
)


@pytest.mark.parametrize("turn", ["merge", "a dead one", "of who stays", "unmerge"])
async def test_a_relationship_that_is_being_changed_does_not_stand_in_the_way(
    world: TenantFixture, turn: str
) -> None:
    """A change holds its relationship and then records of the client; the order of the two, turn by turn. A death that comes or
    goes with a merge ends services of who stays."""
    one, two = await served(world), await served(world)
    if turn == "a dead one":
        await dies(world, one["client"]["id"], 1)
    if turn == "unmerge":
        assert (await merge(world, one, two)).status_code == 200
    changed = one if turn == "merge" else two
    loop = asyncio.get_running_loop()
    async with world.transaction() as session:
        await session.fetch(_HOLD, organiser=world.organiser_id, id=UUID(changed["relationship"]["id"]))
        act = unmerge(world, one) if turn == "unmerge" else merge(world, one, two)
        merging = asyncio.create_task(act)
        await asyncio.sleep(0.5)
        began = loop.time()
        await session.execute(_RECORD, organiser=world.organiser_id)
        waited = loop.time() - began
    answer = await merging
    assert answer.status_code == 200, answer.text
    assert waited < 0.45, "the change waited until the database saw that neither could go on"


async def test_what_a_provider_records_while_its_client_is_merged_is_recorded(world: TenantFixture) -> None:
    """It waits for the merge, and is then of the client who stays, whom its provider sees since. Who names the old one after it
    learns of it."""
    one, two = await served(world), await served(world, world.provider_b)

    async def record(delay: float) -> set[int]:
        await asyncio.sleep(delay)
        entries = [world.measurement_entry(one["relationship"]) for _ in range(10)]
        return {(await world.provider_a.post("/v1/measurements", each)).status_code for each in entries}

    async def later() -> int:
        await asyncio.sleep(0.03)
        return (await merge(world, one, two)).status_code

    recording = asyncio.gather(*(record(at * 0.004) for at in range(4)))
    merged = await later()
    statuses = set[int]().union(*await recording)
    assert (statuses <= {201, 409}, merged) == (True, 200), statuses


async def test_others_record_while_a_merge_waits_for_a_long_import(world: TenantFixture) -> None:
    one, two, other = await served(world), await served(world), await served(world)
    entry = world.measurement_entry(other["relationship"])
    async with world.transaction() as session:
        await session.execute(_RECORD, organiser=world.organiser_id)
        merging = asyncio.create_task(merge(world, one, two))
        await asyncio.sleep(0.3)
        recorded = await asyncio.wait_for(world.provider_a.post("/v1/measurements", entry), 1.5)
        assert recorded.status_code == 201, recorded.text
        assert not merging.done(), "it waits for the import, and nobody waits for it"
    assert (await merging).status_code == 200


@pytest.mark.parametrize("stays", [False, True])
async def test_a_document_is_equal_for_its_provider_after_parting(
    world: TenantFixture, *, stays: bool
) -> None:
    """It was no renaming: they are two persons."""
    client, agreement = await signed(world)
    before = (await world.provider_a.get(path_of(agreement))).content
    pair = [{"client": client}, {"client": await world.client(family_name="Toinen")}]
    one, into = reversed(pair) if stays else pair
    assert (await merge(world, one, into)).status_code == 200
    assert (await unmerge(world, one)).status_code == 200
    assert (await world.provider_a.get(path_of(agreement))).content == before


async def test_who_was_renamed_stays_so_after_parting(world: TenantFixture) -> None:
    """661/2009, 12 §: a former name, as it stands in a signature, is the organiser's alone."""
    client, agreement = await signed(world)

    async def signatures() -> Any:
        answer = await world.provider_a.get(f"/v1/agreements/{agreement['id']}")
        assert answer.status_code == 200, answer.text
        return [each.get("name") for each in answer.json()["signatures"]]

    before = await signatures()
    renamed = entry_of(client) | {"family_name": "Nykyinen"}
    path = f"/v1/clients/{client['id']}"
    assert (await world.organiser.put(path, renamed, If_Match='"1"')).status_code == 200
    hidden = await signatures()
    assert hidden != before
    pair = {"client": client}, {"client": await world.client(family_name="Nykyinen")}
    assert (await merge(world, *pair)).status_code == 200
    assert (await unmerge(world, pair[0])).status_code == 200
    assert await signatures() == hidden


async def test_versions_of_the_merged_one_tell_its_provider_todays_name(world: TenantFixture) -> None:
    """661/2009, 12 §: since the merge its own is a former name of the person."""
    one, two = await served(world, family_name="Entinen"), await served(world, family_name="Uusi")
    assert (await merge(world, one, two)).status_code == 200
    answer = await world.provider_a.get(f"/v1/clients/{one['client']['id']}/versions/1")
    assert (answer.status_code, answer.json()["family_name"]) == (200, "Uusi")


async def test_a_provider_whose_time_is_over_learns_of_no_merge_by_a_refusal(world: TenantFixture) -> None:
    one, two = await served(world), await served(world, world.provider_b)
    path = f"/v1/service-relationships/{one['relationship']['id']}"
    relationship = (await world.organiser.get(path)).json()
    ended = {name: value for name, value in relationship.items() if name not in READ_ONLY}
    answer = await world.organiser.put(path, ended | {"ends_on": world.day(100)}, If_Match='"1"')
    assert answer.status_code == 200, answer.text
    entry = world.measurement_entry(one["relationship"], client_id=one["client"]["id"])
    before = await world.provider_a.post("/v1/measurements", entry)
    assert (await merge(world, one, two)).status_code == 200
    after = await world.provider_a.post("/v1/measurements", entry)
    assert (before.status_code, after.status_code, "url" in after.json()) == (422, 422, False), after.text


READ_ONLY = {"id", "version", "recorded_at", "recorded_by", "source_id", "status", "ended"}


async def test_the_code_of_one_leads_no_provider_of_the_other_there(world: TenantFixture) -> None:
    """The one was the person before protection, and was entered anew. Nobody said why the codes differ."""
    old, new = identity_code(), identity_code()
    one, two = await served(world, **coded(old)), await served(world, world.provider_b, **coded(new))
    assert (await merge(world, one, two)).status_code == 200

    async def leads(speaker: ApiClient) -> list[str]:
        return await found(speaker, **coded(old))

    there = [two["client"]["id"]]
    assert (await leads(world.organiser), await leads(world.provider_a)) == (there, there)
    assert await leads(world.provider_b) == []


async def test_a_code_taken_off_and_put_back_is_no_finding(world: TenantFixture) -> None:
    code = identity_code()
    client = await world.client(**coded(code))
    without = {name: value for name, value in entry_of(client).items() if name != "identity"}
    path = f"/v1/clients/{client['id']}"
    assert (await world.organiser.put(path, without, If_Match='"1"')).status_code == 200
    assert len((await findings(world))["items"]) == 1
    assert (await world.organiser.put(path, without | coded(code), If_Match='"2"')).status_code == 200
    assert (await findings(world))["items"] == [], "it has the code that it had"


async def findings(world: TenantFixture) -> dict[str, Any]:
    answer = await world.organiser.get("/v1/client-findings")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_the_senders_own_key_of_the_merged_one_means_the_person(world: TenantFixture) -> None:
    one, two = await served(world), await served(world)
    assert (await merge(world, one, two)).status_code == 200
    key = {"client_source_id": one["client"]["source_id"], "services": "disability_services"}
    for at, more in enumerate(({}, {"service_relationship_id": one["relationship"]["id"]})):
        plan = client_plan(source_id=f"plan-{at}", **key, **more)
        answer = await world.organiser.post("/v1/plans", plan)
        person = (await client_now(world, two))["id"]
        assert (answer.status_code, answer.json().get("client_id")) == (201, person), answer.text
