"""The SQL of code systems: constants, with bind parameters."""

REVISION = "(select sum(s.version) from code_systems s where s.organiser_id = $1)"
"""What a statement that is made anyway reads along, so that a process knows whether what it remembers is old: versions only
grow and rows are never deleted, so no two states of the lists have the same sum."""

REVISION_NOW = f"select {REVISION}"

SYSTEMS = """
select s.id, s.version, s.name, s.national_version, s.valid_from, s.title, s.verified, s.source,
    (select json_agg(json_build_array(c.code, c.fi, c.sv, c.en, c.easy_fi, c.valid_from, c.valid_to, c.mapping) order by c.code collate "C")
     from codes c where c.organiser_id = s.organiser_id and c.system_id = s.id) as codes
from code_systems s where s.organiser_id = $1 and ($2::text is null or s.name = $2)
"""

CODE = """
select c.* from codes c join code_systems s on s.organiser_id = c.organiser_id and s.id = c.system_id
where c.organiser_id = $1 and s.name = $2 and c.code = $3
"""

NAME = "select name from code_systems where organiser_id = $1 and id = $2"

ONE_AT_A_TIME = "select pg_advisory_xact_lock(hashtextextended($1, 0))"

PUT_SYSTEM = """
insert into code_systems (organiser_id, id, name, national_version, valid_from, title, verified, source,
    recorded_at, recorded_by_organisation, recorded_by_system, recorded_by_person)
values ($1, $2, $3, $4, $5, $6::jsonb, $7, $8, walmu_now(), $9, $10, $11::jsonb)
on conflict (organiser_id, name) do update set (version, national_version, valid_from, title, verified, source,
    recorded_at, recorded_by_organisation, recorded_by_system, recorded_by_person)
    = (code_systems.version + 1, excluded.national_version, excluded.valid_from, excluded.title, excluded.verified, excluded.source,
       excluded.recorded_at, excluded.recorded_by_organisation, excluded.recorded_by_system, excluded.recorded_by_person)
returning id, version
"""

PUT_CODES = """
insert into codes (organiser_id, system_id, code, fi, sv, en, easy_fi, valid_from, valid_to, mapping,
    recorded_at, recorded_by_organisation, recorded_by_system, recorded_by_person)
select $1, $2, e.code, e.fi, e.sv, e.en, e.easy_fi, e.valid_from, e.valid_to, e.mapping::jsonb, walmu_now(), $3, $4, $5::jsonb
from unnest($6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::date[], $12::date[], $13::text[])
    as e (code, fi, sv, en, easy_fi, valid_from, valid_to, mapping)
on conflict (organiser_id, system_id, code) do update set (version, fi, sv, en, easy_fi, valid_from, valid_to, mapping,
    recorded_at, recorded_by_organisation, recorded_by_system, recorded_by_person)
    = (codes.version + 1, excluded.fi, excluded.sv, excluded.en, excluded.easy_fi, excluded.valid_from, excluded.valid_to, excluded.mapping,
       excluded.recorded_at, excluded.recorded_by_organisation, excluded.recorded_by_system, excluded.recorded_by_person)
"""
