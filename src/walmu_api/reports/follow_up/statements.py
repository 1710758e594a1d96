"""The SQL of following attendance up: constants, one query for a page whatever it holds."""

from walmu_api.foundation.statements import Statement
from walmu_api.record.everyday.attendance import in_force
from walmu_api.record.everyday.attendance.statements import AGREEMENTS_JOINED, FACTS, PLAN_NAMES, SEEN

MISSING = Statement(f"""
select {FACTS}, moved.date as moved_from, moved.planned_minutes as moved_minutes
from {AGREEMENTS_JOINED}
left join lateral (
    select m.date, m.planned_minutes from attendance m
    where m.organiser_id = :organiser and m.agreement_id = g.id and m.rescheduled_to = :day
        and m.status = 'rescheduled'
    order by m.date limit 1) moved on true
where g.organiser_id = :organiser and {SEEN}
  and (:provider_id::uuid is null or g.provider_id = :provider_id) and (:after::uuid is null or g.id > :after)
  and g.status in ('signed', 'terminated') and g.kind <> 'employment'
  and :day between g.starts_on and g.ends_on
  and (r.ends_on is null or r.ends_on >= :day)
  and (moved.date is not null
       or {PLAN_NAMES})
  and not exists (select from attendance a
                  where a.organiser_id = :organiser and a.agreement_id = g.id and a.date = :day
                      and a.status <> 'voided')
order by g.id limit :limit
""")
"""Agreements in force on a day of a week that one of their week plans names, or that another day moved to, with nothing
recorded for it. The plan of the day, pauses and decisions are judged afterwards, by the rules that judge days."""

OPEN = Statement(f"""
select d.*
from (select g.id, g.client_id, g.starts_on, least(g.ends_on, r.ends_on) as ends_on from agreements g
      join service_relationships r on r.organiser_id = g.organiser_id and r.id = g.service_relationship_id
      where g.organiser_id = :organiser and {SEEN}
        and (:client_id::uuid is null or g.client_id = :client_id)
        and (:provider_id::uuid is null or g.provider_id = :provider_id)
        and (:after_agreement::uuid is null or g.id >= :after_agreement)
      order by g.id offset 0) g,
    lateral (select a.agreement_id, g.client_id, a.date, a.status, a.absence_reason, a.absence_reasons,
                 {in_force.state("a")} as state, j.id, j.reason, j.given_on, j.review
             from attendance a
             {in_force.joined("a")}
             where a.organiser_id = :organiser and a.agreement_id = g.id and {in_force.is_absence("a")}
               and {in_force.stands("a", "g.ends_on")}
               and (:first::date is null or a.date >= :first) and (:last::date is null or a.date <= :last)
               and {in_force.state("a")} in ('missing', 'given', 'rejected')
               and (:state::text is null or {in_force.state("a")} = :state)
               and (:reason::text is null or :reason in ({in_force.reason("a")}, {in_force.second_reason("a")}))
               and (:after_agreement::uuid is null
                    or (a.agreement_id, a.date) > (:after_agreement, :after_date::date))
             order by a.date limit :limit) d
order by g.id, d.date limit :limit
""")
"""In the order in which the agreements are gone through, so that nothing is read beyond the page. Outside the agreement nobody
has to say why somebody did not come."""

_PLANNED = f"""select {FACTS}, coalesce(d.legal_bases, r.legal_bases) as legal_bases
from {AGREEMENTS_JOINED}
where g.organiser_id = :organiser and {SEEN}"""
AGREEMENT = Statement(f"{_PLANNED} and g.id = :agreement_id")
BESIDE = Statement(f"""{_PLANNED} and g.client_id = any(:clients::uuid[]) and g.id <> all(:known::uuid[])
  and g.status in ('signed', 'terminated') and g.kind <> 'employment'
  and :basis = any(coalesce(d.legal_bases, r.legal_bases))
order by g.id
""")

_DAY = """select {day}.agreement_id, {day}.date, {day}.status, {day}.absence_reason,
            {day}.absence_reason_by, {day}.planned_minutes, {day}.actual_minutes, {day}.rescheduled_to, {day}.confirmation,
            {day}.recorded_at, {day}.id, {day}.absence_reasons, {day}.provider_id,
            {day}.arrived_at, {day}.left_at
        from attendance {day} where {day}.organiser_id = :organiser and {day}.agreement_id = g.id
            and {day}.status <> 'voided'"""

DAYS = Statement(f"""
with g as materialized (
    select g.id, g.client_id, g.held_since, since.date as since, coalesce(since.date, date '-infinity') as first
    from agreements g
    left join lateral (
        select b.date from attendance b
        where b.organiser_id = :organiser and b.agreement_id = g.id and b.date < :first
            and b.status in ('present', 'partial')
        order by b.date desc limit 1) since on true
    where g.organiser_id = :organiser and g.id = :agreement_id)
select g.since, a.agreement_id, a.date, a.status, a.planned_minutes, a.actual_minutes, a.rescheduled_to, a.confirmation,
    a.id, a.arrived_at, a.left_at, {in_force.reason("a")} as reason, {in_force.parts("a")} as parts, {in_force.state("a")} as state,
    {in_force.second_reason("a")} as second_reason, {in_force.CERTIFIED} as certified,
    {in_force.in_another("a")} as in_another, {in_force.began_in_conflict("a")} as began_in_conflict
from g, lateral (
    select * from (
        {_DAY.format(day="a")} and a.date >= g.first and a.date <= :last
        union all
        {_DAY.format(day="m")} and m.date < g.since and m.rescheduled_to >= g.since
    ) days offset 0) a
{in_force.joined("a")}
order by a.date
""")
"""One agreement's days of a period with all that decides what is justified in it: back to the last day attended before it, which
breaks every run; days that moved from before into it. All by keys, whatever the statistics say; asked for each agreement, as
for a list of them the server would make its plan anew each time (three times the work)."""
