"""What agreements are made of: place, people, week plan, insurance, signatures."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from typing_extensions import TypeAliasType

from walmu_api.foundation.persons import Person
from walmu_api.foundation.schema_types import Id, Line, Lines, Message, TimeOfDay, WeekdayCount
from walmu_api.foundation.withholding import WHEREABOUTS, former_name
from walmu_api.record.commitments.agreements.rules import (
    DAY_ENDS,
    FIXED_OR_FLEXIBLE,
    LEAST_AND_MOST,
    WEEKDAY_ONCE,
)
from walmu_api.record.document_schemas import Address, NationalCode, PastPartialDay, Texts

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
        None, description="Their addresses, 1–5."
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


class AgreementSignature(Signed):
    """A signature as recorded. One that came in a national document tells no party, and maybe no name or day."""

    party: SigningParty | None = Field(
        None, description="For whom they signed; left out where a national document tells it not."
    )
    name: Annotated[Line | None, _FORMER] = Field(
        None, description="Name of the one who signed; left out where a national document tells it not."
    )
    signed_on: PastPartialDay | None = Field(
        None, description="Day, month or year of the signature. Not a day to come."
    )
