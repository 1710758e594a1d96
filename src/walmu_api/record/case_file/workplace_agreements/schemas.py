"""What a workplace gets of an agreement (työpaikan liite) on the wire. A view of the agreement: same id, same versions."""

from typing import Annotated

from pydantic import Field

from walmu_api.foundation.schema_types import Count, Day, Id, Instant, Lines, Message, Person
from walmu_api.record.case_file.permissions.schemas import SafetyTopic
from walmu_api.record.commitments.agreements.schemas import (
    AgreementSignature,
    AgreementStatus,
    Coach,
    Instruction,
    InsuranceTaker,
    Meal,
    Place,
    Schedule,
    SiteWorker,
)
from walmu_api.record.document_schemas import Texts


class ClientName(Person):
    """The client's name, where the client let it be told or signed."""


class InsuranceOfPlace(Message):
    """Who takes the accident insurance (tapaturmavakuutus)."""

    taken_by: InsuranceTaker


class SafetyAndSupportItem(Message):
    """One thing that the client wants the instructors to know, in the client's words (turvallisuus ja tuki)."""

    permission_id: Id
    topic: SafetyTopic
    text: Lines
    valid_until: Day = Field(description="The last day of the permission; revoked, it ends at once.")


class SafetyAndSupport(Message):
    """What the acting person may know of a client at this place, now. Not to be stored."""

    items: list[SafetyAndSupportItem]


class WorkplaceAgreement(Message):
    """What was agreed with the client for this place, and nothing else of the agreement. The rest of it, such as
    goals, allowance, legal basis and the decision, the workplace does not read."""

    id: Id = Field(
        description="The id of the agreement: its days are under `/v1/agreements/{id}/attendance`."
    )
    version: Count
    recorded_at: Instant
    client_id: Id
    client_name: ClientName | None = Field(
        None, description="Where a permission names it (`client_name`), or the client signed the agreement."
    )
    status: AgreementStatus
    offered_on: Day | None = None
    signed_on: Day | None = None
    place: Place
    starts_on: Day
    ends_on: Day
    schedule: Schedule
    hours_per_day: Annotated[float, Field(ge=0, le=24)] | None = None
    days_per_week: Annotated[float, Field(ge=0, le=7)] | None = None
    tasks: Texts | None = Field(None, description="The tasks at the place.")
    work_instructions: list[Instruction] | None = None
    instructors: list[SiteWorker]
    coach: Coach | None = Field(None, description="The coach to call: name and work phone.")
    absence_reporting: Texts
    insurance: InsuranceOfPlace | None = None
    meal: Meal | None = None
    signatures: list[AgreementSignature]
