"""How the columns of a worksheet of days are read."""

from typing import Annotated, Literal, get_args

from pydantic import Field
from typing_extensions import TypeAliasType

from walmu_api.foundation.schema_types import Line, Message
from walmu_api.record.everyday.worksheets.schemas import WorksheetCell

AttendanceWord = TypeAliasType(
    "AttendanceWord",
    Annotated[
        Literal["status", "absence_reason", "form"],
        Field(description="A field whose texts in the worksheet may be translated."),
    ],
)
WORDS: tuple[str, ...] = get_args(get_args(AttendanceWord.__value__)[0])


class AttendanceTranslation(Message):
    """What a text of the worksheet means: `P` in the column of the status is `present`."""

    field: AttendanceWord = Field(description="The field whose texts it is about.")
    text: Line = Field(description="The text in the worksheet; upper and lower case are the same.")
    value: Line = Field(description="What this API calls it.")


class AttendanceMapping(Message):
    """How the columns of a worksheet of days are read. What is left out is recognised by the names in its first row."""

    agreement: WorksheetCell | None = Field(
        None, description="The agreement: our id, or the key that your own system gave it."
    )
    client: WorksheetCell | None = Field(
        None,
        description="The client: our id, or the key that your own system gave. Enough where the day falls "
        "under one agreement.",
    )
    identity_code: WorksheetCell | None = Field(
        None,
        description="The client's identity code, for who may read clients; it is looked up and never "
        "stored or said again.",
    )
    date: WorksheetCell | None = Field(
        None, description="The day, as d.m.yyyy, yyyy-mm-dd, or a cell that shows a day whole."
    )
    status: WorksheetCell | None = Field(
        None, description="How the day went: a code, its label, or yes and no."
    )
    absence_reason: WorksheetCell | None = Field(
        None, description="Why the client was absent: a code or its label in any language."
    )
    planned_minutes: WorksheetCell | None = Field(
        None, description="What was planned; bare numbers are minutes."
    )
    planned_hours: WorksheetCell | None = Field(None, description="What was planned; bare numbers are hours.")
    actual_minutes: WorksheetCell | None = Field(
        None, description="What was attended; bare numbers are minutes."
    )
    actual_hours: WorksheetCell | None = Field(None, description="What was attended; bare numbers are hours.")
    arrived_at: WorksheetCell | None = Field(
        None, description="When the client came: a time of day in Finland."
    )
    left_at: WorksheetCell | None = Field(None, description="When the client left: a time of day in Finland.")
    form: WorksheetCell | None = Field(None, description="In which form the day was spent.")
    source_id: WorksheetCell | None = Field(None, description="Your own key of the day.")
    if_version: WorksheetCell | None = Field(
        None, description="The version that you read; needed to change a day already recorded."
    )
    rescheduled_to: WorksheetCell | None = Field(None, description="The day that was agreed on instead.")
    rescheduled_from: WorksheetCell | None = Field(None, description="The day in whose place this one is.")
    missing: Annotated[list[Line], Field(max_length=20)] = Field(
        [], description="Texts that stand for nothing; an empty cell always does.", examples=[["-"]]
    )
    sheet: Line | None = Field(
        None, description="The sheet of a workbook; the first one that is not hidden when left out."
    )
    hidden_rows: bool = Field(
        False,
        description="True: the hidden rows of a workbook are read too; else they are left out and told of.",
    )
    translations: Annotated[list[AttendanceTranslation], Field(max_length=200)] = Field(
        [], description="What the worksheet's own words mean, beside those that are known."
    )


FIELDS = tuple(
    name
    for name in AttendanceMapping.model_fields
    if name not in {"missing", "sheet", "hidden_rows", "translations"}
)
"""What a column may hold."""
