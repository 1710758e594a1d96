"""Who may do what to which table, by the duties of each process: asked of the catalogue of the migrated database.

The table below is written from the duties, not from the migrations (ADR 40). A table that is not here fails, and so
does a grant more or less, to whomever it was given."""

from collections import defaultdict

import asyncpg
import pytest
from tests.privacy.row_rules import NO_TENANT
from tests.privacy.test_row_level_security import Undone

GROUPS = ("walmu_app", "walmu_worker", "walmu_auditor")
LETTERS = {"SELECT": "S", "INSERT": "I", "UPDATE": "U", "DELETE": "D", "USAGE": "u"}

# What the API does; what the worker does, which exchanges decisions and days with the record system; what the auditor
# does, who reads the use log and whose reading is logged. Nothing of the record is ever deleted.
RECORD = ("SIU", "", "")
DUTIES = {
    "organisers": ("S", "S", ""),
    "journal_era": ("S", "S", ""),
    "alembic_version": ("S", "S", ""),
    "journal": ("SI", "SI", ""),  # only grows
    "use_log": ("I", "I", "SI"),  # only grows, and only the auditor reads it
    "disclosures": ("SI", "", ""),  # only grows
    "first_disclosures": ("SI", "", ""),  # only grows
    "idempotency_keys": ("SID", "", ""),  # forgotten after a while
    "import_jobs": ("SIUD", "", ""),  # by the API and, with its login, by the worker; forgotten after a day
    "used_jti": ("SID", "", ""),  # forgotten after a while
    "system_keys": RECORD,
    "held_keys": ("SID", "", ""),  # a removed key is free
    "delegated_workplaces": ("SIU", "S", ""),
    "impact_publications": ("SI", "", ""),  # only grows
    "organisations": ("SIU", "S", ""),
    "units": RECORD,
    "connected_systems": ("SIU", "S", ""),
    "code_systems": RECORD,
    "codes": RECORD,
    # the record system's decision may bring a new client, whose relationship it opens
    "clients": ("SIU", "SIU", ""),
    "protected_clients": ("SIU", "SIU", ""),
    "client_access": ("SIUD", "SIU", ""),  # taken apart again, the access that a merge brought is no more
    "client_merges": ("SIU", "S", "S"),
    "former_codes": ("SIU", "SIU", ""),
    "distinct_clients": RECORD,
    "service_relationships": ("SIU", "SIU", ""),
    "decisions": ("SIU", "SIU", ""),
    "agreements": (
        "SIU",
        "SU",
        "",
    ),  # held while the record system says that their decision is somebody else's
    "attendance": ("SIU", "S", ""),
    "justifications": ("SIU", "S", ""),
    "documents": RECORD,
    "frozen_documents": ("SI", "", ""),  # what was given out is never changed
    "measurements": RECORD,
    "instruments": RECORD,
    "impact_limits": RECORD,
    "assessment_forms": ("SI", "", ""),  # a version is never changed
    # the API shows how the exchange goes
    "ehr_targets": ("S", "SIU", ""),
    "ehr_inbox": ("SU", "SIU", ""),  # who settles a conflict says what becomes of its item
    "ehr_conflicts": ("SU", "SIU", ""),  # found by the worker, settled by the organiser
    "ehr_deliveries": ("S", "SIU", ""),
    "ehr_cursors": ("", "SIU", ""),
    "ehr_lanes": ("", "SIU", ""),
    "ehr_intents": ("", "SIU", ""),
    "document_numbers": ("u", "u", ""),
    "journal_seq_seq": ("", "", ""),
}

