"""Linters of other people over the contract: what they find, errors and warnings alike, is mended or declined in a ruleset."""

import json
from pathlib import Path

import pytest

from contract_tests.generators import tools


def test_redocly_finds_nothing(tmp_path: Path) -> None:
    command = ("redocly", "lint", "--extends", "recommended-strict", "--format", "json", tools.CONTRACT)
    report = tools.run(*command, folder=tmp_path)
    totals = json.loads(report[report.index("{") : report.rindex("}") + 1])["totals"]
    assert totals == {"errors": 0, "warnings": 0, "ignored": 0}


@pytest.mark.parametrize("ruleset", ["oas", "owasp", "zalando"])
def test_spectral_finds_nothing(ruleset: str, tmp_path: Path) -> None:
    rules = tools.HERE / "rulesets" / f"{ruleset}.yaml"
    tools.run(
        "spectral", "lint", "--ruleset", rules, "--fail-severity", "hint", tools.CONTRACT, folder=tmp_path
    )
