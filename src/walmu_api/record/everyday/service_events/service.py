"""What can be done with the events of a service. An ending ends the service relationship in the same
transaction.

ADR 21."""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

import asyncpg

from walmu_api.access import audiences
from walmu_api.access.context import RequestContext
from walmu_api.foundation import validation_messages
from walmu_api.foundation.content_types import Content
from walmu_api.foundation.database import Session
from walmu_api.foundation.problems import INVALID_VALUE, MISSING, invalid, refuse
from walmu_api.foundation.statements import Statement
from walmu_api.record.case_file.documents import rules as document_rules
from walmu_api.record.case_file.documents import service as documents
from walmu_api.record.case_file.documents.ownership import place
from walmu_api.record.case_file.documents.schemas import Belonging
from walmu_api.record.case_file.documents.service import Facts, ReceivedDocument
from walmu_api.record.case_file.documents.tables import DocumentRow
from walmu_api.record.document_schemas import as_national, finnish_day
from walmu_api.record.everyday.service_events import rules
from walmu_api.record.everyday.service_events.definition import SERVICE_EVENT
from walmu_api.record.everyday.service_events.schemas import ServiceEventEntry
from walmu_api.record.parties.clients.rules import CONTACTS
from walmu_api.record.parties.codes import service as codes
from walmu_api.record.parties.codes.rules import check_word
from walmu_api.record.parties.service_relationships import service as relationships
from walmu_api.record.parties.service_relationships.tables import ServiceRelationshipRow


async def record(
    ctx: RequestContext, entry: ServiceEventEntry, received: ReceivedDocument | None = None
) -> tuple[DocumentRow, bool]:
    """A new event. `received` is the national document, when it came as one."""
    where = received.place if received is not None else await place(ctx, entry)
    if where.service_relationship_id is None:
        raise invalid(MISSING.at("/service_relationship_id"))
    relationship = await relationships.find(ctx, where.service_relationship_id, lock=True)
    known = await documents.known_by_source(ctx, SERVICE_EVENT, entry.source_id)
    before = documents.entry_of(ctx, known) if known is not None else {}
    stored = _stored(ctx.session, relationship, entry, before)
    facts = _facts(ctx.session, stored, received)
    if known is None:
        await _check(ctx, relationship, stored, None)
    row, created = await documents.file(ctx, SERVICE_EVENT, stored, where, facts, known)
    if created and stored.kind == "ended":
        await relationships.end(ctx, relationship, stored.ends_on)
    return row, created


async def replace(
    ctx: RequestContext,
    row: DocumentRow,
    entry: ServiceEventEntry,
    if_match: str | None,
    received: ReceivedDocument | None = None,
) -> DocumentRow:
    """The event as it should read; an event of another kind is another event."""
    if await audiences.is_protected(ctx, row.client_id):
        entry = _without_contacts_unread(entry)
    before = documents.entry_of(ctx, row)
    if entry.kind != before["kind"]:
        raise invalid(INVALID_VALUE.at("/kind", reason=validation_messages.UNCHANGEABLE))
    relationship = await _relationship(ctx, row)
    stored = _stored(ctx.session, relationship, entry, before)
    facts = _facts(ctx.session, stored, received)
    version = row.version
    if documents.content_of(stored) != before:
        documents.require_owner(ctx.caller, row)
        await _check(ctx, relationship, stored, row.id)
    row = await documents.replace(ctx, row, stored, facts, if_match)
    if row.version > version and stored.kind == "ended":
        await relationships.end(ctx, relationship, stored.ends_on)
    return row


def _without_contacts_unread(entry: ServiceEventEntry) -> ServiceEventEntry:
    """Without contacts of companions who are protected now: their provider does not read them, so a refusal would tell that
    there are some."""
    if entry.transition is None or entry.transition.companions is None:
        return entry
    companions = [
        each.model_copy(update=dict.fromkeys(CONTACTS)) if each.turvakielto else each
        for each in entry.transition.companions
    ]
    transition = entry.transition.model_copy(update={"companions": companions})
    return entry.model_copy(update={"transition": transition})


async def void(ctx: RequestContext, row: DocumentRow, reason: str) -> DocumentRow:
    """It did not happen; after a void ending the relationship ends when the organiser had said."""
    in_force = row.status != document_rules.VOIDED
    row = await documents.void(ctx, row, reason)
    if in_force and row.content["kind"] == "ended":
        await relationships.end(ctx, await _relationship(ctx, row), None)
    return row


