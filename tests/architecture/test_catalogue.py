"""Rules of the house that hold of the migrated database, asked of its catalogue."""

from collections import defaultdict

import asyncpg
import pytest
from sqlalchemy import Dialect
from tests.conftest import TenantFixture
from tests.privacy.row_rules import NO_TENANT

from walmu_api.access.connected_systems import tables as _systems
from walmu_api.foundation.tables import Row
from walmu_api.record.case_file.disclosures import tables as _disclosures
from walmu_api.record.case_file.documents import tables as _documents
from walmu_api.record.commitments.agreements import tables as _agreements
from walmu_api.record.commitments.decisions import tables as _decisions
from walmu_api.record.everyday.assessments.forms import tables as _forms
from walmu_api.record.everyday.attendance.justifications import tables as _justifications
from walmu_api.record.everyday.measurements import tables as _measurements
from walmu_api.record.everyday.measurements.instruments import tables as _instruments
from walmu_api.record.parties.clients import tables as _clients
from walmu_api.record.parties.organisations import tables as _organisations
from walmu_api.record.parties.service_relationships import tables as _relationships
from walmu_api.reports.impact import tables as _impact

MODULES = (
    _systems,
    _agreements,
    _justifications,
    _clients,
    _decisions,
    _disclosures,
    _documents,
    _forms,
    _impact,
    _instruments,
    _measurements,
    _organisations,
    _relationships,
)
OTHERWISE_KEYED = {"system_keys": "found by the client id of a caller who is not known yet"}

TABLES = """
select c.relname as name, c.relrowsecurity as secured, c.relispartition as partition, c.oid,
    (select count(*) from pg_policy p where p.polrelid = c.oid) as policies,
    exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'organiser_id' and not a.attisdropped) as tenanted
from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
"""


async def tables(owner: asyncpg.Connection) -> list[asyncpg.Record]:
    found = await owner.fetch(TABLES)
    assert len(found) > 15
    return found


async def test_every_table_with_a_tenant_is_secured(owner: asyncpg.Connection) -> None:
    whole = [row for row in await tables(owner) if not row["partition"]]
    open_ones = {row["name"] for row in whole if not (row["secured"] and row["policies"])}
    assert open_ones == set(NO_TENANT)
    assert {row["name"] for row in whole if not row["tenanted"]} == set(NO_TENANT)
    parts = [row for row in await tables(owner) if row["partition"]]
    assert len(parts) > 20
    assert all(row["secured"] for row in parts)


async def test_partitions_are_reached_through_their_table_only(owner: asyncpg.Connection) -> None:
    granted = await owner.fetch(
        "select relname from pg_class c, aclexplode(c.relacl) a where c.relispartition and c.relkind = 'r'"
        " and a.grantee in (0, 'walmu_app'::regrole, 'walmu_worker'::regrole, 'walmu_auditor'::regrole)"
    )
    assert granted == []


async def test_every_key_and_reference_begins_with_the_tenant(owner: asyncpg.Connection) -> None:
    rows = await owner.fetch(
        "select t.relname, c.contype::text as kind, a.attname as first, f.relname as target from pg_constraint c"
        " join pg_class t on t.oid = c.conrelid join pg_attribute a on a.attrelid = t.oid and a.attnum = c.conkey[1]"
        " left join pg_class f on f.oid = c.confrelid"
        " where t.relnamespace = 'public'::regnamespace and not t.relispartition and c.contype in ('p', 'f')"
    )
    wrong = {(row["relname"], row["kind"]) for row in rows if row["first"] != "organiser_id"}
    allowed = {(name, "p") for name in {*NO_TENANT, *OTHERWISE_KEYED}}
    assert wrong <= allowed
    keyed = {row["relname"] for row in rows if row["kind"] == "p"}
    assert keyed >= {row["name"] for row in await tables(owner) if row["tenanted"] and not row["partition"]}
    assert len([row for row in rows if row["kind"] == "f"]) > 20


@pytest.mark.parametrize("role", ["walmu_app", "walmu_worker", "walmu_auditor"])
async def test_runtime_roles_own_nothing_and_cannot_look_past_the_policies(
    owner: asyncpg.Connection, role: str
) -> None:
    flags = await owner.fetchrow(
        "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication from pg_roles where rolname = $1",
        role,
    )
    assert flags is not None
    assert not any(flags.values())
    owned = "select count(*) from pg_shdepend where refobjid = $1::text::regrole and deptype = 'o'"
    assert await owner.fetchval(owned, role) == 0
    member_of = "select count(*) from pg_auth_members where member = $1::text::regrole"
    assert await owner.fetchval(member_of, role) == 0
    assert not await owner.fetchval("select has_schema_privilege($1, 'public', 'create')", role)


