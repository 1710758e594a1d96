"""Which resource a national document becomes: the declarations of the resources say it."""

from typing import Any

from walmu_api.access.resource import NationalForm, Resource
from walmu_api.adapters.national.structures.definitions import Structure
from walmu_api.exchange.registry import RESOURCES

WITH_DOCUMENT = tuple(each for each in RESOURCES if each.definition.national is not None)
"""The resources whose records are given out as national documents."""
FILED = tuple(each for each in WITH_DOCUMENT if each.record is not None)
"""Those that documents are filed as by their own `record` and `replace`; the rest have their mapping in
`table_import`."""
COLLECTIONS = frozenset(each.definition.collection for each in FILED)


def national_form(resource: Resource) -> NationalForm:
    assert resource.definition.national is not None
    return resource.definition.national


def resource_for(structure: Structure, content: dict[str, Any]) -> Resource:
    """The resource that a document becomes, whose structure is of one of `COLLECTIONS`."""
    return next(each for each in FILED if _takes(each, structure.resource, content))


def _takes(resource: Resource, collection: str | None, content: dict[str, Any]) -> bool:
    takes = national_form(resource).takes
    return collection == resource.definition.collection if takes is None else takes(collection or "", content)
