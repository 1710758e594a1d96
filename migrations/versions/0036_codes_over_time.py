"""One person has several identity codes over time, and is found by whole words of the name and by either code."""

from walmu_api.foundation.migrating import run_script

revision = "0036"
down_revision = "0034"

CODES = """
create table former_codes (
    organiser_id uuid not null,
    id uuid not null,
    client_id uuid not null,
    code_system text not null,
    code_sealed bytea not null,
    code_index bytea not null,
    reason text not null check (reason in ('temporary', 'corrected', 'protection', 'gender', 'unknown')),
    until timestamptz not null default walmu_now(),
    primary key (organiser_id, id),
    foreign key (organiser_id, client_id) references clients (organiser_id, id)
);
comment on table former_codes is 'Identity codes that a client had before, sealed: until when, and why it has another one.';
create index former_codes_by_code on former_codes (organiser_id, code_index);
create index former_codes_by_client on former_codes (organiser_id, client_id);
alter table former_codes enable row level security;
create policy tenant on former_codes
    using (organiser_id = (select walmu_organiser())
           and ((select walmu_organisation()) is null
                or (reason in ('temporary', 'corrected')
                    and exists (select from client_access a
                                where a.organiser_id = former_codes.organiser_id and a.client_id = former_codes.client_id
                                  and a.organisation_id = (select walmu_organisation())))))
    with check (organiser_id = (select walmu_organiser()) and (select walmu_organisation()) is null);
grant select, insert, update on former_codes to walmu_app, walmu_worker;

create table distinct_clients (
    organiser_id uuid not null,
    one uuid not null,
    other uuid not null,
    reason text not null,
    judged_at timestamptz not null default walmu_now(),
    primary key (organiser_id, one, other),
    check (one < other),
    foreign key (organiser_id, one) references clients (organiser_id, id),
    foreign key (organiser_id, other) references clients (organiser_id, id)
);
comment on table distinct_clients is 'Two clients of whom a person found that they are not the same one, though they look alike.';
alter table distinct_clients enable row level security;
create policy tenant on distinct_clients
    using (organiser_id = (select walmu_organiser()) and (select walmu_organisation()) is null)
    with check (organiser_id = (select walmu_organiser()) and (select walmu_organisation()) is null);
grant select, insert, update on distinct_clients to walmu_app;

alter table clients add column name_words bytea[], add column person_index bytea, add column birthday_index bytea;
comment on column clients.name_words is 'Blind indexes of the words of the name, for searching by whole words.';
comment on column clients.person_index is 'Blind index of the words of the name and the day of birth: equal for who may be the same person.';
comment on column clients.birthday_index is 'Blind index of the day of birth, which may be known by the identity code alone.';
create index clients_by_name on clients using gin (name_words);
create index clients_by_person on clients (organiser_id, person_index) where person_index is not null;
"""


def upgrade() -> None:
    run_script(CODES)
