"""A document without a resource of its own is stored verbatim, in its national form."""

from datetime import date
from typing import Any
from uuid import UUID

from pydantic_core import to_json

from walmu_api.adapters.national import mapping
from walmu_api.adapters.national.importing.import_context import Filing, replaced_by, require_same_person
from walmu_api.foundation import preconditions
from walmu_api.foundation.database import Session
from walmu_api.record.case_file.documents import service as documents
from walmu_api.record.case_file.documents.definition import DOCUMENT
from walmu_api.record.case_file.documents.schemas import PassedOn
from walmu_api.record.case_file.documents.service import Facts
from walmu_api.record.case_file.documents.tables import DocumentRow

NEEDS = frozenset({"1012", "1013", "1019"})
"""Need assessments: a provider of the service task reads them (457/2024, 15 §)."""


async def file_verbatim(filing: Filing) -> tuple[UUID, bool]:
    return await store_verbatim(filing, await known_verbatim(filing))


async def known_verbatim(filing: Filing) -> DocumentRow | None:
    """What the sender stored in this way under the same source_id. A new version finds its record by
    `replaces` alone."""
    if filing.replaces is not None:
        return None
    return await documents.known_by_source(filing.ctx, DOCUMENT, filing.document.source_id)


async def store_verbatim(filing: Filing, known: DocumentRow | None) -> tuple[UUID, bool]:
    ctx, document = filing.ctx, filing.document
    await require_same_person(filing, mapping.context_of(filing.structure, filing.content))
    root = filing.content[filing.structure.root.key]
    members = document.model_dump(mode="json", exclude_none=True, exclude={"replaces"})
    entry = PassedOn.model_validate_json(to_json(members))
    facts = Facts(
        _dated(ctx.session, root),
        filing.structure.oid,
        shared=filing.structure.number in NEEDS,
        service_task=_service_task(root),
    )
    if (replaced := replaced_by(filing, DOCUMENT.resource_type)) is not None:
        cover, version = replaced
        row = await documents.find(ctx, DOCUMENT, cover.id, lock=True)
        await documents.replace(ctx, row, entry, facts, preconditions.etag(version))
        return row.id, False
    row, created = await documents.file(ctx, DOCUMENT, entry, filing.place, facts, known)
    return row.id, created


def _dated(session: Session, root: dict[str, Any]) -> date:
    """The day of the document where it has a whole one, else today."""
    day = root.get("paivamaara", "")
    return date.fromisoformat(day) if len(day) == 10 else session.clock.today()


def _service_task(root: dict[str, Any]) -> str | None:
    task = root.get("palvelutehtava")
    return task["code"] if isinstance(task, dict) else None
