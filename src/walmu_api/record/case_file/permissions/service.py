"""What can be done with permissions to exchange information: record, revoke, ask whether one holds."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import select

from walmu_api.access.context import RequestContext
from walmu_api.foundation import preconditions
from walmu_api.foundation.database import Session
from walmu_api.foundation.problems import UNKNOWN_REFERENCE, invalid, refuse
from walmu_api.record.case_file.documents import service as documents
from walmu_api.record.case_file.documents.ownership import place
from walmu_api.record.case_file.documents.service import Facts
from walmu_api.record.case_file.documents.tables import DocumentRow
from walmu_api.record.case_file.permissions import rules
from walmu_api.record.case_file.permissions.definition import PERMISSION
from walmu_api.record.case_file.permissions.schemas import PermissionEntry, PermissionRevocation
from walmu_api.record.parties.organisations.tables import OrganisationRow

Asked = tuple[UUID, UUID, UUID]
"""A client, a recipient, and the agreement under which something is to be given."""
_REVOCATION = ("revoked_on", "revocation_reason")


async def record(ctx: RequestContext, entry: PermissionEntry) -> tuple[DocumentRow, bool]:
    """A permission that the client, or who represents the client, gave."""
    where = await place(ctx, entry)
    facts = await _facts(ctx.session, entry, has_provider=where.provider_id is not None)
    known = await documents.known_by_source(ctx, PERMISSION, entry.source_id)
    return await documents.file(ctx, PERMISSION, entry, where, facts, known)


async def replace(
    ctx: RequestContext, row: DocumentRow, entry: PermissionEntry, if_match: str | None
) -> DocumentRow:
    """Other terms, such as a later end. What was given under the earlier version stays in the disclosure log."""
    if "revoked_on" in row.content:
        raise rules.ALREADY_REVOKED()
    facts = await _facts(ctx.session, entry, has_provider=row.provider_id is not None)
    return await documents.replace(ctx, row, entry, facts, if_match)


async def revoke(
    ctx: RequestContext, row: DocumentRow, act: PermissionRevocation, if_match: str | None
) -> DocumentRow:
    """The client takes it back; whoever of organiser and provider hears of it records that, whose permission
    it may be."""
    preconditions.require_if_given(if_match, row.version)
    content = documents.entry_of(ctx, row)
    data = {"revoked_on": act.revoked_on.isoformat(), "revocation_reason": act.reason}
    if content.get("revoked_on") is not None:
        if {name: content.get(name) for name in _REVOCATION} == data:
            return row
        raise rules.ALREADY_REVOKED()
    given_on = permit_of(row).given_on
    refuse(rules.check_revocation(given_on=given_on, revoked_on=act.revoked_on))
    changed = {"content": documents.content_seal(ctx, row.id).sealed(content | data)}
    return await documents.change(ctx, row, changed, "updated")


async def _facts(session: Session, entry: PermissionEntry, *, has_provider: bool) -> Facts:
    refuse(
        rules.check(
            given_on=entry.given_on,
            valid_until=entry.valid_until,
            by_provider="provider" in entry.disclosers,
            has_provider=has_provider,
            is_signer_known=entry.given_by.role == "client" or entry.given_by.name is not None,
        )
        + rules.check_item(
            has_item=entry.safety_and_support is not None,
            field_groups=entry.field_groups,
            purposes=entry.purposes,
            is_registered=entry.recipient.organisation_id is not None,
        )
    )
    named = entry.recipient.organisation_id
    if named is not None and await session.orm.get(OrganisationRow, (session.organiser_id, named)) is None:
        raise invalid(UNKNOWN_REFERENCE.at("/recipient/organisation_id"))
    return Facts(entry.given_on, None)


async def find(
    session: Session, permission_id: UUID, client_id: UUID, agreement_id: UUID | None
) -> DocumentRow | None:
    """A permission of this client that holds under this agreement, as the database lets the caller see it: also the
    recipient itself, to be told at once that it holds no longer."""
    row = await session.orm.scalar(
        select(DocumentRow).where(
            DocumentRow.organiser_id == session.organiser_id,
            DocumentRow.resource_type == PERMISSION.resource_type,
            DocumentRow.id == permission_id,
            DocumentRow.client_id == client_id,
        )
    )
    return row if row is not None and row.agreement_id in {None, agreement_id} else None


async def permitted(ctx: RequestContext, group: str, asked: Collection[Asked]) -> dict[UUID, UUID]:
    """The agreements asked for under which a permission that is valid today names the group of fields, each with that
    permission."""
    if not asked:
        return {}
    found = await _valid(ctx, group, {client_id for client_id, _, _ in asked})
    return {
        agreement_id: row.id
        for row, permit in found
        for client_id, recipient_id, agreement_id in asked
        if row.client_id == client_id and _holds_for(row, permit, recipient_id, agreement_id)
    }


def _holds_for(row: DocumentRow, permit: rules.Permit, recipient_id: UUID, agreement_id: UUID) -> bool:
    """Whether what a permission names may be given to this recipient under this agreement: one that was given for an
    agreement holds for no other."""
    return permit.recipient_id == recipient_id and row.agreement_id in {None, agreement_id}


async def safety_items(
    ctx: RequestContext, client_id: UUID, recipient_id: UUID, agreement_id: UUID
) -> list[tuple[UUID, PermissionEntry]]:
    """The permissions by which instructors of this workplace may read what this client wants known, in the order in
    which they were recorded."""
    return [
        (row.id, _entry(row))
        for row, permit in await _valid(ctx, rules.SAFETY, {client_id})
        if _holds_for(row, permit, recipient_id, agreement_id)
    ]


async def _valid(
    ctx: RequestContext, group: str, client_ids: set[UUID]
) -> list[tuple[DocumentRow, rules.Permit]]:
    """The permissions of these clients that are valid today and name the group of fields."""
    rows = await ctx.session.orm.scalars(
        select(DocumentRow)
        .where(
            DocumentRow.organiser_id == ctx.organiser_id,
            DocumentRow.resource_type == PERMISSION.resource_type,
            DocumentRow.client_id.in_(client_ids),
        )
        .order_by(DocumentRow.id)
    )
    permits = [(row, permit_of(row)) for row in rows]
    return [
        (row, permit)
        for row, permit in permits
        if permit.is_valid(ctx.today) and group in permit.field_groups
    ]


def permit_of(row: DocumentRow) -> rules.Permit:
    """A permission holds no identity code: its content is read as it lies."""
    entry = _entry(row)
    return rules.Permit(
        row.status,
        entry.given_on,
        entry.valid_until,
        "revoked_on" in row.content,
        entry.recipient.organisation_id,
        entry.recipient.name,
        frozenset(entry.purposes),
        frozenset(entry.disclosers),
        frozenset(entry.field_groups),
    )


def _entry(row: DocumentRow) -> PermissionEntry:
    data: dict[str, Any] = {
        name: row.content[name] for name in PermissionEntry.model_fields if name in row.content
    }
    return PermissionEntry.model_validate(data, strict=False)
