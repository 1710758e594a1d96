"""One running server for all contract tests; and where Node.js is missing, what needs it is left out aloud."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract_tests.generators.tools import NO_NODE, node_is_there
from contract_tests.landscape import Landscape, Party
from contract_tests.server import running_server

if not node_is_there():
    if os.environ.get("CI") == "true":
        raise pytest.UsageError(NO_NODE)
    collect_ignore = [
        "generators/test_linters.py",
        "generators/test_typescript.py",
        "test_story_in_typescript.py",
    ]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What this run could not check is said aloud."""
    if not node_is_there():
        terminalreporter.write_line(NO_NODE, yellow=True)


@pytest.fixture(scope="session")
def landscape() -> Iterator[Landscape]:
    with running_server() as created:
        yield created


@pytest.fixture
def cast(landscape: Landscape, tmp_path: Path) -> Path:
    """What a program of the story has to know: the server, its key, and the ids that it was given."""

    def part(party: Party) -> dict[str, str]:
        return {
            "client_id": party.client_id,
            "organisation_id": party.organisation_id,
            "key": party.key.pem,
            "kid": party.key.kid,
        }

    parties = {
        "provider_a": part(landscape.provider_a),
        "provider_b": part(landscape.provider_b),
        "auditor": part(landscape.auditor),
    }
    file = tmp_path / "cast.json"
    roles = {"url": landscape.url, "ids": landscape.ids, "parties": parties}
    file.write_text(json.dumps(roles), encoding="utf-8")
    return file
