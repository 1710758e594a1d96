"""What is resolved once of a document that comes in, and where in the document stands what our record
refuses."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import to_json

from walmu_api.access.context import RequestContext
from walmu_api.adapters.national.client_context import same_person
from walmu_api.adapters.national.document_index import Cover
from walmu_api.adapters.national.importing.pointer_mapping import national_place
from walmu_api.adapters.national.schemas import DocumentToFile
from walmu_api.adapters.national.structures.definitions import Structure
from walmu_api.adapters.national.validation.findings import DocumentFinding
from walmu_api.foundation import past_days, request_body
from walmu_api.foundation.content_types import Content
from walmu_api.foundation.problems import UNKNOWN_REFERENCE, Finding, Problem, invalid, refuse
from walmu_api.record.case_file.documents import service as documents
from walmu_api.record.case_file.documents.tables import Place
from walmu_api.record.parties.clients.identities import other_codes

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Filing:
    """A valid document on its way to the resource that it is."""

    ctx: RequestContext
    structure: Structure
    document: DocumentToFile
    place: Place
    client: Mapping[str, Any]
    """The client of `place`, as documents write one."""
    replaces: tuple[Cover, int] | None
    """The document that it is a new version of, and the version that the sender knew."""

    @property
    def content(self) -> dict[str, Any]:
        return self.document.content


async def require_same_person(filing: Filing, ours: dict[str, Any]) -> None:
    """A document of an older day has the code that the client had then."""
    if not same_person(filing.structure, ours, filing.client):
        return
    former = await other_codes(filing.ctx, filing.place.client_id)
    if wrong := same_person(filing.structure, ours, filing.client, former):
        raise invalid(*wrong)


def replaced_by(filing: Filing, kind: str) -> tuple[Cover, int] | None:
    """The record that the document is a new version of, and the version that the sender knew. It must be of
    this kind and of the same client."""
    if filing.replaces is None:
        return None
    cover, _ = filing.replaces
    if cover.kind != kind or cover.client_id != filing.place.client_id:
        raise invalid(UNKNOWN_REFERENCE.at("/replaces"))
    return filing.replaces


async def document_to_keep(
    filing: Filing, sent: BaseModel, whole: BaseModel, stored: Content | None
) -> Content | None:
    """The document, to be given out as it came; none where its sender does not read all that it replaces: it is then made
    of the record, in which what is hidden stays (`whole`). `stored`: the document that it replaces."""
    for each in (filing.content, stored):
        if await documents.as_read(filing.ctx, filing.place.client_id, each) != each:
            return None
    return filing.content if whole == sent else None


def checked(filing: Filing, model: type[M], members: Mapping[str, Any], at: str = "") -> M:
    """The entry of the resource. What it refuses is located in the document; `at` is where the members stand
    in our record."""
    try:
        entry = model.model_validate_json(to_json(members))
    except ValidationError as error:
        found = [request_body.finding(each) for each in error.errors(include_url=False, include_input=False)]
        raise invalid(*(_located(filing, each, at) for each in found)) from None
    to_come = past_days.check(entry, lambda: filing.ctx.today)
    refuse([_located(filing, each, at) for each in to_come])
    return entry


@contextmanager
def located_in_document(filing: Filing) -> Iterator[None]:
    """What the rules of our record refuse in here is located in the document."""
    try:
        yield
    except Problem as problem:
        problem.errors = tuple(_located(filing, finding) for finding in problem.errors)
        raise


def _located(filing: Filing, finding: Finding, at: str = "") -> Finding:
    """The finding with its place in the document and our name of it. What was named beside the document stays
    where it is."""
    if isinstance(finding, DocumentFinding):
        return finding
    pointer = at + finding.pointer
    beside = pointer.split("/")[1:2]
    if beside and beside[0] in DocumentToFile.model_fields:
        return finding
    place = national_place(filing.structure, filing.content, pointer)
    ours = pointer.removeprefix("/").replace("/", ".")
    return DocumentFinding(
        finding.kind, place, finding.values, finding.severity, finding.rule, "rule", ours or None
    )
