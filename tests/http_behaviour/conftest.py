"""One scene for all tests of a file: they only knock."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
from fastapi import FastAPI
from tests.conftest import make_world
from tests.http_behaviour.scene import Scene

from walmu_api.access.guard import AppContext
from walmu_api.foundation.migrating import plain_url


@pytest.fixture(scope="module")
async def scene(app: FastAPI, app_context: AppContext, database_url: str) -> AsyncIterator[Scene]:
    owner = await asyncpg.connect(plain_url(database_url))
    world = await make_world(app, app_context, owner)
    yield await Scene(world).set()
    for speaker in world.speakers:
        await speaker.http.aclose()
    await owner.close()
