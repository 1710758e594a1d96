"""The world that tests begin with is one statement; here it is compared with what founding and the API write."""

import secrets
from typing import Any
from uuid import UUID

from tests.conftest import KEYS, TenantFixture, _speaker, business_id
from walmu_dev.founding import add_system, found

TABLES = ("organisers", "organisations", "connected_systems", "system_keys", "journal")
ORDER = {
    "organisations": "kind, name",
    "connected_systems": "client_id",
    "system_keys": "client_id",
    "journal": "seq",
}
"""Ids made within one millisecond are in no order."""
OF_THE_MOMENT = {"at", "recorded_at", "created_at", "txid", "seq", "business_id"}


async def rows(
    world: TenantFixture, organiser_id: UUID, names: dict[str, str]
) -> dict[str, list[dict[str, Any]]]:
    """Every row of an organiser, with names in the place of its ids."""
    found: dict[str, list[dict[str, Any]]] = {}
    for table in TABLES:
        key = "id" if table == "organisers" else "organiser_id"
        order = ORDER.get(table, "id")
        read = await world.owner.fetch(
            f"select * from {table} where {key} = $1 order by {order}", organiser_id
        )
        found[table] = [
            {name: names.get(str(value), value) for name, value in row.items() if name not in OF_THE_MOMENT}
            for row in read
        ]
    return found


async def test_a_world_is_what_founding_and_the_api_make(world: TenantFixture) -> None:
    tag = secrets.token_hex(5)
    created = await found(world.owner, f"Hyvinvointialue {tag}", business_id(), f"organiser-{tag}", KEYS)
    client = f"organiser-{tag}"
    organiser = _speaker(
        world.app, world.app_context, client, created.system_id, created.organisation_id, "organiser"
    )
    ids = [created.organiser_id, created.organisation_id, created.system_id]
    for kind, name in (("provider", "provider-a"), ("provider", "provider-b"), ("workplace", "workplace-a")):
        entry = {"kind": kind, "name": name, "source_id": f"{name}-{tag}"}
        organisation = UUID((await organiser.post("/v1/organisations", entry)).json()["id"])
        ids += [
            organisation,
            await add_system(
                world.owner, created.organiser_id, organisation, f"{name}-{tag}", name, kind, KEYS
            ),
        ]
    for role in ("auditor", "ehr"):
        ids.append(
            await add_system(
                world.owner, created.organiser_id, created.organisation_id, f"{role}-{tag}", role, role, KEYS
            )
        )
    await organiser.close()
    theirs = world.organiser.client_id.removeprefix("organiser-")
    first, a, b, workplace, auditor, ehr = world.speakers
    same = [world.organiser_id, first.organisation_id, first.system_id]
    for party in (a, b, workplace):
        same += [party.organisation_id, party.system_id]
    same += [auditor.system_id, ehr.system_id]
    texts = [
        "Hyvinvointialue {}",
        *(
            f"{name}-{{}}"
            for name in ("organiser", "provider-a", "provider-b", "workplace-a", "auditor", "ehr")
        ),
    ]

    def named(of: list[UUID], by: str) -> dict[str, str]:
        return {str(each): f"id {at}" for at, each in enumerate(of)} | {
            text.format(by): text for text in texts
        }

    by_api = await rows(world, created.organiser_id, named(ids, tag))
    assert all(by_api.values())
    assert await rows(world, world.organiser_id, named(same, theirs)) == by_api
