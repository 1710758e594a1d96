"""The disclosure log; and a permission is seen by the recipient that it names, so that its end is honoured at once."""

from walmu_api.foundation.migrating import run_script

revision = "0010"
down_revision = "0009"

TABLES = """
create table disclosures (
    organiser_id uuid not null,
    id uuid not null,
    document_number bigint not null default nextval('document_numbers'),
    client_id uuid not null,
    service_relationship_id uuid,
    provider_id uuid,
    notice_id uuid not null,
    recipient jsonb not null,
    purpose text not null,
    permission_id uuid,
    law text,
    field_groups text[] not null,
    content_hash text not null,
    service_task jsonb not null,
    service jsonb,
    discloser jsonb not null,
    grounds text not null,
    disclosed_at timestamptz not null default walmu_now(),
    organisation_id uuid not null,
    system_id uuid not null,
    person jsonb,
    primary key (organiser_id, id),
    constraint disclosures_number unique (organiser_id, document_number),
    check ((permission_id is null) <> (law is null)),
    foreign key (organiser_id, client_id) references clients (organiser_id, id),
    foreign key (organiser_id, notice_id) references documents (organiser_id, id),
    foreign key (organiser_id, permission_id) references documents (organiser_id, id)
);
comment on table disclosures is 'Luovutusloki: one row per delivery of a view to an outsider, in the transaction of the delivery; never changed.';
comment on column disclosures.provider_id is 'The provider that disclosed on behalf of the organiser.';
comment on column disclosures.organisation_id is 'In whose request it was delivered: the discloser, or the recipient that fetched it.';
create index disclosures_by_client on disclosures (organiser_id, client_id, id);
"""

# A row is written in the session of whoever delivers or fetches; only organiser, record system and auditor read them.
POLICIES = """
alter table disclosures enable row level security;
create policy tenant on disclosures
    using (organiser_id = (select walmu_organiser()) and (select walmu_organisation()) is null)
    with check (organiser_id = (select walmu_organiser())
                and ((select walmu_organisation()) is null or organisation_id = (select walmu_organisation())));
grant select, insert on disclosures to walmu_app;
create policy of_recipient on documents for select
    using (organiser_id = (select walmu_organiser()) and resource_type = 'permission'
           and content -> 'recipient' ->> 'organisation_id' = (select walmu_organisation())::text);
"""


# A workplace sees no row of clients, and so could not know that what it is told of one must hold no contacts.
PROTECTED = """
create table protected_clients (
    organiser_id uuid not null,
    client_id uuid not null,
    is_protected boolean not null,
    primary key (organiser_id, client_id),
    foreign key (organiser_id, client_id) references clients (organiser_id, id)
);
comment on table protected_clients is 'Whose contacts are or were withheld (turvakielto, secret contacts), for those too who see no row of clients; kept by a trigger.';
insert into protected_clients select organiser_id, id, true from clients
    where turvakielto or content -> 'secret_contacts' = 'true'::jsonb;
create function walmu_note_protection() returns trigger language plpgsql as $$
begin
    if new.turvakielto or new.content -> 'secret_contacts' = 'true'::jsonb then
        insert into protected_clients values (new.organiser_id, new.id, true)
            on conflict (organiser_id, client_id) do update set is_protected = true;
    elsif tg_op = 'UPDATE' then
        update protected_clients set is_protected = false where organiser_id = new.organiser_id and client_id = new.id;
    end if;
    return null;
end $$;
create trigger note_protection after insert or update of turvakielto, content on clients
    for each row execute function walmu_note_protection();
alter table protected_clients enable row level security;
create policy tenant on protected_clients
    using (organiser_id = (select walmu_organiser())
           and ((select walmu_organisation()) is null
                or exists (select from client_access a
                           where a.organiser_id = protected_clients.organiser_id and a.client_id = protected_clients.client_id
                             and a.organisation_id = (select walmu_organisation()))
                or exists (select from agreements g
                           where g.organiser_id = protected_clients.organiser_id and g.client_id = protected_clients.client_id
                             and g.workplace_id = (select walmu_organisation()))))
    with check (organiser_id = (select walmu_organiser()) and (select walmu_organisation()) is null);
grant select, insert, update on protected_clients to walmu_app;
"""


def upgrade() -> None:
    run_script(TABLES)
    run_script(POLICIES)
    run_script(PROTECTED)
