"""The SQL of worksheets of days: what lines name their agreements by, and the days that a template asks for."""

from walmu_api.access.merged_clients import read_under
from walmu_api.access.visibility import visible_client
from walmu_api.foundation.statements import Statement
from walmu_api.record.everyday.attendance.statements import AGREEMENTS_JOINED, FACTS, PLAN, SEEN

BY_CLIENT = Statement(f"""
with asked as (
    select {read_under("k.client_id")} as client_id, k.client_id::text as key
    from unnest(:client_ids::uuid[]) k (client_id)
    union all
    select coalesce(c.merged_into, c.id), c.source_id from clients c
    where c.organiser_id = :organiser and c.source_system = :source_system
      and c.source_id = any(:client_keys::text[]) and {visible_client("c")}
    union all
    select client_id, key from unnest(:clients_of_codes::uuid[], :codes::text[]) of_codes (client_id, key))
select {FACTS}, asked.key
from {AGREEMENTS_JOINED}
join asked on asked.client_id = g.client_id
where g.organiser_id = :organiser and {SEEN}
""")
"""The agreements of clients that are named, also by what names one who was merged into them, among those that the caller sees; `:source_system` is the system whose keys
these are."""

TO_FILL_IN = Statement(f"""
select {FACTS}, g.source_id, g.source_system, g.place_name, {PLAN} as schedule, p.family_name, p.given_names
from {AGREEMENTS_JOINED}
left join clients p on :with_names::boolean and p.organiser_id = :organiser and p.id = g.client_id
where g.organiser_id = :organiser and {SEEN}
  and (:provider_id::uuid is null or g.provider_id = :provider_id)
  and g.status in ('signed', 'terminated') and g.kind <> 'employment'
  and g.starts_on <= :last and g.ends_on >= :first and (r.ends_on is null or r.ends_on >= :first)
order by p.family_name, p.given_names, g.client_id, g.id
limit :limit
""")

RECORDED = Statement("""
select agreement_id, date, rescheduled_to, planned_minutes from attendance
where organiser_id = :organiser and agreement_id = any(:ids::uuid[])
  and (date between :first and :last or (rescheduled_to between :first and :last and status = 'rescheduled'))
""")
"""What is recorded of a period, and what was moved into it."""
