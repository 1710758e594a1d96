"""The SQL of the overviews: constants, a handful for a whole overview however long the client's history is."""

from walmu_api.access.visibility import visible, visible_client, visible_document
from walmu_api.foundation.statements import Statement
from walmu_api.record.everyday.attendance.statements import AGREEMENTS_JOINED, FACTS, SEEN

CLIENT = Statement(f"""
select c.id as client_id, c.family_name, c.given_names, c.date_of_birth, least(c.died_on, c.died_with) as died_on, c.turvakielto or c.protected_with as turvakielto,
    r.id, r.provider_id, o.name as provider, r.unit_id, u.name as unit, r.service_kind, r.service_task,
    r.legal_bases,
    r.starts_on, r.ends_on, r.responsible_workers, r.own_worker, r.referral
from clients c
left join service_relationships r on r.organiser_id = c.organiser_id and r.client_id = c.id
    and :with_relationships::boolean and {visible("r")}
left join organisations o on o.organiser_id = r.organiser_id and o.id = r.provider_id
left join units u on u.organiser_id = r.organiser_id and u.id = r.unit_id
where c.organiser_id = :organiser and c.id = :client_id
  and {visible_client("c")}
order by r.starts_on desc, r.id
""")
"""The client, once for each service relationship, the newest first; once without any."""

DECISIONS = Statement(f"""
select d.id, d.kind, d.outcome, d.service_kind, d.legal_bases, d.decided_on, d.valid_from, d.valid_to,
  d.status, d.revoked_on
from decisions d
where d.organiser_id = :organiser and d.client_id = :client_id
  and d.status not in ('draft', 'entered_in_error')
    and {visible("d")}
order by d.valid_from, d.id
""")

_AGREEMENTS = f"""
select {FACTS}, g.decision_id, g.place_name as place, coalesce(d.legal_bases, r.legal_bases) as legal_bases
from {AGREEMENTS_JOINED}
where g.organiser_id = :organiser and g.status in ('signed', 'terminated') and {SEEN}"""

AGREEMENTS_OF_CLIENT = Statement(f"{_AGREEMENTS} and g.client_id = :client_id order by g.starts_on, g.id")

AGREEMENTS_OF_UNIT = Statement(f"""{_AGREEMENTS} and r.unit_id = :unit_id and g.kind <> 'employment'
    and g.starts_on <= :last and least(g.ends_on, r.ends_on) >= :first order by g.id""")

_DOCUMENTS = f"""
from documents
where documents.organiser_id = :organiser and documents.client_id = :client_id
    and {visible_document("documents")}"""

DOCUMENTS = Statement(f"""
with entries as (
    select * {_DOCUMENTS} and documents.resource_type = 'diary-entry' and 'diary-entry' = any(:kinds::text[])
        and status <> 'voided'
    order by dated_on desc, id desc limit :entries),
others as (
    select * {_DOCUMENTS} and documents.resource_type = any(:kinds::text[])
        and documents.resource_type <> 'diary-entry'
        and status = 'final')
select id, resource_type, dated_on, status, owner_id, service_relationship_id, workplace_id,
    case resource_type
        when 'assessment' then jsonb_build_object('form', content -> 'form', 'form_version',
        content -> 'form_version',
            'items', content -> 'items', 'goals', content -> 'goals')
        when 'plan' then jsonb_build_object('kind', content -> 'kind', 'goals', content -> 'goals', 'review',
        content -> 'review')
        when 'case' then jsonb_build_object('initiated_by', content -> 'initiated_by')
        when 'diary-entry' then jsonb_build_object('kind', content -> 'kind', 'author', content -> 'author',
            'text', coalesce(content -> 'description', content -> 'agreed'), 'performance',
            content -> 'performance')
        else jsonb_build_object('kind', content -> 'kind', 'onward_path', content -> 'onward_path',
            'starts_on', content -> 'starts_on', 'ends_on', content -> 'ends_on')
    end as content
from (select * from others union all select * from entries) documents
order by dated_on, id
""")
"""What is final of the `:kinds`, and the latest `:entries` of the work diary; in the order of days."""

UNIT = Statement("""
select u.id, u.name, o.id as provider_id, o.name as provider
from units u join organisations o on o.organiser_id = u.organiser_id and o.id = u.organisation_id
where u.organiser_id = :organiser and u.id = :unit_id
  and (:organisation::uuid is null or u.organisation_id = :organisation)
""")

NAMES = Statement("""
select id, family_name, given_names from clients where organiser_id = :organiser and id = any(:ids::uuid[])
""")
