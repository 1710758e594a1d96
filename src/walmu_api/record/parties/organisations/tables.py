"""Rows of organisations and their units."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped

from walmu_api.foundation.tables import Recorded, Row


class Closable:
    """Since when nothing new begins there, and why; why that was taken back."""

    closed_on: Mapped[date | None]
    close_reason: Mapped[str | None]
    reopen_reason: Mapped[str | None]


class OrganisationRow(Closable, Recorded, Row):
    __tablename__ = "organisations"

    kind: Mapped[str]
    name: Mapped[str]
    business_id: Mapped[str | None]
    oid: Mapped[str | None]
    contact: Mapped[dict[str, Any] | None]
    succeeded_by: Mapped[UUID | None]
    succeeded_from: Mapped[date | None]


class UnitRow(Closable, Recorded, Row):
    __tablename__ = "units"

    organisation_id: Mapped[UUID]
    name: Mapped[str]
    oid: Mapped[str | None]
