"""Request parameters that several endpoints of attendance share."""

from datetime import date
from typing import Annotated, TypedDict
from uuid import UUID

from fastapi import Path

from walmu_api.foundation.schema_types import Day

TheDay = Annotated[Day, Path(description="The day, YYYY-MM-DD, in Finland.")]


class DayFilters(TypedDict):
    """The filters of a list of days, and of a file of them."""

    agreement_id: UUID | None
    client_id: UUID | None
    provider_id: UUID | None
    first: date | None
    last: date | None
    status: str | None
    source_id: str | None
    confirmation: str | None
