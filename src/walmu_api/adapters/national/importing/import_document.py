"""A national document becomes a record: validated, mapped, and handed to the resource that it is."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from walmu_api.access import audiences
from walmu_api.access.context import RequestContext
from walmu_api.adapters.national import client_context, mapping
from walmu_api.adapters.national.document_index import Cover, cover_named, cover_of
from walmu_api.adapters.national.document_types import COLLECTIONS, national_form, resource_for
from walmu_api.adapters.national.importing.import_context import (
    Filing,
    checked,
    document_to_keep,
    located_in_document,
    replaced_by,
    require_same_person,
)
from walmu_api.adapters.national.importing.measurement_import import file_measurement
from walmu_api.adapters.national.importing.table_import import file_agreement, file_client, file_decision
from walmu_api.adapters.national.importing.verbatim_import import file_verbatim
from walmu_api.adapters.national.schemas import DocumentToFile
from walmu_api.adapters.national.structures.definitions import Structure, structure_of
from walmu_api.adapters.national.validation.findings import NOT_YOUR_STRUCTURE, UNKNOWN_STRUCTURE
from walmu_api.adapters.national.validation.official_schema import Official
from walmu_api.adapters.national.validation.validate_document import validate
from walmu_api.foundation import preconditions
from walmu_api.foundation.problems import UNKNOWN_REFERENCE, Problem, invalid
from walmu_api.record.case_file.documents import service as documents
from walmu_api.record.case_file.documents.ownership import place
from walmu_api.record.case_file.documents.service import ReceivedDocument
from walmu_api.record.case_file.documents.tables import DocumentRow

OWN_TABLES: dict[str | None, Callable[[Filing], Awaitable[tuple[UUID, bool]]]] = {
    "agreements": file_agreement,
    "clients": file_client,
    "decisions": file_decision,
    "measurements": file_measurement,
}
"""By the resource that a structure is: those whose records have a table of their own."""


async def file(
    ctx: RequestContext, official: Official | None, document: DocumentToFile
) -> tuple[Cover, bool]:
    """File a document; the cover of what it became, and whether it is new."""
    structure = await _valid(ctx, official, document)
    where = await place(ctx, document)
    ctx.session.log_access(where.client_id)
    client = await client_context.client_as_document(ctx, where.client_id)
    replaces = await _replaced(ctx, document.replaces)
    filing = Filing(ctx, structure, document, where, client, replaces)
    if structure.resource in COLLECTIONS:
        row, created = await _file_mapped(filing)
        return Cover.of(row), created
    record_id, created = await OWN_TABLES.get(structure.resource, file_verbatim)(filing)
    return await cover_of(ctx, record_id), created


async def _valid(ctx: RequestContext, official: Official | None, document: DocumentToFile) -> Structure:
    """The structure of the document, when the caller may send it and the document is what it asks for."""
    structure = structure_of(document.structure)
    if structure is None:
        raise invalid(UNKNOWN_STRUCTURE.at("/structure"))
    if ctx.caller.system.role not in structure.writers:
        raise NOT_YOUR_STRUCTURE()
    found = await validate(ctx.session, structure, document.content, official, ("content",))
    errors = [finding for finding in found if finding.severity == "error"]
    if errors:
        raise invalid(*errors)
    return structure


async def _replaced(ctx: RequestContext, document_id: str | None) -> tuple[Cover, int] | None:
    """The document that another is a new version of, and the version that its sender knew."""
    if document_id is None:
        return None
    try:
        return await cover_named(ctx, document_id)
    except Problem as problem:
        raise invalid(UNKNOWN_REFERENCE.at("/replaces")) from problem


async def _file_mapped(filing: Filing) -> tuple[DocumentRow, bool]:
    """A document that the tables of the structures map to a record of the store of documents."""
    ctx = filing.ctx
    ours = mapping.to_ours(filing.structure, filing.content)
    await require_same_person(filing, ours)
    resource = resource_for(filing.structure, ours)
    definition = resource.definition
    assert definition.entry is not None
    assert resource.record is not None
    assert resource.replace is not None
    members = national_form(resource).from_document(filing.structure.oid, _without_context(ours))
    entry = _entry(filing, definition.entry, members, client_context.named_clients(ours))
    in_case = "case_id" in definition.entry.model_fields
    where = filing.place if in_case else replace(filing.place, case_id=None)
    received = ReceivedDocument(filing.structure.oid, filing.content, where)
    replaced = replaced_by(filing, definition.resource_type)
    with located_in_document(filing):
        if replaced is None:
            created: tuple[DocumentRow, bool] = await resource.record(ctx, entry, received)
            return created
        cover, version = replaced
        row = await documents.find(ctx, definition, cover.id, lock=True)
        whole = await audiences.keeping_hidden(ctx, entry, row.client_id, documents.entry_of(ctx, row))
        content = await document_to_keep(filing, entry, whole, documents.received_of(ctx, row))
        entry, received = whole, replace(received, content=content)
        return await resource.replace(ctx, row, entry, preconditions.etag(version), received), False


def _entry(
    filing: Filing, model: type[BaseModel], members: dict[str, Any], persons: list[dict[str, Any]] | None
) -> BaseModel:
    """The entry of the resource: the content of the document, and the references beside it."""
    beside = filing.document.model_dump(
        mode="json", exclude_none=True, exclude={"structure", "content", "replaces"}
    )
    further = beside | ({"clients": persons} if persons is not None else {})
    known = model.model_fields
    return checked(filing, model, members | {name: value for name, value in further.items() if name in known})


def _without_context(ours: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in ours.items() if not name.startswith("@")}
