"""What generators leave untidy in JSON Schema, put right: null unions, made-up titles, unused schemas."""

import json
import re
from typing import Any

_NULL = {"type": "null"}
_NAMED = frozenset(
    {"properties", "$defs", "schemas", "examples", "headers", "parameters", "responses", "paths"}
)
"""Members whose keys are names of ours and not words of JSON Schema."""


def tidy(node: Any, *, named: bool = False) -> Any:
    """The same document without generated titles and `default: null`, and with `anyOf: [T, null]` as `type:
    [t, null]`."""
    if isinstance(node, list):
        return [tidy(item) for item in node]
    if not isinstance(node, dict):
        return node
    if named:
        return {key: tidy(value) for key, value in node.items()}
    stored = {
        key: value if key in {"example", "value", "default"} else tidy(value, named=key in _NAMED)
        for key, value in node.items()
    }
    if _is_schema(stored):
        stored.pop("title", None)
        if stored.get("default", 0) is None:
            del stored["default"]
        if "const" in stored:  # some generators read a constant as any text, and know a set of one value
            stored["enum"] = [stored["const"]]
    return _nullable(stored)


def _is_schema(node: dict[str, Any]) -> bool:
    return (
        any(word in node for word in ("type", "anyOf", "$ref", "enum", "const", "allOf", "oneOf"))
        and "in" not in node
    )


def _nullable(node: dict[str, Any]) -> dict[str, Any]:
    choices = node.get("anyOf")
    if not isinstance(choices, list) or len(choices) != 2 or _NULL not in choices:
        return node
    (inner,) = [choice for choice in choices if choice != _NULL]
    if not isinstance(inner.get("type"), str) or "enum" in inner:
        return node  # generators take a null among the values for a value
    merged: dict[str, Any] = inner | {key: value for key, value in node.items() if key != "anyOf"}
    merged["type"] = [inner["type"], "null"]
    return merged


def never_null(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of what is left out when it has no value: it cannot be null."""
    if isinstance(schema.get("type"), list):
        (kind,) = [kind for kind in schema["type"] if kind != "null"]
        schema = schema | {"type": kind}
    if "enum" in schema:
        schema = schema | {"enum": [value for value in schema["enum"] if value is not None]}
    if _NULL in schema.get("anyOf", ()):
        choices = [choice for choice in schema["anyOf"] if choice != _NULL]
        inner = choices[0] if len(choices) == 1 else {"anyOf": choices}
        schema = inner | {key: value for key, value in schema.items() if key != "anyOf"}
    return schema


def readable_names(document: dict[str, Any]) -> dict[str, Any]:
    """`ClientPage` for what Pydantic calls `Page_Client_`."""
    data: dict[str, Any] = json.loads(re.sub(r"\bPage_([A-Za-z]+)_", r"\1Page", json.dumps(document)))
    return data


def without_unused(document: dict[str, Any]) -> None:
    """Drop the components that nothing leads to."""
    components = document["components"]
    waiting = _references({key: value for key, value in document.items() if key != "components"})
    reached: set[tuple[str, str]] = set()
    while waiting:
        kind, name = found = waiting.pop()
        if found not in reached:
            reached.add(found)
            waiting |= _references(components[kind][name])
    for kind in ("schemas", "responses", "headers"):
        components[kind] = {
            name: data for name, data in sorted(components[kind].items()) if (kind, name) in reached
        }


def _references(node: Any) -> set[tuple[str, str]]:
    return set(re.findall(r'"#/components/([^"/]+)/([^"/]+)"', json.dumps(node)))
