"""Every dependency is named in docs/dependencies.md with what it is for, and nothing else is."""

import re
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def declared() -> set[str]:
    """The names in pyproject.toml: of the product, its extras, the build and the groups."""
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lists = [
        project["project"]["dependencies"],
        *project["project"].get("optional-dependencies", {}).values(),
        project["build-system"]["requires"],
        *project["dependency-groups"].values(),
    ]
    requirements = (
        line for each in lists for line in each if isinstance(line, str)
    )  # a dict includes another group
    names = {re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0].lower() for line in requirements}
    return names - {project["project"]["name"]}  # an extra may name others of its own package


def test_every_dependency_is_named_once_with_what_it_is_for() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    rows = re.findall(r"(?m)^\| ([a-z0-9.-]+) \| *(.*?) *\|", page)
    named = [name for name, _ in rows if name != "package"]
    assert sorted(named) == sorted(declared())
    assert [name for name, purpose in rows if not purpose] == []
