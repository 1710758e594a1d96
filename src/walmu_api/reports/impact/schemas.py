"""Impact (vaikuttavuus) on the wire: figures of groups, never of a person."""

from typing import Annotated, Literal

from pydantic import Field, WithJsonSchema
from typing_extensions import TypeAliasType

from walmu_api.foundation.schema_types import (
    CodeWord,
    Count,
    Day,
    FromNumber,
    Id,
    Instant,
    Line,
    Message,
    Quantity,
    RecordedBy,
)
from walmu_api.record.everyday.measurements.instruments.schemas import (
    InstrumentCode,
    ScaleCode,
    ScaleDirection,
)
from walmu_api.record.parties.service_relationships.schemas import ServiceKind

LEAST_COUNT, LEAST_PAIRS, HIGHEST = 5, 10, 1000
ImpactGrouping = TypeAliasType(
    "ImpactGrouping",
    Annotated[
        Literal["provider", "service_kind"], Field(description="What the rows of a report of impact are.")
    ],
)
Figure = Annotated[float, Field(examples=[1.25])]
Share = Annotated[float, Field(ge=0, le=1, examples=[0.82])]


class ImpactLimitsEntry(Message):
    """How few are too few to be told of. What the product begins with can be raised, never lowered."""

    min_count: Annotated[
        int,
        Field(ge=LEAST_COUNT, le=HIGHEST),
        FromNumber(LEAST_COUNT, HIGHEST),
        WithJsonSchema({"type": "integer", "minimum": LEAST_COUNT, "maximum": HIGHEST, "format": "int32"}),
    ] = Field(description="A count below this is withheld, 5 at least.")
    min_pairs: Annotated[
        int,
        Field(ge=LEAST_PAIRS, le=HIGHEST),
        FromNumber(LEAST_PAIRS, HIGHEST),
        WithJsonSchema({"type": "integer", "minimum": LEAST_PAIRS, "maximum": HIGHEST, "format": "int32"}),
    ] = Field(description="Means are told from so many pairs on, 10 at least.")


class ImpactLimits(ImpactLimitsEntry):
    """The limits in force."""

    version: Count = Field(description="The strong ETag is this number in quotes.")
    recorded_at: Instant | None = Field(
        None, description="When they were last raised; left out while they never were."
    )
    recorded_by: RecordedBy | None = Field(
        None, description="Who in the organiser's name last raised them; left out while nobody did."
    )


class ImpactQuestion(Message):
    """Whom the figures are of: the clients with a service relationship of this kind in force in the period."""

    service_kind: ServiceKind | None = Field(None, description="Only this kind of service; left out: all.")
    legal_basis: CodeWord | None = Field(
        None, description="Only services on this legal basis, a code of the list legal_basis; left out: all."
    )
    provider_id: Id | None = Field(None, description="Only this provider; left out: all.")
    from_: Day | None = Field(
        None, description="First day of the period: asked for, or that of the latest quarter.", alias="from"
    )
    to: Day | None = Field(
        None, description="Last day of the period: asked for, or that of the latest quarter."
    )
    instrument: InstrumentCode | None = Field(
        None, description="Only measurements by this instrument; left out: no measurements are compared."
    )
    by: ImpactGrouping = Field(description="What `rows` are divided by.")


class ImpactAttendance(Message):
    """Days of these clients in the period. Part-days count as attended; days that were not arranged count nowhere."""

    days: Quantity | None = Field(None, description="Days attended and absences together.")
    attended: Quantity | None = Field(None, description="Days attended in full or in part.")
    absent: Quantity | None = Field(None, description="Days not attended.")
    justified: Quantity | None = Field(
        None, description="Absences with a justification that was not rejected."
    )
    not_justified: Quantity | None = Field(
        None, description="Absences without a justification, or with a rejected one."
    )
    attendance_rate: Share | None = Field(None, description="attended / days, 0–1.")
    justified_share: Share | None = Field(None, description="justified / absent, 0–1.")


class ImpactRow(Message):
    """One part of the clients; a client with several relationships is in the row of the latest."""

    key: Line = Field(description="The provider's id, or the kind of service.")
    clients: Quantity | None = Field(None, description="Clients of this row.")
    without_baseline: Quantity | None = Field(
        None, description="Of these, without a measurement at the start."
    )
    without_pair: Quantity | None = Field(
        None, description="Of these, with a start, but no end or follow-up of the same version."
    )
    paired: Quantity | None = Field(None, description="Of these, with both measurements.")


