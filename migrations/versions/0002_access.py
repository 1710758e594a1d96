"""Organisations and units, connected systems with their keys, access to clients, the use log."""

from walmu_api.foundation.migrating import run_script

revision = "0002"
down_revision = "0001"

RECORDED = """
    version integer not null default 1,
    recorded_at timestamptz not null,
    recorded_by_organisation uuid not null,
    recorded_by_system uuid not null,
    recorded_by_person jsonb,
    source_id text,
    source_system uuid,
"""

TABLES = f"""
create table organisations (
    organiser_id uuid not null references organisers (id),
    id uuid not null,
    kind text not null check (kind in ('organiser', 'provider', 'workplace')),
    name text not null,
    business_id text,
    oid text,
    contact jsonb,
    {RECORDED}
    primary key (organiser_id, id),
    constraint organisations_source unique (organiser_id, source_system, source_id)
);
create table units (
    organiser_id uuid not null,
    id uuid not null,
    organisation_id uuid not null,
    name text not null,
    oid text,
    {RECORDED}
    primary key (organiser_id, id),
    constraint units_source unique (organiser_id, source_system, source_id),
    foreign key (organiser_id, organisation_id) references organisations (organiser_id, id)
);
create table connected_systems (
    organiser_id uuid not null,
    id uuid not null,
    organisation_id uuid not null,
    client_id text not null unique,
    name text not null,
    role text not null check (role in ('organiser', 'provider', 'workplace', 'ehr', 'auditor', 'operator')),
    software text,
    revoked_on timestamptz,
    {RECORDED}
    primary key (organiser_id, id),
    constraint connected_systems_source unique (organiser_id, source_system, source_id),
    foreign key (organiser_id, organisation_id) references organisations (organiser_id, id)
);
create table system_keys (
    client_id text primary key,
    organiser_id uuid not null references organisers (id),
    system_id uuid not null,
    jwks jsonb not null,
    foreign key (organiser_id, system_id) references connected_systems (organiser_id, id)
);
comment on table system_keys is 'Public keys; read before a tenant is known, so without a policy.';
create table used_jti (
    client_id text not null,
    jti text not null,
    expires_at timestamptz not null,
    primary key (client_id, jti)
);
comment on table used_jti is 'Client assertions are good once; read before a tenant is known, so without a policy.';
create index used_jti_by_expiry on used_jti (expires_at);

create table client_access (
    organiser_id uuid not null,
    client_id uuid not null,
    organisation_id uuid not null,
    granted_by uuid not null,
    starts_on date not null,
    ends_on date,
    primary key (organiser_id, client_id, organisation_id, granted_by),
    foreign key (organiser_id, organisation_id) references organisations (organiser_id, id)
);
comment on table client_access is 'Who may see which client from when until when; written by service relationships.';
create index client_access_of_organisation on client_access (organiser_id, organisation_id, client_id);

create table use_log (
    organiser_id uuid not null,
    at timestamptz not null default walmu_now(),
    id uuid not null,
    client_ids uuid[] not null,
    organisation_id uuid not null,
    system_id uuid not null,
    person jsonb,
    operation text not null,
    resource_type text not null,
    purpose text not null,
    request_id text not null,
    primary key (organiser_id, at, id)
) partition by range (at);
comment on table use_log is 'Käyttöloki: one row per answer that carries client data, in the transaction of the answer.';
create index use_log_by_client on use_log using gin (client_ids);
create table use_log_default partition of use_log default;
"""

# What only the organiser, its record system or its operator writes is refused to a session narrowed to one organisation.
POLICIES = """
alter table organisations enable row level security;
create policy tenant on organisations using (organiser_id = (select walmu_organiser()))
    with check (organiser_id = (select walmu_organiser()) and (select walmu_organisation()) is null);
alter table units enable row level security;
create policy tenant on units using (organiser_id = (select walmu_organiser()))
    with check (organiser_id = (select walmu_organiser()) and (select walmu_organisation()) is null);
alter table connected_systems enable row level security;
create policy tenant on connected_systems
    using (organiser_id = (select walmu_organiser())
           and ((select walmu_organisation()) is null or organisation_id = (select walmu_organisation())))
    with check (organiser_id = (select walmu_organiser()) and (select walmu_organisation()) is null);
alter table client_access enable row level security;
create policy tenant on client_access
    using (organiser_id = (select walmu_organiser())
           and ((select walmu_organisation()) is null or organisation_id = (select walmu_organisation())))
    with check (organiser_id = (select walmu_organiser()) and (select walmu_organisation()) is null);
create policy tenant on idempotency_keys
    using (organiser_id = (select walmu_organiser())
           and ((select walmu_organisation()) is null
                or exists (select from connected_systems s
                           where s.organiser_id = idempotency_keys.organiser_id and s.id = idempotency_keys.system_id
                             and s.organisation_id = (select walmu_organisation()))));
alter table use_log enable row level security;
alter table use_log_default enable row level security;
create policy use_log_appends on use_log for insert with check (organiser_id = (select walmu_organiser())
    and ((select walmu_organisation()) is null or organisation_id = (select walmu_organisation())));
create policy use_log_reads on use_log for select to walmu_auditor using (organiser_id = (select walmu_organiser()));
create policy journal_reads on journal for select using (
    organiser_id = (select walmu_organiser())
    and ((select walmu_organisation()) is null or provider_id = (select walmu_organisation())
         or workplace_id = (select walmu_organisation())
         or (resource_type = 'client' and provider_id is null
             and exists (select from client_access a
                         where a.organiser_id = journal.organiser_id and a.client_id = journal.client_id
                           and a.organisation_id = (select walmu_organisation())))));
grant select, insert, update on organisations, units, connected_systems, client_access, system_keys to walmu_app;
grant select on organisations, connected_systems to walmu_auditor;
grant select, insert, delete on used_jti to walmu_app;
grant insert on use_log to walmu_app;
grant select, insert on use_log to walmu_auditor;
"""

MONTHS = """
create function walmu_use_log_months(ahead integer) returns void language plpgsql as $$
declare month date := date_trunc('month', now());
begin
    for step in 0..ahead loop
        execute format('create table if not exists use_log_%s partition of use_log for values from (%L) to (%L)',
                       to_char(month, 'YYYYMM'), month::timestamptz, (month + interval '1 month')::timestamptz);
        execute format('alter table use_log_%s enable row level security', to_char(month, 'YYYYMM'));
        month := month + interval '1 month';
    end loop;
end $$;
comment on function walmu_use_log_months is 'Makes the partitions of the coming months; run by every `walmu-api migrate`.';
"""


def upgrade() -> None:
    run_script(TABLES)
    run_script(POLICIES)
    run_script(MONTHS)
