"""The store of the records that mirror national documents: file, replace, confirm, void, find, list.

A resource brings its definition (names and messages), its rules and its routes; what is kept, who sees it,
versions, journal and sealing are the same for all and stand here (ADR 17)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import Date, Select, cast, func

from walmu_api.access import audiences
from walmu_api.access.caller import Caller
from walmu_api.access.context import RequestContext
from walmu_api.access.record_change import record_change
from walmu_api.access.resource import ResourceDefinition
from walmu_api.access.visibility import VisibleRows, visible_document
from walmu_api.foundation import preconditions, records
from walmu_api.foundation.content_types import Content
from walmu_api.foundation.field_encryption import Seal
from walmu_api.foundation.problems import DUPLICATE_SOURCE, check_order, refuse
from walmu_api.foundation.schema_types import Message, instant_text
from walmu_api.record.case_file.documents import rules
from walmu_api.record.case_file.documents.schemas import InCase, Keyed
from walmu_api.record.case_file.documents.tables import DocumentRow, Place
from walmu_api.record.case_file.documents.withholding import without_whereabouts

_ROWS = VisibleRows(DocumentRow, visible_document("documents"))
_NOT_CONTENT = frozenset(InCase.model_fields)


@dataclass(frozen=True)
class ReceivedDocument:
    """A national document that becomes a record: its structure, its content, and where it belongs."""

    structure: str
    content: dict[str, Any] | None
    """None: it is not kept, but made of the record when it is asked for."""
    place: Place


@dataclass(frozen=True)
class Facts:
    """What the resource's own rules made of an entry. `shared`: other providers of the same service task may
    read it."""

    dated_on: date
    structure: str | None
    shared: bool = False
    service_task: str | None = None
    """The code of the service task, where no relationship tells it."""
    status: str = rules.FINAL
    received: ReceivedDocument | None = None
    """The national document as it came, when it came as one."""
    added: dict[str, Any] | None = None
    """What the server says in the content beside the entry."""


def visible_to(ctx: RequestContext, definition: ResourceDefinition | None) -> Select[DocumentRow]:
    statement = _ROWS.visible_to(ctx)
    if definition is None:
        return statement
    return statement.where(DocumentRow.resource_type == definition.resource_type)


async def find(
    ctx: RequestContext, definition: ResourceDefinition, record_id: UUID, *, lock: bool = False
) -> DocumentRow:
    statement = visible_to(ctx, definition)
    return await records.find(ctx.session, statement.where(DocumentRow.id == record_id), lock=lock)


def content_seal(ctx: RequestContext, record_id: UUID) -> Seal:
    """Encrypts the identity codes in the content of a record, one by one, and decrypts them."""
    return Seal(ctx.cipher, "documents|content", ctx.organiser_id, record_id)


async def as_read(ctx: RequestContext, client_id: UUID, document: Content | None) -> Content | None:
    """A national document of the caller's own record as the caller reads it."""
    if ctx.tenant_scope is None or document is None:
        return document
    content: Content = without_whereabouts(document, await audiences.is_protected(ctx, client_id))
    return content


def received_of(ctx: RequestContext, row: DocumentRow) -> Content | None:
    """The national document that a record was last said in, if it was."""
    document: Content | None = content_seal(ctx, row.id).opened(row.received)
    return document


def content_of(entry: Message) -> dict[str, Any]:
    """What of an entry is content: all but whose it is and the sender's key."""
    content: dict[str, Any] = entry.model_dump(mode="json", exclude_none=True, exclude=set(_NOT_CONTENT))
    return content


