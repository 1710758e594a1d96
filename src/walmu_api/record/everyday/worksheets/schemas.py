"""Lines of many on the wire, and worksheets: where a value comes from, how the file was read, what became of each line."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from typing_extensions import TypeAliasType

from walmu_api.foundation.findings import Severity
from walmu_api.foundation.locales import Reason
from walmu_api.foundation.schema_types import Count, Id, Line, Message, Quantity

COLUMN_OR_VALUE = Reason("column-or-value")

RecordingOutcome = TypeAliasType(
    "RecordingOutcome",
    Annotated[
        Literal["created", "updated", "unchanged", "rejected"], Field(description="What became of a line.")
    ],
)
WorksheetFormat = TypeAliasType(
    "WorksheetFormat", Annotated[Literal["csv", "xlsx"], Field(description="What the file is.")]
)
WorksheetEncoding = TypeAliasType(
    "WorksheetEncoding",
    Annotated[
        Literal["utf-8", "windows-1252", "utf-16"],
        Field(description="How the text of a CSV file is encoded."),
    ],
)


class LineProblem(Message):
    """What is wrong or doubtful at one place of a line."""

    severity: Severity = Field(description="An `error` rejects the line; a `warning` rejects nothing.")
    code: Line = Field(description="What is wrong, as a stable code: see /problems.")
    pointer: str = Field(description="JSON Pointer within the line.")
    detail: Line = Field(
        description="For people, in the language of the answer; never the value that was sent."
    )
    rule: Line | None = Field(None, description="The rule that says so, where one does.")


class Cause(Message):
    """One root cause of rejected lines."""

    code: Line = Field(description="What is wrong, as a stable code: see /problems.")
    detail: Line = Field(description="For people, in the language of the answer.")
    count: Quantity = Field(description="How many lines were rejected for it.")
    lines: list[Count] = Field(description="Numbers of the first 20 of its lines.")
    fix: Line | None = Field(None, description="What to do about it.")


class Counts(Message):
    """Lines of one request by outcome."""

    created: Quantity = Field(description="Lines that made a new record.")
    updated: Quantity = Field(description="Lines that changed a record.")
    unchanged: Quantity = Field(description="Lines whose content was there already.")
    rejected: Quantity = Field(description="Lines that were not taken.")


class WorksheetCell(Message):
    """Where the value of a field comes from: a column, or one value for all lines."""

    column: Line | None = Field(None, description="Name of the column, as in the first row; or give `value`.")
    value: Line | None = Field(None, description="One value for all lines; or give `column`.")

    @model_validator(mode="after")
    def one_of_them(self) -> Self:
        if (self.column is None) == (self.value is None):
            raise COLUMN_OR_VALUE.error()
        return self


class WorksheetColumn(Message):
    """A column that was read, and what for."""

    field: Line = Field(description="What it holds, as the mapping calls it.")
    column: Line = Field(description="Its name in the first row.")


class WorksheetReading(Message):
    """How the file was understood."""

    format: WorksheetFormat = Field(description="What the file was taken for.")
    encoding: WorksheetEncoding | None = Field(
        None, description="Encoding of a CSV file; left out for a workbook."
    )
    delimiter: Line | None = Field(
        None, description="What parts the cells of a CSV file; left out for a workbook."
    )
    sheet: Line | None = Field(None, description="The sheet of a workbook that was read; left out for CSV.")
    hidden_sheets: list[Line] | None = Field(
        None, description="Hidden sheets that were not read, at most 20; left out where there are none."
    )
    hidden_rows: Count | None = Field(
        None, description="How many hidden rows that hold something were not read; left out where none was."
    )
    columns: list[WorksheetColumn] | None = Field(
        None,
        description="The columns that were read, where the names in the first row say what they hold; left "
        "out where the mapping says it all.",
    )
    unfilled_rows: Count | None = Field(
        None,
        description="How many rows that say nothing of their day yet were passed over; left out where none "
        "was.",
    )


class ImportProblem(LineProblem):
    """What is wrong or doubtful in one cell of a worksheet."""

    column: Line | None = Field(None, description="The column of the worksheet.")


class ImportedLine(Message):
    """What became of one line of a worksheet."""

    line: Count = Field(
        description="From 1, the first row below the names of the columns; empty rows are passed over."
    )
    row: Count = Field(description="The row as the worksheet numbers it.")
    source_id: Line | None = Field(
        None, description="Your own key of the record, where the worksheet has one."
    )
    outcome: RecordingOutcome = Field(description="What became of the line; after a dry run, what would.")
    id: Id | None = Field(None, description="Id of the record; left out where nothing is stored.")
    etag: Line | None = Field(
        None, description="ETag of the record as it is now; left out where nothing is stored."
    )
    problems: list[ImportProblem] = Field(
        description="What is wrong or doubtful in the line; empty when nothing is."
    )


class ImportOutcome(Message):
    """One outcome for each line, in order, and the rejected ones grouped by root cause."""

    read_as: WorksheetReading = Field(description="Format, encoding and sheet, as they were found out.")
    counts: Counts = Field(description="How many lines came to each outcome.")
    outcomes: list[ImportedLine] = Field(description="One for each line, in the order of the worksheet.")
    causes: list[Cause] = Field(description="The rejected lines by what was wrong; empty when none was.")
