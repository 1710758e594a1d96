"""The keys of a connected system: a new one is strong, proven by its holder, and held by no other system."""

import re
import time
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import structlog
from pydantic_core import to_json

from walmu_api.access import tokens
from walmu_api.access.connected_systems.rules import KEY_IN_USE, KEY_NOT_PROVEN
from walmu_api.access.connected_systems.schemas import ConnectedSystemEntry, PublicKeys
from walmu_api.access.key_strength import secret_name
from walmu_api.access.tokens import ASSERTION_ALGORITHMS, PROOF_TYPE, Expected, Key, TokenError
from walmu_api.foundation.database import Session
from walmu_api.foundation.locales import Reason
from walmu_api.foundation.problems import INVALID_VALUE, Finding, refuse
from walmu_api.foundation.statements import Statement

log = structlog.get_logger()
SIGNING_KEY = Reason("signing-key")
SAME_KID = Reason("same-kid")

_STORED = Statement("select jwks from system_keys where organiser_id = :organiser and system_id = :system_id")
_STORE = Statement("""
insert into system_keys (client_id, organiser_id, system_id, jwks)
  values (:client_id, :organiser, :system_id, :jwks)
on conflict (organiser_id, system_id) do update set jwks = excluded.jwks
""")
_HOLD = Statement("""
insert into held_keys (organiser_id, system_id, thumbprint) values (:organiser, :system_id, :thumbprint)
  on conflict (thumbprint) do nothing returning true
""")
_RELEASE = Statement("""
delete from held_keys
  where organiser_id = :organiser and system_id = :system_id and thumbprint = any(:thumbprints)
""")
_JTI = re.compile(r"[!-~]+")
_TAKE_JTI = Statement("""
insert into used_jti (organiser_id, client_id, jti, expires_at)
  values (:organiser, :signer, :jti, to_timestamp(:expires_at))
  on conflict do nothing returning true
""")


async def take_jti(session: Session, signer: str, claims: dict[str, Any]) -> bool:
    """Whether this JWT of this signer is used for the first time, at whatever organiser: a key may move from one to
    another. What the transaction rolls back was no use."""
    if not _JTI.fullmatch(claims["jti"]):
        raise TokenError("claim-jti")
    expires_at = float(claims["exp"] + tokens.LEEWAY)
    taken = await session.fetchval(
        _TAKE_JTI, organiser=session.organiser_id, signer=signer, jti=claims["jti"], expires_at=expires_at
    )
    return bool(taken)


def check(jwks: PublicKeys) -> list[Key]:
    """The keys as they can be used, or what is wrong with each."""
    wrong: list[Finding] = []
    keys: list[Key] = []
    for at, jwk in enumerate(jwks.keys):
        try:
            keys.append(Key(jwk.model_dump(exclude_none=True)))
        except Exception:  # noqa: BLE001 - whatever the library says of a key, it is not usable
            wrong.append(INVALID_VALUE.at(f"/jwks/keys/{at}", reason=SIGNING_KEY))
    kids = [jwk.kid for jwk in jwks.keys]
    if len(set(kids)) != len(kids):
        wrong.append(INVALID_VALUE.at("/jwks/keys", reason=SAME_KID))
    refuse(wrong)
    return keys


async def stored(session: Session, system_id: UUID) -> dict[str, Any]:
    """The key set of a system as it is told."""
    jwks: dict[str, Any] = await session.fetchval(
        _STORED, organiser=session.organiser_id, system_id=system_id
    )
    return jwks


async def prove(
    session: Session, entry: ConnectedSystemEntry, held: set[str], audience: str
) -> list[tuple[int, Key]]:
    """The keys that the system does not hold yet, with their places. Each has its proof."""
    new = [(at, key) for at, key in enumerate(check(entry.jwks)) if key.thumbprint not in held]
    refuse(
        [
            KEY_NOT_PROVEN.at(f"/jwks/keys/{at}")
            for at, key in new
            if not await _is_proven(session, key, entry.proofs or [], audience)
        ]
    )
    return new


async def take(
    session: Session, system_id: UUID, entry: ConnectedSystemEntry, before: Iterable[Mapping[str, Any]]
) -> None:
    """From now on the keys of the entry are this system's in place of those before, unless one is another system's: that is
    told only to whoever proved to hold the key."""
    of_system = {"organiser": session.organiser_id, "system_id": system_id}
    had = {secret_name(jwk) for jwk in before}
    keys = check(entry.jwks)
    in_use = []
    for name in dict.fromkeys(key.secret_name for key in keys if key.secret_name not in had):
        if not await session.fetchval(_HOLD, **of_system, thumbprint=name):
            in_use += [
                KEY_IN_USE.at(f"/jwks/keys/{at}") for at, key in enumerate(keys) if key.secret_name == name
            ]
    refuse(in_use)
    gone = had - {key.secret_name for key in keys}
    if gone:
        await session.execute(_RELEASE, **of_system, thumbprints=list(gone))
    jwks = to_json(entry.jwks.model_dump(exclude_none=True)).decode()
    await session.execute(_STORE, **of_system, client_id=entry.client_id, jwks=jwks)


async def _is_proven(session: Session, key: Key, proofs: list[str], audience: str) -> bool:
    """Whether one of these is signed by this key, for this service, a moment ago, and used for the first time."""
    expected = Expected(
        algorithms=frozenset(ASSERTION_ALGORITHMS),
        types=frozenset({PROOF_TYPE}),
        audiences=frozenset({audience}),
        longest_life=300,
        required=frozenset({"jti"}),
    )
    for proof in proofs:
        try:
            claims = tokens.verify(proof, {key.kid: key}, expected, time.time())
            if await take_jti(session, f"proof {key.thumbprint}", claims):
                return True
        except TokenError as error:
            log.info("proof of a key refused", reason=str(error))
    return False
