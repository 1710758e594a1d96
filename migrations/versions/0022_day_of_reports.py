"""What a workplace wrote and the provider put on another day keeps the day of the workplace's words: that of the last version
that nobody had confirmed."""

from walmu_api.foundation.migrating import run_script

revision = "0022"
down_revision = "0021"

DAY = """
update documents d set content = jsonb_set(content, '{reported,dated_on}', to_jsonb(coalesce(
    (select j.replaced ->> 'dated_on' from journal j
     where j.organiser_id = d.organiser_id and j.resource_id = d.id and j.replaced ->> 'status' = 'unconfirmed'
     order by j.version desc limit 1), d.dated_on::text)))
where workplace_id is not null and content ? 'reported' and not content -> 'reported' ? 'dated_on';
"""


def upgrade() -> None:
    run_script(DAY)
