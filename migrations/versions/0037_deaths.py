"""A client's day of death: each service ends with it, and how the client was reached is the organiser's alone."""

from walmu_api.foundation.migrating import run_script

revision = "0037"
down_revision = "0036"

DEATHS = """
alter table clients add column died_on date, add column died_with date, add column emigrated_on date;
comment on column clients.died_on is 'Day of death, as it was recorded of this client.';
comment on column clients.emigrated_on is 'Day of moving abroad for good; nothing follows from it by itself.';
comment on column clients.died_with is 'The first day of death that was recorded of one who was merged into this client.';
alter table service_relationships add column set_ends_on date;
update service_relationships set set_ends_on = ends_on;
comment on column service_relationships.set_ends_on is 'The end as the organiser or an ending set it; ends_on is the day of the client''s death, where that is earlier.';
create or replace function walmu_withholds(c clients) returns boolean language sql immutable as
$$ select c.turvakielto or c.protected_with or c.withheld_with or c.died_on is not null or c.died_with is not null
    or coalesce(c.content -> 'secret_contacts' = 'true'::jsonb, false) $$;
drop trigger note_protection on clients;
create trigger note_protection after insert or update of turvakielto, content, protected_with, withheld_with, merged_into, died_on, died_with
    on clients for each row execute function walmu_note_protection();
"""


def upgrade() -> None:
    run_script(DEATHS)
