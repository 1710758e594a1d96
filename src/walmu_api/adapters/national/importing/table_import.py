"""Documents of the resources with tables of their own: a client, a decision, an agreement."""

from datetime import date
from typing import Any
from uuid import UUID

from pydantic_core import from_json
from sqlalchemy import or_

from walmu_api.adapters.national import client_context, mapping
from walmu_api.adapters.national.importing.import_context import (
    Filing,
    checked,
    document_to_keep,
    located_in_document,
    replaced_by,
    require_same_person,
)
from walmu_api.adapters.national.validation.findings import CLIENT_MISMATCH, STRUCTURE_OF_TASK, pointer
from walmu_api.foundation import preconditions, records
from walmu_api.foundation.problems import CONFLICT, DUPLICATE_SOURCE, INVALID_VALUE, MISSING, invalid, refuse
from walmu_api.record.case_file.documents import service as documents
from walmu_api.record.commitments.agreements import document as agreement_document
from walmu_api.record.commitments.agreements import service as agreements
from walmu_api.record.commitments.agreements import signing
from walmu_api.record.commitments.agreements.parts import AgreementSignature
from walmu_api.record.commitments.agreements.schemas import AgreementEntry
from walmu_api.record.commitments.agreements.tables import AgreementRow
from walmu_api.record.commitments.decisions import document as decision_document
from walmu_api.record.commitments.decisions import drafting
from walmu_api.record.commitments.decisions import rules as decision_rules
from walmu_api.record.commitments.decisions import service as decisions
from walmu_api.record.commitments.decisions.parties import Received
from walmu_api.record.commitments.decisions.schemas import DecisionEntry
from walmu_api.record.commitments.decisions.tables import DecisionRow
from walmu_api.record.parties.clients import document as client_document
from walmu_api.record.parties.clients import service as clients
from walmu_api.record.parties.clients.schemas import ClientEntry
from walmu_api.record.parties.service_relationships import service as relationships
from walmu_api.record.parties.service_relationships.tables import ServiceRelationshipRow

TARGET = "documents"
"""The target of decisions that the record system sent as documents."""
_BESIDE = frozenset(
    {
        "client_id",
        "provider_id",
        "service_relationship_id",
        "client_decision_id",
        "supersedes_id",
        "source_id",
    }
)
"""Members of a decision that are no part of what was decided."""


_BESIDE_THE_DOCUMENT = ("language", "source_id", "died_on", "emigrated_on", "contacts_withheld")
"""Of a client, what a client-relationship document cannot hold."""


async def file_client(filing: Filing) -> tuple[UUID, bool]:
    """A client-relationship document (1505.1) replaces the client. What it cannot hold stays, the client's death too; the
    providers of the services come from the relationships."""
    ctx = filing.ctx
    row = await clients.find(ctx, filing.place.client_id, lock=True)
    members = client_document.from_document(mapping.to_ours(filing.structure, filing.content))
    record = from_json(clients.wire(ctx, row))
    stored = {name: record[name] for name in _BESIDE_THE_DOCUMENT if name in record}
    entry = checked(filing, ClientEntry, members | stored)
    data = await client_context.client_as_document(ctx, row.id)
    known = data.get("personal_identity_code")
    if known is not None and (entry.identity is None or entry.identity.canonical != known["value"]):
        raise invalid(CLIENT_MISMATCH.at(pointer(("content", filing.structure.root.key, "asiakas"))))
    replaced = replaced_by(filing, "client")
    version = preconditions.etag(replaced[1] if replaced is not None else row.version)
    with located_in_document(filing):
        await clients.replace(ctx, row, entry, version, received=filing.content)
    return row.id, False


