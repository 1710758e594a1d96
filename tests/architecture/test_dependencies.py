"""docs/dependencies.md names every dependency once, with what it is for, as it is locked, and in which state it is."""

import re
import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PAGE = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
GROUPS = PROJECT["dependency-groups"]
SECTIONS = {
    "The product": PROJECT["project"]["dependencies"],
    "The demo": PROJECT["project"]["optional-dependencies"]["demo"],
    "The build": [*GROUPS["build"], *GROUPS["sbom"]],
    "Development": GROUPS["dev"],
}
HEADER = ["package", "version", "what it is for", "licence", "released", "decision"]


def section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def table(text: str) -> list[list[str]]:
    """The rows under the header of the first table, cell by cell."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [rows[0], *rows[2:]]


def rows() -> list[list[str]]:
    return [row for title in SECTIONS for row in table(section(title))[1:]]


def named(requirements: list[Any]) -> list[str]:
    """The names, without the groups that are included."""
    texts = [each for each in requirements if isinstance(each, str)]
    return sorted(re.split(r"[^A-Za-z0-9._-]", text, maxsplit=1)[0].lower() for text in texts)


def test_every_section_names_what_pyproject_names_for_it_with_every_cell_filled() -> None:
    for title, requirements in SECTIONS.items():
        header, *found = table(section(title))
        assert header == HEADER
        assert [row[0] for row in found] == named(requirements), title
        assert [row[0] for row in found if not all(row[:5])] == []


def test_no_place_of_pyproject_that_names_packages_is_without_a_section() -> None:
    assert set(PROJECT["project"]["optional-dependencies"]) == {"demo"}
    assert set(GROUPS) == {"build", "sbom", "dev"}
    assert set(PROJECT["build-system"]["requires"]) <= set(named(GROUPS["build"]))


def test_the_versions_are_the_locked_ones() -> None:
    locked = dict(re.findall(r"(?m)^([\w.-]+)==(\S+)", (ROOT / "requirements.lock").read_text()))
    assert {row[0]: row[1] for row in rows()} == {row[0]: locked[row[0]] for row in rows()}


def test_what_was_not_released_for_a_year_has_a_word_about_its_state() -> None:
    state = section("State")
    (day,) = re.findall(r"Looked through on (\d{4}-\d\d-\d\d)\.", state)
    year_before = date.fromisoformat(day) - timedelta(days=365)
    old = {row[0] for row in rows() if date.fromisoformat(row[4]) < year_before}
    assert {row[0] for row in table(state)[1:]} == old
