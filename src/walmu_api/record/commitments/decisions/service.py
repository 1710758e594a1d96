"""What can be done with decisions: the record system decides, amends and revokes; the organiser notes review
and appeal."""

from datetime import date
from typing import Any
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import Select, inspect, select

from walmu_api.access.context import RequestContext
from walmu_api.access.record_change import record_change
from walmu_api.access.visibility import VisibleRows, visible
from walmu_api.foundation import records
from walmu_api.foundation.database import Session
from walmu_api.foundation.field_encryption import Seal
from walmu_api.foundation.problems import UNKNOWN_REFERENCE, Finding, invalid
from walmu_api.foundation.statements import Statement
from walmu_api.record.commitments.decisions import rules
from walmu_api.record.commitments.decisions.definition import DECISION
from walmu_api.record.commitments.decisions.parties import Received, parties_of
from walmu_api.record.commitments.decisions.schemas import Decision, DecisionEntry, DecisionReview
from walmu_api.record.commitments.decisions.tables import DecisionRow
from walmu_api.record.parties.codes import service as codes
from walmu_api.record.parties.codes.rules import Book
from walmu_api.record.parties.service_relationships.rules import check_codes

_ROWS = VisibleRows(DecisionRow, visible("decisions"))
_REVIEW = ("review", "review_on", "review_note")
_REFERENCES = ("client_decision_id", "supersedes_id")


def visible_to(ctx: RequestContext) -> Select[DecisionRow]:
    """A provider sees a decision only when the system that owns it has decided it."""
    statement = _ROWS.visible_to(ctx)
    return (
        statement if ctx.tenant_scope is None else statement.where(DecisionRow.status.not_in(rules.UNDECIDED))
    )


async def find(ctx: RequestContext, decision_id: UUID, *, lock: bool = False) -> DecisionRow:
    statement = visible_to(ctx)
    return await records.find(ctx.session, statement.where(DecisionRow.id == decision_id), lock=lock)


async def require(ctx: RequestContext, decision_id: UUID, pointer: str) -> DecisionRow:
    statement = visible_to(ctx)
    row = await ctx.session.orm.scalar(statement.where(DecisionRow.id == decision_id))
    if row is None:
        raise invalid(UNKNOWN_REFERENCE.at(pointer))
    return row


def wire(session: Session, row: DecisionRow) -> bytes:
    session.log_access(row.client_id)
    return records.body(Decision, row)


def force(row: DecisionRow) -> rules.Force:
    return rules.Force(
        row.status, row.outcome, row.valid_from, row.valid_to, row.revoked_on, row.revocation_known_on
    )


def check_codes_of(book: Book, entry: DecisionEntry) -> list[Finding]:
    """A legal basis must hold on the day of the decision; while it has none, on the first day it is to be in
    force."""
    return check_codes(
        book,
        service_task=entry.service_task,
        service=entry.service,
        legal_bases=entry.legal_bases,
        referral_source=None,
        day=entry.decided_on or entry.valid_from,
    )


async def findings(session: Session, row: DecisionRow) -> list[Finding]:
    """What is doubtful in a decision, also in one that the record system made and that is filed as it is."""
    session.log_access(row.client_id)
    data = Decision.model_validate(records.members_of(Decision, row))
    return [finding.warning() for finding in check_codes_of(await codes.book_now(session), data)]


def seal(ctx: RequestContext, row_id: UUID) -> Seal:
    return Seal(ctx.cipher, "decisions|received", ctx.organiser_id, row_id)


def document(ctx: RequestContext, row: DecisionRow) -> dict[str, Any] | None:
    """The national document as it came, when the decision was last said in one."""
    data: dict[str, Any] | None = seal(ctx, row.id).opened(row.received)
    return data


_HANGS = Statement("""
select exists (select from agreements
    where organiser_id = :organiser and decision_id = :decision_id and status <> 'voided')
""")


async def receive(ctx: RequestContext, received: Received) -> tuple[DecisionRow | None, str]:
    """File what the record system decided, amended or revoked. Answers the row and created | updated |
    unchanged | stale | conflict: a decision on which agreements hang goes to nobody else by itself. A national document
    needs the keyring."""
    row = await _find_received(ctx.session, received)
    if row is not None and row.ehr_version is not None and int(row.ehr_version) > received.version:
        return row, "stale"
    if row is not None and not received.moves and await _would_leave(ctx, row, received):
        return row, "conflict"
    values = _received_values(row, received.values) | {
        "structure": rules.structure(received.values["service_task"]["code"]),
        "ehr_target": received.target,
        "ehr_id": received.ehr_id,
        "ehr_version": str(received.version),
        "draft_state": None,
        "draft_reason": None,
    }
    values["revocation_known_on"] = _known_on(row, values, ctx.today)
    values |= await parties_of(ctx, received, row)
    if row is None:
        stamp = await records.stamp(ctx.session, ctx.actor, None)
        row = DecisionRow(**values | stamp, received=_stored(ctx, stamp["id"], None, received.document))
        await records.insert(ctx.session, row)
        await tell(ctx, row, "created", None)
        await _supersede(ctx, row, None)
        return row, "created"
    before, status_before = records.replaced(Decision, row), row.status
    values["received"] = _stored(ctx, row.id, row.received, received.document)
    if not await records.replace(ctx.session, ctx.actor, row, values):
        return row, "unchanged"
    voided = status_before not in rules.UNDECIDED and row.status in rules.UNDECIDED
    await tell(ctx, row, "voided" if voided else "updated", before)
    await _supersede(ctx, row, status_before)
    return row, "updated"


