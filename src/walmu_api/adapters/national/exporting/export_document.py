"""Gives a record out as its national document. This is the one place where documents leave: the first giving-out of a
version keeps it whole, and every later one gives those bytes (ADR 64)."""

from dataclasses import dataclass, replace
from datetime import datetime

from pydantic_core import from_json, to_json

from walmu_api.access import audiences
from walmu_api.access.context import RequestContext
from walmu_api.adapters.national import client_context, mapping
from walmu_api.adapters.national.document_index import Cover
from walmu_api.adapters.national.document_types import national_form
from walmu_api.adapters.national.exporting import frozen, table_export
from walmu_api.adapters.national.exporting.envelope import Envelopes
from walmu_api.adapters.national.validation.findings import DOCUMENT_INCOMPLETE
from walmu_api.adapters.national.validation.official_schema import Official
from walmu_api.adapters.national.validation.validate_document import validate
from walmu_api.exchange.registry import BY_TYPE
from walmu_api.exchange.versions import service as versions
from walmu_api.foundation.content_types import Content
from walmu_api.foundation.patterns import without_odd
from walmu_api.foundation.statements import Statement
from walmu_api.foundation.texts import folded
from walmu_api.foundation.withholding import Readers
from walmu_api.record.case_file.documents.withholding import without_former_signature, without_whereabouts
from walmu_api.record.parties.clients import identities

_CLIENT_THEN = Statement("""
select coalesce((select m.read_as from client_merges m
    where m.organiser_id = j.organiser_id and m.client_id = j.client_id
      and m.merged_at <= :moment and coalesce(m.unmerged_at > :moment, true)), j.client_id)
from journal j where j.organiser_id = :organiser and j.resource_id = :id order by j.version limit 1
""")
"""Under whom a record was read at a moment: the journal has the client whom it names itself (ADR 62)."""


@dataclass(frozen=True)
class GivenOut:
    """A document as the caller reads it: envelope and content, and the bytes of both."""

    body: bytes
    data: Content
    """For a page its content is in the language of its reader."""


@dataclass(frozen=True)
class _Read:
    """One version of a record as the caller may read it."""

    cover: Cover
    body: bytes
    verbatim: Content | None
    """The national document that it came as, where it is given out so."""


async def document(
    ctx: RequestContext, official: Official | None, cover: Cover, version: int, language: str = "fi"
) -> GivenOut:
    """Envelope and content of one version. The organiser and its record system are given the document; providers too,
    where nothing of it is withheld from them, else an extract, which says that it is one. Documents are in Finnish; for
    a page the sentences that we add are in the language of its reader."""
    ctx.session.log_access(cover.client_id)
    narrowed = await _read(ctx, cover, version) if ctx.tenant_scope is not None else None
    async with ctx.session.without_tenant_scope():
        whole = await frozen.find(ctx, cover.id, version) or await _first(ctx, official, cover, version)
    if narrowed is None:
        return await _given(ctx, cover, version, whole, language)
    return await _given_narrowed(ctx, narrowed, whole, language)


async def _first(ctx: RequestContext, official: Official | None, cover: Cover, version: int) -> frozen.Whole:
    """The document as it is given out for the first time, whoever asks for it: made of the record as the organiser reads
    it, with the client and the parties as they were when this version was recorded. The session sees the whole organiser."""
    organiser = replace(ctx, caller=replace(ctx.caller, system=replace(ctx.caller.system, role="organiser")))
    read = await _with_client_then(organiser, await _read(organiser, cover, version))
    structure = read.cover.definition
    content = read.verbatim
    if content is None:
        content = await _mapped(organiser, read, from_json(read.body), "fi", read.cover.recorded_at)
        found = await validate(ctx.session, structure, content, official)
        if errors := [each for each in found if each.severity == "error"]:
            raise DOCUMENT_INCOMPLETE(*errors)
    envelope = (await Envelopes.of(ctx.session, [read.cover])).envelope(read.cover)
    data = {"envelope": envelope, "content": mapping.in_order(structure, content)}
    return await frozen.keep(ctx, cover.id, version, to_json(without_odd(data)))


async def _read(ctx: RequestContext, cover: Cover, version: int) -> _Read:
    resource = BY_TYPE[cover.kind]
    assert resource.read_one is not None
    present = await resource.read_one(ctx, cover.id)
    body, received = present.body, present.received
    record = from_json(body)
    if record.get("version", version) != version:
        then = versions.one(await versions.versions(ctx, resource, cover.id), version)
        body, received = then.body, then.received
        record = from_json(body)
    verbatim = record["content"] if cover.kind == "document" else received
    return _Read(cover.of_version(record), body, None if verbatim is None else without_odd(verbatim))


