"""What holds of a recorded day: its reason, and where the justification of its absence stands.

The one derivation of it, in SQL: summary, list of open justifications, files, figures, overview and deliveries read it.
The words of the day itself stay as they were recorded; what was said of it later stands beside them.

- A justification is of the absence as it was: one of which the day became something else is `superseded`, and counts no
  more.
- The reason is the one that was given with the justification, else the day's own, else, where that is unknown, the one of
  a certificate that covers the day.
- Of two reasons with their minutes both hold, unless another reason than these was given with the justification, which is of
  the day.
- A certificate that has come covers the days that it names, or the day that it came with: of the same client, under all
  agreements of the provider (for the organiser, of all providers), unless it was rejected or another reason was given. That
  the day that it came with became something else takes it from that day alone.

A workplace has part in what it wrote itself, and in nothing else of this: its own certificate covers days of which the
reason is its own word, so that none of them tells which reason the provider gave.

Each function takes the name of a row of `attendance`; `joined` comes first, and needs `:organiser`, `:organisation` and
the day's agreement as `g`."""

from walmu_api.record.everyday.attendance.rules import OWN_ILLNESS

_NEEDS_ONE = f"'{OWN_ILLNESS}'"
"""The reason for which the law asks for a certificate."""
_READS_WORDS = "(:organisation::uuid is null or :organisation in ({row}.provider_id, {row}.entered_by))"
_GIVEN = f"case when {_READS_WORDS.format(row='j')} then j.reason end"


_HOLDS = """(c.state in ('given', 'accepted') or c.state = 'superseded'
        and c.review ->> 'decision' is distinct from 'rejected' and (c.agreement_id, c.date) <> ({day}.agreement_id, {day}.date)
        and not exists (select from attendance v where v.organiser_id = :organiser and v.agreement_id = c.agreement_id
            and v.date = c.date and v.status = 'voided'))"""
"""A certificate is a paper about days: when the absence that it came with became something else, it covers the others still,
unless that day was recorded in error: then so was its paper."""


def stands(day: str, ends_on: str = "least(g.ends_on, r.ends_on)") -> str:
    """Whether the day is one of its agreement `g`, whose service relationship is `r`. One after an end that was known later has
    the finding `day-outside-agreement`: it is in no count and no share, and waits for no justification."""
    return f"({day}.date between g.starts_on and {ends_on})"


def parts(day: str) -> str:
    """The reasons with their minutes, where the day has them and they hold; a workplace reads its own."""
    first, second = (f"{day}.absence_reasons -> {at} ->> 'reason'" for at in (0, 1))
    return f"""case when {day}.absence_reasons is not null
        and (:organisation::uuid is null or :organisation in ({day}.provider_id, {day}.absence_reason_by))
        and coalesce(({_GIVEN}) = ({first}) or ({_GIVEN}) = ({second}), ({_GIVEN}) is null)
        then {day}.absence_reasons end"""


def second_reason(day: str) -> str:
    return f"(({parts(day)}) -> 1 ->> 'reason')"


def _known(day: str) -> str:
    return f"""case when ({parts(day)}) is not null then {day}.absence_reason
        else coalesce({_GIVEN}, nullif({day}.absence_reason, 'unknown')) end"""


def joined(day: str) -> str:
    """The justification in force as `j`, and as `c` the one whose certificate covers the day."""
    return f"""
left join justifications j on j.organiser_id = :organiser and j.agreement_id = {day}.agreement_id
    and j.date = {day}.date and j.state <> 'superseded'
left join lateral (
    select c.id, c.reason, c.entered_by from justifications c
    where c.organiser_id = :organiser and c.client_id = g.client_id and c.certificate ->> 'received_on' is not null
      and {_HOLDS.format(day=day)} and {_READS_WORDS.format(row="c")}
      and {day}.date between coalesce((c.certificate ->> 'valid_from')::date, c.date)
          and coalesce((c.certificate ->> 'valid_to')::date, c.date)
      and c.reason in (coalesce({_known(day)}, c.reason), {second_reason(day)})
    order by {second_reason(day)} is not null and c.reason <> {_NEEDS_ONE}, c.id is distinct from j.id, c.date, c.id limit 1
) c on {day}.status in ('absent', 'partial') and ({day}.absence_reason is not null or j.id is not null)
    and (:organisation::uuid is null or :organisation in ({day}.provider_id, {day}.absence_reason_by) or {_GIVEN} is not null)"""


