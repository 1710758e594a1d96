"""Two clients who are one person: what was recorded of the one is read under the other, and can be put back.

`client_named` is the client whom a record's own sources named, and never changes; `client_id` is the one under whom it is
read now. Journal, days and the disclosure log hold the first, so that what one client's readers are told stays theirs."""

from walmu_api.foundation.migrating import run_script

revision = "0032"
down_revision = "0031"

TABLES = {
    "service_relationships": "''",
    "decisions": "'relationship'",
    "agreements": "'relationship'",
    "documents": "'agreement relationship'",
    "measurements": "'relationship'",
    "justifications": "'agreement'",
}
"""And what their rows hang on."""

MERGES = """
alter table clients add column merged_into uuid, add column protected_with boolean not null default false,
    add column withheld_with boolean not null default false,
    add column merge_reason text,
    add foreign key (organiser_id, merged_into) references clients (organiser_id, id), add check (merged_into <> id);
comment on column clients.merged_into is 'The client under whom all of this one is read now.';
comment on column clients.protected_with is 'One who was merged into this client is under non-disclosure.';
comment on column clients.withheld_with is 'Contacts of one who was merged into this client are secret, or are withheld from providers too.';
create index clients_merged on clients (organiser_id, merged_into) where merged_into is not null;
create table client_merges (
    organiser_id uuid not null,
    id uuid not null,
    client_id uuid not null,
    into_client uuid not null,
    read_as uuid not null,
    merged_at timestamptz not null default walmu_now(),
    unmerged_at timestamptz,
    primary key (organiser_id, id),
    foreign key (organiser_id, client_id) references clients (organiser_id, id),
    foreign key (organiser_id, into_client) references clients (organiser_id, id),
    foreign key (organiser_id, read_as) references clients (organiser_id, id)
);
comment on table client_merges is 'Which client was merged into which, from when until when; read_as: under whom it is read, which may itself have been merged into another.';
create unique index client_merges_in_force on client_merges (organiser_id, client_id) where unmerged_at is null;
create index client_merges_read_as on client_merges (organiser_id, read_as);
alter table client_merges enable row level security;
grant select, insert, update on client_merges to walmu_app;
grant select on client_merges to walmu_worker, walmu_auditor;
alter table journal drop constraint journal_change_check, add constraint journal_change_check check (
    change in ('created', 'updated', 'voided', 'ended', 'merged', 'unmerged', 'access-granted', 'access-ended')) not valid;
alter table journal validate constraint journal_change_check;
"""

# A record names the client of what it hangs on, whatever its writer read a moment ago; one that hangs on nothing names its client
# by itself, be it by the id of one who was merged; else it is of one whom its provider serves, so that this one goes on reading
# it. A merge that is under way is waited for first, and then known.
NAMED = """
create function walmu_name_client() returns trigger language plpgsql as $$
declare
    root uuid;
begin
    perform pg_advisory_xact_lock_shared(hashtextextended('client-merges|' || new.organiser_id, 0));
    if new.client_named is null and tg_argv[0] like '%agreement%' then
        select g.client_named into new.client_named from agreements g
            where g.organiser_id = new.organiser_id and g.id = new.agreement_id;
    end if;
    if new.client_named is null and tg_argv[0] like '%relationship%' then
        select r.client_named into new.client_named from service_relationships r
            where r.organiser_id = new.organiser_id and r.id = new.service_relationship_id;
    end if;
    if new.client_named is null then
        new.client_named := new.client_id;
        if tg_argv[0] <> '' and exists (select from client_merges m
                where m.organiser_id = new.organiser_id and m.read_as = new.client_id and m.unmerged_at is null) then
            new.client_named := coalesce(
                (select r.client_named from service_relationships r
                    where r.organiser_id = new.organiser_id and r.client_id = new.client_id
                      and r.provider_id = new.provider_id
                    order by r.client_named <> new.client_id, r.id limit 1),
                new.client_id);
        end if;
    end if;
    select m.read_as into root from client_merges m
        where m.organiser_id = new.organiser_id and m.client_id = new.client_named and m.unmerged_at is null;
    new.client_id := coalesce(root, new.client_named);
    return new;
end $$;
revoke execute on function walmu_name_client() from public;
"""

NAMED_IN = """
alter table {table} add column client_named uuid;
update {table} set client_named = client_id;
alter table {table} alter client_named set not null;
comment on column {table}.client_named is 'The client whom the record itself names; client_id is the one under whom it is read.';
create trigger name_client before insert on {table} for each row execute function walmu_name_client({parents});
"""