async def _with_client_then(ctx: RequestContext, read: _Read) -> _Read:
    """The version with the client under whom it was read when it was recorded: it may have been merged since."""
    cover = read.cover
    then = await ctx.session.fetchval(
        _CLIENT_THEN, organiser=ctx.organiser_id, id=cover.id, moment=cover.recorded_at
    )
    return replace(read, cover=replace(cover, client_id=then or cover.client_id))


async def _given(
    ctx: RequestContext, cover: Cover, version: int, whole: frozen.Whole, language: str
) -> GivenOut:
    data = whole.data
    if language != "fi":
        read = await _read(ctx, cover, version)
        data["content"] = await _in_language(ctx, read, from_json(read.body), data["content"], language)
    return GivenOut(whole.body, data)


async def _given_narrowed(ctx: RequestContext, read: _Read, whole: frozen.Whole, language: str) -> GivenOut:
    """The document itself, or an extract: without what is withheld from the caller, and under the client's name and code of
    today. Of clients who are protected or were renamed, and of what is not the caller's own, it is always an extract, so that
    it does not tell whether there is anything to withhold."""
    cover, data = read.cover, whole.data
    readers = await audiences.readers_of(ctx, {cover.client_id})
    shown = audiences.record_shown(ctx, BY_TYPE[cover.kind].definition.model, read.body, readers)
    ours = from_json(shown)
    is_own = cover.provider_id == ctx.tenant_scope
    withheld = read.verbatim is None and (cover.kind == "client" or ours != from_json(read.body))
    content = data["content"]
    if withheld or language != "fi":
        content = await _in_language(ctx, read, ours, content, language)
    left = await _left_of(ctx, read, content, ours, readers)
    data["content"] = left
    if is_own and not (readers.protected or readers.renamed or withheld) and left == content:
        return GivenOut(whole.body, data)
    if not is_own:
        data["envelope"] = (await Envelopes.of(ctx.session, [cover])).envelope(cover)
    data["extract"] = True
    return GivenOut(to_json(without_odd(data)), data)


async def _left_of(
    ctx: RequestContext, read: _Read, content: Content, ours: Content, readers: Readers
) -> Content:
    """What is left of the content of a document for a provider."""
    client_id, structure = read.cover.client_id, read.cover.definition
    elsewhere = readers.organisation_id not in {ours.get("provider_id"), ours.get("workplace_id")}
    left = without_whereabouts(content, bool(readers.protected), elsewhere)
    client = await client_context.client_as_document(ctx, client_id)
    earlier = await identities.earlier_names(ctx, client_id)
    former = await identities.former_codes(ctx, client_id)
    left = client_context.as_of_today(structure, left, client, earlier, former)
    now = {folded(client[name]) for name in ("family_name", "given_names")}
    return mapping.in_order(structure, without_former_signature(left, earlier - now))


async def _in_language(
    ctx: RequestContext, read: _Read, ours: Content, whole: Content, language: str
) -> Content:
    """The content with the sentences that we add in a language, or without what is left out of the record; the persons, and
    the service that a measurement does not hold itself, are those of the whole document."""
    if read.verbatim is not None:
        return whole
    structure = read.cover.definition
    content = await _mapped(ctx, read, ours, language)
    if read.cover.kind != "client":
        content = client_context.with_persons_of(structure, content, whole)
    if read.cover.kind == "measurement":
        content = client_context.with_service_of(structure, content, whole)
    return mapping.in_order(structure, content)


async def _mapped(
    ctx: RequestContext, read: _Read, ours: Content, language: str, moment: datetime | None = None
) -> Content:
    """The document made of our record by the table, with the client as of a moment, else as of today."""
    cover, resource = read.cover, BY_TYPE[read.cover.kind]
    if resource.record is not None:
        mapped = national_form(resource).to_document(ours, language)
    else:
        mapped = await table_export.mapped(ctx, cover.kind, cover.client_id, ours, language)
    data = await client_context.client_as_document(ctx, cover.client_id, moment)
    if "clients" in mapped:
        named = {client_context.CLIENT: mapped["clients"]}
    elif cover.kind == "client":  # past versions hold no identity code
        named = client_context.identified(data)
    else:
        named = client_context.as_structure_has_it(cover.definition, data)
    return mapping.to_national(cover.definition, without_odd(mapped | named))
