"""In the ledger of impact the means of a scale stand apart from its counts, which are told of fewer people."""

from walmu_api.foundation.migrating import run_script

revision = "0026"
down_revision = "0025"

# A member takes 16 bytes; means were told of ten people or more.
APART = """
update impact_publications set groups = (
    select jsonb_object_agg(named.family, named.groups) from jsonb_each(impact_publications.groups) was,
        lateral (
            select was.key as family, was.value as groups where was.key not like 'scale %'
            union all select 'counts ' || substr(was.key, 7), was.value where was.key like 'scale %'
            union all select 'means ' || substr(was.key, 7), coalesce(
                (select jsonb_agg(part) from jsonb_array_elements_text(was.value) part
                 where length(decode(part, 'base64')) >= 160), '[]') where was.key like 'scale %'
        ) named)
where groups::text like '%"scale %';
"""


def upgrade() -> None:
    run_script(APART)
