"""What can be done with clients."""

from typing import Any
from uuid import UUID

from pydantic_core import from_json, to_json
from sqlalchemy import Select, select

from walmu_api.access.context import RequestContext
from walmu_api.access.merged_clients import merged
from walmu_api.access.record_change import record_change
from walmu_api.access.visibility import VisibleRows, visible_client
from walmu_api.foundation import preconditions, records
from walmu_api.foundation.field_encryption import Seal
from walmu_api.foundation.identity_codes import PERSONAL_IDENTITY_CODE
from walmu_api.foundation.problems import DUPLICATE_SOURCE, Problem, refuse
from walmu_api.record.parties.clients import came_with, identities, names, rules
from walmu_api.record.parties.clients.definition import CLIENT
from walmu_api.record.parties.clients.schemas import (
    ClientEntry,
    ClientRecord,
    Identity,
    IdentityChange,
    MergedClient,
)
from walmu_api.record.parties.clients.tables import ClientRow
from walmu_api.record.parties.service_relationships import service as relationships

_WHO = frozenset({"family_name", "given_names", "other_names", "date_of_birth", "sex", "related_persons"})
"""From which one could learn who a person was before."""
_ROWS = VisibleRows(ClientRow, visible_client("clients"))
visible_to, find = _ROWS.visible_to, _ROWS.find


def _of_organiser(ctx: RequestContext) -> Select[ClientRow]:
    return select(ClientRow).where(ClientRow.organiser_id == ctx.organiser_id)


def wire(ctx: RequestContext, row: ClientRow) -> bytes:
    """The client; whoever gets it is noted for the use log."""
    ctx.session.log_access(row.id)
    if row.merged_into is not None:
        ctx.session.log_access(row.merged_into)
        return stub(row)
    data = {name: value for name, value in _columns(row).items() if value is not None}
    data |= _seal(ctx, row.id).opened(row.content) | came_with.shown(row)
    if (known := _identity(ctx, row)) is not None:
        data["identity"] = known
    return ClientRecord.model_validate(data).model_dump_json(exclude_none=True).encode()


def stub(row: ClientRow) -> bytes:
    """What a client is that was merged into another."""
    return MergedClient.model_validate(row).model_dump_json(exclude_none=True).encode()


def _columns(row: ClientRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ClientRecord.model_fields if hasattr(ClientRow, name)}


def _seal(ctx: RequestContext, row_id: UUID) -> Seal:
    return Seal(ctx.cipher, "clients|content", ctx.organiser_id, row_id)


def without_identity(row: ClientRow) -> str:
    """What the journal keeps: the client's identity is never in it, other identity codes are only sealed."""
    if row.merged_into is not None:
        return stub(row).decode()
    data = ClientRecord.model_validate(_columns(row)).model_dump(mode="json", exclude_none=True)
    data |= row.content | came_with.shown(row)
    stored = {name: data[name] for name in ClientRecord.model_fields if name in data}
    return to_json(stored | ({"received": row.received} if row.received else {})).decode()


def past(ctx: RequestContext, row: ClientRow, body: dict[str, Any], now: ClientRow) -> dict[str, Any]:
    """A body that was replaced. A document as it came is the organiser's alone, what is withheld now was not given
    more freely then, and former names are not given at all: who the persons are is told as `now` tells it, under whom the
    client is read today (661/2009, 12 §)."""
    data: dict[str, Any] = _seal(ctx, row.id).opened(body)
    if ctx.tenant_scope is not None and "merged_into" not in data:
        today = _seal(ctx, now.id).opened(from_json(without_identity(now)))
        data = {name: value for name, value in data.items() if name not in _WHO | {"received"}}
        data |= {name: today[name] for name in _WHO if name in today}
        if any(each.is_withheld or each.died is not None for each in (row, now)):
            data["contacts_withheld"] = "now"
    return data


def document(ctx: RequestContext, row: ClientRow) -> dict[str, Any] | None:
    """The national document as it came, when the client was last said in one."""
    data: dict[str, Any] | None = _seal(ctx, row.id).opened(row.received)
    return data


