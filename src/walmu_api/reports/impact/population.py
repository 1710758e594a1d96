"""Whom a query of impact is about: in this one place, so that queries can be held against each other later."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from walmu_api.access import visibility
from walmu_api.access.context import RequestContext
from walmu_api.foundation.database import Session
from walmu_api.foundation.statements import Statement
from walmu_api.record.everyday.attendance import in_force
from walmu_api.reports.impact.groups import Days

RELATIONSHIPS = Statement("""
select r.id, r.client_id, r.provider_id, r.service_kind, r.starts_on,
  e.content ->> 'onward_path' as onward_path,
    coalesce(r.ends_on < :today and (:last::date is null or r.ends_on <= :last), false) as has_ended
from service_relationships r
left join documents e on e.organiser_id = r.organiser_id and e.service_relationship_id = r.id
    and e.resource_type = 'service-event' and e.status = 'final' and e.content ->> 'kind' = 'ended'
where r.organiser_id = :organiser and (:organisation::uuid is null or r.provider_id = :organisation)
  and (:service_kind::text is null or r.service_kind = :service_kind)
  and (:legal_basis::text is null or :legal_basis = any(r.legal_bases))
  and (:provider_id::uuid is null or r.provider_id = :provider_id)
  and (:first::date is null or r.ends_on is null or r.ends_on >= :first)
  and (:last::date is null or r.starts_on <= :last)
  and (r.ends_on is null or r.ends_on >= r.starts_on)
""")
ATTENDANCE = Statement(f"""
select client_id, date_trunc('quarter', date)::date as quarter,
    count(*) filter (where status in ('present', 'partial')) as attended,
    count(*) filter (where status = 'absent' and justified) as justified,
    count(*) filter (where status = 'absent' and not justified) as not_justified
from (
    select distinct on (g.client_id, g.service_relationship_id, a.date)
        g.client_id, g.service_relationship_id, a.date, a.status,
        {in_force.state("a")} in ('given', 'accepted', 'covered') as justified
    from agreements g
    join service_relationships r on r.organiser_id = g.organiser_id and r.id = g.service_relationship_id
    join attendance a on a.organiser_id = g.organiser_id and a.agreement_id = g.id and a.status <> 'voided'
      and {in_force.stands("a")}
    {in_force.joined("a")}
    where g.organiser_id = :organiser and g.service_relationship_id = any(:relationships::uuid[])
      and (:first::date is null or a.date >= :first) and (:last::date is null or a.date <= :last)
    order by g.client_id, g.service_relationship_id, a.date, {in_force.says_more("a")}) d
group by client_id, service_relationship_id, quarter
""")
"""Under two agreements of a service relationship a day is one day, and what says more of it counts."""
MEASUREMENTS = Statement("""
select m.client_id, m.id, m.instrument, m.form_version, m.phase, m.answered_on, m.recorded_at,
  m.scores::text from measurements m
where m.organiser_id = :organiser and m.service_relationship_id = any(:relationships::uuid[])
  and m.instrument = :instrument and m.status <> 'entered_in_error'
""")


@dataclass(frozen=True)
class Question:
    """What is asked. A provider is asked of its own alone, whatever it names."""

    service_kind: str | None = None
    legal_basis: str | None = None
    provider_id: UUID | None = None
    first: date | None = None
    last: date | None = None
    instrument: str | None = None
    by: str = "service_kind"


@dataclass(frozen=True)
class Population:
    """Each client once, in the row of its latest relationship; of those whose latest relationship has ended,
    the onward path that its ending tells (None: it tells none); and all their relationships that fit."""

    rows: dict[UUID, str]
    ended: dict[UUID, str | None]
    relationships: list[UUID]


@dataclass(frozen=True)
class Measured:
    """A measurement as it is read for the figures."""

    client_id: UUID
    id: UUID
    instrument: str
    form_version: str
    phase: str
    answered_on: date
    recorded_at: datetime
    scores: str


async def of(ctx: RequestContext, asked: Question) -> Population:
    rows = await ctx.session.fetch(
        RELATIONSHIPS,
        **visibility.parameters(ctx),
        service_kind=asked.service_kind,
        legal_basis=asked.legal_basis,
        provider_id=asked.provider_id,
        first=asked.first,
        last=asked.last,
    )
    name = "provider_id" if asked.by == "provider" else "service_kind"
    latest = {row["client_id"]: row for row in sorted(rows, key=lambda row: (row["starts_on"], row["id"]))}
    return Population(
        {client: str(row[name]) for client, row in latest.items()},
        {client: row["onward_path"] for client, row in latest.items() if row["has_ended"]},
        [row["id"] for row in rows],
    )


async def days(session: Session, population: Population, asked: Question) -> list[Days]:
    rows = await session.fetch(
        ATTENDANCE,
        organiser=session.organiser_id,
        organisation=session.tenancy.organisation_id,
        relationships=population.relationships,
        first=asked.first,
        last=asked.last,
    )
    return [Days(*row) for row in rows]


async def measurements(session: Session, population: Population, instrument: str) -> Sequence[Measured]:
    rows = await session.fetch(
        MEASUREMENTS,
        organiser=session.organiser_id,
        relationships=population.relationships,
        instrument=instrument,
    )
    return [Measured(*row) for row in rows]
