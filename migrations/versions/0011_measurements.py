"""Instruments as the organiser uses them, measurements, and the limits below which impact is not told."""

from walmu_api.foundation.migrating import run_script

revision = "0011"
down_revision = "0010"

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
create table instruments (
    organiser_id uuid not null references organisers (id),
    id uuid not null,
    code text not null,
    definition jsonb,
    licensed boolean not null,
    item_answers boolean not null,
    permission jsonb,
    change_rule jsonb,
    {RECORDED}
    primary key (organiser_id, id),
    constraint instruments_code unique (organiser_id, code),
    check ((definition is not null) = (code like 'own\\_%')),
    check (permission is not null or not (licensed or item_answers) or definition is not null)
);
comment on table instruments is 'Mittarit: what the organiser adds to the registry that ships, or switches on in it, with the evidence of its permission.';

create table measurements (
    organiser_id uuid not null,
    id uuid not null,
    client_id uuid not null,
    service_relationship_id uuid,
    provider_id uuid,
    instrument text not null,
    form_version text not null,
    language text not null,
    phase text not null check (phase in ('start', 'interim', 'end', 'follow_up')),
    answered_on date not null,
    respondent text not null check (respondent in ('client', 'proxy', 'professional')),
    assisted boolean not null,
    mode text not null check (mode in ('self_online', 'self_paper', 'interview', 'phone', 'observation')),
    scores jsonb not null,
    items jsonb,
    goals jsonb,
    status text not null check (status in ('completed', 'amended', 'entered_in_error')),
    void_reason text,
    {RECORDED}
    primary key (organiser_id, id),
    constraint measurements_source unique (organiser_id, source_system, source_id),
    check ((status = 'entered_in_error') = (void_reason is not null)),
    foreign key (organiser_id, client_id) references clients (organiser_id, id),
    foreign key (organiser_id, service_relationship_id) references service_relationships (organiser_id, id),
    foreign key (organiser_id, provider_id) references organisations (organiser_id, id)
);
comment on table measurements is 'Mittaukset: one filling of one instrument by or about one client, with its scores as reported.';
comment on column measurements.provider_id is 'Whose measurement it is; null when the organiser measured outside any relationship.';
create index measurements_by_client on measurements (organiser_id, client_id);
create index measurements_by_provider on measurements (organiser_id, provider_id, id) where provider_id is not null;
create index measurements_by_relationship on measurements (organiser_id, service_relationship_id) where service_relationship_id is not null;

create table impact_limits (
    organiser_id uuid not null references organisers (id),
    id uuid not null,
    min_count integer not null check (min_count between 5 and 1000),
    min_pairs integer not null check (min_pairs between 10 and 1000),
    {RECORDED}
    primary key (organiser_id, id),
    constraint impact_limits_once unique (organiser_id)
);
comment on table impact_limits is 'How few clients are too few to be told of; an organiser may only raise what the product begins with.';
"""

ORGANISERS = """
alter table {table} enable row level security;
create policy tenant on {table}
    using (organiser_id = (select walmu_organiser()))
    with check (organiser_id = (select walmu_organiser()) and (select walmu_organisation()) is null);
grant select, insert, update on {table} to walmu_app;
"""
"""Everybody of the tenant reads them; the organiser writes them."""

OWN = """
alter table measurements enable row level security;
create policy tenant on measurements
    using (organiser_id = (select walmu_organiser())
           and ((select walmu_organisation()) is null or provider_id = (select walmu_organisation())))
    with check (organiser_id = (select walmu_organiser())
           and ((select walmu_organisation()) is null or provider_id = (select walmu_organisation())));
grant select, insert, update on measurements to walmu_app;
"""


def upgrade() -> None:
    run_script(TABLES)
    for table in ("instruments", "impact_limits"):
        run_script(ORGANISERS.format(table=table))
    run_script(OWN)
