"""Converts records with tables of their own into the fields that the mapping table of their structure names."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import select

from walmu_api.access.context import RequestContext
from walmu_api.foundation.clock import HELSINKI
from walmu_api.foundation.database import Session
from walmu_api.foundation.record_ids import instant_of
from walmu_api.record.case_file.disclosures import rules as disclosure_rules
from walmu_api.record.commitments.agreements import document as agreement_document
from walmu_api.record.commitments.decisions import document as decision_document
from walmu_api.record.document_schemas import as_national
from walmu_api.record.everyday.measurements import document as measurement_document
from walmu_api.record.everyday.measurements.instruments import service as instruments
from walmu_api.record.parties.clients import document as client_document
from walmu_api.record.parties.codes import service as codes
from walmu_api.record.parties.codes.rules import SERVICE_TASK, Book
from walmu_api.record.parties.organisations.tables import OrganisationRow, UnitRow
from walmu_api.record.parties.service_relationships import service as relationships
from walmu_api.record.parties.service_relationships.tables import ServiceRelationshipRow

UNITS = "urn:oid:1.2.246.537.6.202"
PROVIDERS = "@providers"


async def mapped(
    ctx: RequestContext, kind: str, client_id: UUID, ours: dict[str, Any], language: str
) -> dict[str, Any]:
    """The record as its table maps it, with the sentences that are added to it in a language; what lies in
    the store of documents is so already."""
    match kind:
        case "agreement":
            return agreement_document.as_document(ours, language)
        case "decision":
            known = (await codes.book_now(ctx.session))["legal_basis"].codes
            names = {code: getattr(value, language) or value.fi for code, value in known.items()}
            return decision_document.as_document(ours, names, language)
        case "client":
            return client_document.as_document(ours) | {PROVIDERS: await providers(ctx, client_id)}
        case "measurement":
            return await _measurement(ctx.session, ours, language)
        case "disclosure":
            data = {"purpose_text": disclosure_rules.purpose(ours["purpose"], language)}
            data["disclosed"] = disclosure_rules.in_words(ours["field_groups"], language)
            recipient = disclosure_rules.recipient_in_document(ours["recipient"], language)
            return ours | data | {"recipient": recipient}
        case _:
            return ours


async def _measurement(session: Session, ours: dict[str, Any], language: str) -> dict[str, Any]:
    """Without `written_on` the document has the day on which the measurement was first recorded, read from
    its id."""
    instrument = (await instruments.in_use(session))[ours["instrument"]]
    recorded_on = instant_of(UUID(ours["id"])).astimezone(HELSINKI).date().isoformat()
    served = await of_service(session, ours.get("service_relationship_id"))
    return measurement_document.as_document({"written_on": recorded_on} | ours, instrument, served, language)


async def of_service(session: Session, relationship_id: str | None) -> dict[str, Any]:
    """The service task of a relationship and, when it was given with its display, the service."""
    if relationship_id is None:
        return {}
    row = await session.orm.get(ServiceRelationshipRow, (session.organiser_id, UUID(relationship_id)))
    assert row is not None, "records refer to theirs"
    data: dict[str, Any] = {"service_task": _named(await codes.book_now(session), row.service_task)}
    service = as_national(row.service)
    return data | ({"services": [service.model_dump(mode="json")]} if service is not None else {})


async def providers(ctx: RequestContext, client_id: UUID) -> list[dict[str, Any]]:
    """By service task, who provides the services of the client, of the relationships that the caller may see.
    A producer without an OID of the national register is left out."""
    statement = relationships.visible_to(ctx)
    table = ServiceRelationshipRow
    rows = (
        await ctx.session.orm.scalars(statement.where(table.client_id == client_id).order_by(table.id))
    ).all()
    book = await codes.book_now(ctx.session)
    units = await _units(ctx.session, [row.unit_id for row in rows if row.unit_id is not None])
    makers = await _organisations(ctx.session, [row.provider_id for row in rows])
    data = []
    for _, of_task in groupby(sorted(rows, key=_task), key=_task):
        members = list(of_task)
        producers = [
            _producer(row, unit)
            for row in members
            if (unit := units.get(row.unit_id) or makers.get(row.provider_id)) is not None
        ]
        data.append(
            {"service_task": _named(book, members[0].service_task)}
            | ({"producers": producers} if producers else {})
        )
    return data


def _task(row: ServiceRelationshipRow) -> str:
    return str(row.service_task["code"])


def _producer(row: ServiceRelationshipRow, unit: dict[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {"unit": unit, "starts_on": row.starts_on.isoformat()}
    if row.ends_on is not None:
        data["ends_on"] = row.ends_on.isoformat()
    if (service := as_national(row.service)) is not None:
        data["services"] = [service.model_dump(mode="json")]
    return data


def _named(book: Book, code: Mapping[str, Any]) -> dict[str, Any]:
    """A code with its display; without one, the name in the code list."""
    found = book[SERVICE_TASK].codes.get(code["code"])
    return {"display": found.fi if found else None} | {
        name: value for name, value in code.items() if value is not None
    }


async def _units(session: Session, ids: list[UUID]) -> dict[UUID | None, dict[str, Any]]:
    found = select(UnitRow).where(UnitRow.organiser_id == session.organiser_id, UnitRow.id.in_(ids))
    return {
        row.id: _unit(row.oid, row.name) for row in await session.orm.scalars(found) if row.oid is not None
    }


async def _organisations(session: Session, ids: list[UUID]) -> dict[UUID, dict[str, Any]]:
    table = OrganisationRow
    found = select(table).where(table.organiser_id == session.organiser_id, table.id.in_(ids))
    return {
        row.id: _unit(row.oid, row.name) for row in await session.orm.scalars(found) if row.oid is not None
    }


def _unit(oid: str, name: str) -> dict[str, Any]:
    return {"system": UNITS, "code": oid, "display": name}
