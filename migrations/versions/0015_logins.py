"""Each process has a login of its own, with what it needs and no more (ADR 40).

The worker gets a group of its own; keys and spent assertions of connected systems are seen by their tenant only;
nothing is left to PUBLIC."""

from walmu_api.foundation.migrating import run_script

revision = "0015"
down_revision = "0014"

ROLE = """
do $$
begin
    if not exists (select from pg_roles where rolname = 'walmu_worker') then create role walmu_worker nologin; end if;
    execute format('grant walmu_worker to %I', current_user);
exception when insufficient_privilege then
    if not exists (select from pg_roles where rolname = 'walmu_worker' and pg_has_role(current_user, oid, 'member')) then
        raise exception 'The migration login may not create roles: let an administrator run '
            'CREATE ROLE walmu_worker; GRANT walmu_worker TO %;', current_user;
    end if;
end $$
"""

# Who asks for a token is not known yet: its session names the one client id that it asks for (in hexadecimal, because
# the name came from outside), and sees the keys of that system.
KEYS = """
create function walmu_client_id() returns text language sql stable parallel safe as
$$ select convert_from(decode(nullif(current_setting('walmu.client_id', true), ''), 'hex'), 'UTF8') $$;
alter table system_keys enable row level security;
create policy tenant on system_keys
    using (organiser_id = (select walmu_organiser())
           and ((select walmu_organisation()) is null
                or exists (select from connected_systems s
                           where s.organiser_id = system_keys.organiser_id and s.id = system_keys.system_id
                             and s.organisation_id = (select walmu_organisation()))))
    with check (organiser_id = (select walmu_organiser()) and (select walmu_organisation()) is null);
create policy asked_for on system_keys for select using (client_id = (select walmu_client_id()));
comment on table system_keys is 'Public keys. Before a tenant is known a session sees those of the client id that it names.';
"""

ASSERTIONS = """
alter table used_jti add organiser_id uuid references organisers (id);
update used_jti u set organiser_id = k.organiser_id from system_keys k where k.client_id = u.client_id;
delete from used_jti where organiser_id is null;
alter table used_jti alter organiser_id set not null, drop constraint used_jti_pkey,
    add primary key (organiser_id, client_id, jti);
drop index used_jti_by_expiry;
create index used_jti_by_expiry on used_jti (organiser_id, expires_at);
alter table used_jti enable row level security;
create policy tenant on used_jti using (organiser_id = (select walmu_organiser()));
comment on table used_jti is 'Client assertions are good once; written when the tenant is known.';
"""

PUBLIC = """
revoke all on schema public from public;
grant usage on schema public to walmu_app, walmu_worker, walmu_auditor;
alter default privileges revoke execute on functions from public;
revoke execute on all functions in schema public from public;
grant execute on function walmu_now(), walmu_organiser(), walmu_organisation()
    to walmu_app, walmu_worker, walmu_auditor;
grant execute on function walmu_client_id() to walmu_app;
do $$ begin execute format('revoke temporary on database %I from public', current_database()); end $$;
"""

# The auditor reads the use log, and reading it is logged. The API looks at the exchange; the worker does it.
GRANTS = """
revoke all on organisers, organisations, connected_systems, journal_era from walmu_auditor;
revoke all on ehr_targets, ehr_inbox, ehr_deliveries, ehr_cursors, ehr_lanes, ehr_intents from walmu_app;
grant select on ehr_targets, ehr_inbox, ehr_deliveries to walmu_app;

grant select on alembic_version, organisers, journal_era, organisations, connected_systems, agreements, attendance
    to walmu_worker;
grant select, insert, update on clients, protected_clients, client_access, service_relationships, decisions,
    ehr_targets, ehr_inbox, ehr_deliveries, ehr_cursors, ehr_lanes, ehr_intents to walmu_worker;
grant select, insert on journal to walmu_worker;
grant insert on use_log to walmu_worker;
grant usage on sequence document_numbers to walmu_worker;
"""


def upgrade() -> None:
    for script in (ROLE, KEYS, ASSERTIONS, PUBLIC, GRANTS):
        run_script(script)
