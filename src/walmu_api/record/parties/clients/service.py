"""What can be done with clients."""

from datetime import date
from typing import Any
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import Select, bindparam, select, text

from walmu_api.access.guard import Caller
from walmu_api.access.visibility import visible_client
from walmu_api.foundation import journal, preconditions, records
from walmu_api.foundation.database import Session
from walmu_api.foundation.encryption import Keyring
from walmu_api.foundation.field_encryption import Seal
from walmu_api.foundation.problems import DUPLICATE_SOURCE, refuse
from walmu_api.record.parties.clients import rules
from walmu_api.record.parties.clients.schemas import Client, ClientEntry, Identity
from walmu_api.record.parties.clients.tables import ClientRow

_PLACE = "clients|identity"
_VISIBLE = text(visible_client("clients", organisation=":organisation", today=":today")).bindparams(
    bindparam("organisation"), bindparam("today")
)


def visible_to(session: Session, organisation: UUID | None, today: date) -> Select[ClientRow]:
    return select(ClientRow).where(
        ClientRow.organiser_id == session.organiser_id,
        _VISIBLE.bindparams(organisation=organisation, today=today),
    )


async def find(session: Session, caller: Caller, client_id: UUID, *, lock: bool = False) -> ClientRow:
    statement = visible_to(session, caller.tenant_scope, session.clock.today()).where(
        ClientRow.id == client_id
    )
    return await records.find(session, statement, lock=lock)


def wire(session: Session, keyring: Keyring, row: ClientRow, *, scoped: bool) -> bytes:
    """The client as a caller may see it; whoever gets it is noted for the use log."""
    session.log_access(row.id)
    return _body(session, keyring, row, scoped=scoped)


def _body(session: Session, keyring: Keyring, row: ClientRow, *, scoped: bool) -> bytes:
    data = {name: value for name, value in _columns(row).items() if value is not None}
    data |= _seal(session, keyring, row.id).opened(row.content)
    if row.identity_sealed is not None:
        value = keyring.decrypt(row.identity_sealed, _PLACE, session.organiser_id, row.id).decode()
        data["identity"] = {"system": row.identity_system, "value": value}
    if scoped:
        data = rules.for_a_provider(
            data, protected=row.turvakielto or row.content.get("secret_contacts", False)
        )
    return Client.model_validate(data).model_dump_json(exclude_none=True).encode()


def _columns(row: ClientRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in Client.model_fields if hasattr(ClientRow, name)}


def _seal(session: Session, keyring: Keyring, row_id: UUID) -> Seal:
    return Seal(keyring, "clients|content", session.organiser_id, row_id)


def _without_identity(row: ClientRow) -> str:
    """What the journal keeps: the client's identity is never in it, other identity codes are only sealed."""
    data = Client.model_validate(_columns(row)).model_dump(mode="json", exclude_none=True) | row.content
    stored = {name: data[name] for name in Client.model_fields if name in data}
    return to_json(stored | ({"received": row.received} if row.received else {})).decode()


def past(
    session: Session, keyring: Keyring, row: ClientRow, body: dict[str, Any], *, scoped: bool
) -> dict[str, Any]:
    """A body that was replaced, as this caller may see it. Who is protected now was not less so then; a document as it
    came is the organiser's alone."""
    data: dict[str, Any] = _seal(session, keyring, row.id).opened(body)
    if not scoped:
        return data
    secret = row.content.get("secret_contacts") or body.get("secret_contacts") or body.get("turvakielto")
    data.pop("received", None)
    return rules.for_a_provider(data, protected=row.turvakielto or bool(secret))


def document(session: Session, keyring: Keyring, row: ClientRow) -> dict[str, Any] | None:
    """The national document as it came, when the client was last said in one."""
    data: dict[str, Any] | None = _seal(session, keyring, row.id).opened(row.received)
    return data


def _values(
    session: Session, keyring: Keyring, entry: ClientEntry, row_id: UUID, row: ClientRow | None
) -> dict[str, Any]:
    """Column values of an entry. What is sealed already and says the same stays as it is, so that equal is equal."""
    values = records.parted(ClientRow, entry)
    content = {name: value for name, value in values["content"].items() if name != "identity"}
    seal = _seal(session, keyring, row_id)
    same = row is not None and seal.opened(row.content) == content
    values["content"] = row.content if row is not None and same else seal.sealed(content)
    known = entry.identity
    index = _index(session, keyring, known) if known else None
    if row is None or row.identity_index != index:
        values |= {"identity_system": None, "identity_sealed": None, "identity_index": None}
        if known is not None:
            sealed = keyring.encrypt(known.canonical.encode(), _PLACE, session.organiser_id, row_id)
            values |= {"identity_system": known.system, "identity_sealed": sealed, "identity_index": index}
    return values


def _index(session: Session, keyring: Keyring, known: Identity) -> bytes:
    return keyring.blind_index(session.organiser_id, known.system, known.canonical)