async def _relationship(ctx: RequestContext, row: DocumentRow) -> ServiceRelationshipRow:
    assert row.service_relationship_id is not None
    return await relationships.find(ctx, row.service_relationship_id, lock=True)


def _stored(
    session: Session, relationship: ServiceRelationshipRow, entry: ServiceEventEntry, before: Content
) -> ServiceEventEntry:
    """The entry with what it leaves out: the day of writing, and the service where the document repeats it.
    What was there before is kept rather than worked out again."""
    data = entry.model_dump(exclude_none=True)
    defaults: Content = {}
    if entry.kind in rules.STRUCTURES:
        defaults["written_on"] = before.get("written_on") or session.clock.today().isoformat()
    if entry.kind in rules.SERVICE_REPORTED:
        for name in ("service_task", "service"):
            defaults[name] = before.get(name) or as_national(getattr(relationship, name))
    known = {name: value for name, value in defaults.items() if value is not None}
    return ServiceEventEntry.model_validate(known | data)


def _facts(session: Session, stored: ServiceEventEntry, received: ReceivedDocument | None) -> Facts:
    notice = stored.notice
    data = (notice.starts_on, notice.interrupted_on) if notice else ()
    day = stored.ends_on if stored.kind == "ended" else stored.starts_on
    dated_on = day or finnish_day(*data, stored.written_on) or session.clock.today()
    return Facts(dated_on, rules.STRUCTURES.get(stored.kind), received=received)


async def _check(
    ctx: RequestContext, relationship: ServiceRelationshipRow, stored: ServiceEventEntry, itself: UUID | None
) -> None:
    data = stored.model_dump(exclude_none=True)
    given = set(data) - set(Belonging.model_fields) - {"kind"}
    findings = rules.check_members(stored.kind, given)
    findings += rules.check_companions(data.get("transition", {}).get("companions", ()))
    if stored.kind in rules.SERVICE_REPORTED:
        findings += [MISSING.at(f"/{name}") for name in ("service", "service_task") if name not in given]
    refuse(findings)
    day = stored.ends_on or ctx.today
    findings = check_word(
        await codes.book_now(ctx.session), "onward_path", stored.onward_path, day, "/onward_path"
    )
    span = rules.Span(relationship.starts_on, relationship.ends_on)
    if stored.kind == "ended":
        span = rules.Span(relationship.starts_on, relationship.planned_ends_on)
    others = await _others(ctx, relationship.id, itself)
    refuse(
        findings + rules.check_days(rules.Event(stored.kind, stored.starts_on, stored.ends_on), span, others)
    )


async def _others(ctx: RequestContext, relationship_id: UUID, itself: UUID | None) -> list[rules.Event]:
    """The events of the relationship that are in force, but for the one that is being changed."""
    statement = documents.listing(
        ctx, SERVICE_EVENT, service_relationship_id=relationship_id, status=document_rules.FINAL
    )
    rows = (await ctx.session.orm.scalars(statement)).all()
    return [
        rules.Event(row.content["kind"], _day(row, "starts_on"), _day(row, "ends_on"))
        for row in rows
        if row.id != itself
    ]


_PAUSES = Statement("""
select service_relationship_id, content
from documents
where organiser_id = :organiser and resource_type = 'service-event' and status = 'final'
  and service_relationship_id = any(:relationships::uuid[]) and content ->> 'kind' in ('paused', 'resumed')
""")


async def pauses(session: Session, relationships: Collection[UUID]) -> dict[UUID, list[tuple[date, date]]]:
    """First and last day of every pause of these relationships. A workplace may not read events; which days
    are planned for it follows from them all the same, and nothing else of them is told."""
    if not relationships:
        return {}
    async with session.without_tenant_scope():
        return pauses_of(
            await session.fetch(_PAUSES, organiser=session.organiser_id, relationships=list(relationships))
        )


def pauses_of(rows: Iterable[asyncpg.Record]) -> dict[UUID, list[tuple[date, date]]]:
    """The pauses among the events that were read, by relationship."""
    events: dict[UUID, list[rules.Event]] = {}
    for row in rows:
        values = row["content"]
        if values["kind"] in {"paused", "resumed"}:
            first, last = (
                date.fromisoformat(values[name]) if values.get(name) else None
                for name in ("starts_on", "ends_on")
            )
            events.setdefault(row["service_relationship_id"], []).append(
                rules.Event(values["kind"], first, last)
            )
    return {relationship: rules.pauses(data) for relationship, data in events.items()}


def _day(row: DocumentRow, name: str) -> date | None:
    data = row.content.get(name)
    return date.fromisoformat(data) if data else None
