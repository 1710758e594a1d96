"""Clients who changed their names are known to those too who see no row of clients: former names are the organiser's only."""

from walmu_api.foundation.migrating import run_script

revision = "0028"
down_revision = "0027"

RENAMED = """
alter table protected_clients alter column is_protected set default false, add column renamed boolean not null default false;
comment on table protected_clients is 'Whose contacts are or were withheld (turvakielto, secret contacts), and who was ever recorded under another name, for those too who see no row of clients; kept by triggers.';
create function walmu_note_renaming() returns trigger language plpgsql as $$
begin
    insert into protected_clients (organiser_id, client_id, renamed) values (new.organiser_id, new.id, true)
        on conflict (organiser_id, client_id) do update set renamed = true;
    return null;
end $$;
create trigger note_renaming after update of family_name, given_names on clients for each row
    when ((lower(old.family_name), lower(old.given_names)) is distinct from (lower(new.family_name), lower(new.given_names)))
    execute function walmu_note_renaming();
insert into protected_clients (organiser_id, client_id, renamed)
select distinct c.organiser_id, c.id, true from clients c
    join journal j on j.organiser_id = c.organiser_id and j.resource_type = 'client' and j.resource_id = c.id
where j.replaced is not null
    and (lower(j.replaced ->> 'family_name'), lower(j.replaced ->> 'given_names'))
        is distinct from (lower(c.family_name), lower(c.given_names))
on conflict (organiser_id, client_id) do update set renamed = true;
"""


def upgrade() -> None:
    run_script(RENAMED)
