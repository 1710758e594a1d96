"""The row of a connected system. Its keys stand apart (`system_keys`): read before a tenant is known."""

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
