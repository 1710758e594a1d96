"""The official schema files of the national structures, where an operator has put them (`WALMU_SOSMETA_DIR`).

They are not part of this product. With them every document is validated twice, by our tables and by them
(`validate_document`)."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema_rs import Draft7Validator, ValidationError, ValidationErrorKind

from walmu_api.adapters.national.structures.definitions import Node, Structure, oids, our_path
from walmu_api.adapters.national.validation.findings import OFFICIAL, DocumentFinding, Location, pointer
from walmu_api.foundation.problems import INVALID_VALUE, MISSING, UNKNOWN_PROPERTY, ProblemType


class OfficialFilesMissing(Exception):
    """The folder does not hold the file of every structure; the message lists the missing ones."""


class Official:
    """The files of one folder, `<OID>.json`; each is compiled when a document first needs it."""

    def __init__(self, folder: Path) -> None:
        missing = [oid for oid in oids() if not (folder / f"{oid}.json").is_file()]
        if missing:
            raise OfficialFilesMissing(f"WALMU_SOSMETA_DIR {folder} has no file of: {', '.join(missing)}")
        self._folder = folder
        self._compiled: dict[str, Draft7Validator] = {}

    def schema(self, oid: str) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads((self._folder / f"{oid}.json").read_bytes())
        return loaded

    def findings(self, structure: Structure, content: Any, at: Location = ()) -> Iterator[DocumentFinding]:
        """What the official schema has against a document."""
        validator = self._compiled.get(structure.oid)
        if validator is None:
            validator = self._compiled[structure.oid] = Draft7Validator(self.schema(structure.oid))
        for error in validator.iter_errors(content):
            for kind, below, data in _meanings(error):
                where = (*error.instance_path, *below)
                ours = _our_field(structure.root, where)
                yield DocumentFinding(kind, pointer((*at, *where)), data, our_field=ours)


def _meanings(error: ValidationError) -> Iterator[tuple[ProblemType, Location, dict[str, Any]]]:
    match error.kind:
        case ValidationErrorKind.Required(property=name):
            yield MISSING, (name,), {}
        case ValidationErrorKind.AdditionalProperties(unexpected=names):
            yield from ((UNKNOWN_PROPERTY, (name,), {}) for name in names)
        case _:
            yield INVALID_VALUE, (), {"reason": OFFICIAL, "keyword": error.schema_path[-1]}


def _our_field(root: Node, location: Location) -> str | None:
    """What our record calls a place in the document, where it is mapped."""
    node, mapped = root, ""
    for key in location[1:]:
        if isinstance(key, int):
            continue
        child = node.by_key.get(key)
        if child is None:
            break
        node, mapped = child, our_path(mapped, child.field)
    return mapped if node.field else None
