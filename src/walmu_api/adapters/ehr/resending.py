"""Days that were sent already and are to be sent anew, for what became of their agreement: as the rows of `attendance` that a
change `c` of the journal touches, each with the sign that it is sent `again`."""

UNDER_ANOTHER_DECISION = """
    select d.*, true from (
        select own.id as own, g.id from (
            select g.*, c.replaced::jsonb ->> 'decision_id' as before from agreements g
            where c.resource_type = 'agreement' and g.organiser_id = :organiser and g.id = c.resource_id
              and c.replaced is not null offset 0) own,
        lateral (select id from agreements
            where id = own.id and organiser_id = :organiser
              and (own.before is distinct from own.decision_id::text or exists (
                select from ehr_conflicts k where k.organiser_id = :organiser and k.resolution = 'theirs'
                  and k.id = (c.replaced::jsonb #>> '{hold,conflict_id}')::uuid))
            union all
            select id from agreements
            where organiser_id = :organiser and client_id = own.client_id and provider_id = own.provider_id and id <> own.id
              and own.before is distinct from own.decision_id::text and decision_id in (own.decision_id, own.before::uuid)
            offset 0) g
        union all
        select own.id, g.id from (
            select g.id, g.decision_id from agreements g
            join decisions e on e.organiser_id = g.organiser_id and e.id = g.decision_id
            where c.resource_type = 'client' and g.organiser_id = :organiser
              and g.client_id in (c.resource_id, c.client_id) and e.client_named <> g.client_named offset 0) own,
        lateral (select id from agreements
            where organiser_id = :organiser and client_id in (c.resource_id, c.client_id)
              and decision_id = own.decision_id offset 0) g
        offset 0) g,
    lateral (select * from attendance where organiser_id = :organiser and agreement_id = g.id offset 0) d
    where g.id = g.own or exists (
        select from attendance where organiser_id = :organiser and agreement_id = g.own and date = d.date)"""
"""The days of an agreement that names another decision, or whose decision went by a verdict; and those of an agreement under a
decision of another client, who is one person with its own or no longer. Where it is the decision or the person that changed,
also the days of the same dates under its other agreements, which are one presence with them no longer, or now."""
