"""Founding an organiser: the one act that happens before there is a tenant, so the owner of the tables does it."""

from dataclasses import dataclass
from uuid import UUID

from walmu_api.foundation.database import Session
from walmu_api.foundation.record_ids import uuid7
from walmu_api.foundation.statements import Statement


@dataclass(frozen=True)
class Founded:
    """The organiser, itself as an organisation, and the id that its first connected system is to have."""

    organiser_id: UUID
    organisation_id: UUID
    system_id: UUID


_ORGANISER = Statement(
    "insert into organisers (id, name, business_id) values (:organiser, :name, :business_id)"
    " on conflict (business_id) do nothing returning true"
)
_ORGANISATION = Statement("""
insert into organisations (organiser_id, id, kind, name, business_id, recorded_at, recorded_by_organisation,
  recorded_by_system)
values (:organiser, :id, 'organiser', :name, :business_id, walmu_now(), :id, :system_id)
""")


async def found(session: Session, name: str, business_id: str) -> Founded | None:
    """The organiser of this session, and itself as an organisation; None when its business id is taken."""
    founded = Founded(session.organiser_id, uuid7(), uuid7())
    data = {"organiser": founded.organiser_id, "name": name, "business_id": business_id}
    if not await session.fetchval(_ORGANISER, **data):
        return None
    own = {"id": founded.organisation_id, "system_id": founded.system_id}
    await session.execute(_ORGANISATION, **data, **own)
    return founded
