"""What a session of the database that is narrowed to a workplace or a provider could write past the API: each row is one that is
there, changed into what such a caller may not say. The page: a workplace writes days, reports and assessments under its own
agreements, a provider the records of its own relationships."""

import json
from typing import Any

import asyncpg
import pytest
from tests.conftest import TenantFixture
from tests.privacy.test_row_level_security import Undone, with_rows_everywhere

from walmu_api.foundation.record_ids import uuid7

WORKPLACE, A, B = "workplace", "provider_a", "provider_b"
OF_A = "provider_id = '{provider_a}'"
Attempt = tuple[str, str, str, dict[str, Any]]
ATTEMPTS: list[Attempt] = [
    (WORKPLACE, "documents", OF_A, {"workplace_id": WORKPLACE, "resource_type": "permission"}),
    (WORKPLACE, "documents", OF_A, {"provider_id": WORKPLACE, "resource_type": "permission"}),
    (WORKPLACE, "documents", OF_A, {"provider_id": WORKPLACE, "owner_id": WORKPLACE}),
    (WORKPLACE, "documents", "resource_type = 'diary-entry'", {"status": "final"}),
    (WORKPLACE, "documents", "resource_type = 'diary-entry'", {"owner_id": A}),
    (WORKPLACE, "documents", "resource_type = 'diary-entry'", {"provider_id": B}),
    (WORKPLACE, "documents", "resource_type = 'diary-entry'", {"resource_type": "plan"}),
    (WORKPLACE, "agreements", OF_A, {"provider_id": WORKPLACE}),
    (WORKPLACE, "measurements", OF_A, {"provider_id": WORKPLACE}),
    (WORKPLACE, "attendance", OF_A, {"provider_id": WORKPLACE, "date": "2026-01-07"}),
    (
        WORKPLACE,
        "attendance",
        "confirmation is not null",
        {"confirmation": "confirmed", "date": "2026-01-07"},
    ),
    (WORKPLACE, "justifications", OF_A, {"provider_id": WORKPLACE, "entered_by": WORKPLACE}),
    (WORKPLACE, "journal", OF_A, {"actor_organisation": WORKPLACE}),
    (
        WORKPLACE,
        "journal",
        OF_A,
        {"actor_organisation": WORKPLACE, "workplace_id": WORKPLACE, "provider_id": B},
    ),
    (WORKPLACE, "disclosures", "true", {"organisation_id": WORKPLACE, "recipient_id": A}),
    (WORKPLACE, "connected_systems", "role = 'workplace'", {"role": "provider"}),
    (WORKPLACE, "connected_systems", "role = 'workplace'", {}),
    (WORKPLACE, "held_keys", "system_id in (select id from connected_systems where role = 'workplace')", {}),
    (B, "documents", OF_A, {"provider_id": B, "owner_id": B}),
    (A, "documents", f"{OF_A} and workplace_id is null", {"resource_type": "case"}),
    (A, "documents", f"{OF_A} and workplace_id is null", {"owner_id": "organiser"}),
    (B, "agreements", OF_A, {"provider_id": B}),
    (B, "measurements", OF_A, {"provider_id": B}),
    (B, "attendance", OF_A, {"provider_id": B, "date": "2026-01-07"}),
    (B, "justifications", OF_A, {"provider_id": B, "entered_by": B}),
    (A, "justifications", OF_A, {"state": "accepted"}),
    (B, "journal", OF_A, {"actor_organisation": B}),
]


@pytest.fixture
async def full(world: TenantFixture) -> TenantFixture:
    await with_rows_everywhere(world)
    return world


async def _refused(world: TenantFixture, attempt: Attempt) -> bool:
    """A row of this table, changed so, is refused; by the policy, or because the agreement is another provider's."""
    speaker, table, where, changes = attempt
    parties = {name: str(getattr(world, name).organisation_id) for name in (WORKPLACE, A, B, "organiser")}
    row = await world.owner.fetchval(
        f"select to_jsonb(t)::text from {table} t where organiser_id = $1 and {where.format(**parties)} limit 1",
        world.organiser_id,
    )
    assert row is not None, attempt
    content = json.loads(row)
    new: dict[str, Any] = {"id": str(uuid7())} if "id" in content else {}
    new |= {"source_id": None} if "source_id" in content else {}
    if "document_number" in content:
        new["document_number"] = await world.owner.fetchval("select nextval('document_numbers')")
    content |= new | {name: parties.get(value, value) for name, value in changes.items()}
    overriding = "overriding system value" if table == "journal" else ""
    async with Undone(world.owner):
        await world.owner.execute(
            f"set local role walmu_app; select set_config('walmu.organiser', '{world.organiser_id}', true),"
            f" set_config('walmu.organisation', '{parties[speaker]}', true)"
        )
        try:
            await world.owner.execute(
                f"insert into {table} {overriding} select * from json_populate_record(null::{table}, $1::json)",
                json.dumps(content),
            )
        except asyncpg.InsufficientPrivilegeError:
            return True
        except asyncpg.ForeignKeyViolationError:
            return table == "attendance"
        except asyncpg.UniqueViolationError:
            return False
    return False


async def test_no_session_writes_what_its_caller_may_not_say(full: TenantFixture) -> None:
    assert [attempt for attempt in ATTEMPTS if not await _refused(full, attempt)] == []


async def test_a_workplace_takes_no_key_from_its_system(full: TenantFixture) -> None:
    async with Undone(full.owner):
        await full.owner.execute(
            f"set local role walmu_app; select set_config('walmu.organiser', '{full.organiser_id}', true),"
            f" set_config('walmu.organisation', '{full.workplace.organisation_id}', true)"
        )
        assert await full.owner.execute("delete from held_keys") == "DELETE 0"
