"""Measurements (mittaukset) on the wire."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, WithJsonSchema
from typing_extensions import TypeAliasType

from walmu_api.foundation.schema_types import (
    CodeWord,
    Day,
    FromNumber,
    Id,
    Line,
    Message,
    Quantity,
    SourceId,
    Stored,
)
from walmu_api.record.document_schemas import PastPartialDay, Professional
from walmu_api.record.everyday.measurements.instruments.schemas import (
    FormVersionCode,
    InstrumentCode,
    Language,
    Points,
    Respondent,
    ScaleCode,
)

MeasurementPhase = TypeAliasType(
    "MeasurementPhase",
    Annotated[
        Literal["start", "interim", "end", "follow_up"],
        Field(description="When in the service it was answered."),
    ],
)
MeasurementMode = TypeAliasType(
    "MeasurementMode",
    Annotated[
        Literal["self_online", "self_paper", "interview", "phone", "observation"],
        Field(description="How it was answered."),
    ],
)
MissingReason = TypeAliasType(
    "MissingReason",
    Annotated[
        Literal["not_answered", "declined", "not_applicable", "not_reported", "unknown"],
        Field(description="Why there is no value."),
    ],
)
TextLanguage = TypeAliasType(
    "TextLanguage",
    Annotated[Literal["fi", "sv", "en"], Field(description="A language of the texts of this service.")],
)
Level = Annotated[
    int,
    Field(ge=-2, le=2),
    FromNumber(-2, 2),
    WithJsonSchema({"type": "integer", "minimum": -2, "maximum": 2, "format": "int32", "examples": [0]}),
]
ItemsAnswered = Annotated[
    int,
    Field(ge=0, le=500),
    FromNumber(0, 500),
    WithJsonSchema({"type": "integer", "minimum": 0, "maximum": 500, "format": "int32"}),
]
MeasurementStatus = TypeAliasType(
    "MeasurementStatus",
    Annotated[
        Literal["completed", "amended", "entered_in_error"],
        Field(description="The state of a recorded measurement."),
    ],
)
NotCompared = TypeAliasType(
    "NotCompared",
    Annotated[
        Literal["not_measured", "different_range"],
        Field(description="Why the two values of a scale are not compared."),
    ],
)
ChangeVerdict = TypeAliasType(
    "ChangeVerdict",
    Annotated[
        Literal["improved", "unchanged", "worsened", "changed", "no_published_rule"],
        Field(description="What a change means by the registered rule."),
    ],
)


class MeasurementScore(Message):
    """One figure as it was reported. It is stored as it comes and never worked out again."""

    scale: ScaleCode = Field(description="A scale of the instrument that the form version has.")
    value: Points | None = Field(
        None, description="Within the scale's range; left out with a missing_reason."
    )
    min: Points | None = Field(
        None,
        description="The least of the range it was reported on; told with `max` where the registry's range "
        "is not known.",
    )
    max: Points | None = Field(None, description="The greatest of that range.")
    items_answered: ItemsAnswered | None = Field(None, description="How many items were answered.")
    missing_reason: MissingReason | None = Field(None, description="Why there is no value.")
    algorithm: Line | None = Field(
        None, description="How the reporter worked it out.", examples=["fioh-service"]
    )
    computed_by: Line | None = Field(None, description="Who worked it out; `walmu` for the T score of goals.")


class ItemAnswer(Message):
    """The answer to one item, by a neutral key such as C01. Only where the organiser has switched item answers on."""

    key: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]{1,42}$")] = Field(
        description="Neutral key of the item.", examples=["C01"]
    )
    value: Points | None = Field(
        None, description="The answer as a figure; left out with a `missing_reason`."
    )
    missing_reason: MissingReason | None = Field(None, description="Why there is no answer.")


class MeasurementGoal(Message):
    """One goal of goal attainment scaling. Level 0 is the expected outcome."""

    key: CodeWord = Field(
        description="Your key of the goal, the same in every measurement of it.", examples=["g1"]
    )
    title: Line | None = Field(None, description="The goal in a few words.")
    weight: Annotated[float, Field(gt=0, le=100)] = Field(1.0, description="How much it counts.")
    baseline: Level | None = Field(
        None, description="The level at the start; told for every goal or for none."
    )
    level: Level = Field(description="−2 much less than expected … 0 as expected … +2 much more.")


class MeasurementEntry(Message):
    """One filling of one instrument by or about one client."""

    client_id: Id = Field(description="The client whom the measurement is of.")
    service_relationship_id: Id | None = Field(
        None,
        description="Left out by a provider, it is the client's one relationship at this provider on that "
        "day, where there is "
        "exactly one. Only measurements with a relationship count in `/v1/impact`.",
    )
    instrument: InstrumentCode = Field(
        description="Code of the instrument (mittari), as in `/v1/instruments`."
    )
    form_version: FormVersionCode = Field(
        description="Version of the form that was answered; versions are never compared with each other."
    )
    language: Language
    phase: MeasurementPhase = Field(
        description="When in the service it was answered: the first start is compared with the last end."
    )
    answered_on: Day = Field(description="The day of the answers, not of their keying in.")
    respondent: Respondent = Field(
        description="Who answered: the client, one near to them, or a professional."
    )
    assisted: bool = Field(False, description="True: somebody helped the respondent to answer.")
    mode: MeasurementMode = Field(
        description="How the answers came: written by the respondent, or asked and noted by another."
    )
    scores: Annotated[list[MeasurementScore], Field(max_length=50)] = Field(
        [], description="At least one, but where `goals` are given."
    )
    items: Annotated[list[ItemAnswer], Field(min_length=1, max_length=200)] | None = Field(
        None, description="Answers to single items; only where the organiser has switched them on."
    )
    goals: Annotated[list[MeasurementGoal], Field(min_length=1, max_length=20)] | None = Field(
        None, description="Of the instrument `gas` alone: the T score is worked out from them."
    )
    written_on: PastPartialDay | None = Field(
        None,
        description="The day of writing it down; left out, the national document tells the day on which it "
        "was first recorded. Not a day to come.",
    )
    author: Professional | None = Field(
        None,
        description="Who wrote it down (laatija). Only with it can it be given out as its national document.",
    )
    source_id: SourceId | None = None


class Measurement(MeasurementEntry, Stored):
    """A measurement as recorded."""

    provider_id: Id | None = Field(
        None, description="Whose it is; left out when the organiser measured outside any relationship."
    )
    status: MeasurementStatus = Field(
        description="`amended`: changed after it was recorded; `entered_in_error`: counts nowhere."
    )
    void_reason: Line | None = Field(
        None, description="Why it was entered in error; left out while it was not."
    )


class MeasurementVoiding(Message):
    """The act of marking a measurement as entered in error. It stays readable and counts nowhere."""

    reason: Line = Field(description="Why it was entered in error; stays with it as `void_reason`.")


class ComparedMeasurement(Message):
    """One end of a pair."""

    id: Id = Field(description="The measurement: see `/v1/measurements/{measurement_id}`.")
    phase: MeasurementPhase = Field(description="The phase that it was recorded for.")
    answered_on: Day = Field(description="The day of the answers.")
    language: Language
    respondent: Respondent = Field(
        description="Who answered: the client, one near to them, or a professional."
    )
    mode: MeasurementMode = Field(description="How it was answered that time; compare with the other end.")


class ScaleChange(Message):
    """One scale then and now."""

    scale: ScaleCode = Field(description="Scale of the instrument.")
    before: Points | None = Field(None, description="Score at the start; left out where there was none.")
    after: Points | None = Field(
        None, description="Score at the end or follow-up; left out where there was none."
    )
    difference: Points | None = Field(
        None, description="After − before; left out where the two cannot be compared."
    )
    improvement: Points | None = Field(
        None,
        description="The difference with its sign by the direction of the scale: above 0 is better. Left "
        "out where the direction is not known.",
    )
    not_compared: NotCompared | None = Field(
        None, description="Why the two are not compared; left out where they are."
    )
    threshold: Points | None = Field(None, description="What the change must exceed by the registered rule.")
    verdict: ChangeVerdict | None = Field(
        None, description="By the registered change rule; `no_published_rule` where there is none."
    )


class ChangePair(Message):
    """The first start and the last end (or the follow-up nearest to the start) of one version of one instrument."""

    instrument: InstrumentCode = Field(description="Code of the instrument.")
    form_version: FormVersionCode = Field(description="Version of the form, the same in both.")
    before: ComparedMeasurement = Field(description="The first measurement at the start.")
    after: ComparedMeasurement = Field(
        description="The last at the end, or the follow-up nearest to the start."
    )
    days: Quantity = Field(description="Days between the two.")
    scales: list[ScaleChange] = Field(description="Each scale then and now.")
    rule_source: Line | None = Field(None, description="Who says when a change counts.")


class MeasurementChanges(Message):
    """What changed between measurements of one client. A difference is a change, not proof of an effect."""

    client_id: Id = Field(description="The client whose measurements they are.")
    items: list[ChangePair] = Field(
        description="One pair for each instrument and version; versions are never mixed."
    )
