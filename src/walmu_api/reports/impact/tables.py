"""The row of an organiser's limits."""

from sqlalchemy.orm import Mapped

from walmu_api.foundation.tables import Recorded, Row


class ImpactLimitsRow(Recorded, Row):
    __tablename__ = "impact_limits"

    min_count: Mapped[int]
    min_pairs: Mapped[int]
