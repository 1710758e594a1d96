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

    days_per_week: WeekdayCount
    place: Line


class Companion(NearContact):
    """Somebody who walks alongside the client to what comes next."""

    turvakielto: bool | None = Field(
        None, description="How they are reached is then not recorded (661/2009, 36 §)."
    )


class TransitionMeeting(Message):
    """A meeting of both sides."""

    held_on: PartialDay
    place: Annotated[Line | None, OWN_PLACE] = None
    note: Annotated[Lines | None, OWN_PLACE] = None


class Transition(Message):
    """An accompanied transition (saattaen vaihto): nobody is sent on alone."""

    companions: Annotated[list[Companion], Field(min_length=1, max_length=10)] | None = None
    receiving_contact: Annotated[Contact | None, OWN_PLACE] = Field(
        None, description="Who receives the client."
    )
    meetings: Annotated[list[TransitionMeeting], Field(min_length=1, max_length=20)] | None = None


class Shelter(Message):
    """What the national ending asks of a shelter (turvakotipalvelu)."""

    housing_afterwards: Annotated[HousingAfterwards | None, WHEREABOUTS] = None
    lives_with_perpetrator: Annotated[NationalCode | None, WHEREABOUTS] = Field(
        None, description="Code set 1.2.246.537.6.112."
    )


class PersonName(Message):
    """A person by name."""

    family_name: Line
    given_names: Line


class AuthorityRecipient(Message):
    """Who is notified, such as the employment area."""

    organisation: Line
    address: Annotated[Address | None, WHEREABOUTS] = None
    contact_person: PersonName | None = None


class Notifier(Professional):
    """Who gives the notice."""

    addresses: Annotated[list[Address], Field(min_length=1, max_length=5)] | None = None
    phone: Texts | None = None
    email: Texts | None = None


class RehabilitativeWorkNotice(Message):
    """Notice that rehabilitative work activity starts or is interrupted (189/2001)."""

    recipient: AuthorityRecipient
    starts: bool | None = None
    starts_on: PartialDay | None = None
    period_length: Texts | None = None
    interrupted: bool | None = None
    interruption_reason: Texts | None = Field(None, description="Such as work or studies; no diagnosis.")
    interrupted_on: PartialDay | None = None
    workplace: Annotated[Texts | None, OWN_PLACE] = None
    description: Texts | None = None
    working_hours: Texts | None = None
    notifiers: Annotated[list[Notifier], Field(min_length=1, max_length=10)] | None = None
    legal_notice: Texts | None = Field(None, description="Lakiselostus.")


class ServiceEventEntry(Belonging):
    """What happened to a service: it `started`, `ended`, `paused` or `resumed`, or a `notice` of rehabilitative work was given.

    An ending sets the last day of the service relationship, and with it of the provider's access; voided, the end is again
    what the organiser had set."""

    kind: ServiceEventKind
    starts_on: Day | None = Field(
        None, description="First day of the service, of the pause, or after the pause."
    )
    ends_on: Day | None = Field(
        None, description="Last day of the service or, where it is known, of the pause."
    )
    reason: Texts | None = Field(None, description="Why it ended or paused.")
    onward_path: CodeWord | None = Field(None, description="Jatkopolku: a code of the list onward_path.")
    onward_path_note: Lines | None = None
    transition: Transition | None = None
    extra_days_elsewhere: Annotated[DaysElsewhere | None, OWN_PLACE] = None
    shelter: Shelter | None = None
    notice: RehabilitativeWorkNotice | None = None
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
    further_information: Texts | None = None
    written_on: PartialDay | None = Field(None, description="Left out: the day on which it is recorded.")
    author: Professional | None = Field(None, description="Required for `started` and `ended`.")


class ServiceEvent(ServiceEventEntry, Filed):
    """A service event as recorded."""
