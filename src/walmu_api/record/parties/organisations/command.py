"""`walmu-api organiser create`, `auditor create`, `systems confirm`: what no connected system may do over HTTP.

They register as HTTP does, by the same rules: a new key comes with its proof, and every change is in journal and use
log, as done by the operator at the command line."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json, to_json
from sqlalchemy import select

from walmu_api.access import use_log
from walmu_api.access.caller import Caller
from walmu_api.access.connected_systems import service
from walmu_api.access.connected_systems.rules import COMMAND_LINE
from walmu_api.access.connected_systems.schemas import ConnectedSystemEntry
from walmu_api.access.connected_systems.tables import ConnectedSystemRow
from walmu_api.access.context import RequestContext
from walmu_api.access.system_registry import System
from walmu_api.foundation import request_body
from walmu_api.foundation.database import Database, Session, Tenancy
from walmu_api.foundation.encryption import Keyring
from walmu_api.foundation.problems import Problem
from walmu_api.foundation.record_ids import uuid7
from walmu_api.foundation.schema_types import Line
from walmu_api.foundation.statements import Statement
from walmu_api.foundation.texts import in_nfc, json_in_nfc
from walmu_api.record.parties.codes.command import CommandError, organiser
from walmu_api.record.parties.organisations.founding import found
from walmu_api.record.parties.organisations.schemas import BusinessId

PERSON = to_json({"sub": "walmu-api", "name": "Operator at the command line"}).decode()
_TAKES = "the command takes what `walmu-api systems new-key` prints"
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_entry: TypeAdapter[ConnectedSystemEntry] = TypeAdapter(ConnectedSystemEntry)
_OWN = Statement("""
select o.id as organisation_id, s.id as system_id, s.client_id from organisations o
  join connected_systems s on s.organiser_id = o.organiser_id and s.organisation_id = o.id and s.role = 'organiser'
where o.organiser_id = :organiser and o.kind = 'organiser' order by s.id limit 1
""")


@dataclass(frozen=True)
class Installation:
    """What the commands work with. `audience` is the issuer that proofs of keys are made for."""

    database: Database
    keyring: Keyring
    audience: str


@dataclass(frozen=True)
class NewSystem:
    """A system as the operator names it; `keys` is the file with its members `jwks` and `proofs`."""

    client_id: str
    name: str
    keys: bytes

    def entry(self, organisation_id: UUID, role: str) -> ConnectedSystemEntry:
        try:
            keys: Any = from_json(self.keys)
        except ValueError:
            keys = None
        if b"PRIVATE KEY" in self.keys or _is_private(keys):
            raise CommandError(f"The file of keys holds a private key, which is handed to nobody: {_TAKES}.")
        if not isinstance(keys, dict) or keys.keys() - {"jwks", "proofs"}:
            raise CommandError(
                f"The file of keys is a JSON object with the members jwks and proofs: {_TAKES}."
            )
        named = {"client_id": self.client_id, "name": self.name, "role": role}
        named["organisation_id"] = str(organisation_id)
        try:
            raw = to_json(keys | named)
        except ValueError:  # bytes that are no text, as a terminal of another encoding sends them
            raise CommandError("Client id and name are text in UTF-8.") from None
        return request_body.validate(_entry, json_in_nfc(raw), ConnectedSystemEntry)


def _is_private(keys: Any) -> bool:
    """Whether somewhere in it is the private half of a key (RFC 7518), or a shared secret."""
    if isinstance(keys, dict):
        return not _PRIVATE.isdisjoint(keys) or any(map(_is_private, keys.values()))
    return isinstance(keys, list) and any(map(_is_private, keys))


async def create_organiser(at: Installation, name: str, business_id: str, system: NewSystem) -> str:
    """An organiser with its first connected system; everything else goes over HTTP. As the tables' owner."""
    name = in_nfc(name)
    for kind, value, what in ((BusinessId, business_id, "business id"), (Line, name, "name")):
        try:
            TypeAdapter(kind).validate_python(value)
        except ValidationError:
            raise CommandError(f"This is no {what} of an organiser.") from None
    with problems_in_words():
        async with at.database.transaction(Tenancy(uuid7(), as_login=True)) as session:
            founded = await found(session, name, business_id)
            if founded is None:
                raise CommandError("There is an organiser with this business id already.")
            first = founded.organisation_id, founded.system_id, system.client_id
            async with _operator(at, session, *first, "organiser create") as ctx:
                entry = system.entry(founded.organisation_id, "organiser")
                await service.register(ctx, entry, COMMAND_LINE, at.audience, founded.system_id)
    return f"{founded.organiser_id}: {name} is founded; {system.client_id} is its first connected system."


