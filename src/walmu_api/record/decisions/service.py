"""What can be done with decisions: the organiser drafts, the record system decides, amends and revokes."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from pydantic_core import from_json, to_json
from sqlalchemy import ColumnElement, Select, bindparam, select, text

from walmu_api.access.guard import Caller
from walmu_api.access.visibility import visible
from walmu_api.foundation import journal, preconditions, records
from walmu_api.foundation.database import Session
from walmu_api.foundation.journal import Actor
from walmu_api.foundation.problems import (
    CONFLICT,
    DUPLICATE_SOURCE,
    UNKNOWN_REFERENCE,
    Finding,
    invalid,
    refuse,
)
from walmu_api.record.clients.tables import ClientRow
from walmu_api.record.codes import service as codes
from walmu_api.record.codes.rules import Book
from walmu_api.record.decisions import rules
from walmu_api.record.decisions.schemas import Decision, DecisionEntry
from walmu_api.record.decisions.tables import DecisionRow
from walmu_api.record.organisations import service as organisations
from walmu_api.record.service_relationships import service as relationships
from walmu_api.record.service_relationships.rules import check_codes
from walmu_api.record.service_relationships.tables import ServiceRelationshipRow

_VISIBLE = text(visible("decisions", organisation=":organisation", today=":today")).bindparams(
    bindparam("organisation"), bindparam("today")
)
UNDECIDED = ("draft", "entered_in_error")


def visible_to(session: Session, organisation: UUID | None, today: date) -> Select[DecisionRow]:
    """A provider sees a decision only when the system that owns it has decided it."""
    conditions: list[ColumnElement[bool]] = [DecisionRow.organiser_id == session.organiser_id]
    if organisation is not None:
        conditions.append(DecisionRow.status.not_in(UNDECIDED))
    return select(DecisionRow).where(*conditions, _VISIBLE.bindparams(organisation=organisation, today=today))


async def find(session: Session, caller: Caller, decision_id: UUID, *, lock: bool = False) -> DecisionRow:
    statement = visible_to(session, caller.narrowed_to, session.clock.today())
    return await records.find(session, statement.where(DecisionRow.id == decision_id), lock=lock)


async def require(session: Session, caller: Caller, decision_id: UUID, pointer: str) -> DecisionRow:
    statement = visible_to(session, caller.narrowed_to, session.clock.today())
    row = await session.orm.scalar(statement.where(DecisionRow.id == decision_id))
    if row is None:
        raise invalid(UNKNOWN_REFERENCE.at(pointer))
    return row


def wire(session: Session, row: DecisionRow) -> bytes:
    session.saw(row.client_id)
    return records.body(Decision, row)


def force(row: DecisionRow) -> rules.Force:
    return rules.Force(row.status, row.outcome, row.valid_from, row.valid_to, row.revoked_on, row.revocation_known_on)


def _check_codes(book: Book, entry: DecisionEntry) -> list[Finding]:
    """A legal basis must hold on the day of the decision; while it has none, on the first day it is to be in force."""
    return check_codes(
        book, service_task=entry.service_task, service=entry.service, legal_bases=entry.legal_bases,
        referral_source=None, day=entry.decided_on or entry.valid_from,
    )  # fmt: skip


async def findings(session: Session, row: DecisionRow) -> list[Finding]:
    """What is doubtful in a decision, also in one that the record system made and that is filed as it is."""
    session.saw(row.client_id)
    found = _check_codes(await codes.book_now(session), Decision.model_validate(row))
    return [finding.warning() for finding in found]


async def _check(session: Session, entry: DecisionEntry) -> None:
    wrong = rules.check_draft(
        valid_from=entry.valid_from, valid_to=entry.valid_to, service_kind=entry.service_kind,
        has_allowance=entry.work_allowance_per_day is not None,
    )  # fmt: skip
    refuse(wrong + _check_codes(await codes.book_now(session), entry))
    if await session.orm.get(ClientRow, (session.organiser_id, entry.client_id)) is None:
        raise invalid(UNKNOWN_REFERENCE.at("/client_id"))
    await organisations.require(session, entry.provider_id, "provider", "/provider_id")
    if entry.service_relationship_id is not None:
        found = await session.orm.get(ServiceRelationshipRow, (session.organiser_id, entry.service_relationship_id))
        if found is None or (found.client_id, found.provider_id) != (entry.client_id, entry.provider_id):
            raise invalid(UNKNOWN_REFERENCE.at("/service_relationship_id"))


def _draft_values(entry: DecisionEntry) -> dict[str, Any]:
    return records.columns(entry) | {"structure": rules.structure(entry.service_task.code)}


async def draft(session: Session, actor: Actor, entry: DecisionEntry) -> tuple[DecisionRow, bool]:
    """A draft of the organiser; the exchange with the record system takes it to the caseworker."""
    values = _draft_values(entry)
    known = await records.by_source(session, DecisionRow, actor, entry.source_id)
    if known is not None:
        same = records.holds(known, values) if known.status == "draft" else await _drafted_as(session, known, entry)
        if not same:
            raise DUPLICATE_SOURCE().with_members(url=f"/v1/decisions/{known.id}")
        return known, False
    await _check(session, entry)
    row = DecisionRow(**values | await records.stamp(session, actor, entry.source_id), status="draft")
    await records.insert(session, row)
    await _journal(session, actor, row, "created", None)
    return row, True


_LAST_DRAFT = """
select replaced::text from journal
where organiser_id = $1 and resource_type = 'decision' and resource_id = $2 and replaced->>'status' = 'draft'
order by version desc limit 1
"""


async def _drafted_as(session: Session, row: DecisionRow, entry: DecisionEntry) -> bool:
    """Whether these were the words of the draft when it was decided. Who repeats them did not hear the answer: the draft
    is recorded, and what came of it is told."""
    draft = await session.fetchval(_LAST_DRAFT, session.organiser_id, row.id)
    if draft is None:
        return False
    words = {name: value for name, value in from_json(draft).items() if name in DecisionEntry.model_fields}
    return DecisionEntry.model_validate_json(to_json(words)) == entry


async def replace_draft(
    session: Session, actor: Actor, row: DecisionRow, entry: DecisionEntry, if_match: str | None
) -> DecisionRow:
    """Another content for a draft; what is decided is changed in the record system only."""
    values = _draft_values(entry)
    if records.holds(row, values):
        return row
    preconditions.require_version(if_match, row.version)
    if row.status != "draft":
        raise CONFLICT(state=row.status)
    await _check(session, entry)
    before = records.body(Decision, row).decode()
    await records.replace(session, actor, row, values | {"draft_state": None, "draft_reason": None})
    await _journal(session, actor, row, "updated", before)
    return row


@dataclass(frozen=True)
class Received:
    """A decision as the record system tells it, mapped to our words. `answers` names the draft that it decides."""

    target: str
    ehr_id: str
    version: int
    answers: UUID | None
    client_id: UUID
    provider_id: UUID
    values: dict[str, Any]  # column values: content, status, revoked_on …


async def receive(session: Session, actor: Actor, received: Received) -> tuple[DecisionRow | None, str]:
    """File what the record system decided, amended or revoked. Answers the row and created | updated | unchanged | stale."""
    row = await _find_received(session, received)
    if row is not None and row.ehr_version is not None and int(row.ehr_version) > received.version:
        return row, "stale"
    values = received.values | {
        "client_id": received.client_id,
        "provider_id": received.provider_id,
        "structure": rules.structure(received.values["service_task"]["code"]),
        "ehr_target": received.target,
        "ehr_id": received.ehr_id,
        "ehr_version": str(received.version),
        "draft_state": None,
        "draft_reason": None,
    }
    values["revocation_known_on"] = _known_on(row, values, session.clock.today())
    values["service_relationship_id"] = await _relationship(session, actor, received, row)
    if row is None:
        row = DecisionRow(**values | await records.stamp(session, actor, None))
        await records.insert(session, row)
        await _journal(session, actor, row, "created", None)
        return row, "created"
    before, decided_before = records.body(Decision, row).decode(), row.status not in UNDECIDED
    if not await records.replace(session, actor, row, values):
        return row, "unchanged"
    voided = decided_before and row.status in UNDECIDED
    await _journal(session, actor, row, "voided" if voided else "updated", before)
    return row, "updated"


def _known_on(row: DecisionRow | None, values: dict[str, Any], today: date) -> date | None:
    """Since when a revocation could be known. One that was taken back, or held from a later day, was not this one."""
    if values["status"] != "revoked":
        return None
    if row is None or row.revoked_on is None or row.revoked_on > values["revoked_on"]:
        return today
    return row.revocation_known_on or today


async def _find_received(session: Session, received: Received) -> DecisionRow | None:
    table = DecisionRow
    same = select(table).where(
        table.organiser_id == session.organiser_id,
        table.ehr_target == received.target,
        table.ehr_id == received.ehr_id,
    )
    row = await session.orm.scalar(same.with_for_update())
    if row is None and received.answers is not None:
        drafted = select(table).where(table.organiser_id == session.organiser_id, table.id == received.answers)
        row = await session.orm.scalar(drafted.with_for_update())
        if row is not None and (row.status != "draft" or row.client_id != received.client_id):
            row = None
    return row


async def _relationship(session: Session, actor: Actor, received: Received, row: DecisionRow | None) -> UUID | None:
    parties = (received.client_id, received.provider_id)
    if row is not None and row.service_relationship_id is not None and (row.client_id, row.provider_id) == parties:
        return row.service_relationship_id
    if received.values["outcome"] == "denied":
        return None
    values = received.values
    found = await relationships.for_decision(
        session, actor, client_id=received.client_id, provider_id=received.provider_id,
        values={
            "service_task": values["service_task"], "service": values["service"], "service_kind": values["service_kind"],
            "legal_bases": values["legal_bases"], "starts_on": values["valid_from"], "ends_on": None,
            "decision_maker": values["decision_maker"],
            "referral": {"source": "not_recorded", "received_on": values["decided_on"]},
        },
    )  # fmt: skip
    return found.id


async def draft_fares(session: Session, actor: Actor, decision_id: UUID, state: str, reason: str | None) -> bool:
    """Note how a draft fares at the record system: submitted or refused."""
    statement = select(DecisionRow).where(
        DecisionRow.organiser_id == session.organiser_id, DecisionRow.id == decision_id
    )
    row = await session.orm.scalar(statement.with_for_update())
    if row is None or row.status != "draft":
        return False
    before = records.body(Decision, row).decode()
    if await records.replace(session, actor, row, {"draft_state": state, "draft_reason": reason}):
        await _journal(session, actor, row, "updated", before)
    return True


async def wire_records(session: Session, caller: Caller, ids: list[UUID]) -> dict[UUID, bytes]:
    statement = visible_to(session, caller.narrowed_to, session.clock.today()).where(DecisionRow.id.in_(ids))
    return {row.id: wire(session, row) for row in (await session.orm.scalars(statement)).all()}


async def _journal(session: Session, actor: Actor, row: DecisionRow, change: str, before: str | None) -> None:
    """A draft is not the provider's business: its rows name no provider. That a decision is void is."""
    provider = None if row.status in UNDECIDED and change != "voided" else row.provider_id
    await journal.append(
        session, actor,
        journal.Change(
            "decision", row.id, row.version, change, client_id=row.client_id, provider_id=provider,
            source_id=row.source_id, replaced=before,
        ),
    )  # fmt: skip
