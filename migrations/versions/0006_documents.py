"""The records that follow national documents, in one store; what agreements and decisions hold beyond their columns."""

from walmu_api.foundation.migrating import run_script

revision = "0006"
down_revision = "0005"

TABLES = """
create sequence document_numbers;
grant usage on sequence document_numbers to walmu_app;

create table documents (
    organiser_id uuid not null,
    id uuid not null,
    resource_type text not null,
    document_number bigint not null default nextval('document_numbers'),
    structure text,
    owner_id uuid not null,
    client_id uuid not null,
    provider_id uuid,
    workplace_id uuid,
    service_relationship_id uuid,
    agreement_id uuid,
    case_id uuid,
    service_task text,
    shared boolean not null default false,
    dated_on date not null,
    status text not null check (status in ('unconfirmed', 'final', 'voided')),
    status_reason text,
    content jsonb not null,
    received jsonb,
    version integer not null default 1,
    recorded_at timestamptz not null,
    recorded_by_organisation uuid not null,
    recorded_by_system uuid not null,
    recorded_by_person jsonb,
    source_id text,
    source_system uuid,
    primary key (organiser_id, id),
    constraint documents_source unique (organiser_id, resource_type, source_system, source_id),
    constraint documents_number unique (organiser_id, document_number),
    foreign key (organiser_id, client_id) references clients (organiser_id, id),
    foreign key (organiser_id, provider_id) references organisations (organiser_id, id),
    foreign key (organiser_id, workplace_id) references organisations (organiser_id, id),
    foreign key (organiser_id, service_relationship_id) references service_relationships (organiser_id, id),
    foreign key (organiser_id, agreement_id) references agreements (organiser_id, id),
    foreign key (organiser_id, case_id) references documents (organiser_id, id)
);
comment on table documents is 'Every record that mirrors a national document and has no table of its own; identity codes in content are sealed.';
comment on column documents.owner_id is 'The organisation whose record it is to change.';
comment on column documents.shared is 'Plans and need assessments: any provider that serves the client in this service task sees them (457/2024, 15 §).';
comment on column documents.received is 'The national document as it was received; gone when the record is said anew in other words.';
create index documents_by_client on documents (organiser_id, client_id, resource_type, dated_on);
create index documents_by_kind on documents (organiser_id, resource_type, id);
create index documents_by_provider on documents (organiser_id, provider_id, resource_type, id);
create index documents_by_workplace on documents (organiser_id, workplace_id, resource_type, id) where workplace_id is not null;
create index documents_by_relationship on documents (organiser_id, service_relationship_id, resource_type, id);
"""

# What another provider of the same service task may read, it may only read.
POLICY = """
alter table documents enable row level security;
create policy tenant on documents
    using (organiser_id = (select walmu_organiser())
           and ((select walmu_organisation()) is null or provider_id = (select walmu_organisation())
                or workplace_id = (select walmu_organisation())
                or (shared and exists (select from client_access a
                                       where a.organiser_id = documents.organiser_id and a.client_id = documents.client_id
                                         and a.organisation_id = (select walmu_organisation())))))
    with check (organiser_id = (select walmu_organiser())
           and ((select walmu_organisation()) is null or provider_id = (select walmu_organisation())
                or workplace_id = (select walmu_organisation())));
grant select, insert, update on documents to walmu_app;
"""

BEYOND = """
alter table {table} add document_number bigint not null default nextval('document_numbers'),
    add content jsonb not null default '{{}}', add received jsonb,
    add constraint {table}_number unique (organiser_id, document_number);
"""


def upgrade() -> None:
    run_script(TABLES)
    run_script(POLICY)
    for table in ("clients", "decisions", "agreements"):
        run_script(BEYOND.format(table=table))
