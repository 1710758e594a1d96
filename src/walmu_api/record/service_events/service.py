"""What can be done with the events of a service. An ending ends the service relationship in the same transaction."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg

from walmu_api.access.guard import Caller
from walmu_api.access.scopes import Scope
from walmu_api.foundation import reasons
from walmu_api.foundation.database import Session
from walmu_api.foundation.parts import as_national, finnish_day
from walmu_api.foundation.problems import INVALID_VALUE, MISSING, invalid, refuse
from walmu_api.foundation.secrecy import Keyring
from walmu_api.record.codes import service as codes
from walmu_api.record.codes.rules import check_word
from walmu_api.record.documents import rules as document_rules
from walmu_api.record.documents import service as documents
from walmu_api.record.documents.belonging import place
from walmu_api.record.documents.schemas import Belonging
from walmu_api.record.documents.service import Facts, Kind
from walmu_api.record.documents.tables import DocumentRow
from walmu_api.record.service_events import rules
from walmu_api.record.service_events.schemas import ServiceEvent, ServiceEventEntry
from walmu_api.record.service_relationships import service as relationships
from walmu_api.record.service_relationships.tables import ServiceRelationshipRow

SERVICE_EVENT = Kind(
    "service-event", "service-events", "service events", ServiceEventEntry, ServiceEvent, Scope.SERVICE_EVENTS_READ
)
Content = dict[str, Any]


async def record(
    session: Session, caller: Caller, keyring: Keyring, entry: ServiceEventEntry, received: Content | None = None
) -> tuple[DocumentRow, bool]:
    """A new event. `received` is the national document, when it came as one."""
    where = await place(session, caller, entry)
    if where.service_relationship_id is None:
        raise invalid(MISSING.at("/service_relationship_id"))
    relationship = await relationships.find(session, caller, where.service_relationship_id, lock=True)
    known = await documents.known_by_source(session, caller, SERVICE_EVENT, entry.source_id)
    before = documents.entry_of(session, keyring, known) if known is not None else {}
    kept = _kept(session, relationship, entry, before)
    facts = _facts(session, kept, received)
    if known is None:
        await _check(session, caller, relationship, kept, None)
    row, made = await documents.file(session, caller, keyring, SERVICE_EVENT, kept, where, facts)
    if made and kept.kind == "ended":
        await relationships.end(session, caller.actor, relationship, kept.ends_on)
    return row, made


async def replace(
    session: Session, caller: Caller, keyring: Keyring, row: DocumentRow, entry: ServiceEventEntry, if_match: str | None,
    received: Content | None = None,
) -> DocumentRow:  # fmt: skip
    """The event as it should read; an event of another kind is another event."""
    before = documents.entry_of(session, keyring, row)
    if entry.kind != before["kind"]:
        raise invalid(INVALID_VALUE.at("/kind", reason=reasons.UNCHANGEABLE))
    relationship = await _relationship(session, caller, row)
    kept = _kept(session, relationship, entry, before)
    facts = _facts(session, kept, received)
    version = row.version
    if documents.content_of(kept) != before:
        documents.require_owner(caller, row)
        await _check(session, caller, relationship, kept, row.id)
    row = await documents.replace(session, caller, keyring, row, kept, facts, if_match)
    if row.version > version and kept.kind == "ended":
        await relationships.end(session, caller.actor, relationship, kept.ends_on)
    return row


async def void(session: Session, caller: Caller, row: DocumentRow, reason: str) -> DocumentRow:
    """It did not happen; after a void ending the relationship ends when the organiser had said."""
    in_force = row.status != document_rules.VOIDED
    row = await documents.void(session, caller, row, reason)
    if in_force and row.content["kind"] == "ended":
        await relationships.end(session, caller.actor, await _relationship(session, caller, row), None)
    return row


async def _relationship(session: Session, caller: Caller, row: DocumentRow) -> ServiceRelationshipRow:
    assert row.service_relationship_id is not None
    return await relationships.find(session, caller, row.service_relationship_id, lock=True)


def _kept(
    session: Session, relationship: ServiceRelationshipRow, entry: ServiceEventEntry, before: Content
) -> ServiceEventEntry:
    """The entry with what it leaves out: the day of writing, and the service where the document repeats it. What was there
    before is kept rather than worked out again."""
    said = entry.model_dump(exclude_none=True)
    defaults: Content = {}
    if entry.kind in rules.STRUCTURES:
        defaults["written_on"] = before.get("written_on") or session.clock.today().isoformat()
    if entry.kind in rules.TOLD_OF_SERVICE:
        for name in ("service_task", "service"):
            defaults[name] = before.get(name) or as_national(getattr(relationship, name))
    known = {name: value for name, value in defaults.items() if value is not None}
    return ServiceEventEntry.model_validate(known | said)


def _facts(session: Session, kept: ServiceEventEntry, received: Content | None) -> Facts:
    notice = kept.notice
    told = (notice.starts_on, notice.interrupted_on) if notice else ()
    day = kept.ends_on if kept.kind == "ended" else kept.starts_on
    dated_on = day or finnish_day(*told, kept.written_on) or session.clock.today()
    return Facts(dated_on, rules.STRUCTURES.get(kept.kind), received=received)


async def _check(
    session: Session, caller: Caller, relationship: ServiceRelationshipRow, kept: ServiceEventEntry, itself: UUID | None
) -> None:
    given = set(kept.model_dump(exclude_none=True)) - set(Belonging.model_fields) - {"kind"}
    findings = rules.check_members(kept.kind, given)
    if kept.kind in rules.TOLD_OF_SERVICE:
        findings += [MISSING.at(f"/{name}") for name in ("service", "service_task") if name not in given]
    refuse(findings)
    day = kept.ends_on or session.clock.today()
    findings = check_word(await codes.book_now(session), "onward_path", kept.onward_path, day, "/onward_path")
    span = rules.Span(relationship.starts_on, relationship.ends_on)
    if kept.kind == "ended":
        span = rules.Span(relationship.starts_on, relationship.planned_ends_on)
    others = await _others(session, caller, relationship.id, itself)
    refuse(findings + rules.check_days(rules.Event(kept.kind, kept.starts_on, kept.ends_on), span, others))


async def _others(session: Session, caller: Caller, relationship_id: UUID, itself: UUID | None) -> list[rules.Event]:
    """The events of the relationship that are in force, but for the one that is being changed."""
    statement = documents.listing(
        session, caller, SERVICE_EVENT, service_relationship_id=relationship_id, status=document_rules.FINAL
    )
    rows = (await session.orm.scalars(statement)).all()
    return [
        rules.Event(row.content["kind"], _day(row, "starts_on"), _day(row, "ends_on"))
        for row in rows
        if row.id != itself
    ]


_PAUSES = """
select service_relationship_id, content
from documents
where organiser_id = $1 and resource_type = 'service-event' and status = 'final' and service_relationship_id = any($2::uuid[])
  and content ->> 'kind' in ('paused', 'resumed')
"""


async def pauses(session: Session, relationships: Collection[UUID]) -> dict[UUID, list[tuple[date, date]]]:
    """First and last day of every pause of these relationships. A workplace may not read events; which days are planned
    for it follows from them all the same, and nothing else of them is told."""
    if not relationships:
        return {}
    async with session.not_narrowed():
        return pauses_told(await session.fetch(_PAUSES, session.organiser_id, list(relationships)))


def pauses_told(rows: Iterable[asyncpg.Record]) -> dict[UUID, list[tuple[date, date]]]:
    """The pauses among the events that were read, by relationship."""
    events: dict[UUID, list[rules.Event]] = {}
    for row in rows:
        said = row["content"]
        if said["kind"] in {"paused", "resumed"}:
            first, last = (
                date.fromisoformat(said[name]) if said.get(name) else None for name in ("starts_on", "ends_on")
            )
            events.setdefault(row["service_relationship_id"], []).append(rules.Event(said["kind"], first, last))
    return {relationship: rules.pauses(told) for relationship, told in events.items()}


def _day(row: DocumentRow, name: str) -> date | None:
    told = row.content.get(name)
    return date.fromisoformat(told) if told else None