def _values(ctx: RequestContext, entry: ClientEntry, row_id: UUID, row: ClientRow | None) -> dict[str, Any]:
    """Column values of an entry. What is sealed already and says the same stays as it is, so that equal is
    equal."""
    values = records.parted(ClientRow, entry)
    content = {name: value for name, value in values["content"].items() if name != "identity"}
    seal = _seal(ctx, row_id)
    same = row is not None and seal.opened(row.content) == content
    values["content"] = row.content if row is not None and same else seal.sealed(content)
    values |= names.columns(
        ctx.cipher,
        ctx.organiser_id,
        f"{entry.family_name} {entry.given_names}",
        entry.identity,
        entry.date_of_birth,
    )
    known = entry.identity
    index = identities.index(ctx, known) if known else None
    if row is None or row.identity_index != index:
        values |= {"identity_system": None, "identity_sealed": None, "identity_index": None}
        if known is not None:
            values |= _code_columns(ctx, row_id, known)
    return values


def _code_columns(ctx: RequestContext, client_id: UUID, known: Identity) -> dict[str, Any]:
    return {
        "identity_system": known.system,
        "identity_sealed": ctx.cipher.encrypt(
            known.canonical.encode(), names.PLACE, ctx.organiser_id, client_id
        ),
        "identity_index": identities.index(ctx, known),
    }


def _check(ctx: RequestContext, entry: ClientEntry) -> None:
    known = entry.identity
    code = known.canonical if known is not None and known.system == PERSONAL_IDENTITY_CODE else None
    refuse(
        rules.check(
            today=ctx.today,
            identity_code=code,
            date_of_birth=entry.date_of_birth,
            turvakielto=entry.turvakielto,
            turvakielto_ends_on=entry.turvakielto_ends_on,
            related=[person.model_dump(exclude_none=True) for person in entry.related_persons or ()],
        )
        + rules.check_days(
            {"died_on": entry.died_on, "emigrated_on": entry.emigrated_on}, entry.date_of_birth, code
        )
    )


def _if_taken(ctx: RequestContext, index: bytes | None) -> records.Problems:
    """Another client has this identity code. Who hears so has looked for that client, and the use log names it."""

    def taken() -> Problem:
        ctx.session.clients_sought = select(ClientRow.id).where(
            ClientRow.organiser_id == ctx.organiser_id, ClientRow.identity_index == index
        )
        return rules.IDENTITY_TAKEN()

    return {"clients_identity": taken}


async def create(
    ctx: RequestContext, entry: ClientEntry, received: dict[str, Any] | None = None
) -> tuple[ClientRow, bool]:
    """A new client, or the one this sender recorded with the same source_id and content. `received` is the
    national document, when it came as one."""
    _check(ctx, entry)
    known = await records.by_source(ctx.session, ClientRow, ctx.actor, entry.source_id)
    if known is not None:
        if known.merged_into is not None:
            raise merged(ctx, known.merged_into)
        values = _values(ctx, came_with.own(known, entry), known.id, known)
        if not records.holds(known, values):
            raise DUPLICATE_SOURCE().with_members(url=f"/v1/clients/{known.id}")
        return known, False
    stamp = await records.stamp(ctx.session, ctx.actor, entry.source_id)
    sealed = _seal(ctx, stamp["id"]).sealed(received)
    row = ClientRow(**_values(ctx, entry, stamp["id"], None) | stamp, received=sealed)
    await records.insert(ctx.session, row, _if_taken(ctx, row.identity_index))
    await record_change(ctx, CLIENT.resource_type, row, "created", None, client_id=row.id)
    return row, True


async def replace(
    ctx: RequestContext,
    row: ClientRow,
    entry: ClientEntry,
    if_match: str | None,
    received: dict[str, Any] | None = None,
    identity_change: IdentityChange | None = None,
) -> ClientRow:
    """New content under If-Match; the same content again is no change and needs none. `identity_change` is why it has another
    identity code than before."""
    if row.merged_into is not None:
        raise merged(ctx, row.merged_into)
    _check(ctx, entry)
    lifted, own = came_with.lifted(row, entry), came_with.own(row, entry)
    values = _values(ctx, own, row.id, row) | lifted
    if identity_change is not None and "identity_index" not in values:
        await identities.explain(ctx, row.id, identity_change)
    if records.holds(row, values) and (received is None or received == document(ctx, row)):
        return row
    preconditions.require_version(if_match, row.version)
    if own is not entry:  # said with a change, it is of this one, but for a death
        values = _values(ctx, entry.model_copy(update={"died_on": own.died_on}), row.id, row) | lifted
    before = without_identity(row)
    values["received"] = _seal(ctx, row.id).sealed(received)
    taken, had, died = _if_taken(ctx, values.get("identity_index")), identities.columns(row), row.died
    await records.replace(ctx.session, ctx.actor, row, values, taken)
    if had["identity_index"] != row.identity_index:
        await identities.note_former(ctx, had, identity_change)
    await record_change(ctx, CLIENT.resource_type, row, "updated", before, client_id=row.id)
    if row.died != died:
        await relationships.end_with_client(ctx, row.id, row.died)
    return row


