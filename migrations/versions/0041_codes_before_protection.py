"""A code of a client leads nobody but the organiser to it past a later change for protection."""

from walmu_api.foundation.migrating import run_script

revision = "0041"
down_revision = "0039"

CODES = """
alter table former_codes add column before_protection boolean not null default false;
comment on column former_codes.before_protection is 'A later code of the client was changed for protection or gender, or for a reason not told yet.';
update former_codes f set before_protection = exists (
    select from former_codes g where g.organiser_id = f.organiser_id and g.client_id = f.client_id
      and (g.until, g.id) > (f.until, f.id) and g.reason not in ('temporary', 'corrected'));
alter policy tenant on former_codes
    using (organiser_id = (select walmu_organiser())
           and ((select walmu_organisation()) is null
                or (reason in ('temporary', 'corrected') and not before_protection
                    and exists (select from client_access a
                                where a.organiser_id = former_codes.organiser_id and a.client_id = former_codes.client_id
                                  and a.organisation_id = (select walmu_organisation())))));
"""


def upgrade() -> None:
    run_script(CODES)
