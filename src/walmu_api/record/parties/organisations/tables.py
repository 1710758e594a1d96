"""Rows of organisations and their units."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped

from walmu_api.foundation.tables import Recorded, Row


class OrganisationRow(Recorded, Row):
    __tablename__ = "organisations"

    kind: Mapped[str]
    name: Mapped[str]
    business_id: Mapped[str | None]
    oid: Mapped[str | None]
    contact: Mapped[dict[str, Any] | None]


class UnitRow(Recorded, Row):
    __tablename__ = "units"

    organisation_id: Mapped[UUID]
    name: Mapped[str]
    oid: Mapped[str | None]
