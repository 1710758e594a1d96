"""Exchange with record systems: targets, cursors, inbox, deliveries in lanes, intents."""

from walmu_api.foundation.migrating import run_script

revision = "0005"
down_revision = "0004"

TABLES = """
create table ehr_targets (
    organiser_id uuid not null references organisers (id),
    id uuid not null,
    name text not null,
    dialect text not null,
    base_url text not null,
    secret_sealed bytea,
    system_id uuid not null,
    active boolean not null default true,
    last_success_at timestamptz,
    last_failure_at timestamptz,
    last_failure text,
    failures_in_a_row integer not null default 0,
    primary key (organiser_id, id),
    unique (organiser_id, name),
    foreign key (organiser_id, system_id) references connected_systems (organiser_id, id)
);
comment on column ehr_targets.system_id is 'The connected system as which its changes are recorded.';

create table ehr_cursors (
    organiser_id uuid not null,
    target_id uuid not null,
    stream text not null,
    position text,
    primary key (organiser_id, target_id, stream),
    foreign key (organiser_id, target_id) references ehr_targets (organiser_id, id)
);

create table ehr_inbox (
    organiser_id uuid not null,
    id uuid not null,
    target_id uuid not null,
    stream text not null,
    remote_id text not null,
    version bigint not null,
    content_sealed bytea not null,
    received_at timestamptz not null default walmu_now(),
    state text not null default 'received' check (state in ('received', 'applied', 'unchanged', 'ignored_stale', 'quarantined')),
    reason text,
    settled_at timestamptz,
    primary key (organiser_id, id),
    unique (organiser_id, target_id, stream, remote_id, version),
    foreign key (organiser_id, target_id) references ehr_targets (organiser_id, id)
);
create index ehr_inbox_waiting on ehr_inbox (organiser_id, target_id, id) where state = 'received';

create table ehr_deliveries (
    organiser_id uuid not null,
    id uuid not null,
    target_id uuid not null,
    resource_type text not null,
    resource_id uuid not null,
    client_id uuid not null,
    wanted_version integer not null,
    sent_version integer,
    state text not null check (state in ('pending', 'retry', 'unknown', 'confirmed', 'quarantined', 'superseded')),
    attempts integer not null default 0,
    due_at timestamptz not null default walmu_now(),
    remote_id text,
    failure text,
    detail text,
    queued_at timestamptz not null default walmu_now(),
    confirmed_at timestamptz,
    primary key (organiser_id, id),
    unique (organiser_id, target_id, resource_type, resource_id),
    foreign key (organiser_id, target_id) references ehr_targets (organiser_id, id)
);
comment on table ehr_deliveries is 'One row per target and record; the newest version wins while it waits.';
create index ehr_deliveries_waiting on ehr_deliveries (organiser_id, target_id, client_id, id)
    where state in ('pending', 'retry', 'unknown');

create table ehr_lanes (
    organiser_id uuid not null,
    target_id uuid not null,
    client_id uuid not null,
    due_at timestamptz,
    lease uuid,
    leased_until timestamptz,
    primary key (organiser_id, target_id, client_id),
    foreign key (organiser_id, target_id) references ehr_targets (organiser_id, id)
);
comment on table ehr_lanes is 'One lane per target and client: claimed with a lease and drained in order.';
create index ehr_lanes_due on ehr_lanes (organiser_id, target_id, due_at) where due_at is not null;

create table ehr_intents (
    organiser_id uuid not null,
    id uuid not null,
    target_id uuid not null,
    delivery_id uuid not null,
    operation text not null,
    version integer not null,
    state text not null default 'in_flight' check (state in ('in_flight', 'done', 'not_done')),
    at timestamptz not null default walmu_now(),
    settled_at timestamptz,
    primary key (organiser_id, id),
    foreign key (organiser_id, delivery_id) references ehr_deliveries (organiser_id, id)
);
comment on table ehr_intents is 'Written before every call that may not be repeated blindly; one still in flight is verified first.';
create unique index ehr_intents_open on ehr_intents (organiser_id, delivery_id) where state = 'in_flight';
"""


def upgrade() -> None:
    run_script(TABLES)
    for table in ("ehr_targets", "ehr_cursors", "ehr_inbox", "ehr_deliveries", "ehr_lanes", "ehr_intents"):
        run_script(f"""
            alter table {table} enable row level security;
            create policy tenant on {table}
                using (organiser_id = (select walmu_organiser()) and (select walmu_organisation()) is null)
                with check (organiser_id = (select walmu_organiser()) and (select walmu_organisation()) is null);
            grant select, insert, update on {table} to walmu_app;
        """)