# Journal and days name the client whom their record names; access is to that one, and to the one it is read under.
READ = """
create policy audited on client_merges for select to walmu_auditor using (organiser_id = (select walmu_organiser()));
create policy tenant on client_merges to walmu_app, walmu_worker using (
    organiser_id = (select walmu_organiser())
    and ((select walmu_organisation()) is null
         or exists (select from client_access a
                    where a.organiser_id = client_merges.organiser_id and a.organisation_id = (select walmu_organisation())
                      and a.client_id in (client_merges.client_id, client_merges.read_as))
         or exists (select from agreements g
                    where g.organiser_id = client_merges.organiser_id and g.workplace_id = (select walmu_organisation())
                      and g.shown_version is not null and client_merges.read_as in (g.client_id, g.client_named))))
    with check (organiser_id = (select walmu_organiser()) and (select walmu_organisation()) is null);
alter policy tenant on clients using (
    organiser_id = (select walmu_organiser())
    and ((select walmu_organisation()) is null
         or exists (select from client_access a
                    where a.organiser_id = clients.organiser_id and a.client_id in (clients.id, clients.merged_into)
                      and a.organisation_id = (select walmu_organisation()))));
alter policy journal_reads on journal using (
    organiser_id = (select walmu_organiser())
    and ((select walmu_organisation()) is null or provider_id = (select walmu_organisation())
         or workplace_id = (select walmu_organisation()) or resource_type in ('organisation', 'unit')
         or (resource_type = 'client' and provider_id is null
             and exists (select from client_access a
                         where a.organiser_id = journal.organiser_id and a.client_id in (journal.client_id, journal.resource_id)
                           and a.organisation_id = (select walmu_organisation())))
         or (resource_type = 'client' and change in ('merged', 'unmerged')
             and exists (select from agreements g
                         where g.organiser_id = journal.organiser_id and g.workplace_id = (select walmu_organisation())
                           and g.shown_version is not null
                           and (g.client_id in (journal.client_id, journal.resource_id)
                                or g.client_named in (journal.client_id, journal.resource_id))))));
alter policy journal_appends on journal with check (
    organiser_id = (select walmu_organiser())
    and ((select walmu_organisation()) is null
        or (actor_organisation = (select walmu_organisation())
            and (provider_id = (select walmu_organisation())
                or (resource_type = 'disclosure' and provider_id is null and workplace_id is null)
                or (resource_type = 'connected-system' and provider_id is null
                    and workplace_id = any((select walmu_delegated_workplaces())::uuid[]))
                or (workplace_id = (select walmu_organisation()) and exists (
                    select from agreements g where g.organiser_id = journal.organiser_id
                        and g.client_named = journal.client_id and g.provider_id = journal.provider_id
                        and g.workplace_id = (select walmu_organisation())))))));
grant delete on client_access to walmu_app;
create policy taken_back on client_access as restrictive for delete using ((select walmu_organisation()) is null);
"""

# Of two who are one person both are protected where either is, under whichever id a text names them.
PROTECTED = """
create function walmu_withholds(c clients) returns boolean language sql immutable as
$$ select c.turvakielto or c.protected_with or c.withheld_with or coalesce(c.content -> 'secret_contacts' = 'true'::jsonb, false) $$;
revoke execute on function walmu_withholds(clients) from public;
grant execute on function walmu_withholds(clients) to walmu_app, walmu_worker;
create or replace function walmu_note_protection() returns trigger language plpgsql as $$
begin
    insert into protected_clients (organiser_id, client_id, is_protected)
    select c.organiser_id, c.id, true from clients c
        left join clients r on r.organiser_id = c.organiser_id and r.id = c.merged_into
    where c.organiser_id = new.organiser_id and (c.id = new.id or c.merged_into = new.id)
        and (walmu_withholds(c) or coalesce(walmu_withholds(r), false))
    on conflict (organiser_id, client_id) do update set is_protected = true;
    if tg_op = 'UPDATE' then
        update protected_clients p set is_protected = false
        from clients c left join clients r on r.organiser_id = c.organiser_id and r.id = c.merged_into
        where c.organiser_id = new.organiser_id and (c.id = new.id or c.merged_into = new.id)
            and p.organiser_id = c.organiser_id and p.client_id = c.id and p.is_protected
            and not (walmu_withholds(c) or coalesce(walmu_withholds(r), false));
    end if;
    return null;
end $$;
drop trigger note_protection on clients;
create trigger note_protection after insert or update of turvakielto, content, protected_with, withheld_with, merged_into on clients
    for each row execute function walmu_note_protection();
"""


def upgrade() -> None:
    run_script(MERGES)
    run_script(NAMED)
    for table, parents in TABLES.items():
        run_script(NAMED_IN.format(table=table, parents=parents))
    run_script(READ)
    run_script(PROTECTED)
