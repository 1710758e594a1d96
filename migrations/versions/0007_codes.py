"""Code systems of an organiser: what it imported or added, over those that ship with the product."""

from walmu_api.foundation.migrating import run_script

revision = "0007"
down_revision = "0006"

TABLES = """
create table code_systems (
    organiser_id uuid not null references organisers (id),
    id uuid not null,
    name text not null,
    version integer not null default 1,
    national_version text,
    valid_from date,
    title jsonb,
    verified boolean not null,
    source text not null,
    recorded_at timestamptz not null,
    recorded_by_organisation uuid not null,
    recorded_by_system uuid not null,
    recorded_by_person jsonb,
    primary key (organiser_id, id),
    unique (organiser_id, name)
);
comment on column code_systems.version is 'Grows with every change of the list or of one of its codes: their sum tells a process that what it remembers is old.';

create table codes (
    organiser_id uuid not null,
    system_id uuid not null,
    code text not null,
    version integer not null default 1,
    fi text not null,
    sv text,
    en text,
    easy_fi text,
    valid_from date,
    valid_to date,
    mapping jsonb,
    recorded_at timestamptz not null,
    recorded_by_organisation uuid not null,
    recorded_by_system uuid not null,
    recorded_by_person jsonb,
    primary key (organiser_id, system_id, code),
    foreign key (organiser_id, system_id) references code_systems (organiser_id, id)
);
comment on column codes.mapping is 'The national code {system, code, display}. Once given it stays, so a record that holds the code holds both.';
"""


def upgrade() -> None:
    run_script(TABLES)
    for table in ("code_systems", "codes"):
        run_script(f"""
            alter table {table} enable row level security;
            create policy tenant on {table} using (organiser_id = (select walmu_organiser()))
                with check (organiser_id = (select walmu_organiser()) and (select walmu_organisation()) is null);
            grant select, insert, update on {table} to walmu_app;
        """)
