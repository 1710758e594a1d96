"""The disclosure log: a row for each delivery to an outsider, written in the transaction of the delivery.

Here are the deliveries of notices, and the reading of the log. All other deliveries to a workplace are written by
`access/deliveries.py`."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import Select, select

from walmu_api.access.context import RequestContext
from walmu_api.access.deliveries import content_hash, recipient_person
from walmu_api.access.merged_clients import named_by
from walmu_api.foundation import journal
from walmu_api.foundation.clock import HELSINKI
from walmu_api.foundation.database import Session
from walmu_api.foundation.problems import NOT_FOUND
from walmu_api.foundation.record_ids import uuid7
from walmu_api.foundation.statements import Statement
from walmu_api.record.case_file.disclosures import rules
from walmu_api.record.case_file.disclosures.schemas import Disclosure
from walmu_api.record.case_file.disclosures.tables import DisclosureRow

APPEND = Statement("""
insert into disclosures (organiser_id, id, document_number, client_id, service_relationship_id, provider_id,
    notice_id, agreement_id, recipient, recipient_id, recipient_person, purpose, permission_id, law, field_groups,
    content_hash, service_task, service, discloser, grounds, organisation_id, system_id, person)
values (:organiser, :id, case when :is_first then nextval('document_numbers') end, :client_id,
    :service_relationship_id, :provider_id, :notice_id, :agreement_id, :recipient::jsonb, :recipient_id,
    :recipient_person, :purpose, :permission_id, :law, :field_groups, :content_hash, :service_task::jsonb,
    :service::jsonb, :discloser::jsonb, :grounds, :actor_organisation, :actor_system, :actor_person::jsonb)
on conflict do nothing
""")
_FIRST = Statement("""
insert into first_disclosures (organiser_id, recipient_id, subject_id) values (:organiser, :recipient, :subject)
on conflict do nothing returning true
""")


@dataclass(frozen=True)
class Delivery:
    """What is delivered to whom, why and by what right: a permission or a law."""

    client_id: UUID
    """The client whom the notice names, whoever it is read under."""
    service_relationship_id: UUID | None
    provider_id: UUID | None
    notice_id: UUID
    agreement_id: UUID | None
    recipient: dict[str, Any]
    purpose: str
    permission_id: UUID | None
    law: str | None
    grounds: str
    field_groups: list[str]
    view: dict[str, Any]
    service_task: dict[str, Any]
    service: dict[str, Any] | None
    discloser: dict[str, Any]


async def log(ctx: RequestContext, data: Delivery, *, fetched: bool) -> None:
    """Log a delivery of a notice. It is no record that changes: it has one version.

    When the workplace fetched it from this service, the same to the same person on the same day is not logged again, and
    only the first fetch becomes a document."""
    key, is_first = uuid7(), True
    if fetched:
        workplace = ctx.caller.organisation_id
        subject = {"organiser": ctx.organiser_id, "recipient": workplace, "subject": data.notice_id}
        is_first = await ctx.session.fetchval(_FIRST, **subject) is not None
        ctx.session.disclosures_logged.add(data.client_id)
    await ctx.session.execute(
        APPEND,
        organiser=ctx.organiser_id,
        id=key,
        client_id=data.client_id,
        service_relationship_id=data.service_relationship_id,
        provider_id=data.provider_id,
        notice_id=data.notice_id,
        agreement_id=data.agreement_id,
        is_first=is_first,
        recipient_id=ctx.caller.organisation_id if fetched else None,
        recipient_person=recipient_person(ctx) if fetched else None,
        recipient=to_json(data.recipient).decode(),
        purpose=data.purpose,
        permission_id=data.permission_id,
        law=data.law,
        field_groups=data.field_groups,
        content_hash=content_hash(data.view),
        service_task=to_json(data.service_task).decode(),
        service=data.service and to_json(data.service).decode(),
        discloser=to_json(data.discloser).decode(),
        grounds=data.grounds,
        **ctx.actor.parameters(),
    )
    if is_first:
        change = journal.Change("disclosure", key, 1, "created", client_id=data.client_id)
        await journal.append(ctx.session, ctx.actor, change)


def visible_to(ctx: RequestContext) -> Select[DisclosureRow]:
    """The log is the controller's: the policy of the table shows nothing of it to providers and workplaces."""
    return select(DisclosureRow).where(DisclosureRow.organiser_id == ctx.organiser_id)


async def listing(
    ctx: RequestContext, *, client_id: UUID | None, from_: date | None, to: date | None
) -> Select[DisclosureRow]:
    table, day = DisclosureRow, DisclosureRow.disclosed_at
    statement = visible_to(ctx)
    if client_id is not None:
        statement = statement.where(table.client_named.in_(await named_by(ctx, client_id)))
    if from_ is not None:
        statement = statement.where(day >= _midnight(from_))
    if to is not None:
        statement = statement.where(day < _midnight(date.fromordinal(to.toordinal() + 1)))
    return statement


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=HELSINKI)


async def find(ctx: RequestContext, disclosure_id: UUID) -> DisclosureRow:
    row = await ctx.session.orm.scalar(visible_to(ctx).where(DisclosureRow.id == disclosure_id))
    if row is None or ctx.tenant_scope is not None:
        raise NOT_FOUND()
    return row


def wire(session: Session, row: DisclosureRow) -> bytes:
    session.log_access(row.client_id)
    day = row.disclosed_at.astimezone(HELSINKI).date()
    plain = {name: getattr(row, name) for name in Disclosure.model_fields if hasattr(row, name)}
    by = {"organisation_id": row.organisation_id, "system_id": row.system_id, "person": row.person}
    data = Disclosure.model_validate(
        plain
        | {
            "at": row.disclosed_at,
            "by": by,
            "purpose_text": rules.purpose(row.purpose),
            "disclosed": rules.in_words(row.field_groups),
            "disclosed_on": day,
            "written_on": day,
            "author": row.discloser,
        }
    )
    return data.model_dump_json(exclude_none=True).encode()


async def wire_records(ctx: RequestContext, ids: list[UUID]) -> dict[UUID, bytes]:
    """For the change feed, of those who may read the log."""
    if ctx.tenant_scope is not None:
        return {}
    rows = (await ctx.session.orm.scalars(visible_to(ctx).where(DisclosureRow.id.in_(ids)))).all()
    return {row.id: wire(ctx.session, row) for row in rows}
