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
    Annotated[Literal["utf-8", "windows-1252"], Field(description="How the text of a CSV file is encoded.")],
)


class ClientColumn(Message):
    """How the client of a line is found. Source ids are those your own system gave; identity codes are never said again."""

    by: ClientKey
    column: Line


class WorksheetCell(Message):
    """Where the value of a field comes from: a column, or one value for all lines."""

    column: Line | None = None
    value: Line | None = None

    @model_validator(mode="after")
    def one_of_them(self) -> Self:
        if (self.column is None) == (self.value is None):
            raise COLUMN_OR_VALUE.error()
        return self


class ScoreColumn(Message):
    """A column of scores. `min` and `max` are the range they were reported on."""

    scale: ScaleCode
    column: Line
    min: Points | None = None
    max: Points | None = None
    algorithm: Line | None = None
    computed_by: Line | None = None


class ItemColumn(Message):
    """A column of answers to one item, by its neutral key."""

    key: ScaleCode = Field(examples=["C01"])
    column: Line


class WorksheetTranslation(Message):
    """What a text of the worksheet means: `Alku` in the column of the phase is `start`."""

    field: TranslatedField
    text: Line
    value: Line


class MeasurementMapping(Message):
    """How the columns of a worksheet are read. Columns go by the names in its first row."""

    client: ClientColumn
    instrument: WorksheetCell
    form_version: WorksheetCell
    language: WorksheetCell
    phase: WorksheetCell
    answered_on: WorksheetCell = Field(
        description="Days as d.m.yyyy, yyyy-mm-dd, dates of a worksheet, or their serial numbers."
    )
    respondent: WorksheetCell
    mode: WorksheetCell
    assisted: WorksheetCell | None = Field(None, description="`true` or `false`; false when left out.")
    scores: Annotated[list[ScoreColumn], Field(min_length=1, max_length=50)]
    items: Annotated[list[ItemColumn], Field(min_length=1, max_length=200)] | None = None
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
    sheet: Line | None = Field(None, description="The sheet of a workbook; the first one when left out.")
    translations: Annotated[list[WorksheetTranslation], Field(max_length=200)] = []
    author: Professional | None = Field(
        None,
        description="Who wrote the results down (laatija), for all lines: needed for their national "
        "documents.",
    )


class WorksheetReading(Message):
    """How the file was understood."""

    format: WorksheetFormat
    encoding: WorksheetEncoding | None = None
    delimiter: Line | None = None
    sheet: Line | None = None


class ImportProblem(batches.LineProblem):
    column: Line | None = Field(None, description="The column of the worksheet.")


class ImportedLine(Message):
    line: Count = Field(
        description="From 1, the first row below the names of the columns; empty rows are passed over."
    )
    row: Count = Field(description="The row as the worksheet numbers it.")
    source_id: Line | None = None
    outcome: RecordingOutcome
    id: Id | None = None
    etag: Line | None = None
    problems: list[ImportProblem]


class ImportOutcome(Message):
    """One outcome for each line, in order, and the rejected ones grouped by root cause."""

    read_as: WorksheetReading
    counts: batches.Counts
    outcomes: list[ImportedLine]
    causes: list[batches.Cause]
