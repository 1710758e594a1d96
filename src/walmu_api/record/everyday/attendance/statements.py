"""The SQL of attendance: constants, prepared once per connection. Nothing is composed while serving.

Of many: `:organiser`, `:organisation` and `:today` say what the caller sees (`visibility.parameters`);
`:actor_organisation`, `:actor_system` and `:actor_person` say who writes (`Actor.parameters`).

A day has no index but its keys: a client's or provider's days are found through the agreements that the
caller may see, so visibility is decided once per agreement and bulk writes stay cheap (ADR 4)."""

from walmu_api.access import use_log
from walmu_api.access.merged_clients import read_under
from walmu_api.access.visibility import visible
from walmu_api.foundation import journal
from walmu_api.foundation.statements import Arrays, Statement
from walmu_api.record.everyday.attendance import in_force
from walmu_api.record.parties.codes.statements import REVISION

_INSTANT = r'\"YYYY-MM-DD"T"HH24:MI:SS.US"Z"\"'


def wire(row: str, client: str = "") -> str:
    """The wire form of a day, made by PostgreSQL: a test holds it against the schema `Attendance`. `client` says whose day
    it is now, where its agreement is at hand: the row itself keeps the client whom the agreement named first.

    Put together as text, because `json_strip_nulls(json_build_object(…))` takes twice as long. What is not a
    number, an id or a word of a check constraint goes through `to_json`; members without a value are left
    out."""

    def member(name: str, value: str) -> str:
        return f"""coalesce(',"{name}":' || {value}, '')"""

    def plain(name: str) -> str:
        return member(name, f"{row}.{name}")

    def text(name: str) -> str:
        return member(name, f"to_json({row}.{name})")

    def instant(name: str) -> str:
        return member(name, f"to_char({row}.{name} at time zone 'UTC', '{_INSTANT}')")

    client = (
        client
        or f"(select w.client_id from agreements w where w.organiser_id = {row}.organiser_id and w.id = {row}.agreement_id)"
    )
    return f"""'{{"id":"' || {row}.id || '","version":' || {row}.version || {instant("recorded_at")}
        || ',"recorded_by":{{"organisation_id":"' || {row}.recorded_by_organisation || '","system_id":"'
        || {row}.recorded_by_system || '"' || {member("person", f"{row}.recorded_by_person::text")}
        || '}},"agreement_id":"' || {row}.agreement_id || '","client_id":"' || {client} || '"' || {text("date")}
        || ',"status":"' || {row}.status || '"' || {text("absence_reason")} || {plain("absence_reasons")}
        || {plain("planned_minutes")} || {plain("actual_minutes")} || {instant("arrived_at")} || {instant("left_at")} || {text("form")}
        || {instant("noted_at")} || {text("source_id")} || {text("rescheduled_to")} || {text("rescheduled_from")}
        || {text("void_reason")} || {text("absence_reason_by")} || coalesce(',"origin":"workplace","confirmation":"' || {row}.confirmation || '"', '') || '}}'"""


_ENTRY = {
    "status": "text",
    "absence_reason": "text",
    "absence_reasons": "json",
    "planned_minutes": "int2",
    "actual_minutes": "int2",
    "arrived_at": "timestamptz",
    "left_at": "timestamptz",
    "form": "text",
    "noted_at": "timestamptz",
    "source_id": "text",
    "rescheduled_to": "date",
    "rescheduled_from": "date",
}
MEMBERS = tuple(_ENTRY)
"""The members of an entry in the order of `entry_of`."""
_STORED = _ENTRY | {"absence_reason_by": "uuid", "source_system": "uuid"}
WRITTEN = tuple(_STORED)
"""What is stored of an entry: its members, and whose reason and `source_id` they are where the recorder only let
them stand."""
_OWNER = "coalesce({row}.source_system, {row}.recorded_by_system)"
"""The system whose key the `source_id` of a day is."""
ENTRY = ", ".join(WRITTEN)

PLAN = "g.schedule || jsonb_build_object('earlier', g.earlier_schedules)"
"""The week plan with those before it, as planning reads it."""
FACTS = f"""g.id, g.client_id, g.client_named, g.service_relationship_id, g.provider_id, g.workplace_id, g.at_place_since, r.service_kind,
    g.kind, g.status,
    case when g.workplace_id = :organisation then greatest(g.starts_on, g.at_place_since) else g.starts_on end as starts_on,
    g.ends_on, g.held_since, case when d.id is null and g.decision_id is not null then 'moved' else d.status end as decision_status,
    d.outcome, d.valid_from, d.valid_to, d.revoked_on, d.revocation_known_on,
    r.ends_on as relationship_ends_on,
    {PLAN} as schedule, {REVISION} as codes_revision"""