class OnwardPathImpact(Message):
    """Where clients went whose service has ended."""

    path: CodeWord = Field(description="A code of the list onward_path.")
    clients: Quantity | None = Field(None, description="Clients whose ending tells this path.")


class ImpactEndings(Message):
    """Whose service relationship, the latest that fits the question, has ended (its last day is past and not after `to`), and
    to which onward path (jatkopolku) its ending says. Every path of the list is there; that nobody took one is withheld like
    any small count."""

    ended: Quantity | None = Field(None, description="Clients whose service has ended.")
    not_ended: Quantity | None = Field(None, description="Clients whose service goes on.")
    path_not_told: Quantity | None = Field(None, description="Ended, without an ending that tells a path.")
    onward_paths: list[OnwardPathImpact] = Field(
        description="Clients by onward path, for each path of the list."
    )


class ScaleImpact(Message):
    """Change on one scale among the pairs. Improvement is the difference with its sign by the direction of the scale; of a
    scale whose direction is not known it is the plain difference."""

    scale: ScaleCode = Field(description="Scale of the instrument.")
    direction: ScaleDirection = Field(description="Which way is better.")
    pairs: Quantity | None = Field(None, description="Pairs that could be compared on this scale.")
    not_compared: Quantity | None = Field(
        None, description="Pairs that could not, such as for another range."
    )
    improved: Quantity | None = Field(
        None, description="Only where the organiser has registered a change rule."
    )
    unchanged: Quantity | None = Field(
        None, description="Pairs whose change stays within the rule's threshold; only with a change rule."
    )
    worsened: Quantity | None = Field(
        None, description="Pairs that changed for the worse by the rule; only with a change rule."
    )
    improved_share: Share | None = Field(
        None, description="improved / pairs; the shares are told when the means are."
    )
    unchanged_share: Share | None = Field(None, description="unchanged / pairs, 0–1.")
    worsened_share: Share | None = Field(None, description="worsened / pairs, 0–1.")
    mean_before: Figure | None = Field(None, description="Mean of the scores at the start.")
    sd_before: Figure | None = Field(None, description="Standard deviation of the scores at the start.")
    mean_after: Figure | None = Field(None, description="Mean of the scores at the end or follow-up.")
    sd_after: Figure | None = Field(
        None, description="Standard deviation of the scores at the end or follow-up."
    )
    mean_change: Figure | None = Field(
        None, description="Mean of the changes; above 0 is better where the direction is known."
    )
    sd_change: Figure | None = Field(None, description="Standard deviation of the changes.")
    effect_size: Figure | None = Field(None, description="Mean change / standard deviation at the start.")
    srm: Figure | None = Field(
        None, description="Standardised response mean: mean change / standard deviation of the changes."
    )
    rule_source: Line | None = Field(None, description="Who says when a change counts.")


class ImpactReport(Message):
    """Change among groups of clients. It is called change, never effect: a difference between before and after is no proof
    of what made it. What is left out is named in `withheld`: too few people, or a figure that would give such a one away."""

    asked: ImpactQuestion = Field(description="The question, as it was understood.")
    limits: ImpactLimitsEntry = Field(description="Limits below which figures were withheld.")
    clients: Quantity | None = Field(None, description="Eligible: clients with such a relationship.")
    with_baseline: Quantity | None = Field(None, description="Of these, with a measurement at the start.")
    without_baseline: Quantity | None = Field(
        None, description="Of the clients, without a measurement at the start."
    )
    without_pair: Quantity | None = Field(
        None, description="With a start, but no end or follow-up of the same version."
    )
    paired: Quantity | None = Field(None, description="With both measurements: the pairs that are compared.")
    median_interval_days: Figure | None = Field(None, description="Between the two measurements of a pair.")
    attendance: ImpactAttendance | None = Field(
        None,
        description="Attendance of these clients in the period; left out where it is withheld as a whole.",
    )
    endings: ImpactEndings = Field(description="Whose service ended, and where they went.")
    rows: list[ImpactRow] = Field(description="The clients divided by provider or by kind of service.")
    scales: list[ScaleImpact] = Field(description="Change on each scale; empty without an instrument.")
    withheld: list[str] = Field(
        description="JSON Pointers to what is not told, for the sake of the clients' privacy."
    )