async def locked(ctx: RequestContext, client_id: UUID) -> ClientRow:
    return await records.find(ctx.session, _of_organiser(ctx).where(ClientRow.id == client_id), lock=True)


async def change(ctx: RequestContext, row: ClientRow, values: dict[str, Any]) -> None:
    before = without_identity(row)
    await records.replace(ctx.session, ctx.actor, row, values)
    await record_change(ctx, CLIENT.resource_type, row, "updated", before, client_id=row.id)


async def by_identity(ctx: RequestContext, known: Identity) -> ClientRow | None:
    """The client that has this identifier or had it, if the caller may see it; the one under whom it is read, where it was merged."""
    client_id = await identities.client_of(ctx, known)
    return (
        await ctx.session.orm.scalar(visible_to(ctx).where(ClientRow.id == client_id)) if client_id else None
    )


async def owner_of(ctx: RequestContext, known: Identity) -> UUID | None:
    """The client that has this code itself, whoever it is read under."""
    index = identities.index(ctx, known)
    owner = select(ClientRow.id).where(
        ClientRow.organiser_id == ctx.organiser_id, ClientRow.identity_index == index
    )
    return await ctx.session.orm.scalar(owner)


async def adopt(ctx: RequestContext, client_id: UUID, known: Identity) -> None:
    """Another code of the same client, as its record system knows it. Why it was changed a person says later. One that the
    client cannot have is refused, as in an entry."""
    row = await locked(ctx, client_id)
    refuse(
        rules.check(
            today=ctx.today,
            identity_code=known.canonical if known.system == PERSONAL_IDENTITY_CODE else None,
            date_of_birth=row.date_of_birth,
            turvakielto=row.turvakielto,
            turvakielto_ends_on=None,
        )
    )
    had = identities.columns(row)
    values = _code_columns(ctx, row.id, known)
    values |= names.columns(
        ctx.cipher, ctx.organiser_id, f"{row.family_name} {row.given_names}", known, row.date_of_birth
    )
    await change(ctx, row, values | {"received": None})
    await identities.note_former(ctx, had, None)


async def identity_of(ctx: RequestContext, client_id: UUID) -> tuple[Identity | None, ClientRow]:
    """The identity code for the record system's use, of the client or else of one who was merged into it; noted for the use
    log by its caller."""
    row = await records.find(ctx.session, _of_organiser(ctx).where(ClientRow.id == client_id))
    merged_too = _of_organiser(ctx).where(ClientRow.merged_into == client_id).order_by(ClientRow.id)
    others = (
        []
        if _has_code(row)
        else [each for each in await ctx.session.orm.scalars(merged_too) if _has_code(each)]
    )
    whose = others[0] if others else row
    return _identity(ctx, whose), row


def _identity(ctx: RequestContext, row: ClientRow) -> Identity | None:
    if row.identity_sealed is None or row.identity_system is None:
        return None
    value = ctx.cipher.decrypt(row.identity_sealed, names.PLACE, ctx.organiser_id, row.id).decode()
    return Identity.model_construct(system=row.identity_system, value=value)


def _has_code(row: ClientRow) -> bool:
    return row.identity_system == PERSONAL_IDENTITY_CODE


async def names_of(ctx: RequestContext, client_ids: set[UUID]) -> dict[UUID, dict[str, str]]:
    """Today's names of clients whose names a workplace may have, though it sees no row of clients."""
    table = ClientRow
    statement = select(table.id, table.family_name, table.given_names)
    async with ctx.session.without_tenant_scope():
        found = await ctx.session.orm.execute(
            statement.where(table.organiser_id == ctx.organiser_id, table.id.in_(client_ids))
        )
        return {row.id: {"family_name": row.family_name, "given_names": row.given_names} for row in found}


async def wire_records(ctx: RequestContext, ids: list[UUID]) -> dict[UUID, bytes]:
    """The records of these ids that the caller may see now, for the change feed."""
    statement = visible_to(ctx).where(ClientRow.id.in_(ids))
    rows = (await ctx.session.orm.scalars(statement)).all()
    return {row.id: wire(ctx, row) for row in rows}
