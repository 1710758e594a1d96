"""The SQL of attendance: constants, prepared once per connection. Nothing is composed while serving.

A day has no index but its keys: a client's or provider's days are found through the agreements that the caller may see,
so visibility is decided once per agreement and bulk writes stay cheap."""

from walmu_api.access.visibility import visible
from walmu_api.record.parties.codes.statements import REVISION

_INSTANT = r'\"YYYY-MM-DD"T"HH24:MI:SS.US"Z"\"'


def wire(row: str) -> str:
    """The wire form of a day, made by PostgreSQL: a test holds it against the schema `Attendance`.

    Put together as text, because `json_strip_nulls(json_build_object(…))` takes twice as long. What is not a number, an
    id or a word of a check constraint goes through `to_json`; members without a value are left out."""

    def member(name: str, value: str) -> str:
        return f"""coalesce(',"{name}":' || {value}, '')"""

    def plain(name: str) -> str:
        return member(name, f"{row}.{name}")

    def text(name: str) -> str:
        return member(name, f"to_json({row}.{name})")

    def instant(name: str) -> str:
        return member(name, f"to_char({row}.{name} at time zone 'UTC', '{_INSTANT}')")

    return f"""'{{"id":"' || {row}.id || '","version":' || {row}.version || {instant("recorded_at")}
        || ',"recorded_by":{{"organisation_id":"' || {row}.recorded_by_organisation || '","system_id":"'
        || {row}.recorded_by_system || '"' || {member("person", f"{row}.recorded_by_person::text")}
        || '}},"agreement_id":"' || {row}.agreement_id || '","client_id":"' || {row}.client_id || '"' || {text("date")}
        || ',"status":"' || {row}.status || '"' || {text("absence_reason")} || {plain("planned_minutes")}
        || {plain("actual_minutes")} || {instant("arrived_at")} || {instant("left_at")} || {text("form")}
        || {instant("noted_at")} || {text("source_id")} || {text("rescheduled_to")} || {text("rescheduled_from")}
        || {text("void_reason")} || coalesce(',"origin":"workplace","confirmation":"' || {row}.confirmation || '"', '') || '}}'"""


ENTRY = """status, absence_reason, planned_minutes, actual_minutes, arrived_at, left_at, form, noted_at, source_id,
    rescheduled_to, rescheduled_from""".replace("\n   ", "")
"""The members of an entry in the order of `entry_of`."""

FACTS = f"""g.id, g.client_id, g.service_relationship_id, g.provider_id, g.workplace_id, r.service_kind, g.kind, g.status,
    g.starts_on, g.ends_on, d.status as decision_status, d.outcome, d.valid_from, d.valid_to, d.revoked_on, d.revocation_known_on,
    r.ends_on as relationship_ends_on,
    {REVISION} as codes_revision"""
AGREEMENTS_JOINED = """agreements g
    join service_relationships r on r.organiser_id = g.organiser_id and r.id = g.service_relationship_id
    left join decisions d on d.organiser_id = g.organiser_id and d.id = g.decision_id"""
SEEN = visible("g", organisation="$2", today="$3", workplaces=True)

AGREEMENT_AND_DAY = f"""
select {FACTS}, a.id as day_id, a.version, a.confirmation, {", ".join(f"a.{name} as day_{name}" for name in ENTRY.split(", "))},
    a.void_reason as day_void_reason, case when a.id is not null then {wire("a")} end as body
from {AGREEMENTS_JOINED}
left join attendance a on a.organiser_id = g.organiser_id and a.agreement_id = g.id and a.date = $5
where g.organiser_id = $1 and g.id = $4 and {SEEN}
"""

LOCK_DAY = "select status from attendance where organiser_id = $1 and id = $2 for update"

AGREEMENTS = f"""
select {FACTS}, g.source_id, g.source_system
from {AGREEMENTS_JOINED}
where g.organiser_id = $1 and {SEEN}
  and (g.id = any($4::uuid[]) or (g.source_system = $5 and g.source_id = any($6::text[])))
"""

