"""Parties written straight into the tables, for tests and measurements: past every rule, so that a stage is set in
moments. The demo founds its organisers as the commands do."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from walmu_api.foundation.record_ids import uuid7, uuid7s
from walmu_api.foundation.statements import Statement


@dataclass(frozen=True)
class Founded:
    organiser_id: UUID
    organisation_id: UUID
    system_id: UUID


_ORGANISER = Statement(
    "insert into organisers (id, name, business_id) values (:organiser, :name, :business_id)"
)
_ORGANISATION = Statement("""
insert into organisations (organiser_id, id, kind, name, business_id, recorded_at, recorded_by_organisation,
  recorded_by_system)
values (:organiser, :id, 'organiser', :name, :business_id, walmu_now(), :id, :system_id)
""")
_SYSTEM = Statement("""
insert into connected_systems (organiser_id, id, organisation_id, client_id, name, role, recorded_at,
  recorded_by_organisation, recorded_by_system)
values (:organiser, :id, :organisation_id, :client_id, :name, :role, walmu_now(), :organisation_id, :id)
""")
_KEYS = Statement("""
insert into system_keys (client_id, organiser_id, system_id, jwks) values (:client_id, :organiser, :id, :jwks)
""")


async def found(
    owner: asyncpg.Connection, name: str, business_id: str, client_id: str, jwks: Mapping[str, Any]
) -> Founded:
    """An organiser, itself as an organisation, and its first connected system; everything else goes over
    HTTP."""
    organiser, organisation, system = uuid7s(3)
    async with owner.transaction():
        data = {"organiser": organiser, "name": name, "business_id": business_id}
        await owner.execute(*_ORGANISER.bound(**data))
        await owner.execute(*_ORGANISATION.bound(**data, id=organisation, system_id=system))
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
    key = {"organiser": organiser, "id": system, "client_id": client_id}
    await owner.execute(*_SYSTEM.bound(**key, organisation_id=organisation, name=name, role=role))
    await owner.execute(*_KEYS.bound(**key, jwks=json.dumps(jwks)))
    return system