GRANTS = """
select c.relname, a.privilege_type from pg_class c, aclexplode(c.relacl) a
where c.relnamespace = 'public'::regnamespace and a.grantee = $1::text::regrole and c.relkind in ('r', 'p', 'v', 'S')
"""


async def grants(owner: asyncpg.Connection, role: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in await owner.fetch(GRANTS, role):
        found[row["relname"]].add(row["privilege_type"])
    return found


async def test_journal_and_use_log_can_only_grow(owner: asyncpg.Connection) -> None:
    app, auditor = await grants(owner, "walmu_app"), await grants(owner, "walmu_auditor")
    assert (app["journal"], app["use_log"]) == ({"SELECT", "INSERT"}, {"INSERT"})
    assert (auditor["journal"], auditor["use_log"]) == (set(), {"SELECT", "INSERT"})


async def test_nothing_of_the_record_can_be_deleted_or_emptied(owner: asyncpg.Connection) -> None:
    for role in ("walmu_app", "walmu_worker", "walmu_auditor"):
        held = await grants(owner, role)
        assert (
            {name for name, rights in held.items() if "DELETE" in rights}
            <= {
                "used_jti",
                "idempotency_keys",
                "import_jobs",
                "client_access",  # follows from relationships and merges: what a merge opened, its undoing takes back
                "held_keys",  # a key that was taken from a system is nobody's
            }
        )
        assert not [name for name, rights in held.items() if rights & {"TRUNCATE", "REFERENCES", "TRIGGER"}]
    assert set(await grants(owner, "walmu_auditor")) <= {"use_log", "client_merges"}
    everybody = "select count(*) from pg_class c, aclexplode(c.relacl) a where c.relnamespace = 'public'::regnamespace and a.grantee = 0"
    assert await owner.fetchval(everybody) == 0


@pytest.mark.parametrize(
    "statement",
    [
        "select * from use_log",
        "update journal set change = 'voided'",
        "delete from journal",
        "truncate journal",
        "delete from clients",
        "truncate use_log",
        "update use_log set purpose = ''",
        "alter table clients disable row level security",
        "drop table clients",
        "create table x (a int)",
        "select * from use_log_default",
        "update organisers set name = ''",
    ],
)
async def test_the_runtime_role_is_refused(world: TenantFixture, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with world.transaction() as session:
            await session.execute(statement)


async def test_no_function_of_ours_runs_as_its_owner(owner: asyncpg.Connection) -> None:
    definers = "select proname from pg_proc where pronamespace = 'public'::regnamespace and prosecdef"
    assert await owner.fetch(definers) == []


async def test_no_extension_is_needed(owner: asyncpg.Connection) -> None:
    assert [row[0] for row in await owner.fetch("select extname from pg_extension")] == ["plpgsql"]


TYPES = {
    "UUID": "uuid",
    "TEXT": "text",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "DATE": "date",
    "BOOLEAN": "boolean",
    "JSONB": "jsonb",
    "BYTEA": "bytea",
    "TIMESTAMP WITH TIME ZONE": "timestamp with time zone",
    "TEXT[]": "text[]",
    "BYTEA[]": "bytea[]",
    "UUID[]": "uuid[]",
    "NUMERIC(9, 2)": "numeric(9,2)",
}
COLUMNS = """
select a.attname as name, format_type(a.atttypid, a.atttypmod) as type, not a.attnotnull as nullable
from pg_attribute a where a.attrelid = $1::text::regclass and a.attnum > 0 and not a.attisdropped
"""


async def test_the_models_are_the_migrated_tables(owner: asyncpg.Connection) -> None:
    from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

    dialect: Dialect = PGDialect_asyncpg()  # type: ignore[no-untyped-call]
    assert len(MODULES) == 13
    assert len(Row.metadata.tables) == 15
    for name, table in Row.metadata.tables.items():
        there = {row["name"]: (row["type"], row["nullable"]) for row in await owner.fetch(COLUMNS, name)}
        model = {
            column.name: (TYPES[column.type.compile(dialect=dialect)], column.nullable)
            for column in table.columns
        }
        assert model == there, name
        key = {column.name for column in table.primary_key}
        assert key - {"version"} == {"organiser_id", "id"}, "all versions of a form have its id"
