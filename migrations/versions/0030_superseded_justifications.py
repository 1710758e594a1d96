"""A justification whose day has become something else; certificates are found by their client; agreements that were ended
know to which day they were signed; week plans hold from a day on."""

from walmu_api.foundation.migrating import run_script

revision = "0030"
down_revision = "0029"

UP = """
alter table agreements add earlier_schedules jsonb not null default '[]';
comment on column agreements.earlier_schedules is 'Week plans that an amendment took the place of, each with the last day on which it holds.';
alter table justifications drop constraint justifications_state_check;
alter table justifications add constraint justifications_state_check
    check (state in ('given', 'accepted', 'rejected', 'superseded'));
create index justifications_with_certificate on justifications (organiser_id, client_id)
    where certificate ->> 'received_on' is not null;
-- Whose day becomes something else supersedes its justification, whoever wrote that.
alter policy tenant on justifications with check (
    organiser_id = (select walmu_organiser())
    and ((select walmu_organisation()) is null
        or ((state = 'superseded' or entered_by = (select walmu_organisation()) and state = 'given') and exists (
            select from agreements g where g.organiser_id = justifications.organiser_id
                and g.id = justifications.agreement_id and g.provider_id = justifications.provider_id
                and (g.provider_id = (select walmu_organisation())
                    or (g.workplace_id = (select walmu_organisation())
                        and justifications.date >= coalesce(g.at_place_since, justifications.date)))))));
update agreements g set content = g.content || jsonb_build_object('agreed_ends_on', before.ends_on)
from (
    select distinct on (organiser_id, resource_id) organiser_id, resource_id, replaced ->> 'ends_on' as ends_on
    from journal where resource_type = 'agreement' and change = 'ended' and replaced is not null
    order by organiser_id, resource_id, version desc) before
where g.organiser_id = before.organiser_id and g.id = before.resource_id and g.status = 'terminated'
  and before.ends_on is not null;
"""


def upgrade() -> None:
    run_script(UP)
