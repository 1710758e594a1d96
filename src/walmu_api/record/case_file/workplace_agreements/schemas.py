"""What a workplace gets of an agreement (työpaikan liite) on the wire. A view of the agreement: same id, same versions."""

from typing import Annotated

from pydantic import Field

from walmu_api.foundation.persons import NamedPerson
from walmu_api.foundation.schema_types import Count, Day, Id, Instant, Lines, Message
from walmu_api.record.case_file.permissions.schemas import SafetyTopic
from walmu_api.record.commitments.agreements.parts import (
    AgreementSignature,
    Coach,
    Instruction,
    InsuranceTaker,
    Meal,
    Place,
    Schedule,
    SiteWorker,
)
from walmu_api.record.commitments.agreements.schemas import AgreementStatus
from walmu_api.record.document_schemas import Texts


class ClientName(NamedPerson):
    """The client's name, where the client let it be told or signed."""


class InsuranceOfPlace(Message):
    """Who takes the accident insurance (tapaturmavakuutus)."""

    taken_by: InsuranceTaker = Field(description="Who takes it.")


class SafetyAndSupportItem(Message):
    """One thing that the client wants the instructors to know, in the client's words (turvallisuus ja tuki)."""

    permission_id: Id = Field(description="The client's permission by which you read it.")
    topic: SafetyTopic = Field(description="What it is about, so that it is found in a hurry.")
    text: Lines = Field(description="In the client's own words.")
    valid_until: Day = Field(description="The last day of the permission; revoked, it ends at once.")


class SafetyAndSupport(Message):
    """What the acting person may know of a client at this place, now. Not to be stored."""

    items: list[SafetyAndSupportItem] = Field(
        description="Empty when the client told nothing for the acting person, or it is no longer permitted."
    )


class WorkplaceAgreement(Message):
    """What was agreed with the client for this place, and nothing else of the agreement. The rest of it, such as
    goals, allowance, legal basis and the decision, the workplace does not read."""

    id: Id = Field(
        description="The id of the agreement: its days are under `/v1/agreements/{id}/attendance`."
    )
    version: Count = Field(description="The version of the agreement, from 1.")
    recorded_at: Instant = Field(
        description="When this version of the agreement was recorded (server clock)."
    )
    client_id: Id = Field(description="The client who comes to the workplace.")
    client_name: ClientName | None = Field(
        None, description="Where a permission names it (`client_name`), or the client signed the agreement."
    )
    status: AgreementStatus = Field(
        description="How far the agreement is; whether it is in force follows from its days too."
    )
    offered_on: Day | None = Field(
        None, description="Since when the workplace reads it, where it was offered before it was signed."
    )
    signed_on: Day | None = Field(
        None, description="The day on which it was signed; left out while it is not."
    )
    place: Place = Field(description="Where the activity is carried out.")
    starts_on: Day = Field(description="First day of the agreement.")
    ends_on: Day = Field(description="Last day of the agreement.")
    schedule: Schedule = Field(description="Days and hours: a week plan or a range.")
    schedule_from: Day | None = Field(
        None,
        description="The first day for which `schedule` holds, the one agreed on last; it may be still to come.",
    )
    hours_per_day: Annotated[float, Field(ge=0, le=24)] | None = Field(
        None, description="Hours a day, where the schedule is flexible."
    )
    days_per_week: Annotated[float, Field(ge=0, le=7)] | None = Field(
        None, description="Days a week, where the schedule is flexible."
    )
    tasks: Texts | None = Field(
        None, description="The tasks at the place, as the provider words them for it."
    )
    work_instructions: list[Instruction] | None = Field(
        None, description="How the tasks at the place are done, for the client."
    )
    instructors: list[SiteWorker] = Field(description="On-site instructors (lähiohjaaja).")
    coach: Coach | None = Field(None, description="The coach to call: name and work phone.")
    absence_reporting: Texts = Field(description="How and by when absences are reported.")
    insurance: InsuranceOfPlace | None = Field(None, description="Who takes the accident insurance.")
    meal: Meal | None = Field(None, description="Whether the client gets a meal on days of attendance.")
    signatures: list[AgreementSignature] = Field(description="Who signed the agreement.")