_COMPARED = [
    f"date_part('epoch', a.{name})" if name.endswith("_at") else f"a.{name}" for name in ENTRY.split(", ")
]
"""Instants as seconds: to the microsecond the same number for PostgreSQL and Python, which takes much longer to make dates."""
DAYS = f"""
select asked.place, a.id, a.version, a.confirmation, {", ".join(_COMPARED)}
from unnest($2::uuid[], $3::date[]) with ordinality as asked (agreement_id, date, place),
    lateral (select * from attendance
             where organiser_id = $1 and agreement_id = asked.agreement_id and date = asked.date offset 0) a
"""

REPORTED = "case when {provider} <> {organisation} then 'unconfirmed' end"
"""A day that another than the agreement's provider records, its workplace, waits for the provider's word."""
_SETTLED = """case when {row}.provider_id <> $2 then 'unconfirmed' when {row}.confirmation is not null then 'confirmed' end"""
"""What a workplace says of a day waits, whatever it was before; what the provider says settles it."""

_COPIES = "client_id, service_relationship_id, provider_id, workplace_id, service_kind"
_WHO = {"organisation": "$2", "system": "$3", "person": "$4"}
_JOURNAL = """insert into journal (organiser_id, era, resource_type, resource_id, version, change, client_id, provider_id,
        workplace_id, source_id, replaced, actor_organisation, actor_system, actor_person)
    select $1, (select era from journal_era), 'attendance', id, version, {change}, client_id, provider_id,
        workplace_id, source_id, {replaced}, {organisation}, {system}, {person} from stored"""
_USE_LOG = """insert into use_log (organiser_id, id, client_ids, organisation_id, system_id, person, operation, resource_type, purpose, request_id)
    select $1, {log_id}, array[client_id], {organisation}, {system}, {person}::jsonb, {operation}, 'attendance', {purpose}, {request_id} from stored"""

RECORD_DAY = f"""
with seen as ({AGREEMENT_AND_DAY}),
stored as (
    insert into attendance (organiser_id, recorded_by_organisation, recorded_by_system, recorded_by_person, recorded_at,
        id, agreement_id, date, confirmation, {_COPIES}, {ENTRY})
    select $1, $6, $7, $8, walmu_now(), $9, seen.id, $5, {REPORTED.format(provider="seen.provider_id", organisation="$6")},
        {", ".join(f"seen.{name}" for name in _COPIES.split(", "))},
        $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20
    from seen where seen.day_id is null and $21::boolean
    on conflict (organiser_id, agreement_id, date) do nothing
    returning *),
journaled as ({_JOURNAL.format(change="'created'", replaced="null", organisation="$6", system="$7", person="$8")}),
logged as ({_USE_LOG.format(log_id="$22", operation="$23", purpose="$24", request_id="$25", organisation="$6", system="$7", person="$8")})
select seen.*, stored.version as new_version, {wire("stored")} as new_body from seen left join stored on true
"""
"""What the rules need and, where nothing is recorded for the day and `$21` allows it, the new day, in one round trip: the
rules are asked when it is back, and a refusal rolls it back."""

_WORKPLACE = (
    "(select g.workplace_id from agreements g where g.organiser_id = $1 and g.id = {row}.agreement_id)"
)

UPDATE_DAY = f"""
with stored as (
    update attendance set (workplace_id, recorded_by_organisation, recorded_by_system, recorded_by_person, recorded_at, version, void_reason, confirmation, {ENTRY})
        = ({_WORKPLACE.format(row="attendance")}, $2, $3, $4, walmu_now(), version + 1, null, {_SETTLED.format(row="attendance")}, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
    where organiser_id = $1 and agreement_id = $5 and date = $6 and version = $7
    returning *),
journaled as ({_JOURNAL.format(change="'updated'", replaced="$19::json", **_WHO)}),
logged as ({_USE_LOG.format(log_id="$20", operation="$21", purpose="$22", request_id="$23", **_WHO)})
select version, {wire("stored")} as body from stored
"""

