"""A workplace that changes a day does not lose the reason of absence that the provider gave and it does not read."""

from walmu_api.foundation.migrating import run_script

revision = "0025"
down_revision = "0024"

COLUMN = """
alter table attendance add reason_aside text;
comment on column attendance.reason_aside is 'The provider''s reason of absence, while a workplace''s word leaves no place for it: it is there again with the next absence of which the workplace gives no reason, and gone with the provider''s next word.';
"""


def upgrade() -> None:
    run_script(COLUMN)
