"""The row of one version of an assessment form."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from walmu_api.foundation.tables import Recorded, Row


class AssessmentFormRow(Recorded, Row):
    """All versions of a form have its id; none is ever changed."""

    __tablename__ = "assessment_forms"

    version: Mapped[int] = mapped_column(primary_key=True)
    form: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    content: Mapped[dict[str, Any]]
