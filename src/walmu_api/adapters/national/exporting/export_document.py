"""Writes a record as its national document."""

from typing import Any

from pydantic_core import from_json

from walmu_api.access import audiences
from walmu_api.access.context import RequestContext
from walmu_api.adapters.national import client_context, mapping
from walmu_api.adapters.national.document_index import Cover
from walmu_api.adapters.national.document_types import national_form
from walmu_api.adapters.national.exporting import table_export
from walmu_api.adapters.national.exporting.envelope import Envelopes
from walmu_api.adapters.national.structures.definitions import Structure
from walmu_api.adapters.national.validation.findings import DOCUMENT_INCOMPLETE
from walmu_api.adapters.national.validation.official_schema import Official
from walmu_api.adapters.national.validation.validate_document import validate
from walmu_api.exchange.registry import BY_TYPE
from walmu_api.exchange.versions import service as versions
from walmu_api.foundation.patterns import without_odd
from walmu_api.foundation.texts import folded
from walmu_api.record.case_file.documents.withholding import without_former_signature, without_whereabouts
from walmu_api.record.parties.clients import service as clients


async def document(
    ctx: RequestContext,
    official: Official | None,
    cover: Cover,
    version: int | None = None,
    language: str = "fi",
) -> dict[str, Any]:
    """Envelope and content of a record's document, as the caller may see it. What came as a document is
    returned unchanged, but for what providers do not read. Documents are in Finnish; for a page the sentences that
    we add are in the language of its reader."""
    resource = BY_TYPE[cover.kind]
    assert resource.read_one is not None
    if version in {None, cover.version}:  # the newest stands in its table: the past need not be read
        present = await resource.read_one(ctx, cover.id)
        body, received = present.body, present.received
    else:
        then = versions.one(await versions.versions(ctx, resource, cover.id), version)
        body, received = then.body, then.received
    ctx.session.log_access(cover.client_id)
    structure = cover.definition
    readers = await audiences.readers_of(ctx, {cover.client_id})
    ours = from_json(audiences.record_shown(ctx, resource.definition.model, body, readers))
    if cover.kind == "document":
        content = without_odd(from_json(body)["content"])
    elif received is not None:
        content = without_odd(received)
    else:
        content = await _mapped(ctx, official, structure, cover, ours, language)
    if ctx.tenant_scope is not None:
        elsewhere = readers.organisation_id not in {ours.get("provider_id"), ours.get("workplace_id")}
        content = without_whereabouts(content, bool(readers.protected), elsewhere)
        if cover.kind == "document" or received is not None:
            client = await client_context.client_as_document(ctx, cover.client_id)
            earlier = await clients.earlier_names(ctx, cover.client_id)
            content = client_context.as_of_today(structure, content, client, earlier)
            now = {folded(client[name]) for name in ("family_name", "given_names")}
            content = without_former_signature(content, earlier - now)
    envelopes = await Envelopes.of(ctx.session, [cover])
    data = envelopes.envelope(cover, version)
    return {"envelope": data, "content": mapping.in_order(structure, content)}


async def _mapped(
    ctx: RequestContext,
    official: Official | None,
    structure: Structure,
    cover: Cover,
    ours: dict[str, Any],
    language: str,
) -> dict[str, Any]:
    """The document made of our record by the table; 409 with every finding where something is missing."""
    resource = BY_TYPE[cover.kind]
    if resource.record is not None:
        mapped = national_form(resource).to_document(ours, language)
    else:
        mapped = await table_export.mapped(ctx, cover.kind, cover.client_id, ours, language)
    data = await client_context.client_as_document(ctx, cover.client_id)
    if "clients" in mapped:
        named = {client_context.CLIENT: mapped["clients"]}
    elif cover.kind == "client":  # past versions hold no identity code: the person is the same
        named = client_context.identified(data)
    else:
        named = client_context.as_structure_has_it(structure, data)
    content = mapping.to_national(structure, without_odd(mapped | named))
    found = await validate(ctx.session, structure, content, official)
    errors = [each for each in found if each.severity == "error"]
    if errors:
        raise DOCUMENT_INCOMPLETE(*errors)
    return content
