"""The form of the contract, so that other people's generators make good types of it (ADR 47)."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests import answers
from tests.conftest import TenantFixture

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


def reached(document: dict[str, Any], *roots: Any) -> set[str]:
    """The names of the schemas that these lead to."""
    names: set[str] = set()
    waiting: list[Any] = list(roots)
    while waiting:
        for _, part in parts(waiting.pop()):
            kind, _, name = str(part.get("$ref", "")).removeprefix("#/components/").partition("/")
            if name and name not in names:
                names.add(name)
                waiting.append(document["components"][kind][name])
    return {name for name in names if name in document["components"]["schemas"]}


def nulls(document: dict[str, Any], names: set[str]) -> set[str]:
    schemas = document["components"]["schemas"]
    return {
        f"{name}{place}"
        for name in names
        for place, part in parts(schemas[name])
        if part.get("type") == "null" or "null" in part.get("type", ()) or None in part.get("enum", ())
    }


def test_an_answer_declares_no_null_but_where_a_page_ends(app: FastAPI) -> None:
    """A member without a value is left out (ADR 6). Only `next` and `next_cursor` are always there."""
    document = app.state.described()
    of_answers = reached(
        document, *(data["responses"] for path in document["paths"].values() for data in path.values())
    )
    found = nulls(document, of_answers)
    assert {
        place
        for place in found
        if not place.endswith(("Page/properties/next", "Page/properties/next_cursor"))
    } == set()
    assert len(found) > 40


def test_what_a_request_may_say_as_null_is_declared_as_null(app: FastAPI) -> None:
    """Wire.md: what may be left out may be null."""
    document = app.state.described()
    bodies = [
        data["requestBody"]
        for path in document["paths"].values()
        for data in path.values()
        if "requestBody" in data
    ]
    found = nulls(document, reached(document, *bodies))
    assert {
        "PersonEntry/properties/title",
        "DecisionEntry/properties/decision_maker/anyOf/1",
        "ClientEntry/properties/language/anyOf/1",
    } <= found


def test_what_is_equal_in_requests_and_answers_is_one_schema(app: FastAPI) -> None:
    document = app.state.described()
    schemas = document["components"]["schemas"]
    twins = [name for name in schemas if schemas.get(f"{name}Entry") == schemas[name]]
    assert twins == []
    assert "ReferralEntry" not in schemas


@pytest.mark.parametrize(
    "client", [{"family_name": None}, {"made_up": 1}, {"language": "xx"}, {"contact": {"phone": None}}]
)
def test_a_test_notices_an_answer_that_the_contract_does_not_declare(client: dict[str, Any]) -> None:
    request = httpx.Request("GET", "http://walmu.test/v1/clients")
    good = {
        "id": "01919b7e-1f00-7c3a-9d2e-5b8f6a1c4d01",
        "version": 1,
        "recorded_at": "2026-11-30T10:00:00.000000Z",
        "recorded_by": {
            "organisation_id": "01919b7e-1f00-7c3a-9d2e-5b8f6a1c4d02",
            "system_id": "01919b7e-1f00-7c3a-9d2e-5b8f6a1c4d03",
        },
        "family_name": "Virtanen",
        "given_names": "Eeva",
        "turvakielto": False,
    }
    answers.check(
        httpx.Response(200, json={"items": [good], "next": None, "next_cursor": None}, request=request)
    )
    with pytest.raises(AssertionError):
        answers.check(
            httpx.Response(
                200, json={"items": [good | client], "next": None, "next_cursor": None}, request=request
            )
        )


def lists_of(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Every list: its path, its operation and the schema of its page."""
    for path, item in document["paths"].items():
        answer = item.get("get", {}).get("responses", {}).get("200", {})
        content = answer.get("content", {}).get("application/json", {})
        name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
        if name.endswith("Page") or name == "Changes":
            yield path, item["get"], document["components"]["schemas"][name]