RELATIONS = """
select c.relname, a.grantee::regrole::text as grantee, a.privilege_type, a.is_grantable
from pg_class c left join lateral aclexplode(c.relacl) a on a.grantee <> c.relowner
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and not c.relispartition
"""
ELSEWHERE = {
    "a column": "select attrelid::regclass::text from pg_attribute where attacl is not null"
    " and attrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace)",
    "a part of a table": "select relname::text from pg_class c, aclexplode(c.relacl) a"
    " where c.relispartition and c.relkind = 'r' and a.grantee <> c.relowner",
    "PUBLIC: a schema": "select nspname::text from pg_namespace n, aclexplode(n.nspacl) a"
    " where a.grantee = 0 and nspname not in ('pg_catalog', 'information_schema')",
    "PUBLIC: a function": "select proname::text from pg_proc p,"
    " aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a"
    " where a.grantee = 0 and p.pronamespace = 'public'::regnamespace",
    "PUBLIC: making tables": "select a.privilege_type from pg_database d,"
    " aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a"
    " where d.datname = current_database() and a.grantee = 0 and a.privilege_type <> 'CONNECT'",
    "making tables in the schema": "select a.grantee::regrole::text from pg_namespace n, aclexplode(n.nspacl) a"
    " where n.nspname = 'public' and a.privilege_type = 'CREATE' and a.grantee <> n.nspowner",
    "whatever the owner will make": "select a.grantee::regrole::text from pg_default_acl d, aclexplode(d.defaclacl) a"
    " where a.grantee <> d.defaclrole",
}
"""Where a right could stand beside the tables: nothing is there for anybody but the owner."""


async def granted(owner: asyncpg.Connection) -> dict[str, dict[str, str]]:
    """Of each table and sequence: to whom, which rights as letters; a star is one that may be passed on."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for row in await owner.fetch(RELATIONS):
        held = found[row["relname"]]
        if row["privilege_type"] is not None:
            letter = LETTERS.get(row["privilege_type"], row["privilege_type"])
            held[row["grantee"]] = held.get(row["grantee"], "") + letter + "*" * row["is_grantable"]
    return found


async def test_each_group_may_do_its_duties_and_nobody_more(owner: asyncpg.Connection) -> None:
    found = await granted(owner)
    assert set(found) == set(DUTIES), "a table stands here with what each process does to it"
    for name, duties in DUTIES.items():
        expected = {group: set(letters) for group, letters in zip(GROUPS, duties, strict=True) if letters}
        assert {to: set(letters) for to, letters in found[name].items()} == expected, name


@pytest.mark.parametrize("where", ELSEWHERE)
async def test_no_right_stands_beside_the_tables(owner: asyncpg.Connection, where: str) -> None:
    assert await owner.fetch(ELSEWHERE[where]) == []


async def test_a_function_that_comes_is_nobodys_until_it_is_granted(owner: asyncpg.Connection) -> None:
    async with Undone(owner):
        await owner.execute("create function walmu_of_tomorrow() returns int language sql as 'select 1'")
        assert not await owner.fetchval(
            "select has_function_privilege('public', 'walmu_of_tomorrow()', 'execute')"
        )


FUNCTIONS = {
    "walmu_now": GROUPS,
    "walmu_organiser": GROUPS,
    "walmu_organisation": GROUPS,
    "walmu_client_id": ("walmu_app",),
    "walmu_delegated_workplaces": ("walmu_app", "walmu_worker"),
    "walmu_use_log_months": (),
    "walmu_note_protection": (),
    "walmu_note_renaming": (),
    "walmu_forget_frozen_documents": (),
    "walmu_name_client": (),
    "walmu_withholds": ("walmu_app", "walmu_worker"),
}


async def test_functions_are_called_by_whose_statements_need_them(owner: asyncpg.Connection) -> None:
    rows = await owner.fetch(
        "select proname, array(select g from unnest($1::text[]) g where has_function_privilege(g, oid, 'execute')) as groups"
        " from pg_proc where pronamespace = 'public'::regnamespace",
        list(GROUPS),
    )
    assert {row["proname"]: tuple(row["groups"]) for row in rows} == FUNCTIONS


async def test_every_table_that_is_granted_has_a_policy(owner: asyncpg.Connection) -> None:
    without = await owner.fetch(
        "select relname::text from pg_class c where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"
        " and not relispartition and not (relrowsecurity and exists (select from pg_policy where polrelid = c.oid))"
    )
    assert {row[0] for row in without} == set(NO_TENANT)
    for name in NO_TENANT:
        assert set("".join(DUTIES[name])) == {"S"}, "what is everybody's is read only"
