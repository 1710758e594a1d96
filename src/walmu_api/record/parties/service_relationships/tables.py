"""The row of a service relationship."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped

from walmu_api.foundation.tables import OfClient, Recorded, Row


class ServiceRelationshipRow(OfClient, Recorded, Row):
    __tablename__ = "service_relationships"

    provider_id: Mapped[UUID]
    unit_id: Mapped[UUID | None]
    service_task: Mapped[dict[str, Any]]
    service: Mapped[dict[str, Any] | None]
    service_kind: Mapped[str]
    legal_bases: Mapped[list[str]]
    referral: Mapped[dict[str, Any]]
    responsible_workers: Mapped[dict[str, Any]]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    planned_ends_on: Mapped[date | None]
    set_ends_on: Mapped[date | None]
    own_worker: Mapped[dict[str, Any] | None]
    benefit_matters_included: Mapped[bool | None]
    network: Mapped[list[dict[str, Any]] | None]
