"""The overview of a unit on the wire: one month, up to today."""

from pydantic import Field

from walmu_api.foundation.persons import Person
from walmu_api.foundation.schema_types import Day, DayCount, Message, Quantity
from walmu_api.record.everyday.assessments.schemas import AbsencesByReason
from walmu_api.record.parties.service_relationships.schemas import ServiceKind
from walmu_api.reports.follow_up.schemas import DayCounts, MissingReport
from walmu_api.reports.overview.schemas import ATTENDED_SHARE, REPORTED_SHARE, Month, NamedPlace, Share


class DayOfUnit(Message):
    """One day of the unit: how many clients."""

    date: Day = Field(description="The day itself.")
    planned: DayCount = Field(description="Clients who were planned to come.")
    attended: DayCount = Field(description="Clients who came, for the whole day or a part.")
    absent: DayCount = Field(description="Clients who did not come.")
    unreported: DayCount = Field(description="Clients who were planned, and of whom nothing is recorded.")


class ServiceOfUnit(Message):
    """One kind of service of the unit in sums."""

    service_kind: ServiceKind = Field(description="The service as this API sorts services.")
    days: DayCounts = Field(description="Its days in sums.")
    reported_share: Share | None = Field(None, description=REPORTED_SHARE)
    attended_share: Share | None = Field(None, description=ATTENDED_SHARE)


class UnitMissingReport(MissingReport):
    """A planned day of which nothing is recorded."""

    client: Person | None = Field(None, description="The client's name, for who may read clients.")


class UnitOverview(Message):
    """One month of a unit at a glance, up to today. It changes as days pass, so it has no ETag."""

    unit: NamedPlace = Field(description="The unit that was asked for.")
    provider: NamedPlace = Field(description="The provider whose unit it is.")
    month: Month = Field(description="The month, as yyyy-mm.")
    starts_on: Day = Field(description="First day of the month.")
    ends_on: Day = Field(description="The last day of the month, or today while it lasts.")
    clients: Quantity = Field(description="Clients with an agreement in force in the period.")
    days: DayCounts = Field(description="Days in sums.")
    reported_share: Share | None = Field(None, description=REPORTED_SHARE)
    attended_share: Share | None = Field(None, description=ATTENDED_SHARE)
    reasons: list[AbsencesByReason] = Field(
        description="Absences and part-days by reason, the most frequent first."
    )
    services: list[ServiceOfUnit] = Field(description="By kind of service, in the order of their names.")
    calendar: list[DayOfUnit] = Field(description="Days on which anybody was planned or recorded.")
    missing: list[UnitMissingReport] = Field(description="Who has not been reported, by day, then agreement.")
