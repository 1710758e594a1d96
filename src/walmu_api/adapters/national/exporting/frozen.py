"""Versions of documents as they were first given out: kept to the byte, with the hash of the bytes.

They are whole, as the organiser reads them, and row-level security shows them to nobody narrower: `export_document` leaves
the narrowing of a provider's session to ask here, and makes what the provider reads. ADR 64."""

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic_core import from_json

from walmu_api.access.context import RequestContext
from walmu_api.adapters.national.document_index import Cover
from walmu_api.foundation.statements import Statement

_FIND = Statement("""
select document from frozen_documents where organiser_id = :organiser and record_id = :id and version = :version
""")
_KEEP = Statement("""
insert into frozen_documents (organiser_id, record_id, version, sha256, document)
values (:organiser, :id, :version, :sha256, :document) on conflict do nothing returning true
""")
_HASHES = Statement("""
select f.record_id, f.sha256 from unnest(:ids::uuid[], :versions::int[]) as shown (id, version)
join frozen_documents f on f.organiser_id = :organiser and f.record_id = shown.id and f.version = shown.version
""")


@dataclass(frozen=True)
class Whole:
    """A version of a document, whole: the bytes that are given out."""

    body: bytes

    @property
    def data(self) -> dict[str, Any]:
        """Envelope and content."""
        data: dict[str, Any] = from_json(self.body)
        return data


async def find(ctx: RequestContext, record_id: UUID, version: int) -> Whole | None:
    """The version as it was given out before, if it was."""
    sealed = await ctx.session.fetchval(_FIND, organiser=ctx.organiser_id, id=record_id, version=version)
    if sealed is None:
        return None
    opened = ctx.cipher.decrypt(sealed, _place(version), ctx.organiser_id, record_id)
    return Whole(zlib.decompress(opened))


async def keep(ctx: RequestContext, record_id: UUID, version: int, body: bytes) -> Whole:
    """The version as it is given out from now on. Of two who ask for it first at once, the second waits and gets the
    form of the first."""
    sealed = ctx.cipher.encrypt(zlib.compress(body), _place(version), ctx.organiser_id, record_id)
    is_first = await ctx.session.fetchval(
        _KEEP,
        organiser=ctx.organiser_id,
        id=record_id,
        version=version,
        sha256=hashlib.sha256(body).digest(),
        document=sealed,
    )
    if is_first:
        return Whole(body)
    first = await find(ctx, record_id, version)
    assert first is not None, "what is kept stays"
    return first


async def hashes(ctx: RequestContext, covers: Sequence[Cover]) -> dict[UUID, str]:
    """By record, the hash of the version that its cover is of, where that was given out. They are for those who read
    documents whole: from the hash of what is withheld one could find it by trying."""
    if ctx.tenant_scope is not None:
        return {}
    versions = [cover.version for cover in covers]
    rows = await ctx.session.fetch(
        _HASHES, organiser=ctx.organiser_id, ids=[cover.id for cover in covers], versions=versions
    )
    return {row["record_id"]: row["sha256"].hex() for row in rows}


def _place(version: int) -> str:
    """What a sealed document is bound to, beside organiser and record."""
    return f"frozen_documents|document|{version}"