async def _would_leave(ctx: RequestContext, row: DecisionRow, received: Received) -> bool:
    """Whether it would leave agreements, and their days, behind with another client or provider."""
    if (row.client_id, row.provider_id) == (received.client_id, received.provider_id):
        return False
    return bool(await ctx.session.fetchval(_HANGS, organiser=ctx.organiser_id, decision_id=row.id))


def _stored(
    ctx: RequestContext, row_id: UUID, known: dict[str, Any] | None, data: dict[str, Any] | None
) -> Any:
    """The document sealed for its row; one that is told again stays as it lies there. Said anew in values,
    there is none."""
    if data is None or ctx.cipher is None:
        return None
    own = seal(ctx, row_id)
    return known if own.opened(known) == data else own.sealed(data)


def _received_values(row: DecisionRow | None, data: dict[str, Any]) -> dict[str, Any]:
    """Column values of what the record system says. What it does not say of the content is not decided, so it
    goes; what a draft of ours referred to stays, and so does what the organiser noted of review and
    appeal."""
    beyond = {name: value for name, value in data.items() if name not in inspect(DecisionRow).columns}
    stored = (
        {name: row.content[name] for name in (*_REVIEW, *_REFERENCES) if name in row.content} if row else {}
    )
    content = {name: to_jsonable_python(value) for name, value in beyond.items() if value is not None}
    values = {name: value for name, value in data.items() if name not in beyond} | {
        "content": stored | content
    }
    if row is not None and row.status == "superseded" and data["status"] == "decided":
        values["status"] = "superseded"
    return values


async def _supersede(ctx: RequestContext, row: DecisionRow, status_before: str | None) -> None:
    """The decision in whose place this one comes is superseded when this one is decided."""
    older_id = row.content.get("supersedes_id")
    if older_id is None:
        return
    statement = select(DecisionRow).where(
        DecisionRow.organiser_id == ctx.organiser_id, DecisionRow.id == UUID(older_id)
    )
    older = await ctx.session.orm.scalar(statement.with_for_update())
    if older is None or (older.client_id, older.kind) != (row.client_id, row.kind) or older.id == row.id:
        return
    before = records.replaced(Decision, older)
    status = rules.after_supersession(older.status, newer=row.status, newer_before=status_before)
    if await records.replace(ctx.session, ctx.actor, older, {"status": status}):
        await tell(ctx, older, "updated", before)


def _known_on(row: DecisionRow | None, values: dict[str, Any], today: date) -> date | None:
    """Since when a revocation could be known. One that was taken back, or held from a later day, was not this
    one."""
    if values["status"] != "revoked":
        return None
    if row is None or row.revoked_on is None or row.revoked_on > values["revoked_on"]:
        return today
    return row.revocation_known_on or today


async def review(ctx: RequestContext, row: DecisionRow, data: DecisionReview) -> DecisionRow:
    """Note where review and appeal stand. In the same words again nothing changes."""
    rules.check_review(row.status)
    content = data.model_dump(mode="json", exclude_none=True)
    values = {"content": {name: row.content[name] for name in row.content if name not in _REVIEW} | content}
    before = records.replaced(Decision, row)
    if await records.replace(ctx.session, ctx.actor, row, values):
        await tell(ctx, row, "updated", before)
    return row


async def find_by_ehr_id(session: Session, target: str, ehr_id: str) -> DecisionRow | None:
    """The decision that the record system keeps under this id, for a change."""
    table = DecisionRow
    same = select(table).where(
        table.organiser_id == session.organiser_id, table.ehr_target == target, table.ehr_id == ehr_id
    )
    return await session.orm.scalar(same.with_for_update())


async def _find_received(session: Session, received: Received) -> DecisionRow | None:
    table = DecisionRow
    row = await find_by_ehr_id(session, received.target, received.ehr_id)
    if row is None and received.answers is not None:
        drafted = select(table).where(
            table.organiser_id == session.organiser_id, table.id == received.answers
        )
        row = await session.orm.scalar(drafted.with_for_update())
        if row is not None and (row.status != "draft" or row.client_id != received.client_id):
            row = None
    return row


async def draft_fares(ctx: RequestContext, decision_id: UUID, state: str, reason: str | None) -> bool:
    """Note how a draft fares at the record system: submitted or refused."""
    statement = select(DecisionRow).where(
        DecisionRow.organiser_id == ctx.organiser_id, DecisionRow.id == decision_id
    )
    row = await ctx.session.orm.scalar(statement.with_for_update())
    if row is None or row.status != "draft":
        return False
    before = records.replaced(Decision, row)
    if await records.replace(ctx.session, ctx.actor, row, {"draft_state": state, "draft_reason": reason}):
        await tell(ctx, row, "updated", before)
    return True


async def wire_records(ctx: RequestContext, ids: list[UUID]) -> dict[UUID, bytes]:
    statement = visible_to(ctx).where(DecisionRow.id.in_(ids))
    return {row.id: wire(ctx.session, row) for row in (await ctx.session.orm.scalars(statement)).all()}


async def tell(ctx: RequestContext, row: DecisionRow, change: str, before: str | None) -> None:
    """A draft is not the provider's business: its rows name no provider. That a decision is void is."""
    hidden = row.status in rules.UNDECIDED and change != "voided"
    parties = {"provider_id": None} if hidden else {}
    await record_change(ctx, DECISION.resource_type, row, change, before, **parties)