PLAN_NAMES = """(g.schedule -> 'days' @> {days}
       or g.earlier_schedules @> jsonb_build_array(jsonb_build_object('schedule', jsonb_build_object('days', {days}))))""".format(
    days="jsonb_build_array(jsonb_build_object('weekday', :weekday::int))"
)
"""Whether any of the week plans names the weekday; which of them holds on a day, planning says."""
AGREEMENTS_JOINED = """agreements g
    join service_relationships r on r.organiser_id = g.organiser_id and r.id = g.service_relationship_id
    left join decisions d on d.organiser_id = g.organiser_id and d.id = g.decision_id
        and d.client_id = g.client_id and d.provider_id = g.provider_id"""
"""A decision that went to another client or provider is that of the agreement no more."""
SEEN = visible("g", workplaces=True)


def _as_sent(name: str) -> str:
    """A member of a stored day as it is among the values of an entry: the driver reads JSON as what it holds."""
    return f"a.{name}::text" if _ENTRY[name] == "json" else f"a.{name}"


AGREEMENT_AND_DAY = Statement(f"""
select {FACTS}, a.id as day_id, a.version, a.confirmation, {_OWNER.format(row="a")} as day_source_owner,
    a.recorded_by_organisation as day_recorded_by,
    {", ".join(f"{_as_sent(name)} as day_{name}" for name in MEMBERS)}, a.absence_reason_by as day_absence_reason_by,
    a.reason_aside as day_reason_aside, a.reasons_aside::text as day_reasons_aside, a.recorded_at as day_recorded_at,
    a.void_reason as day_void_reason, case when a.id is not null then {wire("a", "g.client_id")} end as body
from {AGREEMENTS_JOINED}
left join attendance a on a.organiser_id = g.organiser_id and a.agreement_id = g.id and a.date = :date
where g.organiser_id = :organiser and g.id = :agreement_id and {SEEN}
""")

LOCK_DAY = Statement(
    "select status from attendance where organiser_id = :organiser and id = :day_id for update"
)

AGREEMENTS = Statement(f"""
select {FACTS}, g.source_id, g.source_system
from {AGREEMENTS_JOINED}
where g.organiser_id = :organiser and {SEEN}
  and (g.id = any(:ids::uuid[])
       or (g.source_system = :source_system and g.source_id = any(:source_ids::text[])))
""")

_COMPARED = [f"date_part('epoch', a.{name})" if name.endswith("_at") else _as_sent(name) for name in MEMBERS]
"""Instants as seconds: to the microsecond the same number for PostgreSQL and Python, which takes much longer
to make dates."""
DAYS = Statement(f"""
select asked.place, a.id, a.version, a.confirmation, {", ".join(_COMPARED)}, a.absence_reason_by,
    {_OWNER.format(row="a")} as source_owner, a.reason_aside, a.reasons_aside::text, a.recorded_at
from unnest(:agreement_ids::uuid[], :dates::date[]) with ordinality as asked (agreement_id, date, place),
    lateral (select * from attendance
             where organiser_id = :organiser and agreement_id = asked.agreement_id
                 and date = asked.date offset 0) a
""")

_REPORTED = "case when {provider} <> :actor_organisation then 'unconfirmed' end"
"""A day that another than the agreement's provider records, its workplace, waits for the provider's word."""
_SETTLED = """case when {row}.provider_id <> :actor_organisation then 'unconfirmed'
    when {row}.confirmation is not null then 'confirmed' end"""
"""What a workplace says of a day waits, whatever it was before; what the provider says settles it."""

_COPIED = {
    "client_id": "uuid",
    "service_relationship_id": "uuid",
    "provider_id": "uuid",
    "workplace_id": "uuid",
    "service_kind": "text",
}
_COPIES = ", ".join(_COPIED)
"""What a day repeats of its agreement; of the client, whom the agreement named first: that stays."""
_PLACE_THEN = "case when {date} >= coalesce({row}.at_place_since, {date}) then {row}.workplace_id end"
"""The workplace whose a day is: none of the present one's, where the agreement came there later."""


def _copied(row: str, date: str) -> str:
    place = _PLACE_THEN.format(row=row, date=date)
    then = {"workplace_id": place, "client_id": f"{row}.client_named"}
    return ", ".join(then.get(name, f"{row}.{name}") for name in _COPIED)


