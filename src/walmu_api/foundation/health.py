"""What `/livez` and `/readyz` answer."""

from typing import Literal

from pydantic import Field

from walmu_api.foundation.schema_types import Message


class Health(Message):
    """How the process is."""

    status: Literal["live", "ready"] = Field(description="`live`: the process runs; `ready`: it can serve.")
    database_ms: float | None = Field(None, description="How long the database took to answer.")