async def file(
    ctx: RequestContext,
    definition: ResourceDefinition,
    entry: Keyed,
    place: Place,
    facts: Facts,
    known: DocumentRow | None,
) -> tuple[DocumentRow, bool]:
    """A new record; or `known`, which the sender recorded under the same source_id (`known_by_source`), if it
    is the same."""
    content = content_of(entry)
    received = facts.received.content if facts.received is not None else None
    if known is not None:
        came_as = received_of(ctx, known)
        read = [await as_read(ctx, known.client_id, each) for each in (received, came_as)]
        otherwise = None not in read and read[0] != read[1]
        if otherwise or not await _holds(ctx, known, entry, place):
            raise DUPLICATE_SOURCE().with_members(url=f"{definition.path}/{known.id}")
        return known, False
    stamp = await records.stamp(ctx.session, ctx.actor, entry.source_id)
    where = vars(place) | ({"service_task": facts.service_task} if facts.service_task else {})
    row = DocumentRow(
        **stamp,
        **where,
        owner_id=ctx.caller.organisation_id,
        resource_type=definition.resource_type,
        structure=facts.structure,
        shared=facts.shared,
        dated_on=facts.dated_on,
        status=facts.status,
        status_reason=None,
        content=content_seal(ctx, stamp["id"]).sealed(content | (facts.added or {})),
        received=content_seal(ctx, stamp["id"]).sealed(received),
    )
    await records.insert(ctx.session, row)
    await record_change(ctx, row.resource_type, row, "created", None)
    return row, True


async def replace(
    ctx: RequestContext, row: DocumentRow, entry: Message, facts: Facts, if_match: str | None
) -> DocumentRow:
    """New content under If-Match. Whose it is stays; the same content again is no change and needs none."""
    content = content_of(entry)
    received = facts.received.content if facts.received is not None else None
    same = content_seal(ctx, row.id).opened(row.content) == content
    if same and received in (None, received_of(ctx, row)):
        return row
    require_owner(ctx.caller, row)
    preconditions.require_version(if_match, row.version)
    values = {
        "content": content_seal(ctx, row.id).sealed(content),
        "received": content_seal(ctx, row.id).sealed(received),
        "dated_on": facts.dated_on,
        "structure": facts.structure,
    }
    return await change(ctx, row, values, "updated")


async def void(ctx: RequestContext, row: DocumentRow, reason: str) -> DocumentRow:
    """It was recorded in error; the organiser, as controller, may say so of any, and the provider of what a
    workplace wrote and nobody confirmed. In the same words again nothing changes."""
    require_own_words(ctx, row)
    if row.status == rules.VOIDED and row.status_reason == reason:
        return row
    unconfirmed_here = row.status == rules.UNCONFIRMED and ctx.caller.organisation_id == row.provider_id
    if ctx.tenant_scope is not None and not unconfirmed_here:
        require_owner(ctx.caller, row)
    return await change(ctx, row, {"status": rules.VOIDED, "status_reason": reason}, "voided")


def require_own_words(ctx: RequestContext, row: DocumentRow) -> None:
    """What became the provider's a workplace reads in its own words only, so nothing that it sends is compared with it."""
    if ctx.caller.system.role == "workplace":
        require_owner(ctx.caller, row)


def require_owner(caller: Caller, row: DocumentRow) -> None:
    """A record is changed by the organisation that made it."""
    if row.owner_id != caller.organisation_id:
        raise rules.NOT_YOURS_TO_CHANGE()


async def change(ctx: RequestContext, row: DocumentRow, values: dict[str, Any], what: str) -> DocumentRow:
    """Other values for a record that is not void; the next version, with what it replaced in the journal."""
    if row.status == rules.VOIDED:
        raise rules.ALREADY_VOIDED()
    before = to_json(
        _as_data(row, row.content) | ({"received": row.received} if row.received else {})
    ).decode()
    if await records.replace(ctx.session, ctx.actor, row, values):
        await record_change(ctx, row.resource_type, row, what, before)
    return row


async def known_by_source(
    ctx: RequestContext, definition: ResourceDefinition, source_id: str | None
) -> DocumentRow | None:
    """What this system recorded under its own key before, if it may still see it."""
    if source_id is None:
        return None
    await records.one_at_a_time(ctx.session, f"{definition.resource_type}|{ctx.caller.system.id}|{source_id}")
    statement = visible_to(ctx, definition)
    return await ctx.session.orm.scalar(
        statement.where(records.has_source(DocumentRow, ctx.actor, source_id))
    )