async def file_agreement(filing: Filing) -> tuple[UUID, bool]:
    """An agreement (13004), signed when the document holds signatures and a day. Its decision is the newest
    in force that covers its days."""
    ctx = filing.ctx
    relationship = await _relationship(filing)
    ours = mapping.to_ours(filing.structure, filing.content)
    await require_same_person(filing, ours)
    members = agreement_document.from_document(ours, service_kind=relationship.service_kind)
    members |= {"service_relationship_id": str(relationship.id)}
    if filing.document.source_id is not None:
        members["source_id"] = filing.document.source_id
    if (covering := await _covering(filing, relationship, members)) is not None:
        members["decision_id"] = str(covering)
    replaced = replaced_by(filing, "agreement")
    row = await agreements.find(ctx, replaced[0].id, lock=True) if replaced is not None else None
    if row is not None:
        members |= _stored(row, members)
    entry = checked(filing, AgreementEntry, members)
    signatures = [
        checked(filing, AgreementSignature, each, f"/signatures/{number}")
        for number, each in enumerate(ours["signatures"])
    ]
    created = False
    with located_in_document(filing):
        if row is not None and replaced is not None:
            version = preconditions.etag(replaced[1])
            whole = await agreements.keeping_hidden(ctx, entry, row)
            content = await document_to_keep(filing, entry, whole, agreements.received(ctx, row))
            row = await agreements.replace(ctx, row, whole, version, content)
        else:
            row, created = await agreements.draft(ctx, entry, filing.content)
            known = agreements.received(ctx, row)
            read = [await documents.as_read(ctx, row.client_id, each) for each in (known, filing.content)]
            if not created and known is not None and read[0] != read[1]:
                raise DUPLICATE_SOURCE().with_members(url=f"/v1/agreements/{row.id}")
        if created or replaced is not None:
            await signing.sign_as_documented(ctx, row, signatures, entry.written_on)
    return row.id, created


def _stored(row: AgreementRow, members: dict[str, Any]) -> dict[str, Any]:
    """Of an agreement that is amended, what a document cannot hold: the sender's key, and the workplace that
    writes attendance, while the place is the same."""
    stored: dict[str, Any] = {"source_id": row.source_id} if row.source_id is not None else {}
    data = members.get("place", {})
    if row.workplace_id is not None and data.get("name") == row.place_name:
        stored["place"] = data | {"organisation_id": str(row.workplace_id)}
    return stored


async def _covering(
    filing: Filing, relationship: ServiceRelationshipRow, members: dict[str, Any]
) -> UUID | None:
    """The newest decision in force that covers the days of the agreement; none where it has no days."""
    if not {"starts_on", "ends_on"} <= members.keys():
        return None
    ctx, table = filing.ctx, DecisionRow
    first, last = (date.fromisoformat(members[name]) for name in ("starts_on", "ends_on"))
    statement = decisions.visible_to(ctx).where(
        table.client_id == relationship.client_id,
        table.provider_id == relationship.provider_id,
        or_(table.service_relationship_id.is_(None), table.service_relationship_id == relationship.id),
        table.status == "decided",
        table.outcome != "denied",
        table.valid_from <= first,
        or_(table.valid_to.is_(None), table.valid_to >= last),
    )
    newest = statement.order_by(table.decided_on.desc().nulls_last(), table.id.desc()).limit(1)
    row: DecisionRow | None = await ctx.session.orm.scalar(newest)
    return row.id if row is not None else None


async def file_decision(filing: Filing) -> tuple[UUID, bool]:
    """A decision: of the organiser a draft for the caseworker, of the record system a decision that is made."""
    relationship = await _relationship(filing)
    ours = mapping.to_ours(filing.structure, filing.content)
    await require_same_person(filing, ours)
    replaced = replaced_by(filing, "decision")
    row = await decisions.find(filing.ctx, replaced[0].id, lock=True) if replaced is not None else None
    if row is not None and replaced is not None:
        preconditions.require_version(preconditions.etag(replaced[1]), row.version)
    with located_in_document(filing):
        entry = _decision(filing, relationship, ours, row)
        if filing.ctx.caller.system.role == "ehr":
            return await _decided(filing, relationship, entry, row)
        return await _drafted(filing, entry, row)


