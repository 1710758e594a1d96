"""The row of a decision: typed columns of what rules and queries need."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Numeric
from sqlalchemy.orm import Mapped, mapped_column

from walmu_api.foundation.tables import Mirrored, OfClient, Row


class DecisionRow(OfClient, Mirrored, Row):
    __tablename__ = "decisions"

    kind: Mapped[str]
    provider_id: Mapped[UUID]
    service_relationship_id: Mapped[UUID | None]
    structure: Mapped[str]
    outcome: Mapped[str]
    legal_bases: Mapped[list[str]]
    service_task: Mapped[dict[str, Any]]
    service: Mapped[dict[str, Any] | None]
    service_kind: Mapped[str]
    decided_on: Mapped[date | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    days_per_week: Mapped[int | None]
    work_allowance_per_day: Mapped[Decimal | None] = mapped_column(Numeric(9, 2))
    travel: Mapped[dict[str, Any] | None]
    place: Mapped[str | None]
    decision_maker: Mapped[dict[str, Any] | None]
    reasons: Mapped[str | None]
    status: Mapped[str]
    revoked_on: Mapped[date | None]
    revocation_known_on: Mapped[date | None]
    ehr_target: Mapped[str | None]
    ehr_id: Mapped[str | None]
    ehr_version: Mapped[str | None]
    ehr_names: Mapped[UUID | None]
    draft_state: Mapped[str | None]
    draft_reason: Mapped[str | None]

    @property
    def ehr(self) -> dict[str, str | None] | None:
        if self.ehr_target is None:
            return None
        return {"target": self.ehr_target, "id": self.ehr_id, "version": self.ehr_version}

    @property
    def review(self) -> str | None:
        """Where review and appeal stand; nothing for what is not decided."""
        return None if self.status in {"draft", "entered_in_error"} else self.content.get("review", "none")
