"""Clients, service relationships, decisions and agreements."""

from walmu_api.foundation.migrating import run_script

revision = "0003"
down_revision = "0002"

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
create table clients (
    organiser_id uuid not null references organisers (id),
    id uuid not null,
    family_name text not null,
    given_names text not null,
    identity_system text,
    identity_sealed bytea,
    identity_index bytea,
    date_of_birth date,
    turvakielto boolean not null default false,
    turvakielto_ends_on date,
    contact jsonb,
    language text,
    {RECORDED}
    primary key (organiser_id, id),
    constraint clients_identity unique (organiser_id, identity_index),
    constraint clients_source unique (organiser_id, source_system, source_id)
);
alter table client_access add foreign key (organiser_id, client_id) references clients (organiser_id, id);

create table service_relationships (
    organiser_id uuid not null,
    id uuid not null,
    client_id uuid not null,
    provider_id uuid not null,
    unit_id uuid,
    service_task jsonb not null,
    service jsonb,
    service_kind text not null,
    legal_bases text[] not null,
    referral jsonb not null,
    responsible_workers jsonb not null,
    starts_on date not null,
    ends_on date,
    {RECORDED}
    primary key (organiser_id, id),
    constraint service_relationships_source unique (organiser_id, source_system, source_id),
    foreign key (organiser_id, client_id) references clients (organiser_id, id),
    foreign key (organiser_id, provider_id) references organisations (organiser_id, id),
    foreign key (organiser_id, unit_id) references units (organiser_id, id)
);
create index service_relationships_by_client on service_relationships (organiser_id, client_id);

create table decisions (
    organiser_id uuid not null,
    id uuid not null,
    kind text not null check (kind in ('client', 'purchase')),
    client_id uuid not null,
    provider_id uuid not null,
    service_relationship_id uuid,
    structure text not null,
    outcome text not null check (outcome in ('granted', 'partly_granted', 'denied')),
    legal_bases text[] not null,
    service_task jsonb not null,
    service jsonb,
    service_kind text not null,
    decided_on date,
    valid_from date not null,
    valid_to date,
    days_per_week integer,
    work_allowance_per_day numeric(9, 2),
    travel jsonb,
    place text,
    decision_maker jsonb,
    reasons text,
    status text not null check (status in ('draft', 'decided', 'revoked', 'superseded', 'ended', 'entered_in_error')),
    revoked_on date,
    revocation_known_on date,
    ehr_target text,
    ehr_id text,
    ehr_version text,
    draft_state text check (draft_state in ('submitted', 'refused')),
    draft_reason text,
    {RECORDED}
    primary key (organiser_id, id),
    constraint decisions_source unique (organiser_id, source_system, source_id),
    constraint decisions_ehr unique (organiser_id, ehr_target, ehr_id),
    check (status = 'draft' or decided_on is not null),
    check (valid_to >= valid_from),
    foreign key (organiser_id, client_id) references clients (organiser_id, id),
    foreign key (organiser_id, provider_id) references organisations (organiser_id, id),
    foreign key (organiser_id, service_relationship_id) references service_relationships (organiser_id, id)
);
create index decisions_by_client on decisions (organiser_id, client_id);
create index decisions_by_provider on decisions (organiser_id, provider_id, id);

create table agreements (
    organiser_id uuid not null,
    id uuid not null,
    decision_id uuid,
    service_relationship_id uuid not null,
    client_id uuid not null,
    provider_id uuid not null,
    workplace_id uuid,
    structure text not null,
    kind text not null check (kind in ('work_practice', 'work_activity', 'open_work_activity', 'halfway_stop', 'employment')),
    place_name text not null,
    instructors jsonb not null,
    starts_on date not null,
    ends_on date not null,
    schedule jsonb not null,
    work_allowance_per_day numeric(9, 2),
    absence_reporting text not null,
    tasks_and_goals text,
    signatures jsonb not null default '[]',
    signed_on date,
    end_reason text,
    status text not null check (status in ('draft', 'signed', 'terminated', 'voided')),
    {RECORDED}
    primary key (organiser_id, id),
    constraint agreements_source unique (organiser_id, source_system, source_id),
    check (ends_on >= starts_on),
    check (kind = 'employment' or decision_id is not null),
    foreign key (organiser_id, decision_id) references decisions (organiser_id, id),
    foreign key (organiser_id, service_relationship_id) references service_relationships (organiser_id, id),
    foreign key (organiser_id, client_id) references clients (organiser_id, id),
    foreign key (organiser_id, provider_id) references organisations (organiser_id, id),
    foreign key (organiser_id, workplace_id) references organisations (organiser_id, id)
);
create index agreements_by_decision on agreements (organiser_id, decision_id);
create index agreements_by_relationship on agreements (organiser_id, service_relationship_id);
create index agreements_by_client on agreements (organiser_id, client_id);
create index agreements_by_provider on agreements (organiser_id, provider_id, id);
create index agreements_by_workplace on agreements (organiser_id, workplace_id) where workplace_id is not null;
"""

OWN = """
create policy tenant on {table}
    using (organiser_id = (select walmu_organiser())
           and ((select walmu_organisation()) is null or provider_id = (select walmu_organisation()){workplace}))
    with check (organiser_id = (select walmu_organiser()) and ((select walmu_organisation()) is null{writer}));
"""
WRITER = " or provider_id = (select walmu_organisation())"
"""A provider writes its agreements; relationships and decisions are the organiser's and the record system's to write."""

# What a workplace's own agreement rests on is read when its days are judged; no operation shows it to the workplace.
NAMED_BY_AN_AGREEMENT = """ or exists (
    select from agreements g where g.organiser_id = {table}.organiser_id and g.{key} = {table}.id
       and g.workplace_id = (select walmu_organisation()))"""

POLICIES = """
alter table clients enable row level security;
create policy tenant on clients
    using (organiser_id = (select walmu_organiser())
           and ((select walmu_organisation()) is null
                or exists (select from client_access a
                           where a.organiser_id = clients.organiser_id and a.client_id = clients.id
                             and a.organisation_id = (select walmu_organisation()))))
    with check (organiser_id = (select walmu_organiser()) and (select walmu_organisation()) is null);
grant select, insert, update on clients, service_relationships, decisions, agreements to walmu_app;
"""


def upgrade() -> None:
    run_script(TABLES)
    run_script(POLICIES)
    for table, workplace in (
        (
            "service_relationships",
            NAMED_BY_AN_AGREEMENT.format(table="service_relationships", key="service_relationship_id"),
        ),
        ("decisions", NAMED_BY_AN_AGREEMENT.format(table="decisions", key="decision_id")),
        ("agreements", " or workplace_id = (select walmu_organisation())"),
    ):
        run_script(f"alter table {table} enable row level security")
        run_script(
            OWN.format(table=table, workplace=workplace, writer=WRITER if table == "agreements" else "")
        )
