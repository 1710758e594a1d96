"""A batch of days in the request, and its outcome in the response."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from typing_extensions import TypeAliasType

from walmu_api.foundation.schema_types import Count, Day, Id, Line, Message, SourceId
from walmu_api.record.everyday.attendance.rules import ONE_AGREEMENT
from walmu_api.record.everyday.attendance.schemas import AttendanceEntry
from walmu_api.record.everyday.worksheets.schemas import Cause, Counts, LineProblem, RecordingOutcome

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

    agreement_id: Id | None = Field(
        None, description="The agreement whose day it is; or name it by `agreement_source_id`."
    )
    agreement_source_id: SourceId | None = Field(
        None, description="Your own key of the agreement, instead of `agreement_id`."
    )
    date: Day = Field(description="The day itself.")
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

    items: Annotated[list[AttendanceLine], Field(min_length=1, max_length=MOST_LINES)] = Field(
        description="The lines, 1–10,000; each agreement and day once."
    )


class AnyLines(Message):
    """The frame of a batch, whatever its lines are."""

    items: Annotated[list[Any], Field(min_length=1, max_length=MOST_LINES)] = Field(
        description="The lines, 1–10,000."
    )


class LineOutcome(Message):
    """What became of one line of a batch."""

    line: Count = Field(description="From 1, in the order of the request.")
    source_id: Line | None = Field(None, description="Your own key of the day, where the line had one.")
    outcome: RecordingOutcome = Field(description="What became of the line; after a dry run, what would.")
    id: Id | None = Field(None, description="Id of the day; left out where nothing is stored.")
    etag: Line | None = Field(
        None, description="ETag of the day as it is now; left out where nothing is stored."
    )
    problems: list[LineProblem] = Field(
        description="What is wrong or doubtful in the line; empty when nothing is."
    )


class BatchOutcome(Message):
    """One outcome for each line, in order, and the rejected ones grouped by root cause."""

    counts: Counts = Field(description="How many lines came to each outcome.")
    outcomes: list[LineOutcome] = Field(
        description="One for each line, in the order in which they were sent."
    )
    causes: list[Cause] = Field(description="The rejected lines by what was wrong; empty when none was.")
