"""Decisions (päätökset) on the wire."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from walmu_api.foundation.schema_types import (
    Code,
    Day,
    Id,
    Line,
    Message,
    Money,
    Person,
    SourceId,
    Stored,
    WeekdayCount,
)
from walmu_api.foundation.withholding import WHEREABOUTS
from walmu_api.record.document_schemas import (
    Appeal,
    Identifier,
    ImmediateEffect,
    Informant,
    NationalCode,
    PartialDay,
    Professional,
    SignatureType,
    Texts,
)
from walmu_api.record.parties.service_relationships.schemas import LegalBases, ServiceKind

DecisionOutcome = TypeAliasType(
    "DecisionOutcome",
    Annotated[Literal["granted", "partly_granted", "denied"], Field(description="What was decided.")],
)
DecisionStatus = TypeAliasType(
    "DecisionStatus",
    Annotated[
        Literal["draft", "decided", "revoked", "superseded", "ended", "entered_in_error"],
        Field(description="How far a decision is. In force or over follows from its days."),
    ],
)
ReviewState = TypeAliasType(
    "ReviewState",
    Annotated[
        Literal["none", "review_requested", "appealed", "final"],
        Field(description="Where review and appeal of a decision stand."),
    ],
)
DecisionKind = TypeAliasType(
    "DecisionKind",
    Annotated[
        Literal["client", "purchase"],
        Field(description="Whether a decision is the client's, or the provider's purchase decision."),
    ],
)
TravelArrangement = TypeAliasType(
    "TravelArrangement",
    Annotated[
        Literal["allowance", "service_line", "own_bus", "bus_card", "none"],
        Field(description="How travel is arranged or paid."),
    ],
)
DraftState = TypeAliasType(
    "DraftState",
    Annotated[Literal["submitted", "refused"], Field(description="How a draft fares at the record system.")],
)


class Travel(Message):
    """How travel is arranged or paid."""

    arrangement: TravelArrangement
    note: Annotated[Line | None, WHEREABOUTS] = Field(
        None, description="Not given outside the organiser while the client is under turvakielto."
    )


class EhrReference(Message):
    """Where the record system keeps it."""

    target: Line
    id: Line | None = None
    version: Line | None = None


class DecisionMaker(Person):
    """Who decides (päätöksentekijä)."""

    title: Texts | None = Field(None, description="Title or task.", examples=["johtava sosiaalityöntekijä"])
    unit: NationalCode | None = Field(None, description="Service unit, code set 1.2.246.537.6.202.")


class Hearing(Message):
    """A hearing before the decision (kuuleminen)."""

    held: bool | None = None
    opposed: bool | None = Field(None, description="Whether the one heard opposes the decision.")


class DecidedAssistance(Message):
    """What a decision on personal assistance (henkilökohtainen apu) says besides."""

    wages_and_costs: Texts | None = None
    substitutes: Texts | None = None


class DecisionEntry(Message):
    """A draft of a decision, for the record system's caseworker to decide. Only the record system makes it a decision."""

    kind: DecisionKind = Field(
        "client", description="The client's decision, or the provider's own purchase decision."
    )
    client_id: Id
    provider_id: Id
    service_relationship_id: Id | None = None
    outcome: DecisionOutcome = "granted"
    legal_bases: LegalBases
    service_task: Code = Field(
        description="Palvelutehtävä, code set 1.2.246.537.6.1221; the national structure follows from it.",
        examples=[{"system": "urn:oid:1.2.246.537.6.1221", "code": "20", "display": "Vammaispalvelut"}],
    )
    service: Code | None = Field(None, description="Sosiaalipalvelu, code set 1.2.246.537.6.1222.")
    service_kind: ServiceKind
    decided_on: Day | None = None
    valid_from: Day
    valid_to: Day | None = None
    days_per_week: WeekdayCount | None = Field(None, examples=[3])
    work_allowance_per_day: Money | None = Field(None, description="Työosuusraha, EUR a day attended.")
    travel: Travel | None = None
    place: Line | None = Field(None, description="Where the activity happens.")
    decision_maker: DecisionMaker | None = None
    reasons: Texts | None = Field(None, description="Ratkaisu ja perustelut.")
    client_decision_id: Id | None = Field(
        None, description="The client's decision that a purchase decision (ostopalvelupäätös) carries out."
    )
    supersedes_id: Id | None = Field(
        None,
        description="The decision that this one takes the place of; it becomes `superseded` when this is "
        "decided.",
    )
    decision_number: Identifier | None = Field(None, description="Päätöstunnus.")
    pending_since: PartialDay | None = Field(None, description="Vireilletulopäivä.")
    application_description: Texts | None = None
    outcome_code: NationalCode | None = Field(
        None,
        description="Ratkaisun laji, code set 1.2.246.537.6.1248. Left out, the document gets it from "
        "`outcome` where the "
        "code is known.",
    )
    hours: Annotated[float, Field(ge=0, le=10000)] | None = Field(
        None, description="Amount of the service in hours."
    )
    long_term: bool | None = Field(None, description="The service is long-term (pitkäaikainen).")
    service_description: Texts | None = None
    carried_out_as: Annotated[list[NationalCode], Field(min_length=1, max_length=10)] | None = Field(
        None,
        description="How the social service is carried out, code set 1.2.246.537.6.1222 (disability "
        "services).",
    )
    carried_out_otherwise: Texts | None = None
    personal_assistance: DecidedAssistance | None = None
    provision_manner: NationalCode | None = Field(
        None, description="Järjestämistapa, code set 1.2.246.537.6.1296."
    )
    provision_details: Texts | None = Field(
        None,
        description="More on how the service is arranged. The document adds days, allowance, travel and "
        "place to it.",
    )
    legal_text: Texts | None = Field(
        None, description="Ratkaisun lakiperuste in words. Left out, the document names the legal bases."
    )
    hearings: Annotated[list[Hearing], Field(min_length=1, max_length=20)] | None = None
    immediate_effect: ImmediateEffect | None = None
    notice_persons: Texts | None = Field(
        None, description="The persons who are given notice of the decision."
    )
    preparers: Annotated[list[Professional], Field(min_length=1, max_length=10)] | None = None
    informants: Annotated[list[Informant], Field(min_length=1, max_length=10)] | None = Field(
        None, description="Who tells more (lisätietojen antaja). The national document needs one."
    )
    appeal: Appeal | None = None
    further_information: Texts | None = None
    signature: SignatureType | None = None
    source_id: SourceId | None = None


class Decision(DecisionEntry, Stored):
    """A decision as recorded. In force or expired follow from its days; `status` names acts only."""

    status: DecisionStatus
    structure: Line = Field(description="OID and version of the national structure.")
    revoked_on: Day | None = Field(None, description="The first day on which it is no longer in force.")
    ehr: EhrReference | None = None
    draft_state: DraftState | None = Field(
        None, description="How a draft fares at the record system; gone when it is decided."
    )
    draft_reason: Line | None = Field(None, description="Why the caseworker refused the draft.")
    review: ReviewState | None = Field(
        None, description="Where review and appeal stand (oikaisuvaatimus, valitus); nothing for a draft."
    )
    review_on: Day | None = Field(None, description="The day of that state, such as when the appeal came.")
    review_note: Texts | None = None


class DecisionReview(Message):
    """What the organiser notes of review and appeal."""

    review: ReviewState
    review_on: Day | None = None
    review_note: Texts | None = None
