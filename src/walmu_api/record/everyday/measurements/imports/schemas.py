"""Imports of worksheets on the wire: how their columns are read, and what became of each line."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from typing_extensions import TypeAliasType

from walmu_api.foundation.locales import Reason
from walmu_api.foundation.schema_types import Count, Id, Line, Message
from walmu_api.record.document_schemas import Professional
from walmu_api.record.everyday.attendance.batches import schemas as batches
from walmu_api.record.everyday.attendance.schemas import RecordingOutcome
from walmu_api.record.everyday.measurements.instruments.schemas import Points, ScaleCode
from walmu_api.record.everyday.measurements.schemas import MissingReason

COLUMN_OR_VALUE = Reason("column-or-value")

ClientKey = TypeAliasType(
    "ClientKey",
    Annotated[
        Literal[
            "client_id",
            "client_source_id",
            "service_relationship_id",
            "service_relationship_source_id",
            "identity_code",
        ],
        Field(description="By what the client of a line is found."),
    ],
)
WORDS = ("instrument", "form_version", "language", "phase", "respondent", "mode", "assisted")
"""The fields whose texts in the worksheet may be translated."""
TranslatedField = TypeAliasType(
    "TranslatedField",
    Annotated[
        Literal["instrument", "form_version", "language", "phase", "respondent", "mode", "assisted"],
        Field(description="A field whose texts in the worksheet may be translated."),
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


class ClientColumn(Message):
    """How the client of a line is found. Source ids are those your own system gave; identity codes are never said again."""

    by: ClientKey = Field(description="What the column holds to find the client by.")
    column: Line = Field(description="Name of the column, as in the first row.")


class WorksheetCell(Message):
    """Where the value of a field comes from: a column, or one value for all lines."""

    column: Line | None = Field(None, description="Name of the column, as in the first row; or give `value`.")
    value: Line | None = Field(None, description="One value for all lines; or give `column`.")

    @model_validator(mode="after")
    def one_of_them(self) -> Self:
        if (self.column is None) == (self.value is None):
            raise COLUMN_OR_VALUE.error()
        return self


class ScoreColumn(Message):
    """A column of scores. `min` and `max` are the range they were reported on."""

    scale: ScaleCode = Field(description="Scale of the instrument that the scores are of.")
    column: Line = Field(description="Name of the column, as in the first row.")
    min: Points | None = Field(None, description="Least value of the range that they were reported on.")
    max: Points | None = Field(None, description="Greatest value of that range.")
    algorithm: Line | None = Field(None, description="How the reporter worked them out.")
    computed_by: Line | None = Field(None, description="Who worked them out.")


class ItemColumn(Message):
    """A column of answers to one item, by its neutral key."""

    key: ScaleCode = Field(description="Neutral key of the item.", examples=["C01"])
    column: Line = Field(description="Name of the column, as in the first row.")


class WorksheetTranslation(Message):
    """What a text of the worksheet means: `Alku` in the column of the phase is `start`."""

    field: TranslatedField = Field(description="The field whose texts it is about.")
    text: Line = Field(description="The text in the worksheet; upper and lower case are the same.")
    value: Line = Field(description="What this API calls it.")


class MeasurementMapping(Message):
    """How the columns of a worksheet are read. Columns go by the names in its first row."""

    client: ClientColumn = Field(description="The column by which the client is found.")
    instrument: WorksheetCell = Field(description="Code of the instrument: a column, or one for all lines.")
    form_version: WorksheetCell = Field(description="Version of the form: a column, or one for all lines.")
    language: WorksheetCell = Field(
        description="Language of the form (BCP 47): a column, or one for all lines."
    )
    phase: WorksheetCell = Field(
        description="When in the service it was answered: a column, or one for all lines."
    )
    answered_on: WorksheetCell = Field(
        description="Days as d.m.yyyy, yyyy-mm-dd, or cells of a worksheet that show a day whole. A number is no day."
    )
    respondent: WorksheetCell = Field(description="Who answered: a column, or one for all lines.")
    mode: WorksheetCell = Field(description="How it was answered: a column, or one for all lines.")
    assisted: WorksheetCell | None = Field(None, description="`true` or `false`; false when left out.")
    scores: Annotated[list[ScoreColumn], Field(min_length=1, max_length=50)] = Field(
        description="The columns of scores, 1–50."
    )
    items: Annotated[list[ItemColumn], Field(min_length=1, max_length=200)] | None = Field(
        None, description="The columns of item answers; only where the organiser has switched them on."
    )
    missing: Annotated[list[Line], Field(max_length=20)] = Field(
        [], description="Texts that stand for no value; an empty cell always does.", examples=[["-"]]
    )
    missing_reason: MissingReason = Field(
        "not_reported", description="What is recorded for a score without a value."
    )
    source_id: Line | None = Field(
        None,
        description="The column of your own keys. Without it the key of a line is made of client, "
        "instrument, form version, "
        "phase, day and respondent, so that the same worksheet may be sent again.",
    )
    sheet: Line | None = Field(
        None, description="The sheet of a workbook; the first one that is not hidden when left out."
    )
    hidden_rows: bool = Field(
        False,
        description="True: the hidden rows of a workbook are read too; else they are left out and told of.",
    )
    translations: Annotated[list[WorksheetTranslation], Field(max_length=200)] = Field(
        [], description="What the worksheet's own words mean; left out where it uses this API's."
    )
    author: Professional | None = Field(
        None,
        description="Who wrote the results down (laatija), for all lines: needed for their national "
        "documents.",
    )


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


class ImportProblem(batches.LineProblem):
    """What is wrong or doubtful in one cell of a worksheet."""

    column: Line | None = Field(None, description="The column of the worksheet.")


class ImportedLine(Message):
    """What became of one line of a worksheet."""

    line: Count = Field(
        description="From 1, the first row below the names of the columns; empty rows are passed over."
    )
    row: Count = Field(description="The row as the worksheet numbers it.")
    source_id: Line | None = Field(
        None, description="Your own key of the measurement, where the worksheet has one."
    )
    outcome: RecordingOutcome = Field(description="What became of the line; after a dry run, what would.")
    id: Id | None = Field(None, description="Id of the measurement; left out where nothing is stored.")
    etag: Line | None = Field(
        None, description="ETag of the measurement as it is now; left out where nothing is stored."
    )
    problems: list[ImportProblem] = Field(
        description="What is wrong or doubtful in the line; empty when nothing is."
    )


class ImportOutcome(Message):
    """One outcome for each line, in order, and the rejected ones grouped by root cause."""

    read_as: WorksheetReading = Field(description="Format, encoding and sheet, as they were found out.")
    counts: batches.Counts = Field(description="How many lines came to each outcome.")
    outcomes: list[ImportedLine] = Field(description="One for each line, in the order of the worksheet.")
    causes: list[batches.Cause] = Field(
        description="The rejected lines by what was wrong; empty when none was."
    )
