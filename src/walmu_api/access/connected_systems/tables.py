"""The row of a connected system, and of what a provider may register. The keys of a system stand
apart (`system_keys`): read before a tenant is known."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped

from walmu_api.foundation.tables import Recorded, Row


class ConnectedSystemRow(Recorded, Row):
    __tablename__ = "connected_systems"
    names_client = ""  # its `client_id` is that of OAuth

    organisation_id: Mapped[UUID]
    client_id: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    software: Mapped[str | None]
    revoked_on: Mapped[datetime | None]
    unconfirmed_by: Mapped[list[UUID] | None]
    """The systems that registered or changed it since somebody else of the organiser last confirmed it; until one that
    is not among them does so no token works."""

    @property
    def awaits_confirmation(self) -> bool | None:
        """As it is told: left out when nothing waits."""
        return True if self.unconfirmed_by is not None else None


class DelegatedWorkplacesRow(Recorded, Row):
    """Its id is the provider's."""

    __tablename__ = "delegated_workplaces"

    workplace_ids: Mapped[list[UUID]]
