"""Registering connected systems, changing their keys, revoking them; and issuing their tokens."""

import json
import re
import time
from typing import Any
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import Select, select

from walmu_api.access import tokens, use_log
from walmu_api.access.connected_systems.definition import CONNECTED_SYSTEM
from walmu_api.access.connected_systems.schemas import ConnectedSystem, ConnectedSystemEntry
from walmu_api.access.connected_systems.tables import ConnectedSystemRow
from walmu_api.access.context import RequestContext
from walmu_api.access.guard import AppContext
from walmu_api.access.record_change import record_change
from walmu_api.access.system_registry import System
from walmu_api.access.tokens import ASSERTION_ALGORITHMS, INVALID_CLIENT, Expected, Key, TokenError
from walmu_api.foundation import preconditions, records, validation_messages
from walmu_api.foundation.database import Session, Tenancy
from walmu_api.foundation.locales import Reason
from walmu_api.foundation.problems import (
    DUPLICATE_SOURCE,
    INVALID_VALUE,
    UNKNOWN_REFERENCE,
    Finding,
    Problem,
    ProblemType,
    invalid,
)
from walmu_api.foundation.statements import Statement

SIGNING_KEY = Reason("signing-key")
SAME_KID = Reason("same-kid")

CLIENT_ID_TAKEN = ProblemType("client-id-taken", 409)
INVALID_SCOPE = ProblemType("invalid-scope", 400)
_KEYS = Statement("select jwks from system_keys where client_id = :client_id")
_PUT_KEYS = Statement("""
insert into system_keys (client_id, organiser_id, system_id, jwks)
  values (:client_id, :organiser, :system_id, :jwks)
on conflict (client_id) do update set jwks = excluded.jwks
where system_keys.organiser_id = excluded.organiser_id and system_keys.system_id = excluded.system_id
""")


_ORGANISATION_EXISTS = Statement("""
select 1 from organisations where organiser_id = :organiser and id = :id and (kind = :kind or :kind is null)
""")
_FORGET_JTIS = Statement("""
delete from used_jti where organiser_id = :organiser and expires_at < clock_timestamp() - interval '1 minute'
""")


def _check_keys(entry: ConnectedSystemEntry) -> None:
    wrong: list[Finding] = []
    for at, jwk in enumerate(entry.jwks.keys):
        try:
            Key(jwk.model_dump(exclude_none=True))
        except Exception:  # noqa: BLE001 - whatever the library says of a key, it is not usable
            wrong.append(INVALID_VALUE.at(f"/jwks/keys/{at}", reason=SIGNING_KEY))
    kids = [jwk.kid for jwk in entry.jwks.keys]
    if len(set(kids)) != len(kids):
        wrong.append(INVALID_VALUE.at("/jwks/keys", reason=SAME_KID))
    if wrong:
        raise invalid(*wrong)


async def wire(session: Session, row: ConnectedSystemRow) -> bytes:
    jwks = await session.fetchval(_KEYS, client_id=row.client_id)
    fields = {name: getattr(row, name) for name in ConnectedSystem.model_fields if name != "jwks"}
    return (
        ConnectedSystem.model_validate({**fields, "jwks": jwks}).model_dump_json(exclude_none=True).encode()
    )


def own(session: Session) -> Select[ConnectedSystemRow]:
    return select(ConnectedSystemRow).where(ConnectedSystemRow.organiser_id == session.organiser_id)


async def find(session: Session, system_id: UUID, *, lock: bool = False) -> ConnectedSystemRow:
    return await records.find(session, own(session).where(ConnectedSystemRow.id == system_id), lock=lock)


async def register(ctx: RequestContext, entry: ConnectedSystemEntry) -> tuple[ConnectedSystemRow, bool]:
    """A new system, or the one this sender registered under the same source_id with the same content."""
    _check_keys(entry)
    known = await records.by_source(ctx.session, ConnectedSystemRow, ctx.actor, entry.source_id)
    if known is not None:
        if ConnectedSystemEntry.model_validate_json(await _entry_of(ctx.session, known)) != entry:
            raise DUPLICATE_SOURCE().with_members(url=f"/v1/connected-systems/{known.id}")
        return known, False
    await _require_organisation(ctx.session, entry)
    values = records.columns(entry)
    jwks = values.pop("jwks")
    row = ConnectedSystemRow(
        **values | await records.stamp(ctx.session, ctx.actor, entry.source_id), revoked_on=None
    )
    await records.insert(ctx.session, row, {"connected_systems_client_id_key": CLIENT_ID_TAKEN})
    await ctx.session.execute(
        _PUT_KEYS,
        client_id=entry.client_id,
        organiser=ctx.organiser_id,
        system_id=row.id,
        jwks=to_json(jwks).decode(),
    )
    await record_change(ctx, CONNECTED_SYSTEM.resource_type, row, "created", None, client_id=None)
    return row, True


async def _entry_of(session: Session, row: ConnectedSystemRow) -> bytes:
    stored = ConnectedSystem.model_validate_json(await wire(session, row))
    return to_json(stored.model_dump(include=set(ConnectedSystemEntry.model_fields), exclude_none=True))


