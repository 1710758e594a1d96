"""The work diary (työmaapäiväkirja) on the wire: one entry, one thing that happened with a client."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from walmu_api.foundation.schema_types import Line, Lines, Message
from walmu_api.foundation.withholding import OWN_PLACE
from walmu_api.record.case_file.documents.schemas import Belonging, Filed, OnItsDay
from walmu_api.record.document_schemas import (
    InstantPeriod,
    NationalCode,
    PastPartialDay,
    Professional,
    Texts,
    WrittenInstant,
)

DiaryKind = TypeAliasType(
    "DiaryKind",
    Annotated[
        Literal[
            "daily_performance",
            "contact",
            "workplace_visit",
            "development_discussion",
            "feedback_discussion",
            "network_meeting",
            "support_to_work_community",
            "benefit_matter",
            "orientation",
            "cancelled_appointment",
            "other",
        ],
        Field(description="What the entry is about."),
    ],
)
PerformanceRating = TypeAliasType(
    "PerformanceRating",
    Annotated[
        Literal["well", "mostly_well", "with_difficulty", "not_this_day"],
        Field(description="How the day's work went."),
    ],
)
CancellationReason = TypeAliasType(
    "CancellationReason",
    Annotated[Literal["client", "organisation"], Field(description="On whose side the reason was.")],
)
Brief = Annotated[Lines, Field(max_length=800)]
PerformanceForm = TypeAliasType(
    "PerformanceForm",
    Annotated[Literal["group", "individual"], Field(description="In which form the work was done.")],
)


class Performance(Message):
    """A day's work in parts. Where the entry has no description, they make it, in Finnish and by a fixed template."""

    tasks: Annotated[list[Line], Field(min_length=1, max_length=10)] | None = Field(
        None, description="What was done, 1–10 tasks.", examples=[["Kalusteiden hionta"]]
    )
    rating: PerformanceRating | None = Field(
        None, description="How it went: a code of the list performance_rating."
    )
    rating_note: Brief | None = Field(None, description="How it went, in words.")
    support_given: Brief | None = Field(None, description="The support and guidance that were given.")
    form: PerformanceForm | None = Field(
        None, description="Whether the work was done in a group or individually."
    )


class Cancellation(Message):
    """The appointment that did not take place."""

    planned_at: WrittenInstant | None = Field(None, description="When it should have been.")
    reason: CancellationReason | None = Field(
        None,
        description="On whose side the reason was: Y30 (client) or Y32 (organisation) of 1.2.246.537.6.126.",
    )
    further_information: Texts | None = Field(None, description="More on the cancellation, in words.")


class DiaryWords(Message):
    """What an entry says. Which members a kind has follows from its national structure."""

    kind: DiaryKind = Field(description="A code of the list diary_kind; it decides the national structure.")
    period: InstantPeriod | None = Field(None, description="When it happened (ajanjakso).")
    contact_manners: Annotated[list[NationalCode], Field(min_length=1, max_length=10)] | None = Field(
        None, description="Asiointitapa, code set 1.2.246.537.6.1250."
    )
    place: Annotated[Texts | None, OWN_PLACE] = Field(None, description="Where it happened.")
    participants: Texts | None = Field(None, description="Who took part, in words.")
    description: Texts | None = Field(
        None,
        description="What happened. Left out beside `performance`, it is made from its parts, and made anew "
        "with them.",
    )
    performance: Performance | None = Field(
        None, description="A day's work in parts, for `daily_performance`."
    )
    agreed: Texts | None = Field(
        None, description="What was agreed, and in a network meeting who sees to what."
    )
    cancellation: Cancellation | None = Field(
        None, description="Of a `cancelled_appointment` only (structure 19006)."
    )
    service_task: NationalCode | None = Field(
        None,
        description="Palvelutehtävä, code set 1.2.246.537.6.1221; left out, that of the service "
        "relationship.",
    )
    services: Annotated[list[NationalCode], Field(min_length=1, max_length=10)] | None = Field(
        None,
        description="Sosiaalipalvelu, code set 1.2.246.537.6.1222; left out, that of the service "
        "relationship.",
    )
    written_on: PastPartialDay | None = Field(
        None,
        description="Day, month or year of the document; left out: the day on which it is recorded. Not a day to come.",
    )


class DiaryEntryEntry(Belonging, DiaryWords):
    """An entry of the work diary. A workplace names its agreement, and writes `daily_performance`, `contact` or `other` with
    period, description and performance only."""

    author: Professional = Field(description="Who wrote it; of a workplace, who reports it.")


class DiaryReport(DiaryWords, OnItsDay):
    """The words of a workplace, as they were when the provider confirmed them."""

    author: Professional = Field(description="Who reported it at the workplace.")


class StoredDiaryEntry(DiaryEntryEntry):
    """What is kept of an entry: with what the server adds to what was said."""

    reported: DiaryReport | None = Field(
        None, description="What the workplace wrote, where the entry came from one."
    )


class DiaryEntry(StoredDiaryEntry, Filed):
    """An entry of the work diary as recorded. `workplace_id` names the workplace that it came from; while `unconfirmed`, it
    is no document."""


class DiaryConfirmation(Message):
    """The act of confirming a workplace's entry: `author` answers for it from now on."""

    author: Professional = Field(description="The provider's professional who answers for it (laatija).")
    corrected: DiaryWords | None = Field(
        None,
        description="The entry as it should read. The workplace's own words stay in `reported` and in the "
        "versions.",
    )
