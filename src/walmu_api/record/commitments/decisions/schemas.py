"""Decisions (päätökset) on the wire."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from walmu_api.foundation.past_days import PastDay
from walmu_api.foundation.persons import Person
from walmu_api.foundation.schema_types import (
    Code,
    Day,
    Id,
    Line,
    Message,
    Money,
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
    PastPartialDay,
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

    arrangement: TravelArrangement = Field(
        description="How the client travels, or what is paid for it; `none`: neither."
    )
    note: Annotated[Line | None, WHEREABOUTS] = Field(
        None, description="Not given outside the organiser while the client is under turvakielto."
    )


class EhrReference(Message):
    """Where the record system keeps it."""

    target: Line = Field(description="Name of the record system, as in `/v1/ehr/targets`.")
    id: Line | None = Field(None, description="The record system's own id of the decision.")
    version: Line | None = Field(None, description="The record system's own version of it.")


class DecisionMaker(Person):
    """Who decides (päätöksentekijä)."""

    title: Texts | None = Field(None, description="Title or task.", examples=["johtava sosiaalityöntekijä"])
    unit: NationalCode | None = Field(None, description="Service unit, code set 1.2.246.537.6.202.")


class Hearing(Message):
    """A hearing before the decision (kuuleminen)."""

    held: bool | None = Field(None, description="Whether the hearing was held.")
    opposed: bool | None = Field(None, description="Whether the one heard opposes the decision.")


class DecidedAssistance(Message):
    """What a decision on personal assistance (henkilökohtainen apu) says besides."""

    wages_and_costs: Texts | None = Field(
        None, description="On what grounds pay and costs are reimbursed, and how."
    )
    substitutes: Texts | None = Field(None, description="How substitutes are arranged.")


class DecisionEntry(Message):
    """A draft of a decision, for the record system's caseworker to decide. Only the record system makes it a decision."""

    kind: DecisionKind = Field(
        "client", description="The client's decision, or the provider's own purchase decision."
    )
    client_id: Id = Field(
        description="The client whom it concerns; of a purchase decision, the client of the service that is bought."
    )
    provider_id: Id = Field(description="The provider that is to carry the service out.")
    service_relationship_id: Id | None = Field(
        None, description="The service relationship that it is for; left out where none is opened yet."
    )
    outcome: DecisionOutcome = Field("granted", description="What is decided on the application.")
    legal_bases: LegalBases
    service_task: Code = Field(
        description="Palvelutehtävä, code set 1.2.246.537.6.1221; the national structure follows from it.",
        examples=[{"system": "urn:oid:1.2.246.537.6.1221", "code": "20", "display": "Vammaispalvelut"}],
    )
    service: Code | None = Field(None, description="Sosiaalipalvelu, code set 1.2.246.537.6.1222.")
    service_kind: ServiceKind = Field(
        description="The service as this API sorts services; rules of attendance and allowance go by it."
    )
    decided_on: PastDay | None = Field(
        None, description="The day of the decision; a draft may leave it out. Not a day to come."
    )
    valid_from: Day = Field(description="First day for which it holds.")
    valid_to: Day | None = Field(None, description="Last day for which it holds; left out: no end is set.")
    days_per_week: WeekdayCount | None = Field(None, description="Days of service a week, 1–7.", examples=[3])
    work_allowance_per_day: Money | None = Field(
        None, description="Työosuusraha, EUR a day attended; never a wage. Left out: none is decided."
    )
    travel: Travel | None = Field(
        None, description="How travel is arranged or paid; left out where the decision says nothing of it."
    )
    place: Line | None = Field(None, description="Where the activity happens.")
    decision_maker: DecisionMaker | None = Field(None, description="Who decides (päätöksentekijä).")
    reasons: Texts | None = Field(
        None, description="The decision and its reasons in words (ratkaisu ja perustelut)."
    )
    client_decision_id: Id | None = Field(
        None, description="The client's decision that a purchase decision (ostopalvelupäätös) carries out."
    )
    supersedes_id: Id | None = Field(
        None,
        description="The decision that this one takes the place of; it becomes `superseded` when this is "
        "decided.",
    )
    decision_number: Identifier | None = Field(
        None, description="Number of the decision at the organiser (päätöstunnus)."
    )
    pending_since: PastPartialDay | None = Field(
        None,
        description="Day, month or year since which the matter is pending (vireilletulopäivä). Not a day to come.",
    )
    application_description: Texts | None = Field(
        None, description="What was applied for (hakemuksen kuvaus)."
    )
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
    service_description: Texts | None = Field(
        None, description="The service that is granted, in words (kuvaus)."
    )
    carried_out_as: Annotated[list[NationalCode], Field(min_length=1, max_length=10)] | None = Field(
        None,
        description="How the social service is carried out, code set 1.2.246.537.6.1222 (disability "
        "services).",
    )
    carried_out_otherwise: Texts | None = Field(
        None, description="How it is carried out, where no code says it (disability services)."
    )
    personal_assistance: DecidedAssistance | None = Field(
        None, description="Of personal assistance only (disability services)."
    )
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
    hearings: Annotated[list[Hearing], Field(min_length=1, max_length=20)] | None = Field(
        None, description="Hearings before the decision (disability services)."
    )
    immediate_effect: ImmediateEffect | None = Field(
        None, description="Whether it is carried out at once, in spite of an appeal."
    )
    notice_persons: Texts | None = Field(
        None, description="The persons who are given notice of the decision."
    )
    preparers: Annotated[list[Professional], Field(min_length=1, max_length=10)] | None = Field(
        None, description="Who prepared the decision (valmistelija)."
    )
    informants: Annotated[list[Informant], Field(min_length=1, max_length=10)] | None = Field(
        None, description="Who tells more (lisätietojen antaja). The national document needs one."
    )
    appeal: Appeal | None = Field(None, description="How it is appealed.")
    further_information: Texts | None = Field(
        None, description="What no other member has room for (lisätiedot)."
    )
    signature: SignatureType | None = Field(None, description="How the decision is signed.")
    source_id: SourceId | None = None


class Decision(DecisionEntry, Stored):
    """A decision as recorded. In force or expired follow from its days; `status` names acts only."""

    status: DecisionStatus = Field(description="Acts only: whether it is in force follows from its days.")
    structure: Line = Field(description="OID and version of the national structure.")
    revoked_on: Day | None = Field(None, description="The first day on which it is no longer in force.")
    ehr: EhrReference | None = Field(
        None, description="Where the record system keeps it; left out before it is there."
    )
    draft_state: DraftState | None = Field(
        None, description="How a draft fares at the record system; gone when it is decided."
    )
    draft_reason: Line | None = Field(None, description="Why the caseworker refused the draft.")
    review: ReviewState | None = Field(
        None, description="Where review and appeal stand (oikaisuvaatimus, valitus); nothing for a draft."
    )
    review_on: PastDay | None = Field(
        None, description="The day of that state, such as when the appeal came. Not a day to come."
    )
    review_note: Texts | None = Field(None, description="The organiser's note on review and appeal.")


class DecisionReview(Message):
    """What the organiser notes of review and appeal."""

    review: ReviewState = Field(description="Where review and appeal stand now.")
    review_on: PastDay | None = Field(
        None, description="The day of that state, such as when the appeal came. Not a day to come."
    )
    review_note: Texts | None = Field(None, description="Note on it, for the organiser.")
