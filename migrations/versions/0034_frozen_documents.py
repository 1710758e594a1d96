"""A version of a document that was given out is kept as it was given, with its hash."""

from walmu_api.foundation.migrating import run_script

revision = "0034"
down_revision = "0033"

RECORDS = ("clients", "agreements", "decisions", "measurements", "disclosures", "documents")

FROZEN = """
create table frozen_documents (
    organiser_id uuid not null references organisers (id),
    record_id uuid not null,
    version integer not null check (version > 0),
    frozen_at timestamptz not null default walmu_now(),
    sha256 bytea not null check (length(sha256) = 32),
    document bytea not null,
    primary key (organiser_id, record_id, version)
);
comment on table frozen_documents is 'Versions of documents as they were first given out. Never changed; they go with the record that they are of.';
comment on column frozen_documents.record_id is 'The record whose document it is, in whichever table it lies.';
comment on column frozen_documents.sha256 is 'Of the bytes that were given out.';
comment on column frozen_documents.document is 'Encrypted and compressed: the bytes that were given out, whole.';
alter table frozen_documents enable row level security;
create policy tenant on frozen_documents
    using (organiser_id = (select walmu_organiser()) and (select walmu_organisation()) is null)
    with check (organiser_id = (select walmu_organiser()) and (select walmu_organisation()) is null);
grant select, insert on frozen_documents to walmu_app;
create function walmu_forget_frozen_documents() returns trigger language plpgsql as $$
begin
    delete from frozen_documents where organiser_id = old.organiser_id and record_id = old.id;
    return null;
end $$;
comment on function walmu_forget_frozen_documents() is 'A record that is destroyed takes its documents along.';
"""
FORGET = """
create trigger forget_frozen_documents after delete on {table} for each row
    execute function walmu_forget_frozen_documents();
"""


def upgrade() -> None:
    run_script(FROZEN)
    for table in RECORDS:
        run_script(FORGET.format(table=table))
