"""One stage for all faults: what a test breaks it mends again."""

from collections.abc import AsyncIterator

import pytest

from contract_tests.faults.stage import Server, Stage, staged


@pytest.fixture(scope="session")
async def stage() -> AsyncIterator[Stage]:
    async with staged() as created:
        yield created


@pytest.fixture(scope="module")
async def server(stage: Stage) -> AsyncIterator[Server]:
    """A server with a small pool, for the tests of one file."""
    async with stage.server(WALMU_DATABASE_POOL="4") as created:
        yield created
