"""Organisations and units that have closed, and providers that were succeeded; what they were before is read by every party, as what they are is."""

from walmu_api.foundation.migrating import run_script

revision = "0031"
down_revision = "0030"

CLOSED = """
alter table organisations add column closed_on date, add column close_reason text, add column reopen_reason text;
alter table units add column closed_on date, add column close_reason text, add column reopen_reason text;
alter table organisations add column succeeded_by uuid, add column succeeded_from date,
    add foreign key (organiser_id, succeeded_by) references organisations (organiser_id, id),
    add check ((succeeded_by is null) = (succeeded_from is null));
alter policy journal_reads on journal using (
    organiser_id = (select walmu_organiser())
    and ((select walmu_organisation()) is null or provider_id = (select walmu_organisation())
         or workplace_id = (select walmu_organisation()) or resource_type in ('organisation', 'unit')
         or (resource_type = 'client' and provider_id is null
             and exists (select from client_access a
                         where a.organiser_id = journal.organiser_id and a.client_id = journal.client_id
                           and a.organisation_id = (select walmu_organisation())))));
"""


def upgrade() -> None:
    run_script(CLOSED)
