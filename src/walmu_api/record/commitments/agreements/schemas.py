"""Agreements (sopimukset, national structure 13004) on the wire."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from walmu_api.foundation.past_days import PastDay
from walmu_api.foundation.schema_types import Day, Id, Instant, Line, Message, Money, SourceId, Stored
from walmu_api.record.commitments.agreements.parts import (
    AgreementSignature,
    Coach,
    Instruction,
    Insurance,
    Meal,
    OtherParty,
    Place,
    Schedule,
    Signatory,
    SiteWorker,
)
from walmu_api.record.document_schemas import NationalCode, PartialDay, PastPartialDay, Professional, Texts

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


class AgreementTerms(Message):
    """What client, provider and place agree on."""

    decision_id: Id | None = Field(
        None,
        description="The client's decision that the agreement carries out; required except for `employment`.",
    )
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
    schedule: Schedule = Field(
        description="Days and hours, from which planned and missing days follow. Amended, they hold from a day on."
    )
    work_allowance_per_day: Money | None = Field(
        None, description="Työosuusraha, EUR a day attended; never a wage. Left out: none is paid."
    )
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
    legal_notice: Texts | None = Field(
        None, description="Lakiselostus: the law that the document refers to, in words."
    )
    written_on: PastPartialDay | None = Field(
        None, description="Day, month or year of the document (päiväys). Not a day to come."
    )
    author: Professional | None = Field(
        None, description="Who made the agreement (laatija); the national document needs one."
    )
    source_id: SourceId | None = None


class AgreementEntry(AgreementTerms):
    """What client, provider and place agree on."""

    schedule_from: Day | None = Field(
        None,
        description="Of an amendment with another `schedule`: the day from which it holds; left out, today. Planned days "
        "before it stay what they were. To mend a plan that was wrong all along, name the first day.",
    )


class SchedulePeriod(Message):
    """Days and hours, and from when they hold."""

    valid_from: Day = Field(
        description="The first day for which it holds; the next one begins where it ends."
    )
    schedule: Schedule = Field(description="Days and hours: a week plan or a range.")


class AgreementHold(Message):
    """An agreement is held while it is open whose its decision is."""

    since: Instant = Field(description="Days recorded from then on have the finding `decision-in-conflict`.")
    conflict_id: Id = Field(
        description="The conflict, which the organiser settles (`/v1/ehr/conflicts/{conflict_id}`)."
    )


class Agreement(AgreementTerms, Stored):
    """An agreement as recorded. Active and ended follow from its days; `status` names acts only. `schedule` is the one
    that was agreed on last, also where it begins on a day to come."""

    client_id: Id = Field(description="The client; follows from the service relationship.")
    provider_id: Id = Field(description="The provider; follows from the service relationship.")
    status: AgreementStatus = Field(description="Acts only: whether it is in force follows from its days.")
    schedules: list[SchedulePeriod] = Field(
        description="All days and hours that were agreed on, one after another; the last one is `schedule`.",
        json_schema_extra={"maxItems": 1000},
    )
    structure: Line = Field(description="OID and version of the national structure.")
    signatures: list[AgreementSignature] = Field(
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
    agreed_ends_on: Day | None = Field(
        None, description="The last day that was signed for; left out unless it ended before it."
    )
    reopen_reason: Line | None = Field(
        None, description="Why its end was taken back; left out where it never was."
    )
    void_reason: Line | None = Field(None, description="Why it is void; left out while it is not.")
    hold: AgreementHold | None = Field(
        None,
        description="While the record system says that its decision is another client's or provider's and the organiser has "
        "not settled it. Its days are recorded as before and count in no allowance.",
    )


class AgreementSigning(Message):
    """The act of signing."""

    signed_on: PastDay = Field(description="The day on which it was signed. Not a day to come.")
    signatories: Annotated[list[Signatory], Field(min_length=1, max_length=10)] = Field(
        description="Everybody who signed, 1–10."
    )


class AgreementEnding(Message):
    """The act of ending before its time."""

    ends_on: Day = Field(description="The last day of the agreement.")
    reason: Line = Field(description="Why it ends before its time; stays with the agreement as `end_reason`.")


class AgreementReopening(Message):
    """The act of taking an end back: it was ended in error."""

    reason: Line = Field(
        description="Why its end is taken back; stays with the agreement as `reopen_reason`.",
        examples=["Väärä asiakas päätettiin"],
    )


class AgreementVoiding(Message):
    """The act of voiding: it was recorded in error, or never signed after all."""

    reason: Line = Field(description="Why it is void; stays with the agreement as `void_reason`.")
