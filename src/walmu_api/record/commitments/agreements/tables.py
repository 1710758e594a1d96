"""The row of an agreement."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Numeric
from sqlalchemy.orm import Mapped, mapped_column

from walmu_api.foundation.tables import Mirrored, OfClient, Row


class AgreementRow(OfClient, Mirrored, Row):
    __tablename__ = "agreements"

    decision_id: Mapped[UUID | None]
    service_relationship_id: Mapped[UUID]
    provider_id: Mapped[UUID]
    workplace_id: Mapped[UUID | None]
    structure: Mapped[str]
    kind: Mapped[str]
    place_name: Mapped[str]
    instructors: Mapped[list[dict[str, Any]]]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    schedule: Mapped[dict[str, Any]]
    earlier_schedules: Mapped[list[dict[str, Any]]]
    work_allowance_per_day: Mapped[Decimal | None] = mapped_column(Numeric(9, 2))
    absence_reporting: Mapped[str]
    tasks_and_goals: Mapped[str | None]
    signatures: Mapped[list[dict[str, Any]]]
    signed_on: Mapped[date | None]
    offered_on: Mapped[date | None]
    shown_version: Mapped[int | None]
    at_place_since: Mapped[date | None]
    end_reason: Mapped[str | None]
    status: Mapped[str]
    held_since: Mapped[datetime | None]
    conflict_id: Mapped[UUID | None]

    @property
    def hold(self) -> dict[str, Any] | None:
        return {"since": self.held_since, "conflict_id": self.conflict_id} if self.held_since else None

    @property
    def plan(self) -> dict[str, Any]:
        """The week plan with those before it, as planning reads it."""
        return self.schedule | {"earlier": self.earlier_schedules}

    @property
    def schedules(self) -> list[dict[str, Any]]:
        """All that were agreed on, one after another."""
        begins, found = self.starts_on, []
        for each in self.earlier_schedules:
            found.append({"valid_from": begins, "schedule": each["schedule"]})
            begins = date.fromisoformat(each["until"]) + timedelta(days=1)
        return [*found, {"valid_from": begins, "schedule": self.schedule}]

    @property
    def place(self) -> dict[str, Any]:
        reached: dict[str, Any] = self.content.get("place", {})
        return {"organisation_id": self.workplace_id, "name": self.place_name} | reached
