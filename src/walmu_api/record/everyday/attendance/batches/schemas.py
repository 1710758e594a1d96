"""A batch of days in the request, and its outcome in the response."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from typing_extensions import TypeAliasType

from walmu_api.foundation.findings import Severity
from walmu_api.foundation.schema_types import Count, Day, Id, Line, Message, Quantity, SourceId
from walmu_api.record.everyday.attendance.rules import ONE_AGREEMENT
from walmu_api.record.everyday.attendance.schemas import AttendanceEntry, RecordingOutcome

MOST_LINES = 10_000
BatchMode = TypeAliasType(
    "BatchMode",
    Annotated[
        Literal["partial", "atomic"],
        Field(description="Whether lines are recorded each by itself, or all or none."),
    ],
)


class AttendanceLine(AttendanceEntry):
    """One line of a batch: a day with its agreement, by our id or by the sender's own key."""

    agreement_id: Id | None = None
    agreement_source_id: SourceId | None = None
    date: Day
    if_version: Count | None = Field(
        None, description="The version you read; needed to change a day already recorded."
    )

    @model_validator(mode="after")
    def names_one_agreement(self) -> Self:
        if (self.agreement_id is None) == (self.agreement_source_id is None):
            raise ONE_AGREEMENT.error()
        return self


class AttendanceBatch(Message):
    """Days of many agreements in one request, up to 10,000 lines."""

    items: Annotated[list[AttendanceLine], Field(min_length=1, max_length=MOST_LINES)]


class AnyLines(Message):
    """The frame of a batch, whatever its lines are."""

    items: Annotated[list[Any], Field(min_length=1, max_length=MOST_LINES)]


class LineProblem(Message):
    severity: Severity
    code: Line
    pointer: str = Field(description="JSON Pointer within the line.")
    detail: Line
    rule: Line | None = None


class LineOutcome(Message):
    line: Count = Field(description="From 1, in the order of the request.")
    source_id: Line | None = None
    outcome: RecordingOutcome
    id: Id | None = None
    etag: Line | None = None
    problems: list[LineProblem]


class Cause(Message):
    """One root cause of rejected lines."""

    code: Line
    detail: Line
    count: Quantity
    lines: list[Count] = Field(description="The first 20 of its lines.")
    fix: Line | None = None


class Counts(Message):
    created: Quantity
    updated: Quantity
    unchanged: Quantity
    rejected: Quantity


class BatchOutcome(Message):
    """One outcome for each line, in order, and the rejected ones grouped by root cause."""

    counts: Counts
    outcomes: list[LineOutcome]
    causes: list[Cause]