def test_a_page_says_how_many_items_it_has_at_most(app: FastAPI) -> None:
    most = {}
    for path, operation, page in lists_of(app.state.described()):
        if any(parameter["name"] == "limit" for parameter in operation["parameters"]):
            most[path] = page["properties"]["items"]["maxItems"]
    assert most.pop("/v1/changes") == 1000
    assert set(most.values()) == {200}
    assert len(most) > 20


def test_a_list_links_to_the_operation_that_reads_one_of_its_items(app: FastAPI) -> None:
    document = app.state.described()
    links = {
        path: operation["responses"]["200"].get("links", {}) for path, operation, _ in lists_of(document)
    }
    assert links["/v1/clients"]["getClient"]["parameters"] == {"client_id": "$response.body#/items/0/id"}
    assert links["/v1/plans/{plan_id}/versions"]["getPlanVersion"]["parameters"] == {
        "plan_id": "$request.path.plan_id",
        "version": "$response.body#/items/0/version",
    }
    read = {
        path.rpartition("/")[0]: item["get"]["operationId"]
        for path, item in document["paths"].items()
        if path.endswith("}") and "get" in item
    }
    assert [path for path in links if read.get(path) not in {None, *links[path]}] == []


def test_an_id_is_told_with_its_length(app: FastAPI) -> None:
    document = app.state.described()
    ids = [part for _, part in parts(document) if part.get("format") == "uuid"]
    assert len(ids) > 100
    assert {part.get("maxLength") for part in ids} == {36}


def test_every_operation_names_a_refusal(app: FastAPI) -> None:
    for path, item in app.state.described()["paths"].items():
        for method, operation in item.items():
            assert any(status.startswith("4") for status in operation["responses"]), (method, path)


async def test_the_contract_names_pages_of_its_installation(world: TenantFixture) -> None:
    """Whom to ask, and on what terms the software may be used."""
    info = world.app.state.described()["info"]
    for place in (info["contact"]["url"], info["license"]["url"]):
        assert place.startswith(world.app.state.public_url + "/docs"), place
        assert (await world.provider_a.get(httpx.URL(place).path)).status_code == 200, place


def test_an_item_of_the_feed_says_what_its_record_is(app: FastAPI) -> None:
    schemas = app.state.described()["components"]["schemas"]
    item = schemas["ChangeItem"]
    mapping = item["discriminator"]["mapping"]
    assert item["discriminator"]["propertyName"] == "resource_type"
    assert set(mapping) == set(schemas["ResourceType"]["enum"])
    assert [part["$ref"] for part in item["oneOf"]] == list(mapping.values())
    for resource_type, place in mapping.items():
        schema = schemas[place.rpartition("/")[2]]
        assert schema["properties"]["resource_type"]["enum"] == [resource_type]
        assert "resource_type" in schema["required"]
    records = {
        resource_type: schemas[place.rpartition("/")[2]]["properties"].get("record")
        for resource_type, place in mapping.items()
    }
    assert [each["$ref"].rpartition("/")[2] for each in records["client"]["anyOf"]] == [
        "ClientRecord",
        "MergedClient",
    ]
    assert records["attendance"]["$ref"].endswith("/Attendance")
    assert records["justification"]["anyOf"][1]["$ref"].endswith("/JustificationState")
    assert records["unit"] is None


def test_what_a_national_document_holds_is_told_where_its_structures_are(app: FastAPI) -> None:
    schemas = app.state.described()["components"]["schemas"]
    found = {name: schema.get("properties", {}).get("content") for name, schema in schemas.items()}
    contents = [
        content for name, content in found.items() if content and not name.startswith("DocumentTexts")
    ]
    assert len(contents) >= 4
    assert all("GET /v1/documents/structures" in content["description"] for content in contents)
    assert {content["type"] for content in contents} == {"object"}


def test_the_example_of_a_parameter_is_one_of_its_values(app: FastAPI) -> None:
    document = app.state.described()
    for path, item in document["paths"].items():
        for operation in item.values():
            for parameter in operation["parameters"]:
                schema = parameter["schema"]
                schema = document["components"]["schemas"].get(
                    schema.get("$ref", "").rpartition("/")[2], schema
                )
                assert parameter["example"] in schema.get("enum", [parameter["example"]]), (path, parameter)
