"""The row of a measurement."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped

from walmu_api.foundation.tables import Mirrored, OfClient, Row


class MeasurementRow(OfClient, Mirrored, Row):
    __tablename__ = "measurements"

    service_relationship_id: Mapped[UUID | None]
    provider_id: Mapped[UUID | None]
    instrument: Mapped[str]
    form_version: Mapped[str]
    language: Mapped[str]
    phase: Mapped[str]
    answered_on: Mapped[date]
    respondent: Mapped[str]
    assisted: Mapped[bool]
    mode: Mapped[str]
    scores: Mapped[list[dict[str, Any]]]
    items: Mapped[list[dict[str, Any]] | None]
    goals: Mapped[list[dict[str, Any]] | None]
    status: Mapped[str]
    void_reason: Mapped[str | None]
