"""Whom a record names is right whoever writes or changes it, so that merging and taking apart leave nothing behind."""

from typing import Any

import asyncpg
from tests.conftest import TenantFixture
from tests.record.case_file.plans.test_plans_api import client_plan
from tests.record.parties.clients.test_merging_api import SERVER_SET, merge, served, unmerge

TABLES = ("service_relationships", "decisions", "agreements", "documents", "measurements", "justifications")
"""Whose rows name a client."""


async def change_relationship(world: TenantFixture, relationship_id: str, **changes: Any) -> dict[str, Any]:
    path = f"/v1/service-relationships/{relationship_id}"
    now = (await world.organiser.get(path)).json()
    entry = {name: value for name, value in now.items() if name not in SERVER_SET}
    answer = await world.organiser.put(path, entry | changes, If_Match=f'"{now["version"]}"')
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


def draft_entry(world: TenantFixture, client_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "client_id": client_id,
        "provider_id": str(world.provider_a.organisation_id),
        "legal_bases": ["SHL_710_1982_27E"],
        "service_task": {"system": "urn:oid:1.2.246.537.6.1221", "code": "20", "display": "Vammaispalvelut"},
        "service_kind": "work_activity",
        "valid_from": world.day(0),
        "valid_to": world.day(-100),
        "source_id": "draft",
    } | changes


async def test_a_draft_put_right_to_another_client_goes_along_with_that_ones_merge(
    world: TenantFixture,
) -> None:
    """The clerk took the wrong person for the draft and corrected it; later the right one is merged."""
    wrong, right, root = [await world.client() for _ in range(3)]
    draft = await world.organiser.post("/v1/decisions", draft_entry(world, wrong["id"]))
    assert draft.status_code == 201, draft.text
    put = await world.organiser.put(
        f"/v1/decisions/{draft.json()['id']}", draft_entry(world, right["id"]), If_Match='"1"'
    )
    if put.status_code == 422:
        return  # the client of a draft stays: well
    assert put.json()["client_id"] == right["id"]
    assert (await merge(world, {"client": right}, {"client": root})).status_code == 200
    listed = (await world.organiser.get(f"/v1/decisions?client_id={root['id']}")).json()["items"]
    assert [each["id"] for each in listed] == [draft.json()["id"]], "left behind: nobody's list has it"


async def test_a_draft_put_right_to_another_client_is_told_of_that_one(world: TenantFixture) -> None:
    wrong, right = await world.client(), await world.client()
    draft = await world.organiser.post("/v1/decisions", draft_entry(world, wrong["id"]))
    start = (await world.feed(world.organiser))[1]
    put = await world.organiser.put(
        f"/v1/decisions/{draft.json()['id']}", draft_entry(world, right["id"]), If_Match='"1"'
    )
    if put.status_code == 422:
        return
    (item,) = (await world.feed(world.organiser, start))[0]
    assert (item["client_id"], item["record"]["client_id"]) == (right["id"], right["id"])


async def test_a_draft_put_right_and_then_the_wrong_one_is_merged(world: TenantFixture) -> None:
    """The wrong one's merge must not touch what is the right one's; nor its parting."""
    wrong, right = [await world.client() for _ in range(2)]
    draft = await world.organiser.post("/v1/decisions", draft_entry(world, wrong["id"]))
    put = await world.organiser.put(
        f"/v1/decisions/{draft.json()['id']}", draft_entry(world, right["id"]), If_Match='"1"'
    )
    if put.status_code == 422:
        return
    assert (await merge(world, {"client": right}, {"client": wrong})).status_code == 200
    assert (await unmerge(world, {"client": right})).status_code == 200
    listed = (await world.organiser.get(f"/v1/decisions?client_id={right['id']}")).json()["items"]
    assert [each["id"] for each in listed] == [draft.json()["id"]]


