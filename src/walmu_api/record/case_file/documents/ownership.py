"""Whose record it is: what an entry names, by id or by the sender's own key, made into client, provider and
the rest."""

from typing import Any
from uuid import UUID

from walmu_api.access.context import RequestContext
from walmu_api.foundation import records
from walmu_api.foundation.locales import Reason
from walmu_api.foundation.problems import INVALID_VALUE, UNKNOWN_REFERENCE, invalid
from walmu_api.record.case_file.documents import rules, service
from walmu_api.record.case_file.documents.schemas import Belonging
from walmu_api.record.case_file.documents.tables import DocumentRow, Place
from walmu_api.record.commitments.agreements import service as agreements
from walmu_api.record.commitments.agreements.tables import AgreementRow
from walmu_api.record.parties.clients import service as clients
from walmu_api.record.parties.clients.tables import ClientRow
from walmu_api.record.parties.service_relationships import service as relationships
from walmu_api.record.parties.service_relationships.tables import ServiceRelationshipRow

ID_OR_SOURCE = Reason("id-or-source")


async def place(ctx: RequestContext, entry: Belonging) -> Place:
    """Where the record belongs; every reference must be one that the caller may see, and all must be of one
    client."""
    agreement = await _named(ctx, entry, "agreement", AgreementRow)
    relationship = await _named(ctx, entry, "service_relationship", ServiceRelationshipRow)
    client = await _named(ctx, entry, "client", ClientRow)
    case = await _named(ctx, entry, "case", DocumentRow)
    if relationship is None and agreement is not None:
        relationship = await ctx.session.orm.get(
            ServiceRelationshipRow, (ctx.organiser_id, agreement.service_relationship_id)
        )
    person = client and (client.merged_into or client.id)  # under whom it is read
    if relationship is None and client is not None and ctx.tenant_scope is not None:
        relationship = await _only_one(ctx, person)
    if relationship is None and client is None:
        raise invalid(rules.CLIENT_NEEDED.at(""))
    client_id = relationship.client_id if relationship is not None else client.id
    _require_one_client(
        relationship.client_id if relationship is not None else person,
        client=person,
        case=case and case.client_id,
    )
    if agreement is not None and agreement.service_relationship_id != relationship.id:
        raise invalid(UNKNOWN_REFERENCE.at("/agreement_id"))
    return Place(
        client_id=client_id,
        provider_id=relationship.provider_id if relationship is not None else None,
        workplace_id=ctx.tenant_scope if ctx.caller.system.role == "workplace" else None,
        service_relationship_id=relationship.id if relationship is not None else None,
        agreement_id=agreement.id if agreement is not None else None,
        case_id=case.id if case is not None else None,
        service_task=relationship.service_task["code"] if relationship is not None else None,
    )


def place_of(row: DocumentRow) -> Place:
    """Where a recorded one belongs. What it was told of the service task stays with the row."""
    return Place(
        row.client_id,
        row.provider_id,
        row.workplace_id,
        row.service_relationship_id,
        row.agreement_id,
        row.case_id,
    )


def _require_one_client(client_id: UUID, **named: UUID | None) -> None:
    for name, found in named.items():
        if found is not None and found != client_id:
            raise invalid(UNKNOWN_REFERENCE.at(f"/{name}_id"))


async def _named(ctx: RequestContext, entry: Belonging, name: str, table: Any) -> Any:
    """The record that the entry names, as one that the caller may see."""
    key, source = getattr(entry, f"{name}_id", None), getattr(entry, f"{name}_source_id", None)
    if key is None and source is None:
        return None
    if key is not None and source is not None:
        raise invalid(INVALID_VALUE.at(f"/{name}_source_id", reason=ID_OR_SOURCE))
    statement = _seen(ctx, table)
    if source is not None:
        statement = statement.where(records.has_source(table, ctx.actor, source))
    else:
        statement = statement.where(table.id == key)
    found = await ctx.session.orm.scalar(statement)
    if found is None:
        raise invalid(UNKNOWN_REFERENCE.at(f"/{name}_id" if key is not None else f"/{name}_source_id"))
    return found


def _seen(ctx: RequestContext, table: Any) -> Any:
    if table is DocumentRow:
        return service.visible_to(ctx, None).where(DocumentRow.resource_type == "case")
    module: Any = {AgreementRow: agreements, ServiceRelationshipRow: relationships, ClientRow: clients}[table]
    return module.visible_to(ctx)


async def _only_one(ctx: RequestContext, client_id: UUID) -> ServiceRelationshipRow:
    """A provider that names only the client means its relationship, if there is but one."""
    statement = relationships.visible_to(ctx)
    found = (
        await ctx.session.orm.scalars(statement.where(ServiceRelationshipRow.client_id == client_id).limit(2))
    ).all()
    if len(found) != 1:
        raise invalid(rules.CLIENT_NEEDED.at("/service_relationship_id"))
    return found[0]