async def _holds(ctx: RequestContext, row: DocumentRow, entry: Keyed, place: Place) -> bool:
    """Whether the sender said this before. What the server added since, such as a revocation, is not the
    sender's."""
    data = entry_of(ctx, row)
    entry = await audiences.keeping_hidden(ctx, entry, row.client_id, data)
    where = {name: value for name, value in vars(place).items() if name != "service_task"}
    return records.holds(row, where) and {
        n: v for n, v in data.items() if n in type(entry).model_fields
    } == content_of(entry)


def _as_data(row: DocumentRow, content: dict[str, Any]) -> dict[str, Any]:
    """The record as it is told; members without a value are left out."""
    data = {
        "id": row.id,
        "version": row.version,
        "recorded_at": instant_text(row.recorded_at),
        "recorded_by": {name: value for name, value in row.recorded_by.items() if value is not None},
        "client_id": row.client_id,
        "service_relationship_id": row.service_relationship_id,
        "agreement_id": row.agreement_id,
        "case_id": row.case_id,
        "provider_id": row.provider_id,
        "workplace_id": row.workplace_id,
        "dated_on": row.dated_on,
        "status": row.status,
        "status_reason": row.status_reason,
        "structure": row.structure,
        "source_id": row.source_id,
    }
    return {name: value for name, value in data.items() if value is not None} | content


async def wires(
    ctx: RequestContext, definition: ResourceDefinition, rows: Sequence[DocumentRow]
) -> list[bytes]:
    """The records, each noted for the use log."""
    bodies = []
    for row in rows:
        ctx.session.log_access(row.client_id)
        content = content_seal(ctx, row.id).opened(row.content)
        data = definition.model.model_validate_json(to_json(_as_data(row, content)))
        bodies.append(data.model_dump_json(exclude_none=True).encode())
    return bodies


async def wire(ctx: RequestContext, definition: ResourceDefinition, row: DocumentRow) -> bytes:
    return (await wires(ctx, definition, (row,)))[0]


async def wire_records(
    ctx: RequestContext, definition: ResourceDefinition, ids: list[UUID]
) -> dict[UUID, bytes]:
    """The records of these ids that the caller may see now, for the change feed."""
    statement = visible_to(ctx, definition)
    rows = (await ctx.session.orm.scalars(statement.where(DocumentRow.id.in_(ids)))).all()
    bodies = await wires(ctx, definition, rows)
    return {row.id: body for row, body in zip(rows, bodies, strict=True)}


def listing(
    ctx: RequestContext,
    definition: ResourceDefinition | None,
    *,
    client_id: UUID | None = None,
    service_relationship_id: UUID | None = None,
    agreement_id: UUID | None = None,
    case_id: UUID | None = None,
    from_: date | None = None,
    to: date | None = None,
    status: str | None = None,
    source_id: str | None = None,
) -> Select[DocumentRow]:
    """The filters that every list of such records has."""
    table = DocumentRow
    same = {
        table.client_id: client_id,
        table.service_relationship_id: service_relationship_id,
        table.agreement_id: agreement_id,
        table.case_id: case_id,
        table.status: status,
    }
    statement = records.narrowed(visible_to(ctx, definition), table, ctx.actor, source_id, same)
    refuse(check_order(from_, to, "/query/to"))
    day: Any = table.dated_on
    if ctx.caller.system.role == "workplace":
        day = func.coalesce(cast(table.content[("reported", "dated_on")].as_string(), Date), day)
    if from_ is not None:
        statement = statement.where(day >= from_)
    if to is not None:
        statement = statement.where(day <= to)
    return statement


def entry_of(ctx: RequestContext, row: DocumentRow) -> dict[str, Any]:
    """The content as it was said, for the record's own rules."""
    plain: dict[str, Any] = content_seal(ctx, row.id).opened(row.content)
    return plain