async def test_an_agreement_moved_to_the_others_relationship_goes_with_that(world: TenantFixture) -> None:
    one, two = await served(world), await served(world)
    assert (await merge(world, one, two)).status_code == 200
    relationship = (
        await world.organiser.get(f"/v1/service-relationships/{one['relationship']['id']}")
    ).json()
    drafted = await world.agreement(
        relationship, one["agreement"]["decision_id"], sign=False, source_id="draft"
    )
    path = f"/v1/agreements/{drafted['id']}"
    now = (await world.provider_a.get(path)).json()
    entry = now | {
        "service_relationship_id": two["relationship"]["id"],
        "decision_id": two["agreement"]["decision_id"],
    }
    moved = await world.provider_a.put(path, entry, If_Match=f'"{now["version"]}"')
    assert moved.status_code == 200, moved.text
    assert (await unmerge(world, one)).status_code == 200
    after = (await world.organiser.get(path)).json()
    assert after["client_id"] == two["client"]["id"], "it goes with its service relationship"


async def test_a_measurement_moved_to_the_others_relationship_goes_with_that(world: TenantFixture) -> None:
    one, two = await served(world), await served(world)
    assert (await merge(world, one, two)).status_code == 200
    path = f"/v1/measurements/{one['measurement']['id']}"
    now = (await world.provider_a.get(path)).json()
    left_out = {"id", "version", "recorded_at", "recorded_by", "status", "provider_id"}
    entry = {k: v for k, v in now.items() if k not in left_out} | {
        "service_relationship_id": two["relationship"]["id"]
    }
    moved = await world.provider_a.put(path, entry, If_Match=f'"{now["version"]}"')
    if moved.status_code == 422:
        raise AssertionError(moved.text)
    assert (await unmerge(world, one)).status_code == 200
    after = (await world.organiser.get(path)).json()
    assert after["client_id"] == two["client"]["id"], "it goes with its service relationship"


async def test_a_document_under_the_others_case_goes_with_its_relationship(world: TenantFixture) -> None:
    one, two = await served(world), await served(world)
    assert (await merge(world, one, two)).status_code == 200
    plan = await world.organiser.post(
        "/v1/plans", client_plan(service_relationship_id=one["relationship"]["id"], source_id="p")
    )
    assert plan.status_code == 201, plan.text
    review = await world.organiser.put(
        f"/v1/plans/{plan.json()['id']}",
        dict(client_plan(service_relationship_id=two["relationship"]["id"], source_id="p").items()),
        If_Match='"1"',
    )
    if review.status_code == 200:
        assert (await unmerge(world, one)).status_code == 200
        after = (await world.organiser.get(f"/v1/plans/{plan.json()['id']}")).json()
        relationship = (
            await world.organiser.get(f"/v1/service-relationships/{after['service_relationship_id']}")
        ).json()
        assert after["client_id"] == relationship["client_id"]


async def test_the_last_one_that_a_writer_left(world: TenantFixture) -> None:
    """Of all rows: under whom they are read follows from whom they name and from the merges."""
    one, two = await served(world), await served(world, world.provider_b)
    assert (await merge(world, one, two)).status_code == 200
    await change_relationship(world, one["relationship"]["id"], starts_on=world.day(190))
    rel = (await world.organiser.get(f"/v1/service-relationships/{one['relationship']['id']}")).json()
    await world.agreement(rel, await world.decision(rel), source_id="second")
    plan = client_plan(services="disability_services", service_relationship_id=rel["id"], source_id="plan")
    assert (await world.organiser.post("/v1/plans", plan)).status_code == 201
    for row in await of_clients(world):
        assert str(row["client_id"]) == two["client"]["id"], row["named_in"]
    assert (await unmerge(world, one)).status_code == 200
    for row in await of_clients(world):
        assert row["client_id"] == row["client_named"], row["named_in"]


async def of_clients(world: TenantFixture) -> list[asyncpg.Record]:
    """Of every row that names a client, whom, and under whom it is read."""
    rows = (
        f"select '{table}' as named_in, client_id, client_named from {table} where organiser_id = $1"
        for table in TABLES
    )
    found: list[asyncpg.Record] = await world.owner.fetch(" union all ".join(rows), world.organiser_id)
    assert {row["named_in"] for row in found} == {*TABLES}
    return found


async def test_a_start_earlier_said_while_merged_holds(world: TenantFixture) -> None:
    one, two = await served(world), await served(world, world.provider_b)
    assert (await merge(world, one, two)).status_code == 200
    await change_relationship(world, one["relationship"]["id"], starts_on=world.day(-5))
    assert (await world.provider_a.get(f"/v1/clients/{one['client']['id']}")).status_code == 404, (
        "begins in five days"
    )
