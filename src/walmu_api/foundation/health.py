"""What a process tells of its own state."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from walmu_api.foundation.schema_types import Message

HealthStatus = TypeAliasType(
    "HealthStatus", Annotated[Literal["live", "ready"], Field(description="How far the process is.")]
)


class Health(Message):
    """How the process is."""

    status: HealthStatus = Field(description="`live`: the process runs; `ready`: it can serve.")
    database_ms: float | None = Field(None, description="How long the database took to answer.")
