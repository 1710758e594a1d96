"""Between a national document and our record, both ways, from the rows of its table alone. Pure.

A heading without a field of ours is passed through: its rows belong to the mapped object around it. What
begins with `@` comes from the context: it stands under its own key (`@client`) at the top of our side, put
there by the caller on the way out and taken and checked by the caller on the way in. Keys are written in the
national order. Nothing is lost: a value whose row has no field is refused (`Unmapped`), not dropped.

A code for which we have a name (`values`) becomes that name, and the name becomes the code again with the
system and display of the table. Everything else has its national shape."""

from typing import Any

from walmu_api.adapters.national.structures.definitions import Node, Structure
from walmu_api.adapters.national.validation.value_rules import expected_system, is_empty


class Unmapped(Exception):
    """A field of the document that our record has no place for."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


def to_ours(structure: Structure, content: dict[str, Any]) -> dict[str, Any]:
    """The fields of our record, from a document without errors."""
    ours: dict[str, Any] = {}
    _read(structure.root, content[structure.root.key], ours, ours, "")
    return ours


def _read(node: Node, national: dict[str, Any], ours: dict[str, Any], top: dict[str, Any], path: str) -> None:
    for child in node.children:
        if child.key not in national:
            continue
        value, at = national[child.key], f"{path}.{child.key}" if path else child.key
        if child.type != "heading":
            if not child.field:
                raise Unmapped(at)
            _put(top if child.field.startswith("@") else ours, child.field, _word(child, value))
        elif not child.field:
            if child.repeats:
                raise Unmapped(at)
            _read(child, value, ours, top, at)
        else:
            inner: list[dict[str, Any]] = [{} for _ in value] if child.repeats else [{}]
            for one, part in zip(inner, value if child.repeats else [value], strict=True):
                _read(child, part, one, top, at)
            _put(
                top if child.field.startswith("@") else ours,
                child.field,
                inner if child.repeats else inner[0],
            )


def to_national(structure: Structure, ours: dict[str, Any]) -> dict[str, Any]:
    """The document of our record's fields, with what the context gives under its own keys."""
    return {structure.root.key: _write(structure.root, ours, ours)}


def _write(node: Node, ours: dict[str, Any], top: dict[str, Any]) -> dict[str, Any]:
    national: dict[str, Any] = {}
    for child in node.children:
        if child.type == "heading" and not child.field and not child.repeats:
            inner = _write(child, ours, top)
            if child.required or not is_empty(inner):
                national[child.key] = inner
            continue
        value = _get(top if child.field.startswith("@") else ours, child.field)
        if value is None:
            continue
        if child.type != "heading":
            national[child.key] = _coded(child, value)
        elif child.repeats:
            national[child.key] = [_write(child, one, top) for one in value]
        else:
            national[child.key] = _write(child, value, top)
    return national


def context_of(structure: Structure, content: dict[str, Any]) -> dict[str, Any]:
    """Only what belongs to the context, of a document that is stored in its national form."""
    root = content[structure.root.key]
    ours: dict[str, Any] = {}
    for node in structure.root.children:
        if node.field.startswith("@") and node.key in root:
            parts = root[node.key] if node.repeats else [root[node.key]]
            data = [
                {child.field: part[child.key] for child in node.children if child.field and child.key in part}
                for part in parts
            ]
            ours[node.field] = data if node.repeats else data[0]
    return ours


def in_order(structure: Structure, content: dict[str, Any]) -> dict[str, Any]:
    """The document with its keys in the national order."""
    key = structure.root.key
    return {key: _ordered(structure.root, content[key])}


def _ordered(node: Node, value: Any) -> Any:
    if isinstance(value, list):
        return [_ordered(node, each) for each in value]
    if not isinstance(value, dict):
        return value
    if node.type != "heading":
        return {name: value[name] for name in ("system", "value", "code", "display") if name in value}
    return {child.key: _ordered(child, value[child.key]) for child in node.children if child.key in value}


def _put(ours: dict[str, Any], field: str, value: Any) -> None:
    *outer, name = field.split(".")
    for each in outer:
        ours = ours.setdefault(each, {})
    ours[name] = value


def _get(ours: Any, field: str) -> Any:
    for name in field.split(".") if field else ():
        ours = ours.get(name) if isinstance(ours, dict) else None
    return ours if field else None


def _word(node: Node, value: Any) -> Any:
    if not node.values:
        return value
    words = {known.code: known.word for known in node.values}
    return [words[each["code"]] for each in value] if node.repeats else words[value["code"]]


def _coded(node: Node, value: Any) -> Any:
    if not node.values:
        return value
    codes = {
        known.word: {"system": expected_system(node), "code": known.code, "display": known.display}
        for known in node.values
    }
    return [codes[each] for each in value] if node.repeats else codes[value]
