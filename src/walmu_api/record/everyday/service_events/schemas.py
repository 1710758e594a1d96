"""Service events (asiakkuuden tapahtumat) on the wire: how a service begins, pauses and ends."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from walmu_api.foundation.schema_types import CodeWord, Day, Line, Lines, Message, WeekdayCount
from walmu_api.foundation.withholding import OWN_PLACE, WHEREABOUTS
from walmu_api.record.case_file.documents.schemas import Belonging, Filed
from walmu_api.record.document_schemas import (
    Address,
    Contact,
    NationalCode,
    NearContact,
    PartialDay,
    PastPartialDay,
    Professional,
    Texts,
)

ServiceEventKind = TypeAliasType(
    "ServiceEventKind",
    Annotated[
        Literal["started", "ended", "paused", "resumed", "notice"],
        Field(description="What happened to the service."),
    ],
)
HousingAfterwards = TypeAliasType(
    "HousingAfterwards",
    Annotated[
        Literal[
            "same_home",
            "new_home",
            "friends_or_relatives",
            "another_shelter",
            "other_social_care_housing",
            "other",
            "unknown",
        ],
        Field(description="Where the client lives after the shelter."),
    ],
)


class DaysElsewhere(Message):
    """Days that the client spends elsewhere during a pause, such as at the activity centre."""

    days_per_week: WeekdayCount = Field(description="Days a week, 1–7.")
    place: Line = Field(description="Where these days are spent.")


class Companion(NearContact):
    """Somebody who walks alongside the client to what comes next."""

    turvakielto: bool | None = Field(
        None, description="How they are reached is then not recorded (661/2009, 36 §)."
    )


class TransitionMeeting(Message):
    """A meeting of both sides."""

    held_on: PartialDay
    place: Annotated[Line | None, OWN_PLACE] = Field(None, description="Where the meeting was held.")
    note: Annotated[Lines | None, OWN_PLACE] = Field(None, description="What was agreed, in words.")


class Transition(Message):
    """An accompanied transition (saattaen vaihto): nobody is sent on alone."""

    companions: Annotated[list[Companion], Field(min_length=1, max_length=10)] | None = Field(
        None, description="Who walks alongside the client."
    )
    receiving_contact: Annotated[Contact | None, OWN_PLACE] = Field(
        None, description="Who receives the client."
    )
    meetings: Annotated[list[TransitionMeeting], Field(min_length=1, max_length=20)] | None = Field(
        None, description="Meetings of those who send and those who receive."
    )


class Shelter(Message):
    """What the national ending asks of a shelter (turvakotipalvelu)."""

    housing_afterwards: Annotated[HousingAfterwards | None, WHEREABOUTS] = Field(
        None,
        description="Where the client lives after the shelter (asumisjärjestelyt turvakotijakson jälkeen).",
    )
    lives_with_perpetrator: Annotated[NationalCode | None, WHEREABOUTS] = Field(
        None, description="Asuminen väkivallan tekijän kanssa, code set 1.2.246.537.6.112."
    )


class PersonName(Message):
    """A person by name."""

    family_name: Line = Field(description="Family name (sukunimi).")
    given_names: Line = Field(description="Given names (etunimet).")


class AuthorityRecipient(Message):
    """Who is notified, such as the employment area."""

    organisation: Line = Field(description="Name of the authority.")
    address: Annotated[Address | None, WHEREABOUTS] = Field(
        None, description="The authority's postal address."
    )
    contact_person: PersonName | None = Field(None, description="The person there (yhteyshenkilö).")


class Notifier(Professional):
    """Who gives the notice."""

    addresses: Annotated[list[Address], Field(min_length=1, max_length=5)] | None = Field(
        None, description="Their addresses at work."
    )
    phone: Texts | None = Field(None, description="Phone number at work, as written.")
    email: Texts | None = Field(None, description="E-mail address at work, as written.")


class RehabilitativeWorkNotice(Message):
    """Notice that rehabilitative work activity starts or is interrupted (189/2001)."""

    recipient: AuthorityRecipient = Field(description="Who is notified (vastaanottaja).")
    starts: bool | None = Field(None, description="True: the notice is of a start.")
    starts_on: PartialDay | None = Field(None, description="Day, month or year of the start.")
    period_length: Texts | None = Field(None, description="How long the period lasts, in words.")
    interrupted: bool | None = Field(None, description="True: the notice is of an interruption.")
    interruption_reason: Texts | None = Field(
        None, description="Why it is interrupted, such as work or studies; no diagnosis."
    )
    interrupted_on: PartialDay | None = Field(None, description="Day, month or year of the interruption.")
    workplace: Annotated[Texts | None, OWN_PLACE] = Field(
        None, description="Where the work activity is done (työtoimintapaikka)."
    )
    description: Texts | None = Field(None, description="The work activity in words.")
    working_hours: Texts | None = Field(None, description="Days and hours of work, in words (työaika).")
    notifiers: Annotated[list[Notifier], Field(min_length=1, max_length=10)] | None = Field(
        None, description="Who gives the notice (ilmoittaja)."
    )
    legal_notice: Texts | None = Field(
        None, description="Lakiselostus: the law that the document refers to, in words."
    )


class ServiceEventEntry(Belonging):
    """What happened to a service: it `started`, `ended`, `paused` or `resumed`, or a `notice` of rehabilitative work was given.

    An ending sets the last day of the service relationship, and with it of the provider's access; voided, the end is again
    what the organiser had set."""

    kind: ServiceEventKind = Field(description="What happened; the national structure follows from it.")
    starts_on: Day | None = Field(
        None, description="First day of the service, of the pause, or after the pause."
    )
    ends_on: Day | None = Field(
        None, description="Last day of the service or, where it is known, of the pause."
    )
    reason: Texts | None = Field(None, description="Why it ended or paused.")
    onward_path: CodeWord | None = Field(None, description="Jatkopolku: a code of the list onward_path.")
    onward_path_note: Lines | None = Field(
        None, description="More on the onward path, such as the level of studies."
    )
    transition: Transition | None = Field(
        None, description="How the client is accompanied into the service or out of it."
    )
    extra_days_elsewhere: Annotated[DaysElsewhere | None, OWN_PLACE] = Field(
        None, description="Days elsewhere during a pause, such as at the activity centre."
    )
    shelter: Shelter | None = Field(
        None, description="Of an ending alone: what structure 19012 asks after a shelter."
    )
    notice: RehabilitativeWorkNotice | None = Field(
        None, description="What a notice of rehabilitative work activity says (structure 4002)."
    )
    service_task: NationalCode | None = Field(
        None,
        description="Palvelutehtävä, code set 1.2.246.537.6.1221; left out, that of the service "
        "relationship.",
    )
    service: NationalCode | None = Field(
        None,
        description="Sosiaalipalvelu, code set 1.2.246.537.6.1222; left out, that of the service "
        "relationship.",
    )
    further_information: Texts | None = Field(
        None, description="What no other member has room for (lisätiedot)."
    )
    written_on: PastPartialDay | None = Field(
        None,
        description="Day, month or year of the document; left out: the day on which it is recorded. Not a day to come.",
    )
    author: Professional | None = Field(
        None, description="Who answers for it (laatija); required for `started` and `ended`."
    )


class ServiceEvent(ServiceEventEntry, Filed):
    """A service event as recorded."""
