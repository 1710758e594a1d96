"""Agreements (sopimukset, national structure 13004) on the wire."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from typing_extensions import TypeAliasType

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
from walmu_api.foundation.withholding import WHEREABOUTS, former_name
from walmu_api.record.commitments.agreements.rules import (
    DAY_ENDS,
    FIXED_OR_FLEXIBLE,
    LEAST_AND_MOST,
    WEEKDAY_ONCE,
)
from walmu_api.record.document_schemas import Address, NationalCode, PartialDay, Professional, Texts

AgreementKind = TypeAliasType(
    "AgreementKind",
    Annotated[
        Literal["work_practice", "work_activity", "open_work_activity", "halfway_stop", "employment"],
        Field(description="What is agreed on."),
    ],
)
AgreementStatus = TypeAliasType(
    "AgreementStatus",
    Annotated[
        Literal["draft", "signed", "terminated", "voided"],
        Field(description="How far an agreement is. In force or over follows from its days."),
    ],
)
InsuranceTaker = TypeAliasType(
    "InsuranceTaker",
    Annotated[
        Literal["organiser", "provider", "workplace", "none"],
        Field(description="Who takes the accident insurance."),
    ],
)
ScheduleType = TypeAliasType(
    "ScheduleType",
    Annotated[Literal["fixed", "flexible"], Field(description="A week plan, or a range of days in a week.")],
)


class Place(Message):
    """Where the activity is carried out; `organisation_id` names a workplace that may write attendance itself."""

    organisation_id: Id | None = Field(
        None,
        description="The registered workplace, whose systems may then write attendance; left out for any other place.",
    )
    name: Line = Field(
        description="Name of the place, as people know it.", examples=["Kotolan toimintakeskus, puutyöpaja"]
    )
    addresses: Annotated[list[Address], Field(min_length=1, max_length=5)] | None = Field(
        None, description="Addresses of the place."
    )
    phone: Texts | None = Field(None, description="Phone number of the place, as written.")
    email: Texts | None = Field(None, description="E-mail address of the place, as written.")


class SiteWorker(Person):
    """One who works at the place: an on-site instructor (lähiohjaaja) or the responsible worker (vastuutyöntekijä)."""

    title: Texts | None = Field(None, description="Title or task.", examples=["ohjaaja"])
    email: Texts | None = Field(None, description="E-mail address at work, as written.")
    phone: Texts | None = Field(None, description="Phone number at work, as written.")
    organisation: Line | None = Field(None, description="Their employer, where it is another than the place.")


class OtherParty(Message):
    """Another party to the agreement (muu sopija): the organiser, the provider, a guardian."""

    family_name: Line = Field(description="Family name (sukunimi).")
    given_names: Line = Field(description="Given names (etunimet).")
    title: Texts | None = Field(None, description="Title or task, such as guardian.")
    organisation: Annotated[Line | None, WHEREABOUTS] = Field(
        None, description="The organisation for which they agree."
    )
    addresses: Annotated[list[Address] | None, Field(min_length=1, max_length=5), WHEREABOUTS] = Field(
        None, description="Their addresses."
    )
    phone: Annotated[Texts | None, WHEREABOUTS] = Field(None, description="Phone number, as written.")
    email: Annotated[Texts | None, WHEREABOUTS] = Field(None, description="E-mail address, as written.")


class Insurance(Message):
    """The accident insurance of the activity (tapaturmavakuutus). Needed for activities by 710/1982, 27 e § and
    675/2023, 27 §."""

    taken_by: InsuranceTaker = Field(description="Who takes it; `none` is refused where the law needs one.")
    note: Lines | None = Field(None, description="More on the insurance, such as its number.")


class Meal(Message):
    """Whether the client gets a meal (ateria) on days of attendance."""

    provided: bool = Field(description="True: a meal is given on days of attendance.")
    note: Lines | None = Field(None, description="More on the meal, such as who pays for it.")


class ScheduledDay(Message):
    """One day of the week plan."""

    weekday: WeekdayCount = Field(description="1 Monday … 7 Sunday.")
    starts_at: TimeOfDay = Field(description="When the day begins, by Finnish time.")
    ends_at: TimeOfDay = Field(description="When the day ends, by Finnish time; after `starts_at`.")

    @model_validator(mode="after")
    def in_order(self) -> Self:
        if self.ends_at <= self.starts_at:
            raise DAY_ENDS.error()
        return self


class Schedule(Message):
    """`fixed`: a week plan. `flexible`: a range; then nothing is missing on a day not come."""

    type: ScheduleType = Field(description="`fixed` needs `days`; `flexible` has none.")
    days: Annotated[list[ScheduledDay], Field(max_length=7)] | None = Field(
        None, description="The week plan, each weekday once at most."
    )
    min_days_per_week: WeekdayCount | None = Field(
        None, description="With `flexible`: at least so many days a week."
    )
    max_days_per_week: WeekdayCount | None = Field(
        None, description="With `flexible`: at most so many days a week."
    )

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

    title: Line = Field(description="The task, in a few words.", examples=["Tiskikoneen täyttö"])
    text: Lines = Field(description="How it is done, step by step.")


class Coach(Person):
    """The coach of the provider (valmentaja), as the workplace may call them."""

    title: Line | None = Field(None, description="Title or task of the coach.")
    phone: Line | None = Field(None, description="The work phone.", examples=["+358 40 0000000"])


SigningParty = TypeAliasType(
    "SigningParty",
    Annotated[
        Literal["client", "client_representative", "provider", "workplace", "organiser"],
        Field(description="For whom somebody signs."),
    ],
)


_FORMER = former_name("party", "client", None)


class Signed(Message):
    """How it was signed."""

    type: NationalCode | None = Field(
        None, description="Allekirjoituksen tyyppi, code set 1.2.246.537.5.40161."
    )
    place: Annotated[Texts | None, WHEREABOUTS] = Field(None, description="Where it was signed.")
    signature: Annotated[Line | None, _FORMER] = Field(None, description="The signature as text.")


class Signatory(Signed):
    """One who signed."""

    party: SigningParty = Field(description="For whom they signed.")
    name: Line = Field(description="Name of the one who signed.")


class Signature(Signed):
    """A signature as recorded. One that came in a national document tells no party, and maybe no name or day."""

    party: SigningParty | None = Field(
        None, description="For whom they signed; left out where a national document tells it not."
    )
    name: Annotated[Line | None, _FORMER] = Field(
        None,
        description="Name of the one who signed; left out where a national document tells it not. Once a client is renamed, "
        "only the organiser reads the name that the client signed with.",
    )
    signed_on: PartialDay | None = Field(None, description="Day, month or year of the signature.")


class AgreementEntry(Message):
    """What client, provider and place agree on."""

    decision_id: Id | None = Field(None, description="Required except for `employment`.")
    service_relationship_id: Id = Field(
        description="The service relationship that the agreement belongs to; client and provider follow from it."
    )
    kind: AgreementKind = Field(
        description="The kind of activity; `employment` is a contract of work: no attendance, no work allowance."
    )
    place: Place = Field(description="Where the activity is carried out.")
    instructors: Annotated[list[SiteWorker], Field(min_length=1, max_length=10)] = Field(
        description="On-site instructors (lähiohjaaja)."
    )
    starts_on: Day = Field(description="First day of the agreement.")
    ends_on: Day = Field(description="Last day of the agreement; renewed by an amendment.")
    schedule: Schedule = Field(description="Days and hours, from which planned and missing days follow.")
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
    meal: Meal | None = Field(None, description="Whether the client gets a meal.")
    insurance: Insurance | None = Field(None, description="The accident insurance of the activity.")
    other_matters: Texts | None = Field(
        None, description="Muut asiat: reimbursement, travel, unauthorised absence …"
    )
    review_on: PartialDay | None = Field(None, description="When the agreement is reviewed (tarkistuspäivä).")
    further_information: Texts | None = Field(
        None, description="What no other member has room for (lisätiedot)."
    )
    legal_notice: Texts | None = Field(None, description="Lakiselostus.")
    written_on: PartialDay | None = Field(None, description="Day, month or year of the document (päiväys).")
    author: Professional | None = Field(None, description="Laatija. The national document needs one.")
    source_id: SourceId | None = None


class Agreement(AgreementEntry, Stored):
    """An agreement as recorded. Active and ended follow from its days; `status` names acts only."""

    client_id: Id = Field(description="The client; follows from the service relationship.")
    provider_id: Id = Field(description="The provider; follows from the service relationship.")
    status: AgreementStatus = Field(description="Acts only: whether it is in force follows from its days.")
    structure: Line = Field(description="OID and version of the national structure.")
    signatures: list[Signature] = Field(
        description="Who signed; empty while nobody has.", json_schema_extra={"maxItems": 1000}
    )
    signed_on: Day | None = Field(
        None, description="The day on which it was signed; left out while it is not."
    )
    offered_on: Day | None = Field(
        None,
        description="Since when its workplace reads its annex, where it was offered before it was signed.",
    )
    end_reason: Line | None = Field(
        None, description="Why it ended before its time; left out while it did not."
    )
    void_reason: Line | None = Field(None, description="Why it is void; left out while it is not.")


class AgreementSigning(Message):
    """The act of signing."""

    signed_on: Day = Field(description="The day on which it was signed.")
    signatories: Annotated[list[Signatory], Field(min_length=1, max_length=10)] = Field(
        description="Everybody who signed, 1–10."
    )


class AgreementEnding(Message):
    """The act of ending before its time."""

    ends_on: Day = Field(description="The last day of the agreement.")
    reason: Line = Field(description="Why it ends before its time; stays with the agreement as `end_reason`.")


class AgreementVoiding(Message):
    """The act of voiding: it was recorded in error, or never signed after all."""

    reason: Line = Field(description="Why it is void; stays with the agreement as `void_reason`.")
