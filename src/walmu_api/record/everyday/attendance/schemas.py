"""Attendance (läsnäolo) in requests and responses: one day."""

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator
from typing_extensions import TypeAliasType

from walmu_api.foundation.schema_types import (
    CodeWord,
    Day,
    Id,
    Instant,
    Line,
    Message,
    Minutes,
    PartMinutes,
    SourceId,
    Stored,
)
from walmu_api.record.everyday.attendance.rules import FIRST_REASON, REASON_TWICE

AttendanceStatus = TypeAliasType(
    "AttendanceStatus",
    Annotated[
        Literal["present", "partial", "absent", "not_arranged", "rescheduled"],
        Field(description="What became of a planned day."),
    ],
)
AttendanceState = TypeAliasType(
    "AttendanceState",
    Annotated[
        Literal["present", "partial", "absent", "not_arranged", "rescheduled", "voided"],
        Field(description="The status of a recorded day: as it was sent, or voided."),
    ],
)
Confirmation = TypeAliasType(
    "Confirmation",
    Annotated[
        Literal["unconfirmed", "confirmed"],
        Field(
            description="Of a day that a workplace reported: `unconfirmed` until the provider confirms, corrects or voids it."
        ),
    ],
)
AttendanceForm = TypeAliasType(
    "AttendanceForm",
    Annotated[Literal["group", "individual", "work"], Field(description="In which form the day was spent.")],
)


class AbsencePart(Message):
    """One of the reasons for which a day was missed, and how much of the day."""

    reason: CodeWord = Field(
        description="A code of the list absence_reason; not `unknown`.", examples=["own_illness"]
    )
    minutes: PartMinutes = Field(description="Minutes that were missed for it, 1–1440.")


AbsenceParts = Annotated[list[AbsencePart], Field(min_length=1, max_length=2)]


class AttendanceEntry(Message):
    """What is said of one day of one agreement."""

    status: AttendanceStatus = Field(
        description="How the day went; `not_arranged`: no service that day (palvelua ei järjestetä).",
        examples=["present"],
    )
    absence_reason: CodeWord | None = Field(
        None,
        description="A code of the list absence_reason, with `absent` or `partial`. Left out for `absent` "
        "it is stored as "
        "`unknown`, with the warning `reason-missing`.",
    )
    absence_reasons: AbsenceParts | None = Field(
        None,
        description="Where the day was missed for two reasons, both of them with their minutes, or one with its minutes. The "
        "first is `absence_reason`, which is sent too. Together no more than `planned_minutes`.",
    )
    planned_minutes: Minutes | None = Field(
        None, description="Minutes that were planned; left out, the week plan says."
    )
    actual_minutes: Minutes | None = Field(None, description="Minutes that were attended, 0–1440.")
    arrived_at: Instant | None = Field(None, description="When the client came, with zone.")
    left_at: Instant | None = Field(
        None, description="When the client left, with zone; not before `arrived_at`."
    )
    form: AttendanceForm | None = Field(
        None, description="How the day was worked: in a group, individually, or at ordinary work."
    )
    noted_at: Instant | None = Field(None, description="When it was noted, by the sender's clock.")
    source_id: SourceId | None = None
    rescheduled_to: Day | None = Field(
        None, description="With `rescheduled`: the day that was agreed on instead; it may be still to come."
    )
    rescheduled_from: Day | None = Field(
        None,
        description="The day in whose place this one is: of two that were swapped, each names the other.",
    )

    @field_validator("absence_reasons")
    @classmethod
    def reasons_agree(cls, value: list[AbsencePart] | None, info: ValidationInfo) -> list[AbsencePart] | None:
        if value is not None:
            if value[0].reason != info.data.get("absence_reason"):
                raise FIRST_REASON.error()
            if len({part.reason for part in value}) < len(value):
                raise REASON_TWICE.error()
        return value


class Attendance(AttendanceEntry, Stored):
    """A day as recorded. Three times are kept apart: the day, when it was noted, when it was recorded here."""

    agreement_id: Id = Field(description="The agreement whose day it is.")
    client_id: Id = Field(description="The client of the agreement.")
    date: Day = Field(description="The day itself; with the agreement, the record's address.")
    status: AttendanceState = Field(
        description="As it was sent; `voided`: recorded in error, counts nowhere."
    )  # type: ignore[assignment]  # wider than what can be sent: a stored day may be voided
    void_reason: Line | None = Field(
        None,
        description="Why a `voided` day was recorded in error. Nothing else of it is told; its "
        "justification stays.",
    )
    absence_reason_by: Id | None = Field(
        None,
        description="The workplace that gave the reason, where a workplace gave it. It reads only its own.",
    )
    origin: Literal["workplace"] | None = Field(
        None,
        description="Where the day came from, when it was not the provider that first said it, or said "
        "it last.",
    )
    confirmation: Confirmation | None = Field(
        None,
        description="Of a day with an `origin`: `unconfirmed` until the provider confirms, corrects or "
        "voids it. It counts as a "
        "report all the same.",
    )


class AttendanceVoiding(Message):
    """Why a day was recorded in error."""

    reason: Line = Field(description="Why it is void; stays with the day as `void_reason`.")
