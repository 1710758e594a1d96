"""A decision keeps whom the record system named last, so that another name is known as such among clients who are one person."""

from walmu_api.foundation.migrating import run_script

revision = "0039"
down_revision = "0038"

UP = """
alter table decisions add ehr_names uuid;
comment on column decisions.ehr_names is 'The client whom the record system named last; another one than client_named where that follows a relationship.';
update decisions set ehr_names = client_named where ehr_id is not null;
"""


def upgrade() -> None:
    run_script(UP)
