"""The connected systems as the guard needs them: looked up by client id and key, remembered for half a minute.

So a revoked system and a removed key are refused everywhere within that time. The tenant comes from here, never from a
claim. A client id is unique in its organisation only; together with one of its keys it is one system, as no key is
held by two (ADR 39)."""

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from walmu_api.access.key_strength import thumbprint
from walmu_api.access.scopes import ROLES
from walmu_api.foundation.database import Database, Tenancy
from walmu_api.foundation.statements import Statement


@dataclass(frozen=True)
class System:
    id: UUID
    organiser_id: UUID
    organisation_id: UUID
    client_id: str
    role: str
    revoked: bool
    awaits_confirmation: bool = False

    @property
    def scopes(self) -> frozenset[str]:
        return ROLES[self.role]

    @property
    def may_call(self) -> bool:
        return not self.revoked and not self.awaits_confirmation


Jwks = list[dict[str, Any]]


@dataclass(frozen=True)
class Place:
    """Where a client id is registered, and with which keys."""

    organiser_id: UUID
    system_id: UUID
    jwks: Jwks


_WHERE = Statement("select organiser_id, system_id, jwks from system_keys where client_id = :client_id")
_SYSTEM = Statement("""
select organisation_id, role, revoked_on is not null as revoked, unconfirmed_by is not null as awaits_confirmation
  from connected_systems
  where organiser_id = :organiser and id = :system_id
""")


class Registry:
    REMEMBERED = 30.0

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[float, System | None]] = {}

    async def find(self, database: Database, client_id: str, key: str) -> System | None:
        """The system of this client id that has the key of this thumbprint."""
        until, system = self._known.get((client_id, key), (0.0, None))
        if until > time.monotonic():
            return system
        places = await self.find_keys(database, client_id)
        place = next((each for each in places if key in _thumbprints(each.jwks)), None)
        system = await self.system_at(database, client_id, place) if place is not None else None
        if len(self._known) > 10_000:
            self._known.clear()
        self._known[client_id, key] = (time.monotonic() + self.REMEMBERED, system)
        return system

    async def find_keys(self, database: Database, client_id: str) -> list[Place]:
        """Where a client id is registered, at whatever organisers, with the public keys as they are now."""
        async with database.transaction(Tenancy(None, client_id=client_id)) as session:
            rows = await session.fetch(_WHERE, client_id=client_id)
        return [Place(row["organiser_id"], row["system_id"], row["jwks"]["keys"]) for row in rows]

    async def system_at(self, database: Database, client_id: str, place: Place) -> System | None:
        """Looked up for the one whose key signed: those who took the same client id cost it no look."""
        async with database.transaction(Tenancy(place.organiser_id)) as session:
            row = await session.fetchrow(_SYSTEM, organiser=place.organiser_id, system_id=place.system_id)
        if row is None:
            return None
        organisation_id, *rest = row
        return System(place.system_id, place.organiser_id, organisation_id, client_id, *rest)


def _thumbprints(jwks: Jwks) -> set[str]:
    known = set()
    for jwk in jwks:
        with suppress(KeyError, ValueError, OverflowError):  # stored when less was asked of keys
            known.add(thumbprint(jwk))
    return known