_EMPTIED = [name for name in ENTRY.split(", ") if name not in {"status", "source_id"}]
VOID_DAY = f"""
with stored as (
    update attendance set (workplace_id, recorded_by_organisation, recorded_by_system, recorded_by_person, recorded_at, version,
            status, void_reason, confirmation, {", ".join(_EMPTIED)})
        = ({_WORKPLACE.format(row="attendance")}, $2, $3, $4, walmu_now(), version + 1, 'voided', $8, {_SETTLED.format(row="attendance")}{", null" * len(_EMPTIED)})
    where organiser_id = $1 and agreement_id = $5 and date = $6 and version = $7
    returning *),
journaled as ({_JOURNAL.format(change="'voided'", replaced="$9::json", **_WHO)})
select version, {wire("stored")} as body from stored
"""
"""Nothing that could be counted stays; what was recorded is in the journal."""

CONFIRM_DAY = f"""
with stored as (
    update attendance set (workplace_id, recorded_by_organisation, recorded_by_system, recorded_by_person, recorded_at, version, confirmation)
        = ({_WORKPLACE.format(row="attendance")}, $2, $3, $4, walmu_now(), version + 1, 'confirmed')
    where organiser_id = $1 and agreement_id = $5 and date = $6 and version = $7
    returning *),
journaled as ({_JOURNAL.format(change="'updated'", replaced="$8::json", **_WHO)})
select version, {wire("stored")} as body from stored
"""

_WRITTEN = (
    "select count(*), case when count(*) < cardinality($5::uuid[]) then array_agg(id) end as ids from stored"
)

# Days are locked in the order of their keys, so that two batches in opposite order wait for each other in one direction.
INSERT_DAYS = f"""
with stored as (
    insert into attendance (organiser_id, recorded_by_organisation, recorded_by_system, recorded_by_person, recorded_at,
        id, agreement_id, date, confirmation, {_COPIES}, {ENTRY})
    select $1, $2, $3, $4, walmu_now(), e.id, e.agreement_id, e.date, {REPORTED.format(provider="g.provider_id", organisation="$2")},
        {", ".join(f"g.{name}" for name in _COPIES.split(", "))},
        {", ".join(f"e.{name}" for name in ENTRY.split(", "))}
    from unnest($5::uuid[], $6::uuid[], $7::date[], $8::text[], $9::text[], $10::int2[], $11::int2[], $12::timestamptz[],
        $13::timestamptz[], $14::text[], $15::timestamptz[], $16::text[], $17::date[], $18::date[]) as e (id, agreement_id, date, {ENTRY})
    join unnest($19::uuid[], $20::uuid[], $21::uuid[], $22::uuid[], $23::uuid[], $24::text[])
        as g (agreement_id, {_COPIES}) on g.agreement_id = e.agreement_id
    order by e.agreement_id, e.date
    on conflict (organiser_id, agreement_id, date) do nothing
    returning id, version, client_id, provider_id, workplace_id, source_id),
journaled as ({_JOURNAL.format(change="'created'", replaced="null", **_WHO)})
{_WRITTEN}
"""

UPDATE_DAYS = f"""
with before as (
    select a.id, {wire("a")} as body, e.*
    from unnest($5::uuid[], $6::int[], $7::text[], $8::text[], $9::int2[], $10::int2[], $11::timestamptz[],
        $12::timestamptz[], $13::text[], $14::timestamptz[], $15::text[], $16::date[], $17::date[]) as e (day_id, if_version, {ENTRY})
    join attendance a on a.organiser_id = $1 and a.id = e.day_id and a.version = e.if_version
    order by a.agreement_id, a.date
    for update of a),
stored as (
    update attendance a set (workplace_id, recorded_by_organisation, recorded_by_system, recorded_by_person, recorded_at, version, void_reason, confirmation, {ENTRY})
        = ({_WORKPLACE.format(row="a")}, $2, $3, $4, walmu_now(), a.version + 1, null, {_SETTLED.format(row="a")}, {", ".join(f"before.{name}" for name in ENTRY.split(", "))})
    from before where a.organiser_id = $1 and a.id = before.id
    returning a.id, a.version, a.client_id, a.provider_id, a.workplace_id, a.source_id, before.body),
journaled as ({_JOURNAL.format(change="'updated'", replaced="body::json", **_WHO)})
{_WRITTEN}
"""

