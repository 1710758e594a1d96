"""Who may register whom: one key belongs to one system, client ids are unique in their organisation, a further system of
the organiser waits for confirmation, and a provider registers for the workplaces that the organiser named."""

from walmu_api.foundation.migrating import run_script

revision = "0016"
down_revision = "0015"

TABLES = """
alter table connected_systems
    add unconfirmed_by uuid,
    drop constraint connected_systems_client_id_key,
    add constraint connected_systems_client_id unique (organiser_id, organisation_id, client_id);
comment on column connected_systems.unconfirmed_by is
    'The system whose change waits for another one of the organiser; until then no token is given.';

alter table system_keys drop constraint system_keys_pkey, add primary key (organiser_id, system_id);
create index system_keys_by_client_id on system_keys (client_id);

create table held_keys (
    organiser_id uuid not null,
    system_id uuid not null,
    thumbprint text not null,
    primary key (organiser_id, system_id, thumbprint),
    constraint held_keys_once unique (thumbprint),
    foreign key (organiser_id, system_id) references connected_systems (organiser_id, id)
);
comment on table held_keys is 'Whose each key is (RFC 7638), over all organisers: one key, one system.';

create table delegated_workplaces (
    organiser_id uuid not null,
    id uuid not null,
    workplace_ids uuid[] not null,
    version integer not null default 1,
    recorded_at timestamptz not null,
    recorded_by_organisation uuid not null,
    recorded_by_system uuid not null,
    recorded_by_person jsonb,
    source_id text,
    source_system uuid,
    primary key (organiser_id, id),
    foreign key (organiser_id, id) references organisations (organiser_id, id)
);
comment on table delegated_workplaces is 'For which workplaces a provider (the id) may register connected systems.';
"""

KEYS_SO_FAR = """
insert into held_keys (organiser_id, system_id, thumbprint)
select k.organiser_id, k.system_id,
    rtrim(translate(encode(sha256(convert_to(case key ->> 'kty'
        when 'EC' then format('{"crv":"%s","kty":"EC","x":"%s","y":"%s"}', key ->> 'crv', key ->> 'x', key ->> 'y')
        else format('{"e":"%s","kty":"RSA","n":"%s"}', key ->> 'e', key ->> 'n') end, 'UTF8')), 'base64'), '+/', '-_'), '=')
from system_keys k, jsonb_array_elements(k.jwks -> 'keys') key
order by k.system_id
on conflict do nothing;
"""
"""Of two systems that share a key the first is its holder; both go on with it, and neither can be given it anew."""

POLICIES = """
alter table delegated_workplaces enable row level security;
create policy tenant on delegated_workplaces
    using (organiser_id = (select walmu_organiser())
           and ((select walmu_organisation()) is null or id = (select walmu_organisation())))
    with check (organiser_id = (select walmu_organiser()) and (select walmu_organisation()) is null);
grant select, insert, update on delegated_workplaces to walmu_app;

create function walmu_delegated_workplaces() returns uuid[] language sql stable as
$$ select coalesce((select workplace_ids from delegated_workplaces
                    where organiser_id = walmu_organiser() and id = walmu_organisation()), '{}') $$;
grant execute on function walmu_delegated_workplaces() to walmu_app, walmu_worker;
grant select on delegated_workplaces to walmu_worker;
comment on function walmu_delegated_workplaces is 'For which workplaces a session that is narrowed to a provider may register.';

drop policy tenant on connected_systems;
create policy tenant on connected_systems
    using (organiser_id = (select walmu_organiser())
           and ((select walmu_organisation()) is null or organisation_id = (select walmu_organisation())
                or organisation_id = any((select walmu_delegated_workplaces())::uuid[])))
    with check (organiser_id = (select walmu_organiser())
           and ((select walmu_organisation()) is null
                or role = 'provider' and organisation_id = (select walmu_organisation())
                or role = 'workplace' and organisation_id = any((select walmu_delegated_workplaces())::uuid[])));

-- A provider changes the keys of the systems that it registers.
alter policy tenant on system_keys
    using (organiser_id = (select walmu_organiser())
           and exists (select from connected_systems s
                       where s.organiser_id = system_keys.organiser_id and s.id = system_keys.system_id))
    with check (organiser_id = (select walmu_organiser())
           and exists (select from connected_systems s
                       where s.organiser_id = system_keys.organiser_id and s.id = system_keys.system_id
                         and ((select walmu_organisation()) is null
                              or s.role = 'provider' and s.organisation_id = (select walmu_organisation())
                              or s.role = 'workplace'
                                 and s.organisation_id = any((select walmu_delegated_workplaces())::uuid[]))));

alter table held_keys enable row level security;
create policy tenant on held_keys
    using (organiser_id = (select walmu_organiser())
           and exists (select from connected_systems s
                       where s.organiser_id = held_keys.organiser_id and s.id = held_keys.system_id));
grant select, insert, delete on held_keys to walmu_app;
"""


def upgrade() -> None:
    run_script(TABLES)
    run_script(KEYS_SO_FAR)
    run_script(POLICIES)
