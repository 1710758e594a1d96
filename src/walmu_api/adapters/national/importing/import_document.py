"""A national document becomes a record: judged, mapped, and handed to the resource that it is."""

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from pydantic_core import to_json

from walmu_api.access.context import RequestContext
from walmu_api.adapters.national import client_context, mapping
from walmu_api.adapters.national.document_index import Cover, cover_of
from walmu_api.adapters.national.document_types import COLLECTIONS, national_form, resource_for
from walmu_api.adapters.national.importing.import_context import (
    Filing,
    checked,
    located_in_document,
    replaced_by,
    require_same_person,
)
from walmu_api.adapters.national.importing.table_import import OWN
from walmu_api.adapters.national.schemas import DocumentToFile
from walmu_api.adapters.national.structures.definitions import Structure, structure
from walmu_api.adapters.national.validation.codes import known_codes
from walmu_api.adapters.national.validation.findings import NOT_YOUR_STRUCTURE, UNKNOWN_STRUCTURE
from walmu_api.adapters.national.validation.official_schema import Official, examine
from walmu_api.foundation import preconditions
from walmu_api.foundation.database import Session
from walmu_api.foundation.problems import invalid
from walmu_api.record.case_file.documents import service as documents
from walmu_api.record.case_file.documents.definition import DOCUMENT
from walmu_api.record.case_file.documents.ownership import place
from walmu_api.record.case_file.documents.schemas import PassedOn
from walmu_api.record.case_file.documents.service import Facts

NEEDS = frozenset({"1012", "1013", "1019"})
"""Need assessments: a provider of the service task reads them (457/2024, 15 §)."""


async def check(ctx: RequestContext, official: Official | None, document: DocumentToFile) -> Structure:
    """The structure of the document, when the caller may send it and the document is what it asks for."""
    sought = structure(document.structure)
    if sought is None:
        raise invalid(UNKNOWN_STRUCTURE.at("/structure"))
    if ctx.caller.system.role not in sought.writers:
        raise NOT_YOUR_STRUCTURE()
    found = examine(sought, document.content, await known_codes(ctx.session), official, ("content",))
    errors = [finding for finding in found if finding.severity == "error"]
    if errors:
        raise invalid(*errors)
    return sought


async def file(
    ctx: RequestContext,
    official: Official | None,
    document: DocumentToFile,
) -> tuple[Cover, bool]:
    """File a document; the cover of what it became, and whether it is new."""
    filing = Filing(ctx, await check(ctx, official, document), document)
    record_id, created = await _file(filing)
    return await cover_of(ctx, record_id), created


async def _file(filing: Filing) -> tuple[UUID, bool]:
    if (own := OWN.get(filing.sought.resource)) is not None:
        return await own(filing) or await _pass_on(filing)
    if filing.sought.resource not in COLLECTIONS:
        return await _pass_on(filing)
    ours = mapping.to_ours(filing.sought, filing.document.content)
    resource = resource_for(filing.sought, ours)
    definition = resource.definition
    where = await place(filing.ctx, filing.document)
    await require_same_person(filing, ours, where.client_id)
    assert definition.entry is not None and resource.record is not None and resource.replace is not None  # noqa: PT018
    named = {name: value for name, value in ours.items() if not name.startswith("@")}
    members = national_form(resource).from_document(filing.sought.oid, named)
    persons = client_context.named_clients(ours)
    if "clients" in definition.entry.model_fields and persons is not None:
        members["clients"] = persons
    entry = _entry(filing, definition.entry, members)
    ctx = filing.ctx
    replaced = await replaced_by(filing, definition.resource_type, where.client_id)
    with located_in_document(filing):
        if replaced is None:
            row, created = await resource.record(ctx, entry, received=filing.document.content)
            return row.id, created
        cover, version = replaced
        row = await documents.find(ctx, definition, cover.id, lock=True)
        tag = preconditions.etag(version)
        await resource.replace(ctx, row, entry, tag, received=filing.document.content)
    return row.id, False


def _entry(filing: Filing, model: type[BaseModel], members: dict[str, Any]) -> Any:
    """The entry of the resource, with what was named beside the document."""
    named = filing.document.model_dump(
        mode="json", exclude_none=True, exclude={"structure", "content", "replaces"}
    )
    known = model.model_fields
    return checked(filing, model, members | {name: value for name, value in named.items() if name in known})


async def _pass_on(filing: Filing) -> tuple[UUID, bool]:
    """A document without a resource of its own is kept as it is."""
    ctx, document = filing.ctx, filing.document
    where = await place(ctx, document)
    await require_same_person(filing, mapping.context_of(filing.sought, document.content), where.client_id)
    root = document.content[filing.sought.root.key]
    named = document.model_dump(mode="json", exclude_none=True, exclude={"replaces"})
    entry = PassedOn.model_validate_json(to_json(named))
    facts = Facts(
        _dated(ctx.session, root),
        filing.sought.oid,
        shared=filing.sought.number in NEEDS,
        service_task=_service_task(root),
    )
    if (replaced := await replaced_by(filing, DOCUMENT.resource_type, where.client_id)) is not None:
        cover, version = replaced
        row = await documents.find(ctx, DOCUMENT, cover.id, lock=True)
        await documents.replace(ctx, row, entry, facts, preconditions.etag(version))
        return row.id, False
    row, created = await documents.file(ctx, DOCUMENT, entry, where, facts)
    return row.id, created


def _dated(session: Session, root: dict[str, Any]) -> date:
    """The day of the document where it tells a whole one, else today."""
    data = root.get("paivamaara", "")
    return date.fromisoformat(data) if len(data) == 10 else session.clock.today()


def _service_task(root: dict[str, Any]) -> str | None:
    data = root.get("palvelutehtava")
    return data["code"] if isinstance(data, dict) else None
