"""A day may be missed for two reasons, each with its minutes."""

from walmu_api.foundation.migrating import run_script

revision = "0038"
down_revision = "0037"

COLUMNS = """
alter table attendance add absence_reasons json, add reasons_aside json;
comment on column attendance.absence_reasons is 'Up to two reasons with their minutes, as they are sent; the first is absence_reason.';
comment on column attendance.reasons_aside is 'Those of the provider, put aside together with reason_aside.';
"""


def upgrade() -> None:
    run_script(COLUMNS)
