"""A day that a workplace reported waits for its provider's word."""

from walmu_api.foundation.migrating import run_script

revision = "0013"
down_revision = "0012"

COLUMN = """
alter table attendance add confirmation text check (confirmation in ('unconfirmed', 'confirmed'));
comment on column attendance.confirmation is 'Of a day that a workplace reported: whether the provider has settled it. Days reported before this column stand as they are.';
"""

# A session narrowed to a workplace writes nothing that would stand as the provider's word.
POLICY = """
alter policy tenant on attendance with check (
    organiser_id = (select walmu_organiser())
    and ((select walmu_organisation()) is null or provider_id = (select walmu_organisation())
         or (confirmation = 'unconfirmed' and exists (
             select from agreements g where g.organiser_id = attendance.organiser_id and g.id = attendance.agreement_id
                and g.workplace_id = (select walmu_organisation())))));
"""


def upgrade() -> None:
    run_script(COLUMN)
    run_script(POLICY)
