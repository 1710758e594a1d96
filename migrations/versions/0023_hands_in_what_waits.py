"""A system of the organiser that waits remembers all who had a hand in it, not the last one only."""

from walmu_api.foundation.migrating import run_script

revision = "0023"
down_revision = "0022"

HANDS = """
alter table connected_systems alter unconfirmed_by type uuid[]
    using case when unconfirmed_by is not null then array[unconfirmed_by] end;
comment on column connected_systems.unconfirmed_by is
    'The systems whose registration or changes wait for one of the organiser that is not among them; until then no token is given.';
"""


def upgrade() -> None:
    run_script(HANDS)
