"""The SQL of an import: constants; each reads or writes the lines as sets."""

from walmu_api.access.visibility import visible, visible_client
from walmu_api.foundation import journal
from walmu_api.foundation.statements import Arrays, Statement

_CLIENT_SEEN = visible_client("c")
_RELATIONSHIP_SEEN = visible("r")
_CLIENTS = (
    "select coalesce(c.merged_into, c.id) as client_id, {key} as key from clients c"
    f" where c.organiser_id = :organiser and {_CLIENT_SEEN} and {{found}}"
)
_RELATIONSHIPS = (
    "select r.client_id, r.id as relationship_id, r.provider_id, {key} as key from service_relationships r"
    f" where r.organiser_id = :organiser and {_RELATIONSHIP_SEEN} and {{found}}"
)

FOUND_BY = {
    "client_id": Statement(_CLIENTS.format(key="c.id::text", found="c.id = any(:keys::text[]::uuid[])")),
    "client_source_id": Statement(
        _CLIENTS.format(
            key="c.source_id", found="c.source_id = any(:keys::text[]) and c.source_system = :source_system"
        )
    ),
    "service_relationship_id": Statement(
        _RELATIONSHIPS.format(key="r.id::text", found="r.id = any(:keys::text[]::uuid[])")
    ),
    "service_relationship_source_id": Statement(
        _RELATIONSHIPS.format(
            key="r.source_id", found="r.source_id = any(:keys::text[]) and r.source_system = :source_system"
        )
    ),
}
"""Clients (and where named, relationships) by what the lines name them by, but for identity codes; `:source_system` is the system
whose keys these are."""

DEATHS = Statement("""
select id, least(died_on, died_with) as died_on from clients
where organiser_id = :organiser and id = any(:clients::uuid[]) and least(died_on, died_with) is not null
""")

RELATIONSHIPS_OF = Statement(f"""
select r.client_id, r.id, r.starts_on, r.ends_on from service_relationships r
where r.organiser_id = :organiser and {_RELATIONSHIP_SEEN} and r.provider_id = :organisation
  and r.client_id = any(:clients::uuid[])
""")

_CONTENT = {
    "client_id": "uuid",
    "service_relationship_id": "uuid",
    "instrument": "text",
    "form_version": "text",
    "language": "text",
    "phase": "text",
    "answered_on": "date",
    "respondent": "text",
    "assisted": "bool",
    "mode": "text",
    "scores": "text",
    "items": "text",
    "content": "text",
    "source_id": "text",
}
"""The columns of what a line says, as they are sent: JSON as text."""
CONTENT = tuple(_CONTENT)
JSON = ("scores", "items", "content")
THERE = Statement(f"""
select id, version, {", ".join(f"{name}::text as {name}" if name in JSON else name for name in CONTENT)}
from measurements
where organiser_id = :organiser and source_system = :source_system and source_id = any(:source_ids::text[])
""")

LINES = Arrays("e", {"id": "uuid", "provider_id": "uuid"} | _CONTENT)
INSERT = Statement(f"""
with stored as (
    insert into measurements (organiser_id, recorded_by_organisation, recorded_by_system, recorded_by_person,
      recorded_at,
        source_system, status, id, provider_id, {", ".join(CONTENT)})
    select :organiser, :actor_organisation, :actor_system, :actor_person::jsonb, walmu_now(), :actor_system,
        'completed', e.id, e.provider_id,
        {", ".join(f"e.{name}::jsonb" if name in JSON else f"e.{name}" for name in CONTENT)}
    from {LINES}
    order by e.source_id
    on conflict (organiser_id, source_system, source_id) do nothing
    returning id, version, client_named as client_id, provider_id, source_id),
journaled as ({journal.insert_from("stored", "measurement", "created", workplace_id="null")})
select id from stored
""")
"""In the order of the keys, so that two imports of the same lines wait for each other in one direction."""
