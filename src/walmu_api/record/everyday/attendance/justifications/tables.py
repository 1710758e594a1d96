"""The row of a justification. Days themselves are written and read by the constants in `statements`, without
mapping."""

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped

from walmu_api.foundation.tables import OfClient, Recorded, Row


class JustificationRow(OfClient, Recorded, Row):
    __tablename__ = "justifications"

    agreement_id: Mapped[UUID]
    date: Mapped[dt.date]
    provider_id: Mapped[UUID]
    workplace_id: Mapped[UUID | None]
    entered_by: Mapped[UUID]
    reason: Mapped[str]
    given_by: Mapped[str]
    given_on: Mapped[dt.date]
    explanation: Mapped[str | None]
    certificate: Mapped[dict[str, Any] | None]
    state: Mapped[str]
    review: Mapped[dict[str, Any] | None]
