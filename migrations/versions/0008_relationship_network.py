"""Who else is around the client of a service relationship, and the end that the organiser set, kept beside an ending's."""

from walmu_api.foundation.migrating import run_script

revision = "0008"
down_revision = "0007"

COLUMNS = """
alter table service_relationships
    add own_worker jsonb,
    add benefit_matters_included boolean,
    add network jsonb,
    add planned_ends_on date;
update service_relationships set planned_ends_on = ends_on;
comment on column service_relationships.planned_ends_on is 'The end that the organiser set. An ending moves ends_on; when it is voided, ends_on is this again.';
"""


def upgrade() -> None:
    run_script(COLUMNS)
