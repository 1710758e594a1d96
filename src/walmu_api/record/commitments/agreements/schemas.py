"""Agreements (sopimukset, national structure 13004) on the wire."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from walmu_api.foundation.schema_types import (
    Day,
    Id,
    Line,
    Lines,
    Message,
    Money,
    Person,
    SourceId,
    Stored,
    TimeOfDay,
    WeekdayCount,
)
from walmu_api.foundation.withholding import WHEREABOUTS
from walmu_api.record.commitments.agreements.rules import (
    DAY_ENDS,
    FIXED_OR_FLEXIBLE,
    LEAST_AND_MOST,
    WEEKDAY_ONCE,
)
from walmu_api.record.document_schemas import Address, NationalCode, PartialDay, Professional, Texts

AgreementKind = Literal["work_practice", "work_activity", "open_work_activity", "halfway_stop", "employment"]
AgreementStatus = Literal["draft", "signed", "terminated", "voided"]


class Place(Message):
    """Where the activity is carried out; `organisation_id` names a workplace that may write attendance itself."""

    organisation_id: Id | None = None
    name: Line = Field(examples=["Kotolan toimintakeskus, puutyöpaja"])
    addresses: Annotated[list[Address], Field(min_length=1, max_length=5)] | None = None
    phone: Texts | None = None
    email: Texts | None = None


class SiteWorker(Person):
    """One who works at the place: an on-site instructor (lähiohjaaja) or the responsible worker (vastuutyöntekijä)."""

    title: Texts | None = Field(None, description="Title or task.", examples=["ohjaaja"])
    email: Texts | None = None
    phone: Texts | None = None
    organisation: Line | None = None


class OtherParty(Message):
    """Another party to the agreement (muu sopija): the organiser, the provider, a guardian."""

    family_name: Line
    given_names: Line
    title: Texts | None = None
    organisation: Annotated[Line | None, WHEREABOUTS] = None
    addresses: Annotated[list[Address] | None, Field(min_length=1, max_length=5), WHEREABOUTS] = None
    phone: Annotated[Texts | None, WHEREABOUTS] = None
    email: Annotated[Texts | None, WHEREABOUTS] = None


class Insurance(Message):
    """The accident insurance of the activity (tapaturmavakuutus). Needed for activities by 710/1982, 27 e § and
    675/2023, 27 §."""

    taken_by: Literal["organiser", "provider", "workplace", "none"]
    note: Lines | None = None


class Meal(Message):
    """Whether the client gets a meal (ateria) on days of attendance."""

    provided: bool
    note: Lines | None = None


class ScheduledDay(Message):
    """One day of the week plan."""

    weekday: WeekdayCount = Field(description="1 Monday … 7 Sunday.")
    starts_at: TimeOfDay
    ends_at: TimeOfDay

    @model_validator(mode="after")
    def in_order(self) -> Self:
        if self.ends_at <= self.starts_at:
            raise DAY_ENDS.error()
        return self


class Schedule(Message):
    """`fixed`: a week plan. `flexible`: a range; then nothing is missing on a day not come."""

    type: Literal["fixed", "flexible"]
    days: Annotated[list[ScheduledDay], Field(max_length=7)] | None = None
    min_days_per_week: WeekdayCount | None = None
    max_days_per_week: WeekdayCount | None = None

    @model_validator(mode="after")
    def complete(self) -> Self:
        if (self.type == "fixed") != bool(self.days):
            raise FIXED_OR_FLEXIBLE.error()
        if self.days and len({d.weekday for d in self.days}) != len(self.days):
            raise WEEKDAY_ONCE.error()
        if (
            self.min_days_per_week
            and self.max_days_per_week
            and self.min_days_per_week > self.max_days_per_week
        ):
            raise LEAST_AND_MOST.error()
        return self


class Instruction(Message):
    """One work instruction (työohje) of the place, in words."""

    title: Line = Field(examples=["Tiskikoneen täyttö"])
    text: Lines


class Coach(Person):
    """The coach of the provider (valmentaja), as the workplace may call them."""

    title: Line | None = None
    phone: Line | None = Field(None, description="The work phone.", examples=["+358 40 0000000"])


Party = Literal["client", "client_representative", "provider", "workplace", "organiser"]


class Signed(Message):
    """How it was signed."""

    type: NationalCode | None = Field(
        None, description="Allekirjoituksen tyyppi, code set 1.2.246.537.5.40161."
    )
    place: Annotated[Texts | None, WHEREABOUTS] = None
    signature: Line | None = Field(None, description="The signature as text.")


class Signatory(Signed):
    """One who signed."""

    party: Party
    name: Line


class Signature(Signed):
    """A signature as recorded. One that came in a national document tells no party, and maybe no name or day."""

    party: Party | None = None
    name: Line | None = None
    signed_on: PartialDay | None = None


class AgreementEntry(Message):
    """What client, provider and place agree on."""

    decision_id: Id | None = Field(None, description="Required except for `employment`.")
    service_relationship_id: Id
    kind: AgreementKind
    place: Place
    instructors: Annotated[list[SiteWorker], Field(min_length=1, max_length=10)] = Field(
        description="On-site instructors (lähiohjaaja)."
    )
    starts_on: Day
    ends_on: Day
    schedule: Schedule
    work_allowance_per_day: Money | None = Field(None, description="Työosuusraha, EUR a day attended.")
    absence_reporting: Texts = Field(
        description="How and by when absences are reported (poissaoloista ilmoittaminen).",
        examples=["Soita lähiohjaajalle ennen klo 9."],
    )
    tasks_and_goals: Texts | None = Field(None, description="Tasks, content of the activity and its goals.")
    tasks: Texts | None = Field(
        None,
        description="The tasks at the place, as its workplace reads them (`/v1/workplace-agreements`). It does "
        "not read `tasks_and_goals`.",
    )
    work_instructions: Annotated[list[Instruction], Field(min_length=1, max_length=50)] | None = Field(
        None, description="Work instructions (työohjeet) for the client; the workplace reads them."
    )
    coach: Coach | None = Field(
        None, description="The provider's coach (valmentaja); the workplace reads name and work phone."
    )
    service_task: NationalCode | None = Field(
        None, description="Palvelutehtävä, code set 1.2.246.537.6.1221."
    )
    service: NationalCode | None = Field(None, description="Sosiaalipalvelu, code set 1.2.246.537.6.1222.")
    other_parties: Annotated[list[OtherParty], Field(min_length=1, max_length=20)] | None = Field(
        None, description="Other parties to the agreement (muut sopijat)."
    )
    responsible_worker: SiteWorker | None = Field(
        None, description="Vastuutyöntekijä at the place. The national document needs one."
    )
    hours_per_day: Annotated[float, Field(ge=0, le=24)] | None = Field(
        None,
        description="Hours a day, for a flexible schedule; a fixed one tells them by its days.",
        examples=[4],
    )
    days_per_week: Annotated[float, Field(ge=0, le=7)] | None = Field(
        None,
        description="Days a week, for a flexible schedule; a fixed one tells them by its days.",
        examples=[3],
    )
    other_duration_matters: Texts | None = Field(None, description="What else was agreed on hours and days.")
    guidance: Texts | None = Field(None, description="How guidance is arranged (ohjauksen järjestäminen).")
    meal: Meal | None = None
    insurance: Insurance | None = None
    other_matters: Texts | None = Field(
        None, description="Muut asiat: reimbursement, travel, unauthorised absence …"
    )
    review_on: PartialDay | None = Field(None, description="When the agreement is reviewed (tarkistuspäivä).")
    further_information: Texts | None = None
    legal_notice: Texts | None = Field(None, description="Lakiselostus.")
    written_on: PartialDay | None = None
    author: Professional | None = Field(None, description="Laatija. The national document needs one.")
    source_id: SourceId | None = None


class Agreement(AgreementEntry, Stored):
    """An agreement as recorded. Active and ended follow from its days; `status` names acts only."""

    client_id: Id
    provider_id: Id
    status: AgreementStatus
    structure: Line = Field(description="OID and version of the national structure.")
    signatures: Annotated[list[Signature], Field(max_length=200)]
    signed_on: Day | None = None
    offered_on: Day | None = Field(
        None,
        description="Since when its workplace reads its annex, where it was offered before it was signed.",
    )
    end_reason: Line | None = None
    void_reason: Line | None = None


class AgreementSigning(Message):
    """The act of signing."""

    signed_on: Day
    signatories: Annotated[list[Signatory], Field(min_length=1, max_length=10)]


class AgreementEnding(Message):
    """The act of ending before its time."""

    ends_on: Day = Field(description="The last day of the agreement.")
    reason: Line


class AgreementVoiding(Message):
    """The act of voiding: it was recorded in error, or never signed after all."""

    reason: Line
