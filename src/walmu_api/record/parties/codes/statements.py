"""The SQL of code systems: constants, with named parameters."""

from walmu_api.foundation.statements import Arrays, Statement

REVISION = "(select sum(s.version) from code_systems s where s.organiser_id = :organiser)"
"""What a statement that is made anyway reads along, so that a process knows whether what it remembers is old:
versions only grow and rows are never deleted, so no two states of the lists have the same sum."""

REVISION_NOW = Statement(f"select {REVISION}")

SYSTEMS = Statement("""
select s.id, s.version, s.name, s.national_version, s.valid_from, s.title, s.verified, s.source,
    (select json_agg(json_build_array(c.code, c.fi, c.sv, c.en, c.easy_fi, c.valid_from, c.valid_to,
      c.mapping) order by c.code collate "C")
     from codes c where c.organiser_id = s.organiser_id and c.system_id = s.id) as codes
from code_systems s where s.organiser_id = :organiser and (:name::text is null or s.name = :name)
""")

CODE = Statement("""
select c.* from codes c join code_systems s on s.organiser_id = c.organiser_id and s.id = c.system_id
where c.organiser_id = :organiser and s.name = :name and c.code = :code
""")

NAME = Statement("select name from code_systems where organiser_id = :organiser and id = :id")

PUT_SYSTEM = Statement("""
insert into code_systems (organiser_id, id, name, national_version, valid_from, title, verified, source,
    recorded_at, recorded_by_organisation, recorded_by_system, recorded_by_person)
values (:organiser, :id, :name, :national_version, :valid_from, :title::jsonb, :verified, :source,
    walmu_now(), :actor_organisation, :actor_system, :actor_person::jsonb)
on conflict (organiser_id, name) do update set (version, national_version, valid_from, title, verified,
  source,
    recorded_at, recorded_by_organisation, recorded_by_system, recorded_by_person)
    = (code_systems.version + 1, excluded.national_version, excluded.valid_from, excluded.title,
    excluded.verified, excluded.source,
       excluded.recorded_at, excluded.recorded_by_organisation, excluded.recorded_by_system,
       excluded.recorded_by_person)
returning id, version
""")

_CODE = {
    "code": "text",
    "fi": "text",
    "sv": "text",
    "en": "text",
    "easy_fi": "text",
    "valid_from": "date",
    "valid_to": "date",
    "mapping": "text",
}
CODES = Arrays("e", _CODE)

PUT_CODES = Statement(f"""
insert into codes (organiser_id, system_id, {", ".join(_CODE)},
    recorded_at, recorded_by_organisation, recorded_by_system, recorded_by_person)
select :organiser, :system_id, e.code, e.fi, e.sv, e.en, e.easy_fi, e.valid_from, e.valid_to,
    e.mapping::jsonb, walmu_now(), :actor_organisation, :actor_system, :actor_person::jsonb
from {CODES}
on conflict (organiser_id, system_id, code) do update set (version, fi, sv, en, easy_fi, valid_from,
  valid_to, mapping,
    recorded_at, recorded_by_organisation, recorded_by_system, recorded_by_person)
    = (codes.version + 1, excluded.fi, excluded.sv, excluded.en, excluded.easy_fi, excluded.valid_from,
    excluded.valid_to, excluded.mapping,
       excluded.recorded_at, excluded.recorded_by_organisation, excluded.recorded_by_system,
       excluded.recorded_by_person)
""")
