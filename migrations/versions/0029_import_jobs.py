"""Requests that are answered later: `Prefer: respond-async`."""

from walmu_api.foundation.migrating import run_script

revision = "0029"
down_revision = "0028"

UP = """
create table import_jobs (
    organiser_id uuid not null references organisers (id),
    id uuid not null,
    organisation_id uuid not null,
    system_id uuid not null,
    operation text not null,
    status text not null default 'queued' check (status in ('queued', 'running', 'done', 'failed')),
    created_at timestamptz not null default walmu_now(),
    finished_at timestamptz,
    attempts integer not null default 0,
    taken_by uuid,
    taken_until timestamptz,
    lines integer,
    lines_judged integer,
    request bytea,
    answer bytea,
    primary key (organiser_id, id),
    constraint import_jobs_sealed check ((finished_at is null) = (request is not null)
        and (finished_at is null) = (answer is null) and (finished_at is null) = (status in ('queued', 'running')))
);
comment on table import_jobs is 'Requests that are answered later. Deleted 24 hours after the answer.';
comment on column import_jobs.request is 'Encrypted: the request as it came, until it has been answered.';
comment on column import_jobs.answer is 'Encrypted: the answer, with whose data it holds.';
comment on column import_jobs.taken_by is 'Which taking up of the job is at work; only it may answer.';
comment on column import_jobs.taken_until is 'When its worker is given up, unless it says before that it is there.';
create index import_jobs_at_work on import_jobs (organiser_id, id) where finished_at is null;
create index import_jobs_by_end on import_jobs (organiser_id, finished_at) where finished_at is not null;
alter table import_jobs enable row level security;
create policy tenant on import_jobs
    using (organiser_id = (select walmu_organiser())
        and ((select walmu_organisation()) is null or organisation_id = (select walmu_organisation())))
    with check (organiser_id = (select walmu_organiser())
        and ((select walmu_organisation()) is null or organisation_id = (select walmu_organisation())));
grant select, insert, update, delete on import_jobs to walmu_app;
"""


def upgrade() -> None:
    run_script(UP)
