"""A workplace reads only what it gave itself of reasons and justifications: whose they are is stored with them."""

from walmu_api.foundation.migrating import run_script

revision = "0018"
down_revision = "0017"

COLUMNS = """
alter table attendance add absence_reason_by uuid,
    add constraint reason_by_with_reason check (absence_reason_by is null or absence_reason is not null);
comment on column attendance.absence_reason_by is 'The workplace that gave the reason of absence; null where the provider did.';
alter table attendance add source_system uuid;
comment on column attendance.source_system is 'The system whose key source_id is, where another one recorded the day since and let it stand; otherwise the recorder''s.';
update attendance set absence_reason_by = recorded_by_organisation
where absence_reason is not null and recorded_by_organisation <> provider_id;
alter table agreements add offered_on date, add shown_version integer;
comment on column agreements.shown_version is 'The version from which on the present workplace reads its annex: offered or signed; null before.';
update agreements set shown_version = version where workplace_id is not null and status in ('signed', 'terminated');
alter table justifications add entered_by uuid;
update justifications set entered_by = recorded_by_organisation where review is null;
update justifications set entered_by = provider_id where entered_by is null;
alter table justifications alter entered_by set not null;
comment on column justifications.entered_by is 'The organisation whose words the justification is.';
"""


def upgrade() -> None:
    run_script(COLUMNS)
