"""Attendance (läsnäolo) in requests and responses: one day."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from walmu_api.foundation.schema_types import (
    CodeWord,
    Day,
    Id,
    Instant,
    Line,
    Message,
    Minutes,
    SourceId,
    Stored,
)

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
