"""The contract as a document: what generated clients and readers rely on."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI

from walmu_api.adapters.national.structures.definitions import structure_of, walk
from walmu_api.contract import KINDS
from walmu_api.contract.texts import TAGS
from walmu_api.foundation.problems import STALE

Document = dict[str, Any]


@pytest.fixture
def document(app: FastAPI) -> Document:
    data: Document = app.state.described()
    return data


def operations(document: Document) -> Iterator[tuple[str, Document]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield f"{method.upper()} {path}", operation


def nodes(node: Any) -> Iterator[Document]:
    if isinstance(node, dict):
        yield node
        node = list(node.values())
    if isinstance(node, list):
        for inner in node:
            yield from nodes(inner)


def schemas_of_input(document: Document) -> Iterator[Document]:
    """Every schema that a caller's input is checked against."""
    waiting: list[Any] = [
        parameter["schema"] for _, data in operations(document) for parameter in data["parameters"]
    ]
    waiting += [
        media["schema"]
        for _, data in operations(document)
        for media in data.get("requestBody", {}).get("content", {}).values()
    ]
    seen: set[str] = set()
    while waiting:
        for node in nodes(waiting.pop()):
            if "$ref" in node and node["$ref"] not in seen:
                seen.add(node["$ref"])
                waiting.append(document["components"]["schemas"][node["$ref"].rsplit("/", 1)[1]])
            elif "type" in node and not isinstance(node["type"], dict):
                yield node


def kinds(schema: Document) -> set[str]:
    data = schema["type"]
    return {data} if isinstance(data, str) else set(data)


def test_every_operation_is_named_described_and_guarded(document: Document) -> None:
    for name, data in operations(document):
        assert re.fullmatch(r"[a-z][A-Za-z]+", data["operationId"]), name
        assert set(data["tags"]) <= set(TAGS), name
        assert data["tags"], name
        assert 3 <= len(data["summary"]) <= 100, (name, data["summary"])
        assert "_" not in data["summary"] or "`" in data["summary"], name
        assert data["description"], name
        assert "security" in data, name
    names = [data["operationId"] for _, data in operations(document)]
    assert len(set(names)) == len(names)


def test_every_parameter_has_a_description_and_an_example_and_is_never_null(document: Document) -> None:
    for name, data in operations(document):
        for parameter in data["parameters"]:
            assert parameter["description"], (name, parameter["name"])
            assert parameter["example"] is not None, (name, parameter["name"])
            assert not any(node.get("type") == "null" for node in nodes(parameter["schema"])), name
            assert isinstance(parameter["schema"].get("type", ""), str), (name, parameter["name"])


def test_every_body_and_every_answer_has_an_example(document: Document) -> None:
    for name, data in operations(document):
        bodies = [*data.get("requestBody", {}).get("content", {}).values()]
        bodies += data["responses"].get("200", {}).get("content", {}).values()
        bodies += data["responses"].get("201", {}).get("content", {}).values()
        for media in bodies:
            assert media.get("example") or media["schema"] == {"type": "string"}, name


def test_every_input_is_bounded(document: Document) -> None:
    for schema in schemas_of_input(document):
        if "enum" in schema or "const" in schema:
            continue
        if "string" in kinds(schema):
            assert {"maxLength", "pattern", "format"} & set(schema), schema
        if "integer" in kinds(schema):
            assert {"minimum", "maximum", "format"} <= set(schema), schema
        if "array" in kinds(schema):
            assert "maxItems" in schema, schema
        if "object" in kinds(schema) and "properties" in schema and "grant_type" not in schema["properties"]:
            assert schema["additionalProperties"] is False, schema


def test_every_integer_of_an_answer_has_a_format(document: Document) -> None:
    for node in nodes(document["components"]["schemas"]):
        if node.get("type") == "integer":
            assert "format" in node, node


def test_names_are_ours_and_nothing_dangles_or_lies_unused(document: Document) -> None:
    components = document["components"]
    for name in components["schemas"]:
        assert re.fullmatch(r"([A-Z][a-z]*)+", name), name
    references = {node["$ref"] for node in nodes(document) if isinstance(node.get("$ref"), str)}
    defined = {
        f"#/components/{kind}/{name}"
        for kind in ("schemas", "responses", "headers")
        for name in components[kind]
    }
    assert references == defined


def test_no_generated_titles_and_null_is_a_union_with_a_reference_or_values_only(document: Document) -> None:
    for node in nodes(document["components"]["schemas"]):
        assert not isinstance(node.get("title"), str), node
        assert "const" not in node or node["enum"] == [node["const"]], node
        assert None not in node.get("enum", ()), node
        if "anyOf" in node and {"type": "null"} in node["anyOf"]:
            assert any("$ref" in choice or "enum" in choice for choice in node["anyOf"]), node


def test_answers_document_their_headers(document: Document) -> None:
    for name, data in operations(document):
        created, given = data["responses"].get("201"), data["responses"].get("200", {})
        if created is not None:
            assert {"ETag", "Location", "X-Request-Id"} <= set(created["headers"]), name
        if "Idempotency-Key" in {parameter["name"] for parameter in data["parameters"]}:
            answer = data["responses"].get("202") or created or given  # of a job: its key has no other use
            assert "Idempotency-Replayed" in answer["headers"], name
        if (
            "cursor" in {parameter["name"] for parameter in data["parameters"]}
            and data["operationId"] != "listChanges"
        ):
            assert "Link" in given["headers"], name


def test_a_code_of_a_request_is_told_rather_than_the_same_code_of_a_line() -> None:
    assert KINDS["stale-version"] is STALE


def test_members_tell_which_national_fields_they_are(document: dict[str, Any]) -> None:
    """Every mapped row of the structure of agreements stands at its member, in the record and in its entry."""
    known = structure_of("1.2.246.537.6.1506.13004.2023.6.21")
    assert known is not None
    below = tuple(path for path, node in walk(known.root) if node.field.startswith("@"))
    rows = {path for path, node in walk(known.root) if node.field and not path.startswith(below)}
    agreement, entry = (
        {
            each["path"]
            for member in document["components"]["schemas"][name]["properties"].values()
            for each in member.get("x-national", ())
        }
        for name in ("Agreement", "AgreementEntry")
    )
    assert agreement == rows
    assert rows - entry == {path for path in rows if path.startswith("allekirjoitus")}, (
        "signing is an act of its own"
    )
    place = document["components"]["schemas"]["Agreement"]["properties"]["place"]["x-national"]
    assert {
        "structure": known.oid,
        "path": "paikka_jossa_toiminta_toteutetaan.organisaation_nimi",
        "field": "name",
    } in place