async def _require_organisation(session: Session, entry: ConnectedSystemEntry) -> None:
    kind = entry.role if entry.role in {"provider", "workplace"} else "organiser"
    if not await session.fetchval(
        _ORGANISATION_EXISTS, organiser=session.organiser_id, id=entry.organisation_id, kind=kind
    ):
        raise invalid(UNKNOWN_REFERENCE.at("/organisation_id"))


async def replace(
    ctx: RequestContext, row: ConnectedSystemRow, entry: ConnectedSystemEntry, if_match: str | None
) -> ConnectedSystemRow:
    """Change name, software or keys; organisation, client_id and role stay."""
    fixed = [
        INVALID_VALUE.at(f"/{name}", reason=validation_messages.UNCHANGEABLE)
        for name in ("organisation_id", "client_id", "role")
        if getattr(entry, name) != getattr(row, name)
    ]
    if fixed:
        raise invalid(*fixed)
    _check_keys(entry)
    before = await wire(ctx.session, row)
    if ConnectedSystemEntry.model_validate_json(await _entry_of(ctx.session, row)) == entry:
        return row
    preconditions.require_version(if_match, row.version)
    await ctx.session.execute(
        _PUT_KEYS,
        client_id=row.client_id,
        organiser=ctx.organiser_id,
        system_id=row.id,
        jwks=entry.jwks.model_dump_json(exclude_none=True),
    )
    values = {"name": entry.name, "software": entry.software, "recorded_at": await records.now(ctx.session)}
    await records.replace(ctx.session, ctx.actor, row, values)
    await record_change(ctx, CONNECTED_SYSTEM.resource_type, row, "updated", before.decode(), client_id=None)
    return row


async def revoke(ctx: RequestContext, row: ConnectedSystemRow) -> ConnectedSystemRow:
    """Refuse its tokens from now on; a revoked system stays readable."""
    if row.revoked_on is None:
        before = await wire(ctx.session, row)
        await records.replace(ctx.session, ctx.actor, row, {"revoked_on": await records.now(ctx.session)})
        await record_change(
            ctx, CONNECTED_SYSTEM.resource_type, row, "ended", before.decode(), client_id=None
        )
    return row


_JTI = re.compile(r"[!-~]+")
LONGEST_ACT = 1000
"""So much of a person fits into an access token, in JSON with ASCII only."""
_TAKE_JTI = Statement("""
insert into used_jti (organiser_id, client_id, jti, expires_at)
  values (:organiser, :client_id, :jti, to_timestamp(:expires_at))
  on conflict do nothing returning 1
""")


async def token_for(app_context: AppContext, assertion: str, scope: str | None) -> tuple[str, list[str]]:
    """An access token for a good client assertion. Every bad one gets the same answer."""
    try:
        system, claims = await _verified(app_context, assertion)
    except TokenError as error:
        raise _refused(error) from None
    async with app_context.database.transaction(Tenancy(system.organiser_id)) as session:
        if not await session.fetchval(
            _TAKE_JTI,
            organiser=system.organiser_id,
            client_id=system.client_id,
            jti=claims["jti"],
            expires_at=float(claims["exp"] + tokens.LEEWAY),
        ):
            raise _refused(TokenError("replayed"))
        await session.execute(_FORGET_JTIS, organiser=system.organiser_id)
    asked = scope.split() if scope else sorted(system.scopes)
    if not asked or set(asked) - system.scopes:
        raise INVALID_SCOPE().with_members(error="invalid_scope")
    return app_context.tokens.issue(system.client_id, asked, claims.get("act"), now=time.time()), asked


def _refused(error: TokenError) -> Problem:
    return tokens.refuse(INVALID_CLIENT, error, "Bearer").with_members(error="invalid_client")


async def _verified(app_context: AppContext, assertion: str) -> tuple[System, dict[str, Any]]:
    client_id = tokens.peek(assertion).get("iss")
    if (
        not isinstance(client_id, str)
        or not 0 < len(client_id) <= 64
        or not client_id.isascii()
        or "\0" in client_id
    ):
        raise TokenError("claim-iss")
    found = await app_context.registry.find_with_keys(app_context.database, client_id)
    if found is None or found[0].revoked:
        raise TokenError("unknown-system")
    system, jwks = found
    expected = Expected(
        algorithms=frozenset(ASSERTION_ALGORITHMS),
        types=frozenset({None, "JWT"}),
        audiences=frozenset({app_context.public_url, f"{app_context.public_url}/oauth2/token"}),
        longest_life=300,
        required=frozenset({"iss", "sub", "jti"}),
    )
    claims = tokens.verify(assertion, {jwk["kid"]: Key(jwk) for jwk in jwks}, expected, time.time())
    if claims["iss"] != client_id or claims["sub"] != client_id:
        raise TokenError("claim-sub")
    if not _JTI.fullmatch(claims["jti"]):
        raise TokenError("claim-jti")
    if "act" in claims and (
        use_log.person_text(claims["act"]) is None or len(json.dumps(claims["act"])) > LONGEST_ACT
    ):
        raise TokenError("claim-act")  # left out, the use log would hide who it was (ADR 12)
    return system, claims
