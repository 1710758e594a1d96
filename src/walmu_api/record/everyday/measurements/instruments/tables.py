"""The row of an instrument: what the organiser added to the registry, or switched on in it."""

from typing import Any

from sqlalchemy.orm import Mapped

from walmu_api.foundation.tables import Recorded, Row


class InstrumentRow(Recorded, Row):
    __tablename__ = "instruments"

    code: Mapped[str]
    definition: Mapped[dict[str, Any] | None]
    licensed: Mapped[bool]
    item_answers: Mapped[bool]
    permission: Mapped[dict[str, Any] | None]
    change_rule: Mapped[dict[str, Any] | None]