def _decision(
    filing: Filing, relationship: ServiceRelationshipRow, ours: dict[str, Any], row: DecisionRow | None
) -> DecisionEntry:
    """The entry of the relationship and the document; the document wins."""
    if decision_rules.structure(relationship.service_task["code"]) != filing.structure.oid:
        raise invalid(INVALID_VALUE.at("/structure", reason=STRUCTURE_OF_TASK))
    members: dict[str, Any] = {
        "client_id": str(relationship.client_id),
        "provider_id": str(relationship.provider_id),
        "service_relationship_id": str(relationship.id),
        "service_task": relationship.service_task,
        "service_kind": relationship.service_kind,
        "legal_bases": relationship.legal_bases,
    }
    if "outcome_code" not in ours:
        raise invalid(MISSING.at("/outcome_code"))
    if row is not None:
        references = ("client_decision_id", "supersedes_id")
        members |= {"kind": row.kind} | {
            name: row.content[name] for name in references if name in row.content
        }
    source_id = row.source_id if row is not None else filing.document.source_id
    if source_id is not None:
        members["source_id"] = source_id
    return checked(filing, DecisionEntry, members | decision_document.from_document(ours))


async def _drafted(filing: Filing, entry: DecisionEntry, row: DecisionRow | None) -> tuple[UUID, bool]:
    ctx = filing.ctx
    content = filing.content
    if row is None:
        row, created = await drafting.draft(ctx, entry, content)
        known = decisions.document(ctx, row)
        if not created and row.status == "draft" and known is not None and known != content:
            raise DUPLICATE_SOURCE().with_members(url=f"/v1/decisions/{row.id}")
        return row.id, created
    await drafting.replace_draft(ctx, row, entry, preconditions.etag(row.version), content)
    return row.id, False


async def _decided(
    filing: Filing, relationship: ServiceRelationshipRow, entry: DecisionEntry, row: DecisionRow | None
) -> tuple[UUID, bool]:
    """`row` is the decision that the document replaces, or the draft that it decides."""
    ctx, content = filing.ctx, filing.content
    refuse(
        decision_rules.check_draft(
            valid_from=entry.valid_from,
            valid_to=entry.valid_to,
            service_kind=entry.service_kind,
            has_allowance=False,
            number_system=entry.decision_number.system if entry.decision_number else None,
        )
    )
    if row is not None and row.status != "draft" and row.ehr_target != TARGET:
        raise CONFLICT(state=row.status)
    number = entry.decision_number.value if entry.decision_number else None
    key = row.ehr_id if row is not None and row.ehr_id is not None else filing.document.source_id or number
    if key is None:
        raise invalid(MISSING.at("/source_id"))
    known = await decisions.find_by_ehr_id(ctx.session, TARGET, key) if row is None else None
    if known is not None:
        if decisions.document(ctx, known) != content:
            raise DUPLICATE_SOURCE().with_members(url=f"/v1/decisions/{known.id}")
        return known.id, False
    values = {name: value for name, value in records.columns(entry).items() if name not in _BESIDE}
    version = int(row.ehr_version or 0) + 1 if row is not None else 1
    data = Received(
        TARGET,
        key,
        version,
        row.id if row is not None else None,
        relationship.client_id,
        relationship.provider_id,
        values | {"status": "decided", "revoked_on": None},
        content,
        relationship.id,
        relationship.client_named,
    )
    filed, outcome = await decisions.receive(ctx, data)
    assert filed is not None
    if outcome == "conflict":
        raise CONFLICT(state=filed.status)
    return filed.id, outcome == "created"


async def _relationship(filing: Filing) -> ServiceRelationshipRow:
    """The relationship that the document is sent for; it is needed here."""
    if filing.place.service_relationship_id is None:
        raise invalid(MISSING.at("/service_relationship_id"))
    return await relationships.find(filing.ctx, filing.place.service_relationship_id)
