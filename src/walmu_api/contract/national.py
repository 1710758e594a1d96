"""`x-national` in the contract: which fields of which national structures a member of a record is, by the
mapping tables."""

from typing import Any

from walmu_api.adapters.national.document_types import WITH_DOCUMENT
from walmu_api.adapters.national.structures.definitions import Node, our_path, structures


def add_national(document: dict[str, Any]) -> None:
    """Each member of a record and of its entry that a structure has: `{structure, path}`, and the `field`
    inside the member where it is not the member itself."""
    schemas = document["components"]["schemas"]
    for structure in structures():
        for model in _models(structure.resource):
            properties = schemas.get(model, {}).get("properties", {})
            for path, field in _mapped(structure.root, "", ""):
                member, _, inside = field.partition(".")
                if member in properties:
                    data = {"structure": structure.oid, "path": path} | ({"field": inside} if inside else {})
                    properties[member].setdefault("x-national", []).append(data)


def _models(resource: str | None) -> list[str]:
    found = [each.definition for each in WITH_DOCUMENT if each.definition.collection == resource]
    return [each for of in found for each in (of.model.__name__, f"{of.name}Entry")]


def _mapped(node: Node, path: str, ours: str) -> list[tuple[str, str]]:
    found = []
    for child in node.children:
        if child.field.startswith("@"):
            continue
        at, field = f"{path}.{child.key}" if path else child.key, our_path(ours, child.field)
        if child.field:
            found.append((at, field))
        found += _mapped(child, at, field)
    return found
