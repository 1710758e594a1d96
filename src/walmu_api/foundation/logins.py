"""Whether the database holds alone: what the login of this process is, and what it may become.

A process logs in as somebody who has no right at all, and each transaction becomes one group, `walmu_app`,
`walmu_worker` or `walmu_auditor`, under row-level security. Who forgets to say so sees nothing. So a login may
become its one group and nobody else; whatever could lead past the policies ends the start with a reason.

ADR 40."""

from collections.abc import Iterator, Mapping
from typing import Any

from walmu_api.foundation.statements import Statement

APP = "walmu_app"
WORKER = "walmu_worker"
AUDITOR = "walmu_auditor"
VARIABLES = {APP: "DATABASE_URL", WORKER: "WALMU_WORKER_URL", AUDITOR: "WALMU_AUDITOR_URL"}
"""Where the login of each group is named. Without `WALMU_WORKER_URL` the worker takes `DATABASE_URL`."""


class UnsafeLoginError(Exception):
    """The login could look past row-level security: the process must not serve. The text says what to do."""


LOOK = Statement("""
with recursive become as (
    select oid from pg_roles where rolname = session_user
    union select m.roleid from pg_auth_members m join become on m.member = become.oid),
roles as (select r.* from pg_roles r join become using (oid))
select session_user::text as login, to_regrole(:group::text) is not null as made,
  exists (select from roles where rolname = :group) as member,
  array(select rolname::text from roles where rolname not in (session_user, :group::text) order by 1) as others,
  array(select word from roles, lateral (values ('SUPERUSER', rolsuper), ('BYPASSRLS', rolbypassrls),
          ('CREATEROLE', rolcreaterole), ('CREATEDB', rolcreatedb), ('REPLICATION', rolreplication)) as f (word, given)
        where given order by 1) as powers,
  exists (select from pg_shdepend d join become on d.refobjid = become.oid
          where d.refclassid = 'pg_authid'::regclass and d.deptype = 'o'
            and d.dbid in (0, (select oid from pg_database where datname = current_database()))) as owner,
  exists (select from pg_auth_members m join become on m.member = become.oid
          where m.admin_option and m.roleid = to_regrole(:group::text)) as gives,
  array(select nspname::text from pg_namespace n
        where nspname !~ '^pg_' and exists (select from become where has_schema_privilege(become.oid, n.oid, 'create'))
        union select datname::text from pg_database d
        where datname = current_database()
          and exists (select from become where has_database_privilege(become.oid, d.oid, 'create'))
        order by 1) as creates,
  array(select relname::text from pg_class c
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f')
          and exists (select from become where has_table_privilege(become.oid, c.oid, 'truncate, trigger'))
        order by 1 limit 3) as past,
  array(select relname::text from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f')
          and (has_any_column_privilege(session_user, oid, 'select, insert, update, references')
               or has_table_privilege(session_user, oid, 'delete, truncate, trigger'))
        order by 1 limit 3) as tables
""")
"""`session_user` is who logged in, whatever role a transaction has taken. A membership counts however it was given:
who administers a role may give it to itself. What PUBLIC may do to a table, the login may. Creating, emptying tables and
putting triggers on them are looked for in the group too: no duty needs them, and policies do not stop them."""


def require_safe(group: str, found: Mapping[str, Any]) -> None:
    """Refuse a login that is, or may become, more than a member of its group."""
    reasons = list(_reasons(group, found))
    if not reasons:
        return
    variable = VARIABLES.get(group, "its URL")
    raise UnsafeLoginError(
        f"The login {found['login']} in {variable} {', and '.join(reasons)}. This process serves only with a "
        f"login that may become {group} and has no other right. As an administrator of the database: "
        f"CREATE ROLE {group}_login LOGIN NOINHERIT PASSWORD '…' IN ROLE {group}; "
        f"then name it in {variable} (docs/database-logins.md)."
    )


def _reasons(group: str, found: Mapping[str, Any]) -> Iterator[str]:
    if not found["made"]:
        yield f"cannot become {group}, which is not there: run `walmu-api migrate` first"
    elif not found["member"]:
        yield f"is no member of {group}"
    if found["powers"]:
        yield f"has or may get {', '.join(found['powers'])}"
    if found["others"]:
        yield f"may become {', '.join(found['others'])}"
    if found["owner"]:
        yield "owns something in this database"
    if found["gives"]:
        yield f"may give {group} to others (REVOKE ADMIN OPTION FOR {group} FROM it)"
    if "SUPERUSER" not in found["powers"]:  # who may everything
        yield from _rights(found)


def _rights(found: Mapping[str, Any]) -> Iterator[str]:
    if found["creates"]:
        yield f"may create in {', '.join(found['creates'])} (REVOKE CREATE ON it FROM whoever has it, PUBLIC maybe)"
    if found["past"]:
        yield f"may truncate tables or put triggers on them, past row-level security ({', '.join(found['past'])}, …)"
    if found["tables"]:
        yield f"has rights on tables without taking a role, by INHERIT or its own grant ({', '.join(found['tables'])}, …)"