_CREATED = journal.insert_from("stored", "attendance", "created")
_UPDATED = journal.insert_from("stored", "attendance", "updated", replaced=":replaced::json")
_VOIDED = journal.insert_from("stored", "attendance", "voided", replaced=":replaced::json")
_LOGGED = use_log.insert_from("stored", "attendance", clients="array[client_id]")

RECORD_DAY = Statement(f"""
with seen as ({AGREEMENT_AND_DAY}),
stored as (
    insert into attendance (organiser_id, recorded_by_organisation, recorded_by_system, recorded_by_person,
      recorded_at,
        id, agreement_id, date, confirmation, {_COPIES}, {ENTRY})
    select :organiser, :actor_organisation, :actor_system, :actor_person, walmu_now(),
        :day_id, seen.id, :date, {_REPORTED.format(provider="seen.provider_id")},
        {_copied("seen", ":date::date")}, {", ".join(f":{name}" for name in WRITTEN)}
    from seen where seen.day_id is null and :may_insert::boolean
    on conflict (organiser_id, agreement_id, date) do nothing
    returning *),
journaled as ({_CREATED}),
logged as ({_LOGGED})
select seen.*, stored.version as new_version, {wire("stored", "seen.client_id")} as new_body from seen left join stored on true
""")
"""What the rules need and, where nothing is recorded for the day and `:may_insert` allows it, the new day, in
one round trip: the rules are asked when it is back, and a refusal rolls it back."""

_WORKPLACE = f"""(
            select {_PLACE_THEN.format(row="g", date="{row}.date")} from agreements g
            where g.organiser_id = :organiser and g.id = {{row}}.agreement_id)"""

_OF_WORKPLACE = "{row}.provider_id <> :actor_organisation"
_HIDDEN_REASON = (
    "{row}.absence_reason is not null and {row}.absence_reason_by is distinct from :actor_organisation"
)
"""Of a day that a workplace changes: a reason that it does not read."""


_ASIDE = {"absence_reason": "reason_aside", "absence_reasons": "reasons_aside"}


def _beside_hidden(row: str, new: str) -> str:
    """The columns of an entry in an update, and the reason and reasons put aside. Where a workplace's word leaves no place for the
    provider's reason, that is put aside; an absence of which it gives no reason has it again. The provider's own word
    leaves nothing aside."""
    by_workplace, hidden = _OF_WORKPLACE.format(row=row), _HIDDEN_REASON.format(row=row)
    none_given = f"{new}status::text in ('absent', 'partial') and {new}absence_reason_by::uuid is null"
    values, put_aside = {name: f"{new}{name}" for name in WRITTEN}, []
    for name, aside in _ASIDE.items():
        values[name] = f"""case when {by_workplace} and {none_given} and {row}.reason_aside is not null
                then {row}.{aside} else {new}{name}::{_ENTRY[name]} end"""
        put_aside.append(
            f"""case when not ({by_workplace}) or {none_given} then null
                when {hidden} then {row}.{name} else {row}.{aside} end"""
        )
    return ", ".join([*values.values(), *put_aside])


UPDATE_DAY = Statement(f"""
with stored as (
    update attendance set (workplace_id, recorded_by_organisation, recorded_by_system, recorded_by_person,
            recorded_at, version, void_reason, confirmation, {ENTRY}, {", ".join(_ASIDE.values())})
        = ({_WORKPLACE.format(row="attendance")},
            :actor_organisation, :actor_system, :actor_person, walmu_now(), version + 1, null,
            {_SETTLED.format(row="attendance")}, {_beside_hidden("attendance", ":")})
    where organiser_id = :organiser and agreement_id = :agreement_id and date = :date and version = :version
    returning *),
journaled as ({_UPDATED}),
logged as ({_LOGGED})
select version, {wire("stored")} as body from stored
""")

_PUT_ASIDE = ", ".join(
    f"""case when {_OF_WORKPLACE.format(row="attendance")} then case when {_HIDDEN_REASON.format(row="attendance")}
                then {name} else {aside} end end"""
    for name, aside in _ASIDE.items()
)
_EMPTIED = [name for name in WRITTEN if name not in {"status", "source_id", "source_system", "noted_at"}]
VOID_DAY = Statement(f"""
with stored as (
    update attendance set (workplace_id, recorded_by_organisation, recorded_by_system, recorded_by_person,
            recorded_at, version, status, void_reason, confirmation, source_system, {", ".join(_ASIDE.values())}, noted_at,
            {", ".join(_EMPTIED)})
        = ({_WORKPLACE.format(row="attendance")},
            :actor_organisation, :actor_system, :actor_person, walmu_now(), version + 1, 'voided', :reason,
            {_SETTLED.format(row="attendance")}, {_OWNER.format(row="attendance")},
            {_PUT_ASIDE},
            case when {_OF_WORKPLACE.format(row="attendance")} then noted_at end{", null" * len(_EMPTIED)})
    where organiser_id = :organiser and agreement_id = :agreement_id and date = :date and version = :version
    returning *),
journaled as ({_VOIDED})
select version, {wire("stored")} as body from stored
""")
"""Nothing that could be counted stays; what was recorded is in the journal. What a workplace does not read stays aside."""

