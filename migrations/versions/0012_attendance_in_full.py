"""A day recorded in error is voided; a day that moved names the other."""

from walmu_api.foundation.migrating import run_script

revision = "0012"
down_revision = "0011"

COLUMNS = """
alter table attendance
    add rescheduled_to date,
    add rescheduled_from date,
    add void_reason text,
    drop constraint attendance_status_check,
    add constraint attendance_status_check check (status in ('present', 'partial', 'absent', 'not_arranged', 'rescheduled', 'voided')),
    add constraint attendance_void check ((status = 'voided') = (void_reason is not null));
comment on column attendance.void_reason is 'Why the day was recorded in error; what was recorded stands in the journal.';
-- Only days that moved are in it, so bulk writing does not notice it.
create index attendance_moved_to on attendance (organiser_id, agreement_id, rescheduled_to) where rescheduled_to is not null;
"""


def upgrade() -> None:
    run_script(COLUMNS)
