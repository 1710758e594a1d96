"""What answers leave out and requests may say as null (ADR 6, 48).

An answer has no null where a member has no value, so its schema declares none, but for members that are always there. A
request may send null for what it could leave out, and its schema says so. A message that stands in both has two schemas
then: `Person` in answers, `PersonEntry` in requests."""

import json
import re
from typing import Any

from walmu_api.contract.tidying import never_null

_SCHEMA = "#/components/schemas/"


def without_nulls_in_answers(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    operations = [operation for item in document["paths"].values() for operation in item.values()]
    asking = [operation for operation in operations if "requestBody" in operation]
    bodies = [operation["requestBody"] for operation in asking]
    answers = [document["components"]["responses"], *(operation["responses"] for operation in operations)]
    sent, answered = _reached(bodies, schemas), _reached(answers, schemas)
    plain = {name: _without_nulls(schemas[name]) for name in answered}
    entries = _entries(schemas, plain, sent & answered)
    of_requests = {entries.get(name, name): _renamed(schemas[name], entries) for name in sent}
    schemas |= plain | of_requests
    for operation in asking:
        operation["requestBody"] = _renamed(operation["requestBody"], entries)


def _entries(schemas: dict[str, Any], plain: dict[str, Any], both: set[str]) -> dict[str, str]:
    """The names in requests of what is another thing in answers, itself or by something in it."""
    apart = {name for name in both if plain[name] != schemas[name]}
    while more := {name for name in both - apart if _names(schemas[name]) & apart}:
        apart |= more
    entries = {name: f"{name}Entry" for name in sorted(apart)}
    taken = schemas.keys() & entries.values()
    assert not taken, taken
    return entries


def _without_nulls(schema: Any) -> Any:
    """The same without the nulls of what is left out when it has no value; a required member is always there."""
    if isinstance(schema, list):
        return [_without_nulls(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: _without_nulls(value) for key, value in schema.items()}
    required = schema.get("required", ())
    for name in schema.get("properties", ()):
        if name not in required:
            plain["properties"][name] = never_null(plain["properties"][name])
    return plain


def _names(node: Any) -> set[str]:
    return set(re.findall(rf'"{_SCHEMA}([^"]+)"', json.dumps(node)))


def _reached(nodes: list[Any], schemas: dict[str, Any]) -> set[str]:
    """The schemas that these lead to."""
    reached: set[str] = set()
    waiting = _names(nodes)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting |= _names(schemas[name])
    return reached


def _renamed(node: Any, names: dict[str, str]) -> Any:
    return json.loads(
        re.sub(
            rf'"{_SCHEMA}([^"]+)"',
            lambda found: f'"{_SCHEMA}{names.get(found[1], found[1])}"',
            json.dumps(node),
        )
    )
