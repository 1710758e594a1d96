"""Rules of the house that hold of the words of the contract: whoever builds on it finds each member and parameter described."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

_NOT_SCHEMAS = {"example", "examples", "default", "enum", "const", "x-national"}
_FILLING = {"a", "an", "the", "this", "its", "of", "id", "value", "field", "is", "s"}


def objects(node: Any, at: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of the contract that has properties, in components and where it stands, with its place."""
    if isinstance(node, list):
        for number, each in enumerate(node):
            yield from objects(each, f"{at}/{number}")
    elif isinstance(node, dict):
        if isinstance(node.get("properties"), dict) and "type" in node:
            yield at, node["properties"]
        for name, each in node.items():
            if name not in _NOT_SCHEMAS:
                yield from objects(each, f"{at}/{name}")


def parameters(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The parameters of every operation, by name, with its id."""
    for item in document["paths"].values():
        for operation in item.values():
            yield (
                operation["operationId"],
                {f"{each['in']} {each['name']}": each for each in operation["parameters"]},
            )


def test_the_walk_finds_every_object(app: FastAPI) -> None:
    document = app.state.described()
    assert sum(len(properties) for _, properties in objects(document, "")) >= 2300
    assert sum(len(each) for _, each in parameters(document)) >= 450
    places = {place for place, _ in objects(document, "")}
    assert "/components/schemas/ClientRecord" in places
    assert any(place.startswith("/paths/") for place in places), "inline schemas too"


def everything_named(app: FastAPI) -> list[tuple[str, dict[str, Any]]]:
    document = app.state.described()
    return [*objects(document, ""), *parameters(document)]


def test_every_property_and_parameter_is_described(app: FastAPI) -> None:
    poor = [
        f"{place} {name}: {described.get('description')}"
        for place, members in everything_named(app)
        for name, described in members.items()
        if len(re.findall(r"[^\W_]{2,}|[0-9]", described.get("description", ""))) < 3
    ]
    assert poor == []


def test_no_description_says_only_the_name_again(app: FastAPI) -> None:
    empty = [
        f"{place} {name}: {described['description']}"
        for place, members in everything_named(app)
        for name, described in members.items()
        if not _words(described.get("description", "")) - _words(name)
    ]
    assert empty == []


def _words(text: str) -> set[str]:
    return {word.removesuffix("s") for word in re.findall(r"[a-zåäö0-9]+", text.lower())} - _FILLING


def test_no_two_members_of_an_object_are_described_alike(app: FastAPI) -> None:
    alike = [
        f"{place}: {text}"
        for place, members in everything_named(app)
        for text, times in Counter(each.get("description") for each in members.values()).items()
        if times > 1
    ]
    assert alike == []


def test_every_component_says_what_it_is(app: FastAPI) -> None:
    schemas = app.state.described()["components"]["schemas"]
    assert [name for name, schema in schemas.items() if len(schema.get("description", "").split()) < 3] == []
