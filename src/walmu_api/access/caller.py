"""Who is calling: the connected system, for whom, and with which rights."""

from dataclasses import dataclass
from uuid import UUID

from walmu_api.access.system_registry import System
from walmu_api.foundation.database import Tenancy
from walmu_api.foundation.journal import Actor


@dataclass(frozen=True)
class Caller:
    """The connected system that calls, for whom, and with which rights. A worker acts as its target's."""

    system: System
    scopes: frozenset[str]
    person: str | None  # JSON text of the acting person
    request_id: str

    @property
    def organiser_id(self) -> UUID:
        return self.system.organiser_id

    @property
    def organisation_id(self) -> UUID:
        return self.system.organisation_id

    @property
    def tenant_scope(self) -> UUID | None:
        """A provider or workplace sees its own; organiser, record system and auditor the whole organiser."""
        return self.system.organisation_id if self.system.role in {"provider", "workplace"} else None

    @property
    def actor(self) -> Actor:
        return Actor(self.system.organisation_id, self.system.id, self.person)

    @property
    def tenancy(self) -> Tenancy:
        return Tenancy(self.organiser_id, self.tenant_scope)
