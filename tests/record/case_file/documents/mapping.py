"""Holds the table of a national structure against the entry that it maps to: every row has a member of the right type."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from walmu_api.adapters.national.structures.definitions import Node, structure_of
from walmu_api.record.document_schemas import _PARTIAL, _WRITTEN

Schema = dict[str, Any]
_FORMS: dict[str, Schema] = {
    "text": {"type": "string"},
    "name": {"type": "string"},
    "date": {"pattern": _PARTIAL},
    "day": {"format": "date"},
    "instant": {"pattern": _WRITTEN},
    "switch": {"type": "boolean"},
}


class Table:
    """A structure beside a model: `wrong` says where they differ, `mapped` names the members that rows map to."""

    def __init__(self, oid: str, model: type[BaseModel]) -> None:
        found = structure_of(oid)
        assert found is not None
        self._schema = model.model_json_schema()
        self.mapped: set[str] = set()
        self.wrong = list(self._walk(found.root, self._schema, ""))

    @property
    def members(self) -> set[str]:
        """The members at the top of the entry that rows map to."""
        return {name.partition(".")[0] for name in self.mapped}

    def _walk(self, node: Node, schema: Schema, at: str) -> Iterator[str]:
        for child in node.children:
            if child.field.startswith("@"):
                continue
            if child.type == "heading" and not child.field:
                yield from self._walk(child, schema, at)
                continue
            path = f"{at}.{child.field}" if at else child.field
            part = self._member(schema, child.field) if child.field else None
            if part is None:
                yield f"{child.key}: no member {path}"
                continue
            if child.repeats:
                if part.get("type") != "array":
                    yield f"{child.key}: {path} is no list"
                    continue
                part = self._plain(part["items"])
            if child.type == "heading":
                yield from self._walk(child, part, path)
                continue
            self.mapped.add(path)
            if not _fits(child, part):
                yield f"{child.key}: {path} is no {child.type}"

    def _plain(self, schema: Schema) -> Schema:
        """Without references and without null."""
        schema = next((each for each in schema.get("anyOf", ()) if each.get("type") != "null"), schema)
        if "$ref" in schema:
            found: Schema = self._schema["$defs"][schema["$ref"].rpartition("/")[2]]
            return found
        return schema

    def _member(self, schema: Schema, field: str) -> Schema | None:
        for name in field.split("."):
            if name not in schema.get("properties", {}):
                return None
            schema = self._plain(schema["properties"][name])
        return schema

    def leaves(self) -> set[str]:
        """Every member of the entry that holds a value, codes as one."""
        return set(self._leaves(self._schema, ""))

    def _leaves(self, schema: Schema, at: str) -> Iterator[str]:
        for name, each in schema["properties"].items():
            path, part = f"{at}.{name}" if at else name, self._plain(each)
            if part.get("type") == "array":
                part = self._plain(part["items"])
            if "properties" in part and set(part["properties"]) != {"system", "code", "display"}:
                yield from self._leaves(part, path)
            else:
                yield path


def _fits(node: Node, schema: Schema) -> bool:
    if node.type == "code":
        if node.values:
            return schema.get("enum") == [value.word for value in node.values]
        return set(schema.get("properties", {})) == {"system", "code", "display"}
    return _FORMS[node.type].items() <= schema.items()
