"""One scene for all tests of a file: they only knock."""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from fastapi import FastAPI
from tests.conftest import make_world
from tests.http_behaviour.scene import Scene

from walmu_api.access.guard import AppContext
from walmu_api.foundation.migrating import plain_url

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
async def scene(app: FastAPI, app_context: AppContext, owner_url: str) -> AsyncIterator[Scene]:
    owner = await asyncpg.connect(plain_url(owner_url))
    world = await make_world(app, app_context, owner)
    yield await Scene(world).set()
    await world.close()
    await owner.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is sent here are the contract's own examples."""
    for item in items:
        if item.path.parent == HERE:
            item.add_marker(pytest.mark.dated)
