"""Registering connected systems, changing them, confirming and revoking them. Who may is in `rules`."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select

from walmu_api.access.connected_systems import delegation, keys, rules
from walmu_api.access.connected_systems.definition import CONNECTED_SYSTEM
from walmu_api.access.connected_systems.rules import Registrar, Target
from walmu_api.access.connected_systems.schemas import ConnectedSystem, ConnectedSystemEntry
from walmu_api.access.connected_systems.tables import ConnectedSystemRow
from walmu_api.access.context import RequestContext
from walmu_api.access.key_strength import thumbprint
from walmu_api.access.record_change import record_change
from walmu_api.foundation import preconditions, records, validation_messages
from walmu_api.foundation.content_types import Content
from walmu_api.foundation.database import Session
from walmu_api.foundation.problems import DUPLICATE_SOURCE, INVALID_VALUE, UNKNOWN_REFERENCE, invalid, refuse
from walmu_api.foundation.statements import Statement

_KIND = Statement("select kind, closed_on from organisations where organiser_id = :organiser and id = :id")


async def registrar_of(ctx: RequestContext) -> Registrar:
    """The calling system as a registrar."""
    own = ctx.caller.organisation_id
    workplaces = (
        await delegation.workplaces_of(ctx.session, own) if ctx.caller.system.role == "provider" else ()
    )
    return Registrar(ctx.caller.system.role, own, frozenset(workplaces))


def visible_to(ctx: RequestContext, registrar: Registrar) -> Select[ConnectedSystemRow]:
    """All systems of the organiser; for a provider those of its own organisation and of its workplaces."""
    own = select(ConnectedSystemRow).where(ConnectedSystemRow.organiser_id == ctx.organiser_id)
    if ctx.tenant_scope is None:
        return own
    at = ConnectedSystemRow.organisation_id
    return own.where(or_(at == ctx.tenant_scope, at.in_(registrar.workplaces)))


async def find(ctx: RequestContext, system_id: UUID, *, lock: bool = False) -> ConnectedSystemRow:
    statement = visible_to(ctx, await registrar_of(ctx))
    return await records.find(ctx.session, statement.where(ConnectedSystemRow.id == system_id), lock=lock)


async def sees(ctx: RequestContext, content: Content) -> bool:
    """Whether the caller may see this system now."""
    statement = visible_to(ctx, await registrar_of(ctx))
    return (
        await ctx.session.orm.scalar(statement.where(ConnectedSystemRow.id == UUID(content["id"])))
        is not None
    )


async def wire(session: Session, row: ConnectedSystemRow) -> bytes:
    fields = {name: getattr(row, name) for name in ConnectedSystem.model_fields if name != "jwks"}
    jwks = await keys.stored(session, row.id)
    return (
        ConnectedSystem.model_validate({**fields, "jwks": jwks}).model_dump_json(exclude_none=True).encode()
    )


async def register(
    ctx: RequestContext,
    entry: ConnectedSystemEntry,
    registrar: Registrar,
    audience: str,
    system_id: UUID | None = None,
) -> tuple[ConnectedSystemRow, bool]:
    """A new system, or the one this sender registered under the same source_id with the same content. `system_id`
    is for the first system of an organiser, which registers itself."""
    keys.check(entry.jwks)
    closed_on = await _require_allowed(ctx, entry, registrar)
    known = await records.by_source(ctx.session, ConnectedSystemRow, ctx.actor, entry.source_id)
    if known is not None:
        if not await _says(ctx.session, known, entry):
            raise DUPLICATE_SOURCE().with_members(url=f"/v1/connected-systems/{known.id}")
        return known, False
    refuse(rules.check_open(closed_on, ctx.today, "/organisation_id"))
    await keys.prove(ctx.session, entry, set(), audience)
    values = records.columns(entry)
    del values["jwks"], values["proofs"]
    stamp = await records.stamp(ctx.session, ctx.actor, entry.source_id)
    waits = rules.awaits_confirmation(entry.role, registrar, by_itself=False)
    row = ConnectedSystemRow(
        **values | stamp | ({"id": system_id} if system_id else {}),
        revoked_on=None,
        unconfirmed_by=[ctx.caller.system.id] if waits else None,
    )
    await records.insert(ctx.session, row, {"connected_systems_client_id": rules.CLIENT_ID_TAKEN})
    await keys.take(ctx.session, row.id, entry, ())
    await _tell(ctx, row, "created", None, about_keys=True)
    return row, True


async def _require_allowed(
    ctx: RequestContext, entry: ConnectedSystemEntry, registrar: Registrar
) -> date | None:
    """Refuses what this registrar may not register; gives since when the organisation is closed."""
    found = await ctx.session.fetchrow(_KIND, organiser=ctx.organiser_id, id=entry.organisation_id)
    if found is None:
        raise invalid(UNKNOWN_REFERENCE.at("/organisation_id"))
    refuse(rules.check_registration(registrar, Target(entry.role, entry.organisation_id, found["kind"])))
    closed_on: date | None = found["closed_on"]
    return closed_on


async def _says(session: Session, row: ConnectedSystemRow, entry: ConnectedSystemEntry) -> bool:
    """Whether the system has this content already. Proofs are of the moment, no content."""
    stored = ConnectedSystem.model_validate_json(await wire(session, row))
    content = {name: getattr(stored, name) for name in ConnectedSystemEntry.model_fields if name != "proofs"}
    return bool(content == {name: getattr(entry, name) for name in content})


async def replace(
    ctx: RequestContext,
    row: ConnectedSystemRow,
    entry: ConnectedSystemEntry,
    if_match: str | None,
    registrar: Registrar,
    audience: str,
) -> ConnectedSystemRow:
    """Change name, software or keys; organisation, client_id and role stay."""
    if not rules.may_change(registrar.role, row.role):
        raise rules.NOT_YOURS_TO_REGISTER()
    refuse(
        [
            INVALID_VALUE.at(f"/{name}", reason=validation_messages.UNCHANGEABLE)
            for name in ("organisation_id", "client_id", "role")
            if getattr(entry, name) != getattr(row, name)
        ]
    )
    keys.check(entry.jwks)
    if await _says(ctx.session, row, entry):
        return row
    before = await wire(ctx.session, row)
    jwks = await keys.stored(ctx.session, row.id)
    held = {thumbprint(jwk) for jwk in jwks["keys"]}
    new = await keys.prove(ctx.session, entry, held, audience)
    preconditions.require_version(if_match, row.version)
    await keys.take(ctx.session, row.id, entry, jwks["keys"])
    values: dict[str, Any] = {
        "name": entry.name,
        "software": entry.software,
        "recorded_at": await records.now(ctx.session),
    }
    caller = ctx.caller.system.id
    begins = new and rules.awaits_confirmation(row.role, registrar, by_itself=caller == row.id)
    if begins or row.unconfirmed_by is not None:
        values["unconfirmed_by"] = [*dict.fromkeys([*(row.unconfirmed_by or ()), caller])]
    await records.replace(ctx.session, ctx.actor, row, values)
    changed = entry.jwks.model_dump(exclude_none=True) != jwks
    await _tell(ctx, row, "updated", before, about_keys=changed)
    return row


async def confirm(
    ctx: RequestContext, row: ConnectedSystemRow, if_match: str | None = None, *, by_hand: bool = False
) -> ConnectedSystemRow:
    """Let the tokens of a system of the organiser work, as a system that had no hand in what waits; `by_hand` at the
    command line."""
    preconditions.require_if_given(if_match, row.version)
    if row.unconfirmed_by is None:
        return row
    if not by_hand and ctx.caller.system.id in {*row.unconfirmed_by, row.id}:
        raise rules.NEEDS_ANOTHER_SYSTEM()
    before = await wire(ctx.session, row)
    await records.replace(ctx.session, ctx.actor, row, {"unconfirmed_by": None})
    await _tell(ctx, row, "updated", before, about_keys=True)
    return row


async def revoke(ctx: RequestContext, row: ConnectedSystemRow) -> ConnectedSystemRow:
    """Refuse its tokens from now on; a revoked system stays readable, and its keys stay its own."""
    if not rules.may_revoke(ctx.caller.system.role, row.role):
        raise rules.NOT_YOURS_TO_REGISTER()
    if row.revoked_on is None:
        before = await wire(ctx.session, row)
        await records.replace(ctx.session, ctx.actor, row, {"revoked_on": await records.now(ctx.session)})
        await _tell(ctx, row, "ended", before, about_keys=True)
    return row


async def _tell(
    ctx: RequestContext, row: ConnectedSystemRow, change: str, before: bytes | None, *, about_keys: bool
) -> None:
    """The organiser and the organisation whose system it is read it in their feeds; a change of keys is in the use
    log besides."""
    kind = rules.kind_of(row.role)
    whose: dict[str, Any] = {"client_id": None}
    if kind != "organiser":
        whose[f"{kind}_id"] = row.organisation_id
    replaced = before.decode() if before is not None else None
    await record_change(ctx, CONNECTED_SYSTEM.resource_type, row, change, replaced, **whose)
    ctx.session.logged_anyway = ctx.session.logged_anyway or about_keys
