"""The public contract: the OpenAPI document, the catalogue of problems, and the pages made from both."""

from walmu_api.contract.assembly import document
from walmu_api.contract.catalogue import KINDS
from walmu_api.contract.pages import (
    DOCS_HEADERS,
    DOCS_SCRIPT,
    docs_page,
    licence_page,
    problem_index,
    problem_page,
)
from walmu_api.contract.published import PART, TAG_OF, Published, part_of
from walmu_api.contract.texts import VERSION

__all__ = [
    "DOCS_HEADERS",
    "DOCS_SCRIPT",
    "KINDS",
    "PART",
    "TAG_OF",
    "VERSION",
    "Published",
    "docs_page",
    "document",
    "licence_page",
    "part_of",
    "problem_index",
    "problem_page",
]
