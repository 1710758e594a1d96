"""Founding an organiser: the one act that happens before there is a tenant. Done by the owner of the database, from the CLI."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from walmu_api.foundation.identifiers import uuid7, uuid7s


@dataclass(frozen=True)
class Founded:
    organiser_id: UUID
    organisation_id: UUID
    system_id: UUID


_ORGANISATION = """
insert into organisations (organiser_id, id, kind, name, business_id, recorded_at, recorded_by_organisation, recorded_by_system)
values ($1, $2, 'organiser', $3, $4, walmu_now(), $2, $5)
"""
_SYSTEM = """
insert into connected_systems (organiser_id, id, organisation_id, client_id, name, role, recorded_at, recorded_by_organisation, recorded_by_system)
values ($1, $2, $3, $4, $5, $6, walmu_now(), $3, $2)
"""


async def found(
    owner: asyncpg.Connection, name: str, business_id: str, client_id: str, jwks: Mapping[str, Any]
) -> Founded:
    """An organiser, itself as an organisation, and its first connected system; everything else goes over HTTP."""
    organiser, organisation, system = uuid7s(3)
    async with owner.transaction():
        await owner.execute(
            "insert into organisers (id, name, business_id) values ($1, $2, $3)", organiser, name, business_id
        )
        await owner.execute(_ORGANISATION, organiser, organisation, name, business_id, system)
        await add_system(owner, organiser, organisation, client_id, name, "organiser", jwks, system)
    return Founded(organiser, organisation, system)


async def add_system(
    owner: asyncpg.Connection,
    organiser: UUID,
    organisation: UUID,
    client_id: str,
    name: str,
    role: str,
    jwks: Mapping[str, Any],
    system: UUID | None = None,
) -> UUID:
    """A connected system, as the owner."""
    system = system or uuid7()
    await owner.execute(_SYSTEM, organiser, system, organisation, client_id, name, role)
    await owner.execute(
        "insert into system_keys (client_id, organiser_id, system_id, jwks) values ($1, $2, $3, $4)",
        client_id,
        organiser,
        system,
        json.dumps(jwks),
    )
    return system
