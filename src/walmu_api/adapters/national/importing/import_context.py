"""What is needed to file one document, and how what our record refuses is told with its place in it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel, ValidationError
from pydantic_core import to_json

from walmu_api.access.context import RequestContext
from walmu_api.adapters.national import client_context
from walmu_api.adapters.national.document_index import Cover, cover_named
from walmu_api.adapters.national.importing.pointer_mapping import national_place
from walmu_api.adapters.national.schemas import DocumentToFile
from walmu_api.adapters.national.structures.definitions import Structure
from walmu_api.adapters.national.validation.findings import DocumentFinding
from walmu_api.foundation import request_body
from walmu_api.foundation.problems import UNKNOWN_REFERENCE, Finding, Problem, invalid

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Filing:
    """What is needed to file one document."""

    ctx: RequestContext
    sought: Structure
    document: DocumentToFile


async def require_same_person(filing: Filing, ours: dict[str, Any], client_id: UUID) -> None:
    filing.ctx.session.log_access(client_id)
    data = await client_context.client_as_document(filing.ctx, client_id)
    if wrong := client_context.same_person(filing.sought, ours, data):
        raise invalid(*wrong)


async def replaced_by(filing: Filing, kind: str, client_id: UUID) -> tuple[Cover, int] | None:
    """The record that the document is a new version of, and which version the sender knew. It is of the same client."""
    if filing.document.replaces is None:
        return None
    try:
        cover, version = await cover_named(filing.ctx, filing.document.replaces)
    except Problem as problem:
        raise invalid(UNKNOWN_REFERENCE.at("/replaces")) from problem
    if cover.kind != kind or cover.client_id != client_id:
        raise invalid(UNKNOWN_REFERENCE.at("/replaces"))
    return cover, version


def checked(filing: Filing, model: type[M], members: Mapping[str, Any], at: str = "") -> M:
    """The entry of the resource; what it refuses is told with the place in the document and our name of it. `at` is where
    the members stand in our record."""
    try:
        return model.model_validate_json(to_json(members))
    except ValidationError as error:
        found = [request_body.finding(each) for each in error.errors(include_url=False, include_input=False)]
        raise invalid(*(located(filing, each, at) for each in found)) from None


@contextmanager
def located_in_document(filing: Filing) -> Iterator[None]:
    """What the rules of our record refuse in here is told with the place in the document."""
    try:
        yield
    except Problem as problem:
        problem.errors = tuple(located(filing, finding) for finding in problem.errors)
        raise


def located(filing: Filing, finding: Finding, at: str = "") -> Finding:
    """What our record refuses, with the place in the document; what was named beside the document stays where it is."""
    if isinstance(finding, DocumentFinding):
        return finding
    pointer = at + finding.pointer
    named = pointer.split("/")[1:2]
    if named and named[0] in DocumentToFile.model_fields:
        return finding
    place = national_place(filing.sought, filing.document.content, pointer)
    ours = pointer.removeprefix("/").replace("/", ".")
    return DocumentFinding(
        finding.kind, place, finding.values, finding.severity, finding.rule, "rule", ours or None
    )
