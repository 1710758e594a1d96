"""Whom a query of impact is about: in this one place, so that queries can be held against each other later."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from walmu_api.access.context import RequestContext
from walmu_api.foundation.database import Session

RELATIONSHIPS = """
select r.id, r.client_id, r.provider_id, r.service_kind, r.starts_on, e.content ->> 'onward_path' as onward_path,
    coalesce(r.ends_on < $8 and ($7::date is null or r.ends_on <= $7), false) as has_ended
from service_relationships r
left join documents e on e.organiser_id = r.organiser_id and e.service_relationship_id = r.id
    and e.resource_type = 'service-event' and e.status = 'final' and e.content ->> 'kind' = 'ended'
where r.organiser_id = $1 and ($2::uuid is null or r.provider_id = $2) and ($3::text is null or r.service_kind = $3)
  and ($4::text is null or $4 = any(r.legal_bases)) and ($5::uuid is null or r.provider_id = $5)
  and ($6::date is null or r.ends_on is null or r.ends_on >= $6) and ($7::date is null or r.starts_on <= $7)
"""
_AGREEMENTS = """from agreements g join attendance a on a.organiser_id = g.organiser_id and a.agreement_id = g.id
where g.organiser_id = $1 and g.service_relationship_id = any($2::uuid[])
  and ($3::date is null or a.date >= $3) and ($4::date is null or a.date <= $4)"""
ATTENDANCE = f"""
select count(distinct a.client_id) as clients, count(*) filter (where a.status in ('present', 'partial')) as attended,
    count(*) filter (where a.status = 'absent' and {{justified}}) as justified,
    count(*) filter (where a.status = 'absent' and not {{justified}}) as not_justified
{_AGREEMENTS}
""".format(
    justified="""exists (select from justifications j where j.organiser_id = a.organiser_id and j.agreement_id = a.agreement_id
        and j.date = a.date and j.state <> 'rejected')"""
)
MEASUREMENTS = """
select m.client_id, m.id, m.instrument, m.form_version, m.phase, m.answered_on, m.recorded_at, m.scores::text from measurements m
where m.organiser_id = $1 and m.service_relationship_id = any($2::uuid[]) and m.instrument = $3 and m.status <> 'entered_in_error'
"""


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
    """Each client once, in the row of its latest relationship; of those whose latest relationship has ended, the onward path
    that its ending tells (None: it tells none); and all their relationships that fit."""

    rows: dict[UUID, str]
    ended: dict[UUID, str | None]
    relationships: list[UUID]


@dataclass(frozen=True)
class Days:
    clients: int
    attended: int
    justified: int
    not_justified: int


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
        ctx.organiser_id,
        ctx.tenant_scope,
        asked.service_kind,
        asked.legal_basis,
        asked.provider_id,
        asked.first,
        asked.last,
        ctx.today,
    )
    name = "provider_id" if asked.by == "provider" else "service_kind"
    latest = {row["client_id"]: row for row in sorted(rows, key=lambda row: (row["starts_on"], row["id"]))}
    return Population(
        {client: str(row[name]) for client, row in latest.items()},
        {client: row["onward_path"] for client, row in latest.items() if row["has_ended"]},
        [row["id"] for row in rows],
    )


async def days(session: Session, population: Population, asked: Question) -> Days:
    row = await session.fetchrow(
        ATTENDANCE, session.organiser_id, population.relationships, asked.first, asked.last
    )
    assert row is not None
    return Days(row["clients"], row["attended"], row["justified"], row["not_justified"])


async def measurements(session: Session, population: Population, instrument: str) -> Sequence[Measured]:
    rows = await session.fetch(MEASUREMENTS, session.organiser_id, population.relationships, instrument)
    return [Measured(*row) for row in rows]