async def create_auditor(at: Installation, named: str | None, system: NewSystem) -> str:
    """The organiser's auditor, or its new keys."""
    with problems_in_words():
        async with acting(at, named, "auditor create") as ctx:
            row, created = await put_system(ctx, at, system, "auditor")
    return f"{row.id}: {row.client_id} {'is the auditor' if created else 'has these keys'}."


async def confirm_system(at: Installation, named: str | None, client_id: str) -> str:
    """Confirm a system of the organiser that waits for it."""
    with problems_in_words():
        async with acting(at, named, "systems confirm") as ctx:
            row = await _known(ctx, client_id)
            if row is None:
                raise CommandError("The organiser itself has no connected system with this client id.")
            _require_in_force(row)
            waited = row.awaits_confirmation
            await service.confirm(ctx, row, by_hand=True)
    return f"{row.id}: {client_id} {'is confirmed' if waited else 'waits for nothing: it is as it was'}."


@asynccontextmanager
async def acting(at: Installation, named: str | None, operation: str) -> AsyncIterator[RequestContext]:
    """A transaction of the organiser of this business id or id, in which the operator acts."""
    tenancy = Tenancy(await organiser(at.database, named))
    async with at.database.transaction(tenancy) as session:
        own = await session.fetchrow(_OWN, organiser=session.organiser_id)
        if own is None:
            raise CommandError("The organiser has no connected system of its own yet.")
        place = own["organisation_id"], own["system_id"], own["client_id"]
        async with _operator(at, session, *place, operation) as ctx:
            yield ctx


@asynccontextmanager
async def _operator(
    at: Installation, session: Session, organisation_id: UUID, system_id: UUID, client_id: str, operation: str
) -> AsyncIterator[RequestContext]:
    """The operator at the command line, recorded as a person of the organiser's first system."""
    system = System(system_id, session.organiser_id, organisation_id, client_id, "operator", revoked=False)
    caller = Caller(system, frozenset(), PERSON, f"walmu-api {operation}")
    ctx = RequestContext(session, caller, session.clock.today(), at.keyring)
    yield ctx
    if session.logged_anyway:
        await use_log.append(ctx, f"walmu-api {operation}", "connected systems")


async def put_system(
    ctx: RequestContext, at: Installation, system: NewSystem, role: str
) -> tuple[ConnectedSystemRow, bool]:
    """A system of the organiser itself, or its new name and keys; whether it is new."""
    entry = system.entry(ctx.caller.organisation_id, role)
    known = await _known(ctx, system.client_id)
    if known is None:
        return await service.register(ctx, entry, COMMAND_LINE, at.audience)
    if known.role != role:
        raise CommandError(
            f"{known.client_id} is a system of role {known.role} already: name another client id."
        )
    _require_in_force(known)
    match = f'"{known.version}"'
    return await service.replace(ctx, known, entry, match, COMMAND_LINE, at.audience), False


def _require_in_force(row: ConnectedSystemRow) -> None:
    if row.revoked_on is not None:
        raise CommandError(f"{row.client_id} is revoked, and stays so: register another system.")


async def _known(ctx: RequestContext, client_id: str) -> ConnectedSystemRow | None:
    if not client_id.isascii():  # no client id is; and not everything that a terminal sends is text
        return None
    table = ConnectedSystemRow
    statement = select(table).where(
        table.organiser_id == ctx.organiser_id,
        table.organisation_id == ctx.caller.organisation_id,
        table.client_id == client_id,
    )
    return await ctx.session.orm.scalar(statement.with_for_update())


@contextmanager
def problems_in_words() -> Iterator[None]:
    """A problem becomes words for the operator; nothing was recorded."""
    try:
        yield
    except Problem as problem:
        found = [f"{each.pointer}: {each.render('en')['detail']}" for each in problem.errors]
        lines = found or [problem.kind.detail.render("en", problem.values)]
        raise CommandError(f"Nothing was recorded: {'; '.join(lines)}") from None
