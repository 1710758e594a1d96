"""How the columns of a worksheet of measurements are read."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from walmu_api.foundation.schema_types import Line, Message
from walmu_api.record.document_schemas import Professional
from walmu_api.record.everyday.measurements.instruments.schemas import Points, ScaleCode
from walmu_api.record.everyday.measurements.schemas import MissingReason
from walmu_api.record.everyday.worksheets.schemas import WorksheetCell

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


class ClientColumn(Message):
    """How the client of a line is found. Source ids are those your own system gave; identity codes are never said again."""

    by: ClientKey = Field(description="What the column holds to find the client by.")
    column: Line = Field(description="Name of the column, as in the first row.")


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
