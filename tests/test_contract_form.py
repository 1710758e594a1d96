"""The form of the contract, so that other people's generators make good types of it (ADR 47)."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

DATA = frozenset({"example", "examples", "default", "value"})
"""Members that hold values and not schemas."""


def parts(node: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of the contract with its place, but for examples."""
    if isinstance(node, dict):
        yield place, node
        for key, value in node.items():
            if key not in DATA or place.endswith("/properties"):
                yield from parts(value, f"{place}/{key}")
    elif isinstance(node, list):
        for at, value in enumerate(node):
            yield from parts(value, f"{place}/{at}")


def test_every_closed_set_is_a_component_with_a_name(app: FastAPI) -> None:
    document = app.state.described()
    sets = {
        place: [value for value in part["enum"] if value is not None]
        for place, part in parts(document)
        if isinstance(part.get("enum"), list)
    }
    components = {f"/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert {
        place: values for place, values in sets.items() if len(values) > 1 and place not in components
    } == {}
    assert len(sets) > 60


def test_a_closed_set_has_one_name(app: FastAPI) -> None:
    """Two names with equal values mean different things, and are told here."""
    schemas = app.state.described()["components"]["schemas"]
    names: dict[frozenset[str], set[str]] = {}
    for name, schema in schemas.items():
        if "enum" in schema:
            names.setdefault(frozenset(schema["enum"]), set()).add(name)
    assert [alike for alike in names.values() if len(alike) > 1] == [
        {"OrganisationEntryKind", "FormAudience"}
    ]


def test_a_closed_set_says_what_it_is_and_that_it_may_grow(app: FastAPI) -> None:
    schemas = app.state.described()["components"]["schemas"]
    sets = {name: schema["description"] for name, schema in schemas.items() if "enum" in schema}
    assert {
        name: text for name, text in sets.items() if not text.endswith(" Open: new values may come.")
    } == {}
    assert {name: text for name, text in sets.items() if len(text) < 40} == {}
