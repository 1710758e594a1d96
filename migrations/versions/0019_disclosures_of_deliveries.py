"""The disclosure log holds every delivery of client data to a workplace, each once a day to the same person."""

from walmu_api.foundation.migrating import run_script

revision = "0019"
down_revision = "0018"

COLUMNS = """
alter table disclosures
    alter notice_id drop not null,
    alter service_task drop not null,
    alter discloser drop not null,
    alter document_number drop not null,
    add agreement_id uuid,
    add recipient_id uuid,
    add recipient_person text,
    add foreign key (organiser_id, agreement_id) references agreements (organiser_id, id);
comment on column disclosures.document_number is 'Null where the delivery is no document: only the first of an agreement or a notice to a workplace is.';
comment on column disclosures.recipient_id is 'The workplace to which this service delivered; null where it was told in another manner.';
comment on column disclosures.recipient_person is 'Who fetched it: the person''s id in the system; empty where the system named nobody.';
create unique index disclosures_once_a_day on disclosures (
    organiser_id, recipient_id, system_id, recipient_person, client_id, coalesce(notice_id, agreement_id, client_id),
    coalesce(permission_id, client_id), ((disclosed_at at time zone 'Europe/Helsinki')::date), content_hash);
create index disclosures_to_nobody_named on disclosures (organiser_id, agreement_id) where recipient_person = '';
"""

# A workplace reads nothing of the log; what is not the first of its kind it must know all the same.
FIRST = """
create table first_disclosures (
    organiser_id uuid not null,
    recipient_id uuid not null,
    subject_id uuid not null,
    primary key (organiser_id, recipient_id, subject_id)
);
comment on table first_disclosures is 'Which agreements and notices were delivered to which workplace: their first delivery became a document 19010.';
alter table first_disclosures enable row level security;
create policy tenant on first_disclosures
    using (organiser_id = (select walmu_organiser())
           and ((select walmu_organisation()) is null or recipient_id = (select walmu_organisation())))
    with check (organiser_id = (select walmu_organiser())
                and ((select walmu_organisation()) is null or recipient_id = (select walmu_organisation())));
grant select, insert on first_disclosures to walmu_app;
insert into first_disclosures select distinct organiser_id, organisation_id, notice_id from disclosures
    where recipient ->> 'organisation_id' = organisation_id::text;
"""


def upgrade() -> None:
    run_script(COLUMNS)
    run_script(FIRST)
