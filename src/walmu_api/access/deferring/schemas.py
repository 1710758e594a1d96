"""A job on the wire."""

from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema
from typing_extensions import TypeAliasType

from walmu_api.foundation.schema_types import Count, Id, Instant, Line, Message


def _one_of(*schemas: str) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [{"$ref": f"#/components/schemas/{name}"} for name in schemas]})


ImportJobStatus = TypeAliasType(
    "ImportJobStatus",
    Annotated[
        Literal["queued", "running", "done", "failed"],
        Field(description="How far a job is. The last two are final."),
    ],
)


class ImportProgress(Message):
    """How far the lines have come. All of them are recorded together in the end, or none."""

    lines: Count = Field(description="How many lines there are in all.")
    lines_judged: Count = Field(description="How many of them have been looked at so far.")


class ImportJob(Message):
    """A request that is answered later, and its answer."""

    id: Id = Field(description="Made by the server (UUID version 7); the address ends with it.")
    operation: Line = Field(description="The operation that was asked for.")
    status: ImportJobStatus = Field(description="`done` has a `result`, `failed` a `problem`.")
    created_at: Instant = Field(description="When the request was taken in.")
    finished_at: Instant | None = Field(None, description="When it was done or failed; left out before.")
    available_until: Instant | None = Field(
        None, description="24 hours after the end: from then on the job is not there any more (404)."
    )
    progress: ImportProgress | None = Field(
        None, description="While it runs, as soon as the lines are known."
    )
    result: Annotated[dict[str, Any], _one_of("ImportOutcome", "BatchOutcome")] | None = Field(
        None, description="Of a job that is `done`: what the operation answers at once with 200."
    )
    problem: Annotated[dict[str, Any], _one_of("Problem")] | None = Field(
        None,
        description="Of a job that `failed`: the problem that the operation answers; nothing was recorded.",
    )
