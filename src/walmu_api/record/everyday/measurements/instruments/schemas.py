"""Instruments (mittarit) on the wire."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, WithJsonSchema
from typing_extensions import TypeAliasType

from walmu_api.foundation.past_days import PastDay
from walmu_api.foundation.schema_types import Count, FromNumber, Instant, Line, Lines, Message, RecordedBy

InstrumentCode = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_]{0,49}$"), Field(examples=["kykyviisari"])
]
ScaleCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]{1,40}$"), Field(examples=["C"])]
FormVersionCode = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,40}$"), Field(examples=["2017"])
]
Language = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}$"),
    Field(description="BCP 47; easy Finnish (selkosuomi) is `fi-x-selko`.", examples=["fi"]),
]
Points = Annotated[float, Field(ge=-1000000, le=1000000, examples=[7.5])]
ScaleDirection = TypeAliasType(
    "ScaleDirection",
    Annotated[
        Literal["higher_is_better", "lower_is_better", "unknown"],
        Field(description="Which way of a scale is better."),
    ],
)
Respondent = TypeAliasType(
    "Respondent", Annotated[Literal["client", "proxy", "professional"], Field(description="Who answered.")]
)
ItemCount = Annotated[
    int,
    Field(ge=1, le=500),
    FromNumber(1, 500),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 500, "format": "int32"}),
]
LicenceTerms = TypeAliasType(
    "LicenceTerms",
    Annotated[
        Literal["free", "permission", "licensed", "own", "not_found"],
        Field(description="On what terms an instrument may be used."),
    ],
)
InstrumentKind = TypeAliasType(
    "InstrumentKind",
    Annotated[Literal["scores", "goals", "plan"], Field(description="What an instrument gives.")],
)


class InstrumentNames(Message):
    """A name in the three languages of the product."""

    fi: Line = Field(description="Name in Finnish.")
    sv: Line = Field(description="Name in Swedish.")
    en: Line = Field(description="Name in English.")


class InstrumentVersion(Message):
    """One version of the form. Results of different versions are never compared."""

    code: FormVersionCode = Field(
        description="The version's code, as measurements name it in `form_version`."
    )
    languages: Annotated[list[Language], Field(min_length=1, max_length=50)] = Field(
        description="Languages of this version (BCP 47)."
    )


class ScaleDefinition(Message):
    """One figure that an instrument gives."""

    code: ScaleCode = Field(description="The scale's code, as scores name it.")
    names: InstrumentNames = Field(description="The scale's name for people.")
    min: Points = Field(description="The least value that the scale has.")
    max: Points = Field(description="The greatest value that the scale has.")
    direction: ScaleDirection = Field(description="Which way is better.")
    item_count: ItemCount | None = Field(None, description="How many items it sums up, where that is known.")
    is_total: bool = Field(
        False, description="True: it sums up the whole instrument. Where no scale does, none is made."
    )
    form_versions: Annotated[list[FormVersionCode], Field(max_length=20)] = Field(
        [], description="Only these form versions have it; empty for all."
    )


class Scale(ScaleDefinition):
    """A scale of the registry."""

    range_known: bool = Field(
        description="False: the owner publishes no range. `min` and `max` then only catch slips, and a "
        "score tells the range it was reported on."
    )


class InstrumentLicence(Message):
    """On what terms the instrument may be used, and how that is known."""

    terms: LicenceTerms = Field(
        description="What is known of the owner's terms; `not_found`: no terms were found."
    )
    needs_licence: bool = Field(description="True: values are taken only while `licensed` is on.")
    evidence: Lines = Field(description="What is known of structure and terms, and what was not found.")
    checked_on: PastDay = Field(
        description="The day on which the terms were last looked up. Not a day to come."
    )


class InstrumentPermission(Message):
    """The evidence that the owner allows what is switched on. Who switched it on, and when, is `recorded_by` and `recorded_at`."""

    licence: Line = Field(
        description="What was given, such as a licence with its number.", examples=["Käyttölupa 12/2026"]
    )
    granted_by: Line = Field(description="Who gave it, such as the owner.", examples=["Työterveyslaitos"])
    granted_on: PastDay = Field(description="The day on which it was given. Not a day to come.")
    reference: Line | None = Field(None, description="Where the document is kept.")


class ChangeThreshold(Message):
    """A change of this scale counts when it is greater than so many points."""

    scale: ScaleCode = Field(description="Scale of the instrument.")
    points: Annotated[float, Field(gt=0, le=1000000, examples=[2.0])] = Field(
        description="A change counts when it is greater than this."
    )


class ChangeRule(Message):
    """A rule of the organiser's choice; none ships, because none was found to be published for these uses."""

    source: Line = Field(
        description="Who says that such a change counts.", examples=["Hyvinvointialueen linjaus 3/2026"]
    )
    thresholds: Annotated[list[ChangeThreshold], Field(min_length=1, max_length=50)] = Field(
        description="One for each scale of which changes are judged."
    )


