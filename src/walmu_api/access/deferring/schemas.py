"""A job on the wire."""

from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema

from walmu_api.foundation.schema_types import Count, Id, Instant, Line, Message


def _one_of(*schemas: str) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [{"$ref": f"#/components/schemas/{name}"} for name in schemas]})


class ImportProgress(Message):
    """How far the lines have come. All of them are recorded together in the end, or none."""

    lines: Count
    lines_judged: Count


class ImportJob(Message):
    """A request that is answered later, and its answer."""

    id: Id
    operation: Line = Field(description="The operation that was asked for.")
    status: Literal["queued", "running", "done", "failed"]
    created_at: Instant
    finished_at: Instant | None = None
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