CONFIRM_DAY = Statement(f"""
with stored as (
    update attendance set (workplace_id, recorded_by_organisation, recorded_by_system, recorded_by_person,
            recorded_at, version, confirmation, source_system, {", ".join(_ASIDE.values())})
        = ({_WORKPLACE.format(row="attendance")},
            :actor_organisation, :actor_system, :actor_person, walmu_now(), version + 1, 'confirmed',
            {_OWNER.format(row="attendance")}, null, null)
    where organiser_id = :organiser and agreement_id = :agreement_id and date = :date and version = :version
    returning *),
journaled as ({_UPDATED})
select version, {wire("stored")} as body from stored
""")

_WRITTEN = """
select count(*), case when count(*) < cardinality(:{ids}::uuid[]) then array_agg(id) end as ids from stored
"""

NEW_DAYS = Arrays("e", {"id": "uuid", "agreement_id": "uuid", "date": "date"} | _STORED)
_NAMED = {"client_named" if name == "client_id" else name: kind for name, kind in _COPIED.items()}
THEIR_AGREEMENTS = Arrays("g", {"agreement_id": "uuid"} | _NAMED | {"at_place_since": "date"})

# Days are locked in the order of their keys, so that two batches in opposite order wait for each other in one
# direction.
INSERT_DAYS = Statement(f"""
with stored as (
    insert into attendance (organiser_id, recorded_by_organisation, recorded_by_system, recorded_by_person,
      recorded_at,
        id, agreement_id, date, confirmation, {_COPIES}, {ENTRY})
    select :organiser, :actor_organisation, :actor_system, :actor_person, walmu_now(),
        e.id, e.agreement_id, e.date, {_REPORTED.format(provider="g.provider_id")},
        {_copied("g", "e.date")}, {", ".join(f"e.{name}" for name in WRITTEN)}
    from {NEW_DAYS} join {THEIR_AGREEMENTS} on g.agreement_id = e.agreement_id
    order by e.agreement_id, e.date
    on conflict (organiser_id, agreement_id, date) do nothing
    returning id, version, client_id, provider_id, workplace_id, source_id),
journaled as ({_CREATED})
{_WRITTEN.format(ids="e_id")}
""")

CHANGED_DAYS = Arrays("e", {"day_id": "uuid", "if_version": "int"} | _STORED)
UPDATE_DAYS = Statement(f"""
with before as (
    select a.id, {wire("a", "g.client_id")} as body, e.*
    from {CHANGED_DAYS}
    join attendance a on a.organiser_id = :organiser and a.id = e.day_id and a.version = e.if_version
    join agreements g on g.organiser_id = :organiser and g.id = a.agreement_id
    order by a.agreement_id, a.date
    for update of a),
stored as (
    update attendance a set (workplace_id, recorded_by_organisation, recorded_by_system, recorded_by_person,
            recorded_at, version, void_reason, confirmation, {ENTRY}, {", ".join(_ASIDE.values())})
        = ({_WORKPLACE.format(row="a")},
            :actor_organisation, :actor_system, :actor_person, walmu_now(), a.version + 1, null,
            {_SETTLED.format(row="a")}, {_beside_hidden("a", "before.")})
    from before where a.organiser_id = :organiser and a.id = before.id
    returning a.id, a.version, a.client_id, a.provider_id, a.workplace_id, a.source_id, before.body),
journaled as ({journal.insert_from("stored", "attendance", "updated", replaced="body::json")})
{_WRITTEN.format(ids="e_day_id")}
""")

