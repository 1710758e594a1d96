"""The ledger of published figures of impact, and what was asked, in the use log."""

from walmu_api.foundation.migrating import run_script

revision = "0017"
down_revision = "0016"

UP = """
create table impact_publications (
    organiser_id uuid not null references organisers (id),
    id uuid not null,
    at timestamptz not null default walmu_now(),
    question text not null,
    answer text not null,
    groups jsonb not null,
    organisation_id uuid not null,
    system_id uuid not null,
    primary key (organiser_id, id),
    constraint impact_publications_once unique (organiser_id, question)
);
comment on table impact_publications is 'Which figures of impact were published: each question once, with its answer, which stays. It only grows.';
comment on column impact_publications.groups is 'Of whom the figures are, by family: keyed hashes, never ids of clients. Later questions are held against them.';
alter table impact_publications enable row level security;
create policy tenant on impact_publications
    using (organiser_id = (select walmu_organiser()) and (select walmu_organisation()) is null)
    with check (organiser_id = (select walmu_organiser()) and (select walmu_organisation()) is null);
grant select, insert on impact_publications to walmu_app;

alter table use_log add column question text;
comment on column use_log.question is 'What was asked, where figures of groups were told and no client is named.';
"""


def upgrade() -> None:
    run_script(UP)