def reason(day: str) -> str:
    return f"coalesce({_known(day)}, c.reason, {day}.absence_reason)"


def reason_by(day: str) -> str:
    """Whose word the reason is, as `absence_reason_by` says it: null where the provider recorded it."""
    return f"""case when ({parts(day)}) is not null then {day}.absence_reason_by
        when {_GIVEN} is not null then j.entered_by
        when nullif({day}.absence_reason, 'unknown') is null and c.reason is not null then c.entered_by
        else {day}.absence_reason_by end"""


def is_absence(day: str) -> str:
    """Whether there is something to justify: an absence, or a part-day with a reason."""
    return f"({day}.status = 'absent' or ({day}.status = 'partial' and {reason(day)} is not null))"


def beside(day: str) -> str:
    """As `o`, for a from-clause: the same day under the other agreements (`other`) of its decision. Where the decision went to
    another client or provider, their agreements have days of their own."""
    return f"""(select decision_id, client_id, provider_id from agreements
            where organiser_id = :organiser and id = {day}.agreement_id offset 0) own,
        lateral (select id, status, starts_on, least(ends_on, (select ends_on from service_relationships
                where organiser_id = :organiser and id = service_relationship_id)) as ends_on, held_since
            from agreements where organiser_id = :organiser and decision_id = own.decision_id
            and client_id = own.client_id and provider_id = own.provider_id and id <> {day}.agreement_id offset 0) other,
        lateral (select * from attendance
            where organiser_id = :organiser and agreement_id = other.id and date = {day}.date offset 0) o"""


def in_another(day: str) -> str:
    """Whether the day is counted under another agreement of the decision, which says as much or more: two are one day of
    attendance. What counts in no allowance itself, because it is outside its agreement or began in a conflict, takes none
    from another. Which of them are visits of their own, `presences` says."""
    return f"""({day}.status in ('present', 'partial') and exists (
        select from {beside(day)}
        where o.status in ('present', 'partial') and other.status in ('signed', 'terminated')
          and {day}.date between other.starts_on and other.ends_on and not {began_in_conflict("o", "other")}
          and case when o.status = {day}.status then o.id < {day}.id else o.status = 'present' end))"""


def presences(day: str) -> str:
    """The client's presences on the day under all agreements of the decision, as `presences.Presence` takes them."""
    data = "json_build_array({row}.id, {row}.status, date_part('epoch', {row}.arrived_at), date_part('epoch', {row}.left_at))"
    return f"""(select json_agg(data) from (
        select {data.format(row=day)} as data where {day}.status in ('present', 'partial')
        union all
        select {data.format(row="o")} from {beside(day)} where o.status in ('present', 'partial')) d)"""


def began_in_conflict(day: str, agreement: str = "g") -> str:
    """Whether the presence was said while its agreement is held; not where the day was attended already when that began, be it
    confirmed or corrected since (ADR 69)."""
    before = f"""select b.replaced ->> 'status' in ('present', 'partial') from journal b
        where b.organiser_id = :organiser and b.resource_type = 'attendance' and b.resource_id = {day}.id
          and b.at >= {agreement}.held_since order by b.version limit 1"""
    return f"({day}.recorded_at >= {agreement}.held_since and not coalesce(({before}), false)) is true"


def says_more(day: str) -> str:
    """The order in which, of several reports of one day, the first is the one that counts."""
    return f"array_position(array['present', 'partial', 'absent', 'rescheduled'], {day}.status), {day}.id"


def state(day: str) -> str:
    """Where the justification of an absence stands; `covered`: by the certificate that came with another day's. That is for one
    reason: where a day has two, the other one is still to be justified."""
    return f"""case when j.state in ('accepted', 'rejected') or c.id is null or c.id = j.id or {second_reason(day)} is not null
        then coalesce(j.state, 'missing') else 'covered' end"""


CERTIFIED = f"coalesce(c.reason = {_NEEDS_ONE}, false)"
"""Whether a certificate of the illness covers the day."""
