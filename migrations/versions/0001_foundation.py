"""Roles, the shared clock, the tenant of a transaction, organisers, journal, idempotency keys."""

from walmu_api.foundation.migrating import run_script

revision = "0001"
down_revision = None

ROLES = """
do $$
begin
    if not exists (select from pg_roles where rolname = 'walmu_app') then create role walmu_app nologin; end if;
    if not exists (select from pg_roles where rolname = 'walmu_auditor') then create role walmu_auditor nologin; end if;
    execute format('grant walmu_app, walmu_auditor to %I', current_user);
exception when insufficient_privilege then
    if not exists (select from pg_roles where rolname = 'walmu_app' and pg_has_role(current_user, oid, 'member')) then
        raise exception 'The migration login may not create roles: let an administrator run '
            'CREATE ROLE walmu_app; CREATE ROLE walmu_worker; CREATE ROLE walmu_auditor; '
            'GRANT walmu_app, walmu_worker, walmu_auditor TO %;', current_user;
    end if;
end $$
"""

FUNCTIONS = """
create function walmu_now() returns timestamptz language sql volatile as
$$ select clock_timestamp() + make_interval(secs => coalesce(nullif(current_setting('walmu.clock', true), ''), '0')::float8) $$;
comment on function walmu_now() is 'The clock that API, worker and simulator share; clock_timestamp() in production.';
create function walmu_organiser() returns uuid language sql stable parallel safe as
$$ select nullif(current_setting('walmu.organiser', true), '')::uuid $$;
create function walmu_organisation() returns uuid language sql stable parallel safe as
$$ select nullif(current_setting('walmu.organisation', true), '')::uuid $$;
"""

TABLES = """
create table organisers (
    id uuid primary key,
    name text not null,
    business_id text not null unique,
    created_at timestamptz not null default walmu_now()
);
grant select on alembic_version to walmu_app;
grant select on organisers to walmu_app, walmu_auditor;

create table journal_era (era integer not null, one boolean primary key default true check (one));
insert into journal_era (era) values (1);
grant select on journal_era to walmu_app, walmu_auditor;

create table journal (
    organiser_id uuid not null,
    era integer not null,
    txid xid8 not null default pg_current_xact_id(),
    seq bigint generated always as identity,
    at timestamptz not null default walmu_now(),
    resource_type text not null,
    resource_id uuid not null,
    version integer not null,
    change text not null check (change in ('created', 'updated', 'voided', 'ended', 'access-granted', 'access-ended')),
    client_id uuid,
    provider_id uuid,
    workplace_id uuid,
    source_id text,
    replaced json,
    actor_organisation uuid not null,
    actor_system uuid not null,
    actor_person json,
    primary key (organiser_id, era, txid, seq)
);
comment on table journal is 'One row per change of a record; the present is in the tables, the past here.';
create index journal_by_provider on journal (organiser_id, provider_id, era, txid, seq) where provider_id is not null;
create index journal_by_workplace on journal (organiser_id, workplace_id, era, txid, seq) where workplace_id is not null;
create index journal_of_clients on journal (organiser_id, era, txid, seq) where resource_type = 'client';
create index journal_by_resource on journal (organiser_id, resource_id, version);
alter table journal enable row level security;
create policy journal_appends on journal for insert with check (organiser_id = (select walmu_organiser())
    and ((select walmu_organisation()) is null or actor_organisation = (select walmu_organisation())));
grant select, insert on journal to walmu_app;

create table idempotency_keys (
    organiser_id uuid not null references organisers (id),
    system_id uuid not null,
    operation text not null,
    key text not null,
    fingerprint bytea not null,
    row_id uuid not null,
    status integer not null,
    answer bytea not null,
    at timestamptz not null default walmu_now(),
    primary key (organiser_id, system_id, operation, key)
);
comment on column idempotency_keys.answer is 'Encrypted: headers and body of the answer.';
create index idempotency_keys_by_age on idempotency_keys (organiser_id, at);
alter table idempotency_keys enable row level security;
grant select, insert, delete on idempotency_keys to walmu_app;
"""


def upgrade() -> None:
    run_script("grant usage on schema public to public")
    run_script(ROLES)
    run_script(FUNCTIONS)
    run_script(TABLES)