_READ_UNDER = read_under(":client_id")
"""The client who is asked for, or the one into whom it was merged: asked in the statement, which is on the hot path."""
LIST = Statement(f"""
with days as (
    select a.*, g.client_id as read_as, row_number() over (order by g.id, a.date) as place
    from (select g.id, g.client_id from agreements g
          where g.organiser_id = :organiser and {SEEN}
            and (:agreement_id::uuid is null or g.id = :agreement_id)
            and (:client_id::uuid is null or g.client_id = {_READ_UNDER})
            and (:provider_id::uuid is null or g.provider_id = :provider_id)
            and (:after_agreement::uuid is null or g.id >= :after_agreement)
          order by g.id offset 0) g,
        lateral (select * from attendance a
                 where a.organiser_id = :organiser and a.agreement_id = g.id
                   and (:first::date is null or a.date >= :first) and (:last::date is null or a.date <= :last)
                   and (:status::text is null or a.status = :status)
                   and (:after_agreement::uuid is null
                        or (a.agreement_id, a.date) > (:after_agreement, :after_date::date))
                   and (:source_id::text is null
                        or (a.source_id = :source_id and {_OWNER.format(row="a")} = :actor_system))
                   and (:confirmation::text is null or a.confirmation = :confirmation)
                 order by a.date limit :limit::bigint + 1) a
    order by g.id, a.date
    limit :limit::bigint + 1),
page as (
    select string_agg({wire("days", "read_as")}, ',' order by place) as items, array_agg(distinct read_as) as clients,
        (array_agg(agreement_id order by place desc))[1] as last_agreement,
          (array_agg(date order by place desc))[1] as last_date
    from days where place <= :limit),
logged as ({use_log.insert_from("page where clients is not null", "attendance", clients="clients")})
select items, clients, last_agreement, last_date, (select count(*) from days) > :limit as more from page
""")
"""A page made by PostgreSQL, with its line in the use log in the same round trip. Agreement by agreement,
each from the key and no further than the page: a plan that does not change with the statistics of a table
that grows all day."""

FILE = Statement(f"""
select a.agreement_id, g.client_id, p.family_name, p.given_names, g.place_name, a.date, a.status,
    {in_force.reason("a")} as absence_reason, {in_force.parts("a")} as absence_reasons,
    {in_force.reason_by("a")} as absence_reason_by,
    case when {in_force.stands("a")} and {in_force.is_absence("a")} then {in_force.state("a")} end as justification,
    a.planned_minutes, a.actual_minutes, a.arrived_at, a.left_at, a.form, a.rescheduled_to,
    a.rescheduled_from, a.source_id, a.confirmation
from agreements g
join service_relationships r on r.organiser_id = g.organiser_id and r.id = g.service_relationship_id
join attendance a on a.organiser_id = :organiser and a.agreement_id = g.id
{in_force.joined("a")}
left join clients p on :with_names::boolean and p.organiser_id = :organiser and p.id = g.client_id
where g.organiser_id = :organiser and {SEEN}
  and (:agreement_id::uuid is null or g.id = :agreement_id)
  and (:client_id::uuid is null or g.client_id = {_READ_UNDER})
  and (:provider_id::uuid is null or g.provider_id = :provider_id)
  and (:first::date is null or a.date >= :first) and (:last::date is null or a.date <= :last)
  and (:status::text is null or a.status = :status)
  and (:confirmation::text is null or a.confirmation = :confirmation)
  and (:source_id::text is null or (a.source_id = :source_id and {_OWNER.format(row="a")} = :actor_system))
order by g.id, a.date limit :limit
""")
"""The whole selection of a list, with what people want to read beside it."""

RECORDS = Statement(f"""
select a.id, g.client_id, {wire("a", "g.client_id")} as body
from attendance a
join agreements g on g.organiser_id = a.organiser_id and g.id = a.agreement_id
where a.organiser_id = :organiser and a.id = any(:ids::uuid[]) and {SEEN}
""")


SEEN_AGREEMENTS = Statement(
    f"select g.id from agreements g where g.organiser_id = :organiser and {SEEN} and g.id = any(:ids::uuid[])"
)

FIGURES = Statement(f"""
select status, absence_reason, second_reason, absence_reason_by, justified, count(*) as days from (
    select distinct on (g.client_id, a.date) a.status, {in_force.reason("a")} as absence_reason,
        {in_force.second_reason("a")} as second_reason, {in_force.reason_by("a")} as absence_reason_by,
        {in_force.state("a")} as justified
    from agreements g
    join service_relationships r on r.organiser_id = g.organiser_id and r.id = g.service_relationship_id
    join attendance a on a.organiser_id = g.organiser_id and a.agreement_id = g.id
      and a.date between :first and :last
        and a.status <> 'voided' and {in_force.stands("a")}
    {in_force.joined("a")}
    where g.organiser_id = :organiser and {SEEN} and g.id = any(:ids::uuid[])
    order by g.client_id, a.date, {in_force.says_more("a")}) d
group by 1, 2, 3, 4, 5
""")
"""Under two agreements a day is one day, and what says more of it counts."""