class InstrumentDefinition(Message):
    """What an instrument of the organiser's own is."""

    names: InstrumentNames = Field(description="Name for people.")
    owner: Line | None = Field(None, description="Who owns it; left out where that is not known.")
    form_versions: Annotated[list[InstrumentVersion], Field(min_length=1, max_length=20)] = Field(
        description="Versions of the form, 1–20."
    )
    respondents: Annotated[list[Respondent], Field(min_length=1, max_length=3)] = Field(
        description="Who may answer it."
    )
    scales: Annotated[list[ScaleDefinition], Field(min_length=1, max_length=50)] = Field(
        description="The figures that it gives, 1–50."
    )
    evidence: Lines = Field(description="Where it comes from and on what terms it may be used.")


class InstrumentEntry(Message):
    """What the organiser says of an instrument: its definition when it is its own, and what is switched on."""

    definition: InstrumentDefinition | None = Field(
        None,
        description="Required for an instrument of your own, whose code begins with `own_`; left out for "
        "one that ships.",
    )
    licensed: bool = Field(False, description="The organiser holds the licence that the instrument needs.")
    item_answers: bool = Field(False, description="Answers to single items may be sent. Off by default.")
    permission: InstrumentPermission | None = Field(
        None, description="Required to switch on anything in an instrument that ships."
    )
    change_rule: ChangeRule | None = Field(
        None, description="When a change counts; left out, changes are told without a verdict."
    )


class Instrument(Message):
    """An instrument as this organiser uses it. Texts of items and answers are never in it."""

    code: InstrumentCode = Field(
        description="The instrument's code, as measurements name it; your own begin with `own_`."
    )
    kind: InstrumentKind = Field(
        description="`goals`: the score is worked out from goals. `plan`: no score at all, it lives in plans."
    )
    names: InstrumentNames = Field(description="Name for people.")
    owner: Line | None = Field(None, description="Who owns it; left out where that is not known.")
    form_versions: Annotated[list[InstrumentVersion], Field(max_length=20)] = Field(
        description="Versions of the form that measurements may name."
    )
    respondents: Annotated[list[Respondent], Field(max_length=3)] = Field(description="Who may answer it.")
    scales: Annotated[list[Scale], Field(max_length=50)] = Field(
        description="The figures that it gives; empty where it has none."
    )
    licence: InstrumentLicence = Field(description="On what terms it may be used, as far as that is known.")
    shipped: bool = Field(description="True: it ships with the product. False: the organiser's own.")
    definition: InstrumentDefinition | None = Field(
        None, description="As the organiser defined it; instruments that ship have none."
    )
    licensed: bool = Field(description="True: the organiser holds the licence that it needs.")
    item_answers: bool = Field(description="True: answers to single items may be sent.")
    permission: InstrumentPermission | None = Field(
        None, description="Evidence of the owner's permission, where something was switched on by it."
    )
    change_rule: ChangeRule | None = Field(
        None, description="When a change counts; left out while the organiser has registered none."
    )
    version: Count = Field(description="The strong ETag is this number in quotes.")
    recorded_at: Instant | None = Field(
        None, description="When the organiser last changed it; left out while it never did."
    )
    recorded_by: RecordedBy | None = Field(
        None, description="Who in the organiser's name last changed it; left out while nobody did."
    )