def _check(entry: ClientEntry, today: date) -> None:
    refuse(
        rules.check(
            born=entry.date_of_birth,
            turvakielto=entry.turvakielto,
            turvakielto_ends_on=entry.turvakielto_ends_on,
            today=today,
            related=[person.model_dump(exclude_none=True) for person in entry.related_persons or ()],
        )
    )


async def create(
    session: Session,
    actor: journal.Actor,
    keyring: Keyring,
    entry: ClientEntry,
    received: dict[str, Any] | None = None,
) -> tuple[ClientRow, bool]:
    """A new client, or the one this sender recorded with the same source_id and content. `received` is the national
    document, when it came as one."""
    _check(entry, session.clock.today())
    known = await records.by_source(session, ClientRow, actor, entry.source_id)
    if known is not None:
        values = _values(session, keyring, entry, known.id, known)
        if not records.holds(known, values):
            raise DUPLICATE_SOURCE().with_members(url=f"/v1/clients/{known.id}")
        return known, False
    stamp = await records.stamp(session, actor, entry.source_id)
    sealed = _seal(session, keyring, stamp["id"]).sealed(received)
    row = ClientRow(**_values(session, keyring, entry, stamp["id"], None) | stamp, received=sealed)
    await records.insert(session, row, {"clients_identity": rules.IDENTITY_TAKEN})
    await _journal(session, actor, row, "created", None)
    return row, True


async def replace(
    session: Session,
    actor: journal.Actor,
    keyring: Keyring,
    row: ClientRow,
    entry: ClientEntry,
    if_match: str | None,
    received: dict[str, Any] | None = None,
) -> ClientRow:
    """New content under If-Match; the same content again is no change and needs none."""
    _check(entry, session.clock.today())
    values = _values(session, keyring, entry, row.id, row)
    if records.holds(row, values) and (received is None or received == document(session, keyring, row)):
        return row
    preconditions.require_version(if_match, row.version)
    before = _without_identity(row)
    values["received"] = _seal(session, keyring, row.id).sealed(received)
    await records.replace(session, actor, row, values, {"clients_identity": rules.IDENTITY_TAKEN})
    await _journal(session, actor, row, "updated", before)
    return row


async def protect(session: Session, actor: journal.Actor, client_id: UUID) -> None:
    """Non-disclosure for personal safety holds from now on."""
    statement = visible_to(session, None, session.clock.today()).where(ClientRow.id == client_id)
    row = await records.find(session, statement, lock=True)
    if not row.turvakielto:
        before = _without_identity(row)
        await records.replace(session, actor, row, {"turvakielto": True, "received": None})
        await _journal(session, actor, row, "updated", before)


async def protected_clients(session: Session, caller: Caller, client_ids: set[UUID]) -> set[UUID]:
    """Which of these clients have turvakielto; asked only for callers from whom something is withheld. A workplace sees no
    row of clients, and the list of the protected is kept apart for it."""
    if caller.tenant_scope is None or not client_ids:
        return set()
    found = await session.fetch(
        "select client_id from protected_clients where organiser_id = $1 and is_protected and client_id = any($2)",
        session.organiser_id,
        list(client_ids),
    )
    return {row["client_id"] for row in found}


async def by_identity(
    session: Session, keyring: Keyring, known: Identity, organisation: UUID | None, today: date
) -> ClientRow | None:
    """The client with this identifier, if the organisation may see it."""
    statement = visible_to(session, organisation, today).where(
        ClientRow.identity_index == _index(session, keyring, known)
    )
    return await session.orm.scalar(statement)


async def identity_of(session: Session, keyring: Keyring, client_id: UUID) -> tuple[str | None, ClientRow]:
    """The identity code for the record system's use; noted for the use log by its caller."""
    row = await records.find(
        session, visible_to(session, None, session.clock.today()).where(ClientRow.id == client_id)
    )
    if row.identity_sealed is None:
        return None, row
    return keyring.decrypt(row.identity_sealed, _PLACE, session.organiser_id, row.id).decode(), row


async def wire_records(
    session: Session, caller: Caller, keyring: Keyring, ids: list[UUID]
) -> dict[UUID, bytes]:
    """The records of these ids that the caller may see now, for the change feed."""
    statement = visible_to(session, caller.tenant_scope, session.clock.today()).where(ClientRow.id.in_(ids))
    rows = (await session.orm.scalars(statement)).all()
    return {row.id: wire(session, keyring, row, scoped=caller.tenant_scope is not None) for row in rows}


async def _journal(
    session: Session, actor: journal.Actor, row: ClientRow, change: str, before: str | None
) -> None:
    await journal.append(
        session,
        actor,
        journal.Change(
            "client", row.id, row.version, change, client_id=row.id, source_id=row.source_id, replaced=before
        ),
    )
