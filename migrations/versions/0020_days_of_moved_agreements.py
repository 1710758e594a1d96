"""The days of an agreement that moved to another workplace are not the next one's: it has those from its own first day on."""

from walmu_api.foundation.migrating import run_script

revision = "0020"
down_revision = "0019"

COLUMN = """
alter table agreements add at_place_since date;
comment on column agreements.at_place_since is 'The day on which a signed agreement came to its present workplace; null where it always was there.';
"""

# In the order of 0004 and 0013: the provider's own first, so that its rows ask for no agreement.
POLICIES = """
alter policy tenant on attendance
    using (organiser_id = (select walmu_organiser())
        and ((select walmu_organisation()) is null or provider_id = (select walmu_organisation()) or {workplace}))
    with check (organiser_id = (select walmu_organiser())
        and ((select walmu_organisation()) is null or provider_id = (select walmu_organisation())
            or (confirmation = 'unconfirmed' and {workplace})));
"""
JUSTIFICATIONS = """
alter policy tenant on justifications
    using (organiser_id = (select walmu_organiser())
        and ((select walmu_organisation()) is null or provider_id = (select walmu_organisation()) or {workplace}))
    with check (organiser_id = (select walmu_organiser())
        and ((select walmu_organisation()) is null or provider_id = (select walmu_organisation()) or {workplace}));
"""
WORKPLACE = """exists (
    select from agreements g where g.organiser_id = {table}.organiser_id and g.id = {table}.agreement_id
        and g.workplace_id = (select walmu_organisation())
        and {table}.date >= coalesce(g.at_place_since, {table}.date))"""


def upgrade() -> None:
    run_script(COLUMN)
    run_script(POLICIES.format(workplace=WORKPLACE.format(table="attendance")))
    run_script(JUSTIFICATIONS.format(workplace=WORKPLACE.format(table="justifications")))
