"""Who is calling: the token of a request, and the connected system that it stands for."""

from functools import lru_cache

from fastapi import Request

from walmu_api.access import use_log
from walmu_api.access.caller import Caller
from walmu_api.access.system_registry import Registry
from walmu_api.access.tokens import INVALID_TOKEN, NO_TOKEN, TokenError, Tokens, challenge_for, refuse
from walmu_api.foundation.database import Database


async def authenticate(request: Request, tokens: Tokens, registry: Registry, database: Database) -> Caller:
    """The caller of a request, or the one answer that every bad token gets."""
    # of two, who is to say which one the proxy in front looked at
    data = request.headers.getlist("authorization")
    scheme, _, token = (data[0] if len(data) == 1 else "").partition(" ")
    try:
        if scheme.lower() != "bearer" or not token:
            raise TokenError(NO_TOKEN)
        claims = tokens.verify(token.strip())
        client_id, key = claims["client_id"], claims["client_key"]
        system = await registry.find(database, client_id, key)
        if system is None or not system.may_call:
            raise TokenError("unknown-system")
    except TokenError as error:
        raise refuse(INVALID_TOKEN, error, challenge_for(error)) from None
    person = use_log.person_text(claims.get("act"))
    request.scope["walmu_system"], request.scope["walmu_key"] = str(system.id), key
    return Caller(
        system, _granted(claims["scope"], system.scopes), person, request.scope.get("walmu_request_id", "")
    )


@lru_cache(maxsize=256)  # a system asks with the same token for many requests
def _granted(scope: str, of_system: frozenset[str]) -> frozenset[str]:
    """What the token says and the system still has."""
    return frozenset(scope.split()) & of_system
