"""The connected systems as the guard needs them: looked up by client id, remembered for half a minute.

So a revoked system is refused everywhere within that time. The tenant comes from here, never from a claim."""

import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

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

    @property
    def scopes(self) -> frozenset[str]:
        return ROLES[self.role]


_WHERE = Statement("select organiser_id, system_id, jwks from system_keys where client_id = :client_id")
_SYSTEM = Statement("""
select organisation_id, role, revoked_on is not null as revoked from connected_systems
  where organiser_id = :organiser and id = :system_id
""")


class Registry:
    REMEMBERED = 30.0

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, System | None]] = {}

    async def find(self, database: Database, client_id: str) -> System | None:
        until, system = self._known.get(client_id, (0.0, None))
        if until > time.monotonic():
            return system
        found = await self.find_with_keys(database, client_id)
        system = found[0] if found else None
        if len(self._known) > 10_000:
            self._known.clear()
        self._known[client_id] = (time.monotonic() + self.REMEMBERED, system)
        return system

    async def find_with_keys(
        self, database: Database, client_id: str
    ) -> tuple[System, list[dict[str, Any]]] | None:
        """The system and its public keys, as they are now."""
        async with database.transaction(Tenancy(None, client_id=client_id)) as session:
            place = await session.fetchrow(_WHERE, client_id=client_id)
        if place is None:
            return None
        async with database.transaction(Tenancy(place["organiser_id"])) as session:
            row = await session.fetchrow(
                _SYSTEM, organiser=place["organiser_id"], system_id=place["system_id"]
            )
        if row is None:
            return None
        system = System(
            place["system_id"],
            place["organiser_id"],
            row["organisation_id"],
            client_id,
            row["role"],
            row["revoked"],
        )
        return system, place["jwks"]["keys"]
