"""Attendance and its justifications."""

from walmu_api.foundation.migrating import run_script

revision = "0004"
down_revision = "0003"

TABLES = """
create table attendance (
    organiser_id uuid not null,
    id uuid not null,
    agreement_id uuid not null,
    date date not null,
    client_id uuid not null,
    service_relationship_id uuid not null,
    provider_id uuid not null,
    workplace_id uuid,
    service_kind text not null,
    status text not null check (status in ('present', 'partial', 'absent', 'not_arranged', 'rescheduled')),
    absence_reason text,
    planned_minutes smallint check (planned_minutes between 0 and 1440),
    actual_minutes smallint check (actual_minutes between 0 and 1440),
    arrived_at timestamptz,
    left_at timestamptz,
    form text check (form in ('group', 'individual', 'work')),
    noted_at timestamptz,
    source_id text,
    version integer not null default 1,
    recorded_at timestamptz not null,
    recorded_by_organisation uuid not null,
    recorded_by_system uuid not null,
    recorded_by_person json,
    primary key (organiser_id, agreement_id, date),
    foreign key (organiser_id, agreement_id) references agreements (organiser_id, id)
);
comment on table attendance is 'Läsnäolo: one row per agreement and day; found through its agreement (one foreign key, no index but the keys), from which the other ids are copied.';
-- Not by organiser first: while a table is small, a plan may take any index that begins with what is asked for, and then
-- reads all of an organiser's days for each line of a batch.
create unique index attendance_id on attendance (id);

create table justifications (
    organiser_id uuid not null,
    id uuid not null,
    agreement_id uuid not null,
    date date not null,
    client_id uuid not null,
    provider_id uuid not null,
    workplace_id uuid,
    reason text not null,
    given_by text not null,
    given_on date not null,
    explanation text,
    certificate jsonb,
    state text not null check (state in ('given', 'accepted', 'rejected')),
    review jsonb,
    version integer not null default 1,
    recorded_at timestamptz not null,
    recorded_by_organisation uuid not null,
    recorded_by_system uuid not null,
    recorded_by_person jsonb,
    source_id text,
    source_system uuid,
    primary key (organiser_id, id),
    constraint justifications_source unique (organiser_id, source_system, source_id),
    unique (organiser_id, agreement_id, date),
    foreign key (organiser_id, agreement_id, date) references attendance (organiser_id, agreement_id, date)
);
comment on table justifications is 'Perustelu: why a day was not attended; never a diagnosis.';
"""

# A workplace is the agreement's: when it changes, the days recorded before are the new one's to read and correct.
POLICY = """
alter table {table} enable row level security;
create policy tenant on {table}
    using (organiser_id = (select walmu_organiser())
           and ((select walmu_organisation()) is null or provider_id = (select walmu_organisation()) or {workplace}))
    with check (organiser_id = (select walmu_organiser())
           and ((select walmu_organisation()) is null or provider_id = (select walmu_organisation()) or {workplace}));
grant select, insert, update on {table} to walmu_app;
"""
WORKPLACE = """exists (
    select from agreements g where g.organiser_id = {table}.organiser_id and g.id = {table}.agreement_id
       and g.workplace_id = (select walmu_organisation()))"""


def upgrade() -> None:
    run_script(TABLES)
    for table in ("attendance", "justifications"):
        run_script(POLICY.format(table=table, workplace=WORKPLACE.format(table=table)))
