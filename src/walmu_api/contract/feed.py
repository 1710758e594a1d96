"""Items of the change feed in the contract: one schema for each type of record, told apart by `resource_type`, so that a
generated client knows what `record` is."""

from typing import Any

from walmu_api.access.resource import ResourceDefinition
from walmu_api.exchange.registry import RESOURCES

_SCHEMA = "#/components/schemas/"
MODELS = tuple(each.definition.model for each in RESOURCES if each.read_many is not None)
"""The records that items of the feed hold."""


def type_changes(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    item = schemas["ChangeItem"]
    mapping = {}
    for each in RESOURCES:
        name = f"{_name(each.definition)}Change"
        assert name not in schemas, name
        properties = dict(item["properties"])
        properties["resource_type"] = {
            "type": "string",
            "const": each.definition.resource_type,
            "enum": [each.definition.resource_type],
            "description": properties["resource_type"]["description"],
        }
        text = properties.pop("record")["description"]
        if each.read_many is not None:
            properties["record"] = _record(document, each.definition) | {"description": text}
        what = f"A change of a record of type `{each.definition.resource_type}`."
        schemas[name] = item | {"description": what, "properties": properties}
        mapping[each.definition.resource_type] = f"{_SCHEMA}{name}"
    schemas["ChangeItem"] = {
        "description": f"{item['description']} Open: items of new types may come.",
        "oneOf": [{"$ref": schema} for schema in mapping.values()],
        "discriminator": {"propertyName": "resource_type", "mapping": mapping},
    }


def _name(definition: ResourceDefinition) -> str:
    return "".join(word.title() for word in definition.resource_type.split("-"))


def _record(document: dict[str, Any], definition: ResourceDefinition) -> dict[str, Any]:
    """What reading the record answers. Of a document that is kept in its national form the record is another thing than the
    document."""
    own = {"$ref": _SCHEMA + definition.model.__name__}
    for path, item in document["paths"].items():
        above, _, key = path.rpartition("/")
        if above == definition.path and key.startswith("{") and "get" in item:
            schema = item["get"]["responses"]["200"]["content"]["application/json"]["schema"]
            if own in (schema, *schema.get("anyOf", ())):
                return {name: value for name, value in schema.items() if name != "title"}
    return own
