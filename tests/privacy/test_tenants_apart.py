"""Many callers of many organisers on few connections: nobody ever gets a row of another organiser."""

import asyncio
import os
import random
from dataclasses import replace

from tests.conftest import ApiClient, TenantFixture, make_world

from walmu_api.app import create_app
from walmu_api.foundation.database import Database

REQUESTS = int(os.environ.get("WALMU_TENANT_REQUESTS", "3000"))
TASKS, POOL, TENANTS = 32, 4, 6
PATHS = (
    "/v1/clients",
    "/v1/changes",
    "/v1/clients/{own}",
    "/v1/clients/{foreign}",
    "/v1/agreements",
    "/v1/whoami",
)


async def test_no_row_of_another_organiser_under_concurrency(world: TenantFixture, database_url: str) -> None:
    small = Database(database_url, world.app_context.clock, pool_size=POOL, patience=20)
    app_context = replace(world.app_context, database=small)
    app = create_app(app_context)
    tenants = [await make_world(app, app_context, world.owner) for _ in range(TENANTS)]
    names = [f"Kanaria{at}x{tenant.organiser_id.hex}" for at, tenant in enumerate(tenants)]
    ids = [(await tenant.client(family_name=name))["id"] for tenant, name in zip(tenants, names, strict=True)]
    for tenant, client in zip(tenants, ids, strict=True):
        await tenant.relationship(client)
    answered = foreign = seen = aborted = 0

    async def one(at: int, chance: random.Random) -> None:
        nonlocal answered, foreign, seen, aborted
        speaker: ApiClient = chance.choice((tenants[at].organiser, tenants[at].provider_a, tenants[at].ehr))
        path = chance.choice(PATHS).format(own=ids[at], foreign=ids[(at + 1) % TENANTS])
        call = asyncio.create_task(speaker.get(path))
        if chance.random() < 0.05:
            await asyncio.sleep(chance.random() * 0.01)
            call.cancel()
        try:
            answer = await call
        except asyncio.CancelledError:
            aborted += 1
            return
        assert answer.status_code in {200, 404}, answer.text
        others = [word for i, word in enumerate(names) if i != at] + [
            each for i, each in enumerate(ids) if i != at and each not in path
        ]
        answered += 1
        foreign += any(word in answer.text for word in others)
        seen += names[at] in answer.text

    async def task(number: int) -> None:
        chance = random.Random(number)
        for turn in range(REQUESTS // TASKS + 1):
            await one((number + turn) % TENANTS, chance)

    await asyncio.gather(*(task(number) for number in range(TASKS)))
    await small.close()
    assert foreign == 0
    assert answered > REQUESTS * 0.9
    assert aborted > REQUESTS * 0.01
    assert seen > REQUESTS * 0.4, "the canaries are there to be seen"
