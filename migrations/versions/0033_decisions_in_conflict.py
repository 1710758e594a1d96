"""Decisions that the record system moved while agreements hang on them: the conflict waits for the organiser, and the
agreements are held."""

from walmu_api.foundation.migrating import run_script

revision = "0033"
down_revision = "0032"

UP = """
alter table ehr_inbox drop constraint ehr_inbox_state_check;
alter table ehr_inbox add constraint ehr_inbox_state_check check (state in
    ('received', 'applied', 'unchanged', 'ignored_stale', 'quarantined', 'conflict', 'discarded'));
create table ehr_conflicts (
    organiser_id uuid not null,
    id uuid not null,
    version integer not null default 1,
    target_id uuid not null,
    inbox_id uuid not null,
    kind text not null check (kind in ('person-changed', 'provider-changed')),
    decision_id uuid not null,
    client_id uuid not null,
    provider_id uuid not null,
    their_client_id uuid not null,
    their_provider_id uuid not null,
    raised_at timestamptz not null default walmu_now(),
    state text not null default 'open' check (state in ('open', 'settled')),
    resolution text check (resolution in ('ours', 'theirs', 'withdrawn')),
    reason text,
    settled_at timestamptz,
    settled_by_organisation uuid,
    settled_by_system uuid,
    settled_by_person jsonb,
    primary key (organiser_id, id),
    foreign key (organiser_id, target_id) references ehr_targets (organiser_id, id),
    foreign key (organiser_id, inbox_id) references ehr_inbox (organiser_id, id),
    foreign key (organiser_id, decision_id) references decisions (organiser_id, id),
    check ((state = 'settled') = (resolution is not null) and (state = 'settled') = (settled_at is not null))
);
comment on table ehr_conflicts is 'What the record system says of a decision and what hangs on it here do not go together: a person decides.';
comment on column ehr_conflicts.inbox_id is 'The newest thing that it said.';
create unique index ehr_conflicts_open on ehr_conflicts (organiser_id, decision_id) where state = 'open';
create index ehr_conflicts_by_decision on ehr_conflicts (organiser_id, decision_id, id);
alter table ehr_conflicts enable row level security;
create policy tenant on ehr_conflicts
    using (organiser_id = (select walmu_organiser()) and (select walmu_organisation()) is null)
    with check (organiser_id = (select walmu_organiser()) and (select walmu_organisation()) is null);
grant select, update on ehr_conflicts to walmu_app;
grant select, insert, update on ehr_conflicts to walmu_worker;
-- Who settles a conflict says what becomes of the item; an agreement is held and set free by whoever finds that it is so.
grant update on ehr_inbox to walmu_app;
grant update on agreements to walmu_worker;
alter table ehr_deliveries add resends integer not null default 0;
comment on column ehr_deliveries.resends is 'How often it was sent anew for what others say; part of its version there.';
alter table agreements add held_since timestamptz, add conflict_id uuid,
    add check ((held_since is null) = (conflict_id is null));
create index agreements_held on agreements (organiser_id, conflict_id) where conflict_id is not null;
"""


def upgrade() -> None:
    run_script(UP)
