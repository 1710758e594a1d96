"""Assessment forms: the organiser's data, version by version."""

from walmu_api.foundation.migrating import run_script

revision = "0009"
down_revision = "0008"

TABLES = """
create table assessment_forms (
    organiser_id uuid not null references organisers (id),
    id uuid not null,
    version integer not null,
    form text not null,
    valid_from date not null,
    valid_to date,
    content jsonb not null,
    recorded_at timestamptz not null,
    recorded_by_organisation uuid not null,
    recorded_by_system uuid not null,
    recorded_by_person jsonb,
    source_id text,
    source_system uuid,
    primary key (organiser_id, id, version),
    constraint assessment_forms_version unique (organiser_id, form, version)
);
comment on table assessment_forms is 'What is asked in assessments (arviointilomake), one row per version; a version never changes. Forms that ship with the product have no row until the organiser says its own version.';
"""

# Providers and workplaces read what they fill in; only the organiser writes it. Nobody changes a version.
POLICIES = """
alter table assessment_forms enable row level security;
create policy tenant on assessment_forms using (organiser_id = (select walmu_organiser()))
    with check (organiser_id = (select walmu_organiser()) and (select walmu_organisation()) is null);
grant select, insert on assessment_forms to walmu_app;
"""


def upgrade() -> None:
    run_script(TABLES)
    run_script(POLICIES)
