"""Converts a JSON pointer into our record to one into the national document, to locate what our resource
refuses."""

from typing import Any

from walmu_api.adapters.national.structures.definitions import Node, Structure
from walmu_api.adapters.national.validation.findings import Location, pointer


def national_place(structure: Structure, content: dict[str, Any], ours: str) -> str:
    """The pointer into the body of `POST /v1/documents` for a pointer into our record; the root where it has
    no place."""
    parts = tuple(ours.split("/")[1:])
    root = ("content", structure.root.key)
    found = _search(structure.root, content.get(structure.root.key, {}), parts, root)
    return pointer(found or root)


def _search(node: Node, national: Any, parts: tuple[str, ...], at: Location) -> Location | None:
    """The longest way into the document that spells the names of our place."""
    for child in node.children:
        names = tuple(child.field.split(".")) if child.field else ()
        if names != parts[: len(names)] or child.field.startswith("@"):
            continue
        rest, here = parts[len(names) :], (*at, child.key)
        inner = national.get(child.key) if isinstance(national, dict) else None
        if child.repeats and names and rest and rest[0].isdigit():
            number = int(rest[0])
            inner = inner[number] if isinstance(inner, list) and number < len(inner) else None
            rest, here = rest[1:], (*here, number)
        if child.type != "heading":
            if names:
                return (*here, *rest)
            continue
        if not rest and names:
            return here
        found = _search(child, inner, rest, here)
        if found is not None:
            return found
        if names:
            return here
    return None
