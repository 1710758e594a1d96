"""Drafts of the organiser: the exchange takes them to the record system's caseworker, who alone makes a
decision."""

from typing import Any
from uuid import UUID

from pydantic_core import from_json, to_json

from walmu_api.access.context import RequestContext
from walmu_api.foundation import preconditions, records
from walmu_api.foundation.database import Session
from walmu_api.foundation.problems import CONFLICT, DUPLICATE_SOURCE, UNKNOWN_REFERENCE, invalid, refuse
from walmu_api.foundation.statements import Statement
from walmu_api.record.commitments.decisions import rules, service
from walmu_api.record.commitments.decisions.schemas import Decision, DecisionEntry
from walmu_api.record.commitments.decisions.tables import DecisionRow
from walmu_api.record.parties.clients.tables import ClientRow
from walmu_api.record.parties.codes import service as codes
from walmu_api.record.parties.organisations import service as organisations
from walmu_api.record.parties.service_relationships.tables import ServiceRelationshipRow


async def _check(session: Session, entry: DecisionEntry, row_id: UUID | None = None) -> None:
    wrong = rules.check_draft(
        valid_from=entry.valid_from,
        valid_to=entry.valid_to,
        service_kind=entry.service_kind,
        has_allowance=entry.work_allowance_per_day is not None,
        kind=entry.kind,
        refers_to_client_decision=entry.client_decision_id is not None,
        number_system=entry.decision_number.system if entry.decision_number else None,
    )
    refuse(wrong + service.check_codes_of(await codes.book_now(session), entry))
    if await session.orm.get(ClientRow, (session.organiser_id, entry.client_id)) is None:
        raise invalid(UNKNOWN_REFERENCE.at("/client_id"))
    await organisations.require(session, entry.provider_id, "provider", "/provider_id", entry.valid_from)
    if entry.service_relationship_id is not None:
        found = await session.orm.get(
            ServiceRelationshipRow, (session.organiser_id, entry.service_relationship_id)
        )
        if found is None or (found.client_id, found.provider_id) != (entry.client_id, entry.provider_id):
            raise invalid(UNKNOWN_REFERENCE.at("/service_relationship_id"))
    await _check_named(session, entry, row_id)


async def _check_named(session: Session, entry: DecisionEntry, row_id: UUID | None) -> None:
    """The decisions that it refers to are other ones of the same client; a purchase carries out a client's
    decision."""
    for name, named, kind in (
        ("client_decision_id", entry.client_decision_id, "client"),
        ("supersedes_id", entry.supersedes_id, entry.kind),
    ):
        if named is None:
            continue
        found = await session.orm.get(DecisionRow, (session.organiser_id, named))
        if found is None or named == row_id or (found.client_id, found.kind) != (entry.client_id, kind):
            raise invalid(UNKNOWN_REFERENCE.at(f"/{name}"))


def _draft_values(entry: DecisionEntry) -> dict[str, Any]:
    return records.parted(DecisionRow, entry) | {"structure": rules.structure(entry.service_task.code)}


async def draft(
    ctx: RequestContext, entry: DecisionEntry, received: dict[str, Any] | None = None
) -> tuple[DecisionRow, bool]:
    """A draft of the organiser; the exchange with the record system takes it to the caseworker. `received` is
    the national document, when it came as one."""
    values = _draft_values(entry)
    known = await records.by_source(ctx.session, DecisionRow, ctx.actor, entry.source_id)
    if known is not None:
        same = (
            records.holds(known, values)
            if known.status == "draft"
            else await _drafted_as(ctx.session, known, entry)
        )
        if not same:
            raise DUPLICATE_SOURCE().with_members(url=f"/v1/decisions/{known.id}")
        return known, False
    await _check(ctx.session, entry)
    stamp = await records.stamp(ctx.session, ctx.actor, entry.source_id)
    sealed = service.seal(ctx, stamp["id"]).sealed(received)
    row = DecisionRow(**values | stamp, status="draft", received=sealed)
    await records.insert(ctx.session, row)
    await service.tell(ctx, row, "created", None)
    return row, True


_LAST_DRAFT = Statement("""
select replaced::text from journal
where organiser_id = :organiser and resource_type = 'decision' and resource_id = :decision_id
  and replaced->>'status' = 'draft'
order by version desc limit 1
""")


async def _drafted_as(session: Session, row: DecisionRow, entry: DecisionEntry) -> bool:
    """Whether these were the words of the draft when it was decided. Who repeats them did not hear the
    answer: the draft is recorded, and what came of it is told."""
    draft = await session.fetchval(_LAST_DRAFT, organiser=session.organiser_id, decision_id=row.id)
    if draft is None:
        return False
    words = {name: value for name, value in from_json(draft).items() if name in DecisionEntry.model_fields}
    return DecisionEntry.model_validate_json(to_json(words)) == entry


async def replace_draft(
    ctx: RequestContext,
    row: DecisionRow,
    entry: DecisionEntry,
    if_match: str | None,
    received: dict[str, Any] | None = None,
) -> DecisionRow:
    """Another content for a draft; what is decided is changed in the record system only."""
    values = _draft_values(entry)
    if records.holds(row, values) and (received is None or received == service.document(ctx, row)):
        return row
    preconditions.require_version(if_match, row.version)
    if row.status != "draft":
        raise CONFLICT(state=row.status)
    await _check(ctx.session, entry, row.id)
    before = records.replaced(Decision, row)
    values |= {
        "draft_state": None,
        "draft_reason": None,
        "received": service.seal(ctx, row.id).sealed(received),
    }
    await records.replace(ctx.session, ctx.actor, row, values)
    await service.tell(ctx, row, "updated", before)
    return row
