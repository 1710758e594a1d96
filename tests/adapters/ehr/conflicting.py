"""A conflict as the intake leaves it, set up behind the curtain where a test has no record system to move a decision."""

from typing import Any
from uuid import UUID

import asyncpg

from walmu_api.foundation.record_ids import uuid7

_CONFLICT = """
with target as (
    insert into ehr_targets (organiser_id, id, name, dialect, base_url, system_id, active)
    select organiser_id, $3, 'conflicting', 'none', '', id, false from connected_systems
    where organiser_id = $1 and role = 'ehr' limit 1
    on conflict (organiser_id, name) do update set active = false returning organiser_id, id),
item as (
    insert into ehr_inbox (organiser_id, id, target_id, stream, remote_id, version, content_sealed, state)
    select organiser_id, $4::uuid, id, 'decisions', $4::uuid::text, 2, '', 'conflict' from target
    returning organiser_id, id, target_id)
insert into ehr_conflicts (organiser_id, id, target_id, inbox_id, kind, decision_id, client_id, provider_id,
    their_client_id, their_provider_id)
select d.organiser_id, $5, item.target_id, item.id, 'person-changed', d.id, d.client_id, d.provider_id, d.client_id,
    d.provider_id
from item join decisions d on d.organiser_id = item.organiser_id and d.id = $2
"""


async def conflict(owner: asyncpg.Connection, organiser_id: UUID, decision_id: Any) -> str:
    """Its id."""
    conflict_id = uuid7()
    decision = UUID(str(decision_id))
    await owner.execute(_CONFLICT, organiser_id, decision, uuid7(), uuid7(), conflict_id)
    return str(conflict_id)
