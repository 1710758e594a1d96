"""The SQL of following attendance up: constants, one query for a page whatever it holds."""

from walmu_api.record.everyday.attendance.statements import AGREEMENTS_JOINED, FACTS, SEEN

MISSING = f"""
select {FACTS}, g.schedule, moved.date as moved_from, moved.planned_minutes as moved_minutes
from {AGREEMENTS_JOINED}
left join lateral (
    select m.date, m.planned_minutes from attendance m
    where m.organiser_id = $1 and m.agreement_id = g.id and m.rescheduled_to = $5 and m.status = 'rescheduled'
    order by m.date limit 1) moved on true
where g.organiser_id = $1 and {SEEN}
  and ($4::uuid is null or g.provider_id = $4) and ($7::uuid is null or g.id > $7)
  and g.status in ('signed', 'terminated') and g.kind <> 'employment' and $5 between g.starts_on and g.ends_on
  and (r.ends_on is null or r.ends_on >= $5)
  and (moved.date is not null or g.schedule -> 'days' @> jsonb_build_array(jsonb_build_object('weekday', $6::int)))
  and not exists (select from attendance a
                  where a.organiser_id = $1 and a.agreement_id = g.id and a.date = $5 and a.status <> 'voided')
order by g.id limit $8
"""
"""Agreements in force on a day that their week plan names, or that another day moved to, with nothing recorded for it.
Pauses and decisions are judged afterwards, by the rules that judge days."""

OPEN = f"""
select d.*
from (select g.id from agreements g
      where g.organiser_id = $1 and {SEEN}
        and ($4::uuid is null or g.client_id = $4) and ($5::uuid is null or g.provider_id = $5)
        and ($10::uuid is null or g.id >= $10)
      order by g.id offset 0) g,
    lateral (select a.agreement_id, a.client_id, a.date, a.status, a.absence_reason, coalesce(j.state, 'missing') as state,
                 j.id, j.reason, j.given_on, j.review
             from attendance a
             left join justifications j on j.organiser_id = $1 and j.agreement_id = a.agreement_id and j.date = a.date
             where a.organiser_id = $1 and a.agreement_id = g.id
               and (a.status = 'absent' or (a.status = 'partial' and a.absence_reason is not null))
               and ($6::date is null or a.date >= $6) and ($7::date is null or a.date <= $7)
               and coalesce(j.state, 'missing') <> 'accepted' and ($8::text is null or coalesce(j.state, 'missing') = $8)
               and ($9::text is null or coalesce(j.reason, a.absence_reason) = $9)
               and ($10::uuid is null or (a.agreement_id, a.date) > ($10, $11::date))
             order by a.date limit $12) d
order by g.id, d.date limit $12
"""

"""In the order in which the agreements are gone through, so that nothing is read beyond the page."""

AGREEMENT = f"""
select {FACTS}, g.schedule, coalesce(d.legal_bases, r.legal_bases) as legal_bases
from {AGREEMENTS_JOINED}
where g.organiser_id = $1 and g.id = $4 and {SEEN}
"""

DAYS_OF_AGREEMENT = """
select a.date, a.status, a.absence_reason, a.planned_minutes, a.actual_minutes, a.rescheduled_to, a.confirmation, j.state, j.reason, j.certificate
from attendance a
left join justifications j on j.organiser_id = $1 and j.agreement_id = $2 and j.date = a.date
where a.organiser_id = $1 and a.agreement_id = $2 and a.status <> 'voided'
order by a.date
"""