LIST = f"""
with days as (
    select a.*, row_number() over (order by g.id, a.date) as place
    from (select g.id from agreements g
          where g.organiser_id = $1 and {SEEN}
            and ($4::uuid is null or g.id = $4) and ($5::uuid is null or g.client_id = $5) and ($6::uuid is null or g.provider_id = $6)
            and ($10::uuid is null or g.id >= $10)
          order by g.id offset 0) g,
        lateral (select * from attendance a
                 where a.organiser_id = $1 and a.agreement_id = g.id
                   and ($7::date is null or a.date >= $7) and ($8::date is null or a.date <= $8) and ($9::text is null or a.status = $9)
                   and ($10::uuid is null or (a.agreement_id, a.date) > ($10, $11::date))
                   and ($12::text is null or (a.source_id = $12 and a.recorded_by_system = $13)) and ($20::text is null or a.confirmation = $20)
                 order by a.date limit $14::bigint + 1) a
    order by g.id, a.date
    limit $14::bigint + 1),
page as (
    select string_agg({wire("days")}, ',' order by place) as items, array_agg(distinct client_id) as clients,
        (array_agg(agreement_id order by place desc))[1] as last_agreement, (array_agg(date order by place desc))[1] as last_date
    from days where place <= $14),
logged as (
    insert into use_log (organiser_id, id, client_ids, organisation_id, system_id, person, operation, resource_type, purpose, request_id)
    select $1, $15, clients, $16, $13, $17::jsonb, 'listAttendance', 'attendance', $18, $19 from page where clients is not null)
select items, clients, last_agreement, last_date, (select count(*) from days) > $14 as more from page
"""
"""A page made by PostgreSQL, with its line in the use log in the same round trip. Agreement by agreement, each from the key
and no further than the page: a plan that does not change with the statistics of a table that grows all day."""

FILE = f"""
select a.agreement_id, a.client_id, c.family_name, c.given_names, g.place_name, a.date, a.status, a.absence_reason,
    case when a.status = 'absent' or (a.status = 'partial' and a.absence_reason is not null) then coalesce(j.state, 'missing') end
        as justification,
    a.planned_minutes, a.actual_minutes, a.arrived_at, a.left_at, a.form, a.rescheduled_to, a.rescheduled_from, a.source_id, a.confirmation
from agreements g
join attendance a on a.organiser_id = $1 and a.agreement_id = g.id
left join justifications j on j.organiser_id = $1 and j.agreement_id = a.agreement_id and j.date = a.date
left join clients c on $12::boolean and c.organiser_id = $1 and c.id = g.client_id
where g.organiser_id = $1 and {SEEN}
  and ($4::uuid is null or g.id = $4) and ($5::uuid is null or g.client_id = $5) and ($6::uuid is null or g.provider_id = $6)
  and ($7::date is null or a.date >= $7) and ($8::date is null or a.date <= $8) and ($9::text is null or a.status = $9)
  and ($10::text is null or (a.source_id = $10 and a.recorded_by_system = $11)) and ($14::text is null or a.confirmation = $14)
order by g.id, a.date limit $13
"""
"""The whole selection of a list, with what people want to read beside it."""

RECORDS = f"""
select a.id, a.client_id, {wire("a")} as body
from attendance a
join agreements g on g.organiser_id = a.organiser_id and g.id = a.agreement_id
where a.organiser_id = $1 and a.id = any($4::uuid[]) and {SEEN}
"""


SEEN_AGREEMENTS = (
    f"select g.id from agreements g where g.organiser_id = $1 and {SEEN} and g.id = any($4::uuid[])"
)

FIGURES = f"""
select a.status, a.absence_reason, coalesce(j.state, 'missing') as justified, count(*) as days
from agreements g
join attendance a on a.organiser_id = g.organiser_id and a.agreement_id = g.id and a.date between $5 and $6
    and a.status <> 'voided'
left join justifications j on j.organiser_id = a.organiser_id and j.agreement_id = a.agreement_id and j.date = a.date
where g.organiser_id = $1 and {SEEN} and g.id = any($4::uuid[])
group by 1, 2, 3
"""
