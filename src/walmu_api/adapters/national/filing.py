"""A national document becomes a record: judged, mapped, and handed to the resource that it is."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from pydantic_core import to_json

from walmu_api.access.guard import Caller, House
from walmu_api.adapters.national import context, mapping
from walmu_api.adapters.national.codes import known_codes
from walmu_api.adapters.national.covers import Cover, cover_named, cover_of
from walmu_api.adapters.national.definitions import Structure, structure
from walmu_api.adapters.national.faces import COLLECTIONS, FILED, Filed
from walmu_api.adapters.national.findings import NOT_YOUR_STRUCTURE, UNKNOWN_STRUCTURE, DocumentFinding
from walmu_api.adapters.national.official import Official, examine
from walmu_api.adapters.national.schemas import DocumentToFile
from walmu_api.adapters.national.where import national_place
from walmu_api.foundation import bodies, preconditions
from walmu_api.foundation.database import Session
from walmu_api.foundation.problems import Finding, Problem, invalid
from walmu_api.foundation.wire import Message
from walmu_api.record.documents import service as documents
from walmu_api.record.documents.belonging import place
from walmu_api.record.documents.schemas import PassedOn
from walmu_api.record.documents.service import DOCUMENT, Facts

NEEDS = frozenset({"1012", "1013", "1019"})
"""Need assessments: a provider of the service task reads them (457/2024, 15 §)."""


@dataclass(frozen=True)
class Filing:
    """What is needed to file one document."""

    session: Session
    caller: Caller
    house: House
    sought: Structure
    document: DocumentToFile


async def check(session: Session, caller: Caller, official: Official | None, document: DocumentToFile) -> Structure:
    """The structure of the document, when the caller may send it and the document is what it asks for."""
    sought = structure(document.structure)
    if sought is None:
        raise invalid(UNKNOWN_STRUCTURE.at("/structure"))
    if caller.system.role not in sought.writers:
        raise NOT_YOUR_STRUCTURE()
    found = examine(sought, document.content, await known_codes(session), official, ("content",))
    errors = [finding for finding in found if finding.severity == "error"]
    if errors:
        raise invalid(*errors)
    return sought


async def file(
    session: Session, caller: Caller, house: House, official: Official | None, document: DocumentToFile
) -> tuple[Cover, bool]:
    """File a document; the cover of what it became, and whether it is new."""
    filing = Filing(session, caller, house, await check(session, caller, official, document), document)
    record_id, made = await _file(filing)
    return await cover_of(session, caller, record_id), made


async def _file(filing: Filing) -> tuple[UUID, bool]:
    if filing.sought.resource not in COLLECTIONS:
        return await _pass_on(filing)
    ours = mapping.to_ours(filing.sought, filing.document.content)
    face = next(each for each in FILED.values() if each.takes(filing.sought, ours))
    where = await place(filing.session, filing.caller, filing.document)
    await _require_same_person(filing, ours, where.client_id)
    members = face.entry_of(filing.sought, {name: value for name, value in ours.items() if not name.startswith("@")})
    if "clients" in face.kind.entry.model_fields and (persons := context.named_clients(ours)) is not None:
        members["clients"] = persons
    entry = _entry(filing, face, members)
    try:
        if filing.document.replaces is not None:
            return await _replace(filing, face, entry)
        row, made = await face.record(
            filing.session, filing.caller, filing.house.keyring, entry, received=filing.document.content
        )
    except Problem as problem:
        problem.errors = tuple(_located(filing, finding) for finding in problem.errors)
        raise
    return row.id, made


async def _require_same_person(filing: Filing, ours: dict[str, Any], client_id: UUID) -> None:
    filing.session.saw(client_id)
    told = await context.told_of_client(filing.session, filing.house.keyring, client_id)
    if wrong := context.same_person(filing.sought, ours, told):
        raise invalid(*wrong)


def _entry(filing: Filing, face: Filed, members: dict[str, Any]) -> Any:
    """The entry of the resource; what it refuses is told with the place in the document and our name of it."""
    named = filing.document.model_dump(
        mode="json", exclude_none=True, exclude={"structure", "content", "replaces"}
    )  # fmt: skip
    known = face.kind.entry.model_fields
    try:
        return face.kind.entry.model_validate_json(
            to_json(members | {name: value for name, value in named.items() if name in known})
        )
    except ValidationError as error:
        raise invalid(
            *(_located(filing, bodies.finding(each)) for each in error.errors(include_url=False, include_input=False))
        ) from None


def _located(filing: Filing, finding: Finding) -> Finding:
    """What our record refuses, with the place in the document; what was named beside the document stays where it is."""
    if finding.pointer.split("/")[1:2] and finding.pointer.split("/")[1] in DocumentToFile.model_fields:
        return finding
    at = national_place(filing.sought, filing.document.content, finding.pointer)
    ours = finding.pointer.removeprefix("/").replace("/", ".")
    return DocumentFinding(finding.kind, at, finding.values, finding.severity, finding.rule, "rule", ours or None)


async def _replace(filing: Filing, face: Filed, entry: Message) -> tuple[UUID, bool]:
    assert filing.document.replaces is not None
    cover, version = await cover_named(filing.session, filing.caller, filing.document.replaces)
    row = await documents.find(filing.session, filing.caller, face.kind, cover.id, lock=True)
    await face.replace(
        filing.session, filing.caller, filing.house.keyring, row, entry, preconditions.etag(version),
        received=filing.document.content,
    )  # fmt: skip
    return row.id, False


async def _pass_on(filing: Filing) -> tuple[UUID, bool]:
    """A document without a resource of its own is kept as it is."""
    session, caller, document = filing.session, filing.caller, filing.document
    where = await place(session, caller, document)
    await _require_same_person(filing, mapping.context_of(filing.sought, document.content), where.client_id)
    root = document.content[filing.sought.root.key]
    named = document.model_dump(mode="json", exclude_none=True, exclude={"replaces"})
    entry = PassedOn.model_validate_json(to_json(named))
    facts = Facts(
        _dated(session, root), filing.sought.oid, shared=filing.sought.number in NEEDS, service_task=_service_task(root)
    )
    if document.replaces is not None:
        cover, version = await cover_named(session, caller, document.replaces)
        row = await documents.find(session, caller, DOCUMENT, cover.id, lock=True)
        await documents.replace(session, caller, filing.house.keyring, row, entry, facts, preconditions.etag(version))
        return row.id, False
    row, made = await documents.file(session, caller, filing.house.keyring, DOCUMENT, entry, where, facts)
    return row.id, made


def _dated(session: Session, root: dict[str, Any]) -> date:
    """The day of the document where it tells a whole one, else today."""
    told = root.get("paivamaara", "")
    return date.fromisoformat(told) if len(told) == 10 else session.clock.today()


def _service_task(root: dict[str, Any]) -> str | None:
    told = root.get("palvelutehtava")
    return told["code"] if isinstance(told, dict) else None
