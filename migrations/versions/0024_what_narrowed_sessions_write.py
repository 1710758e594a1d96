"""A session narrowed to a provider or a workplace writes only what the API lets such a caller write.

A workplace's could store a permission that named itself, a provider's record of its own making, and keys for its systems."""

from walmu_api.foundation.migrating import run_script

revision = "0024"
down_revision = "0023"

OF_ITS_CLIENT = """provider_id = (select walmu_organisation()) and exists (
    select from client_access a where a.organiser_id = {table}.organiser_id and a.client_id = {table}.client_id
        and a.organisation_id = (select walmu_organisation()))"""
"""Only a provider has access to a client, by a service relationship; no workplace is one by saying so."""

# What a workplace wrote the provider confirms, which makes it its own, or voids; a permission it may revoke, whosever it is.
DOCUMENTS = f"""
alter policy tenant on documents with check (
    organiser_id = (select walmu_organiser())
    and ((select walmu_organisation()) is null
        or ({OF_ITS_CLIENT.format(table="documents")} and resource_type <> 'case'
            and (owner_id = (select walmu_organisation()) or resource_type = 'permission'
                or (owner_id = workplace_id and status = 'voided')))
        or (owner_id = (select walmu_organisation()) and workplace_id = (select walmu_organisation())
            and resource_type in ('diary-entry', 'assessment') and status in ('unconfirmed', 'voided')
            and exists (select from agreements g where g.organiser_id = documents.organiser_id
                and g.id = documents.agreement_id and g.client_id = documents.client_id
                and g.provider_id = documents.provider_id and g.workplace_id = (select walmu_organisation())))));
"""
OWN = """
alter policy tenant on {table} with check (
    organiser_id = (select walmu_organiser()) and ((select walmu_organisation()) is null or ({own})));
"""

# Whose day it is follows from its agreement, by the key that was checked anyway.
DAYS = """
alter table agreements add constraint agreements_of_provider unique (organiser_id, id, provider_id);
alter table attendance drop constraint attendance_organiser_id_agreement_id_fkey,
    add constraint attendance_of_agreement foreign key (organiser_id, agreement_id, provider_id)
        references agreements (organiser_id, id, provider_id);
"""
JUSTIFICATIONS = """
alter policy tenant on justifications with check (
    organiser_id = (select walmu_organiser())
    and ((select walmu_organisation()) is null
        or (entered_by = (select walmu_organisation()) and state = 'given' and exists (
            select from agreements g where g.organiser_id = justifications.organiser_id
                and g.id = justifications.agreement_id and g.provider_id = justifications.provider_id
                and (g.provider_id = (select walmu_organisation())
                    or (g.workplace_id = (select walmu_organisation())
                        and justifications.date >= coalesce(g.at_place_since, justifications.date)))))));
"""

# By cost: a provider's own asks for nothing. The first delivery of an agreement is in the organiser's feed alone.
JOURNAL = """
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
                        and g.client_id = journal.client_id and g.provider_id = journal.provider_id
                        and g.workplace_id = (select walmu_organisation())))))));
"""
DISCLOSURES = """
alter policy tenant on disclosures with check (
    organiser_id = (select walmu_organiser())
    and ((select walmu_organisation()) is null
        or (organisation_id = (select walmu_organisation())
            and (recipient_id is null or recipient_id = (select walmu_organisation())))));
"""

SYSTEMS = """
alter policy tenant on connected_systems with check (
    organiser_id = (select walmu_organiser())
    and ((select walmu_organisation()) is null
        or role = 'provider' and organisation_id = (select walmu_organisation()) and exists (
            select from organisations o where o.organiser_id = connected_systems.organiser_id
                and o.id = connected_systems.organisation_id and o.kind = 'provider')
        or role = 'workplace' and organisation_id = any((select walmu_delegated_workplaces())::uuid[])));
alter policy tenant on held_keys using (
    organiser_id = (select walmu_organiser())
    and exists (select from connected_systems s
                where s.organiser_id = held_keys.organiser_id and s.id = held_keys.system_id
                    and ((select walmu_organisation()) is null
                        or s.role = 'provider' and s.organisation_id = (select walmu_organisation())
                        or s.role = 'workplace' and s.organisation_id = any((select walmu_delegated_workplaces())::uuid[]))));
"""


def upgrade() -> None:
    run_script(DOCUMENTS)
    for table in ("agreements", "measurements"):
        run_script(OWN.format(table=table, own=OF_ITS_CLIENT.format(table=table)))
    for script in (DAYS, JUSTIFICATIONS, JOURNAL, DISCLOSURES, SYSTEMS):
        run_script(script)
