"""What the contract says of lists: how many items a page has at most, and which operation reads one of them."""

from typing import Any

_SCHEMA = "#/components/schemas/"
_JSON = "application/json"


def bound_and_link(document: dict[str, Any]) -> None:
    schemas, paths = document["components"]["schemas"], document["paths"]
    for path, item in paths.items():
        if (operation := item.get("get")) is None:
            continue
        answer = operation["responses"]["200"]
        name = answer.get("content", {}).get(_JSON, {}).get("schema", {}).get("$ref", "").rpartition("/")[2]
        items = schemas.get(name, {}).get("properties", {}).get("items")
        if items is None:
            continue
        for parameter in operation["parameters"]:
            if parameter["name"] == "limit":
                items["maxItems"] = parameter["schema"]["maximum"]
        of_item = schemas.get(items["items"].get("$ref", "").rpartition("/")[2], {}).get("properties", {})
        for one in paths:
            above, _, key = one.rpartition("/")
            if above == path and key.startswith("{") and "get" in paths[one]:
                reading = paths[one]["get"]
                answer.setdefault("links", {})[reading["operationId"]] = _link(reading, key[1:-1], of_item)


def _link(reading: dict[str, Any], key: str, of_item: dict[str, Any]) -> dict[str, Any]:
    """The first item, read by itself."""
    given = {
        parameter["name"]: f"$request.path.{parameter['name']}"
        for parameter in reading["parameters"]
        if parameter["in"] == "path" and parameter["name"] != key
    }
    member = next(name for name in (key, "id", key.rpartition("_")[2], "key") if name in of_item)
    return {
        "operationId": reading["operationId"],
        "parameters": given | {key: f"$response.body#/items/0/{member}"},
        "description": f"One of them: its `{member}` is the `{key}`.",
    }
