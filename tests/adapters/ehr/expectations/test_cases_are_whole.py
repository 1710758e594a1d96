"""The expectations of the record system's adapter are whole: each row, quirk, fact, loss and group has its case."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

FILES = sorted(Path(__file__).parent.glob("*.yaml"))
CASES: list[dict[str, Any]] = [case for file in FILES for case in yaml.safe_load(file.read_text("utf-8"))]

# How many of each the source has: failure matrix, quirks, facts newer than the dossier, losses, contract groups.
COUNTS = {"M": 34, "Q": 12, "N": 6, "L": 15, "C": 14}
MEMBERS = ["id", "source", "what_happens", "here", "there", "people", "time", "concerns", "certainty", "open"]
EFFECTS = ("applied", "set aside", "conflict", "nothing")
CONCERNS = {"decisions", "days", "drafts", "all", "other"}
CERTAINTIES = {"proven", "inferred", "unknown"}


@pytest.mark.parametrize(("letter", "count"), COUNTS.items())
def test_each_row_of_the_source_has_a_case(letter: str, count: int) -> None:
    expected = [f"{letter}{number:02}" for number in range(1, count + 1)]
    assert sorted(case["id"] for case in CASES if case["id"].startswith(letter)) == expected


def test_ids_are_unique() -> None:
    assert [name for name, count in Counter(case["id"] for case in CASES).items() if count > 1] == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_a_case_has_every_member_and_only_words_of_the_lists(case: dict[str, Any]) -> None:
    assert list(case) == MEMBERS
    assert [
        member for member in MEMBERS if not isinstance(case[member], str) or not case[member].strip()
    ] == []
    assert case["here"].startswith(EFFECTS)
    assert case["concerns"] in CONCERNS
    assert case["certainty"] in CERTAINTIES
