"""One running server for all contract tests."""

from collections.abc import Iterator

import pytest

from contract_tests.landscape import Landscape
from contract_tests.server import running_server


@pytest.fixture(scope="session")
def landscape() -> Iterator[Landscape]:
    with running_server() as created:
        yield created
