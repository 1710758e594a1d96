"""The SQL of an import: constants; each reads or writes the lines as sets."""

from walmu_api.access.visibility import visible, visible_client

_CLIENT_SEEN = visible_client("c", organisation="$2", today="$3")
_RELATIONSHIP_SEEN = visible("r", organisation="$2", today="$3")
_CLIENTS = f"select c.id as client_id, {{key}} as key from clients c where c.organiser_id = $1 and {_CLIENT_SEEN} and {{found}}"
_RELATIONSHIPS = f"""select r.client_id, r.id as relationship_id, r.provider_id, {{key}} as key
    from service_relationships r where r.organiser_id = $1 and {_RELATIONSHIP_SEEN} and {{found}}"""

FOUND_BY = {
    "client_id": _CLIENTS.format(key="c.id::text", found="c.id = any($4::text[]::uuid[])"),
    "client_source_id": _CLIENTS.format(
        key="c.source_id", found="c.source_id = any($4::text[]) and c.source_system = $5"
    ),
    "identity_code": _CLIENTS.format(
        key="encode(c.identity_index, 'hex')", found="encode(c.identity_index, 'hex') = any($4::text[])"
    ),
    "service_relationship_id": _RELATIONSHIPS.format(
        key="r.id::text", found="r.id = any($4::text[]::uuid[])"
    ),
    "service_relationship_source_id": _RELATIONSHIPS.format(
        key="r.source_id", found="r.source_id = any($4::text[]) and r.source_system = $5"
    ),
}
"""Clients (and where named, relationships) by what the lines name them by; `$5` is the system whose keys these are."""

RELATIONSHIPS_OF = f"""
select r.client_id, r.id, r.starts_on, r.ends_on from service_relationships r
where r.organiser_id = $1 and {_RELATIONSHIP_SEEN} and r.provider_id = $2 and r.client_id = any($4::uuid[])
"""

CONTENT = (
    "client_id, service_relationship_id, instrument, form_version, language, phase, answered_on, respondent, assisted,"
    " mode, scores, items, content, source_id"
)
JSON = ("scores", "items", "content")
_JSON = ", ".join(JSON)
THERE = f"""
select id, version, {CONTENT.replace(_JSON, ", ".join(f"{name}::text as {name}" for name in JSON))} from measurements
where organiser_id = $1 and source_system = $2 and source_id = any($3::text[])
"""

INSERT = f"""
with stored as (
    insert into measurements (organiser_id, recorded_by_organisation, recorded_by_system, recorded_by_person, recorded_at,
        source_system, status, id, provider_id, {CONTENT})
    select $1, $2, $3, $4::jsonb, walmu_now(), $3, 'completed', e.id, e.provider_id, e.client_id, e.service_relationship_id, e.instrument,
        e.form_version, e.language, e.phase, e.answered_on, e.respondent, e.assisted, e.mode, e.scores::jsonb, e.items::jsonb, e.content::jsonb,
        e.source_id
    from unnest($5::uuid[], $6::uuid[], $7::uuid[], $8::uuid[], $9::text[], $10::text[], $11::text[], $12::text[], $13::date[],
        $14::text[], $15::bool[], $16::text[], $17::text[], $18::text[], $19::text[], $20::text[]) as e (id, provider_id, {CONTENT})
    order by e.source_id
    on conflict (organiser_id, source_system, source_id) do nothing
    returning id, version, client_id, provider_id, source_id),
journaled as (
    insert into journal (organiser_id, era, resource_type, resource_id, version, change, client_id, provider_id, source_id,
        actor_organisation, actor_system, actor_person)
    select $1, (select era from journal_era), 'measurement', id, version, 'created', client_id, provider_id, source_id, $2, $3, $4::json
    from stored)
select id from stored
"""
"""In the order of the keys, so that two imports of the same lines wait for each other in one direction."""
