"""Access tokens: given for client assertions (RFC 7523), each of which is good once."""

import json
import time
from typing import Any

from walmu_api.access import tokens, use_log
from walmu_api.access.connected_systems.keys import take_jti
from walmu_api.access.guard import AppContext
from walmu_api.access.system_registry import Place, System
from walmu_api.access.tokens import ASSERTION_ALGORITHMS, INVALID_CLIENT, Expected, Key, TokenError
from walmu_api.foundation.database import Tenancy
from walmu_api.foundation.problems import ProblemType
from walmu_api.foundation.statements import Statement
from walmu_api.foundation.texts import in_nfc

INVALID_SCOPE = ProblemType("invalid-scope", 400)
LONGEST_ACT = 1000
"""So much of a person fits into an access token, in JSON with ASCII only."""
_FORGET_JTIS = Statement("""
delete from used_jti where organiser_id = :organiser and expires_at < clock_timestamp() - interval '1 minute'
""")


async def token_for(app_context: AppContext, assertion: str, scope: str | None) -> tuple[str, list[str]]:
    """An access token for a good client assertion. Every bad one gets the same answer."""
    try:
        system, key, claims = await _verified(app_context, assertion)
        async with app_context.database.transaction(Tenancy(system.organiser_id)) as session:
            if not await take_jti(session, f"{system.client_id} {key.thumbprint}", claims):
                raise TokenError("replayed")
            await session.execute(_FORGET_JTIS, organiser=system.organiser_id)
    except TokenError as error:
        raise tokens.refuse(INVALID_CLIENT, error, "Bearer").with_members(error="invalid_client") from None
    asked = scope.split() if scope else sorted(system.scopes)
    if not asked or set(asked) - system.scopes:
        raise INVALID_SCOPE().with_members(error="invalid_scope")
    act, now = in_nfc(claims.get("act")), time.time()
    return app_context.tokens.issue(system.client_id, key.thumbprint, asked, act, now=now), asked


async def _verified(app_context: AppContext, assertion: str) -> tuple[System, Key, dict[str, Any]]:
    client_id = tokens.peek(assertion).get("iss")
    if (
        not isinstance(client_id, str)
        or not 0 < len(client_id) <= 64
        or not client_id.isascii()
        or "\0" in client_id
    ):
        raise TokenError("claim-iss")
    places = await app_context.registry.find_keys(app_context.database, client_id)
    place, key, claims = _signer(app_context.public_url, assertion, places)
    system = await app_context.registry.system_at(app_context.database, client_id, place)
    if system is None or not system.may_call:
        raise TokenError("unknown-system")
    if claims["iss"] != client_id or claims["sub"] != client_id:
        raise TokenError("claim-sub")
    if "act" in claims and (
        use_log.person_text(claims["act"]) is None or len(json.dumps(claims["act"])) > LONGEST_ACT
    ):
        raise TokenError("claim-act")  # left out, the use log would hide who it was (ADR 12)
    return system, key, claims


def _signer(public_url: str, assertion: str, places: list[Place]) -> tuple[Place, Key, dict[str, Any]]:
    """Of the systems with this client id, at several organisers maybe, the one whose key signed."""
    expected = Expected(
        algorithms=frozenset(ASSERTION_ALGORITHMS),
        types=frozenset({None, "JWT"}),
        audiences=frozenset({public_url, f"{public_url}/oauth2/token"}),
        longest_life=300,
        required=frozenset({"iss", "sub", "jti"}),
    )
    kid = tokens.peek(assertion, 0).get("kid")
    refusal = TokenError("unknown-system")
    for place in places:
        key = tokens.named(kid, place.jwks)
        if key is None:
            continue
        try:
            return place, key, tokens.verify(assertion, {key.kid: key}, expected, time.time())
        except TokenError as error:
            refusal = error
    raise refusal
