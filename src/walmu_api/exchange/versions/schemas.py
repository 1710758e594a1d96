"""What a record was before, on the wire."""

from pydantic import Field

from walmu_api.access.resource import DISCLOSING, disclosing
from walmu_api.foundation.schema_types import Count, Instant, Line, Message, RecordedBy


class Version(Message):
    """One version of a record."""

    version: Count = Field(description="From 1; the newest is what the record is now.")
    recorded_at: Instant = Field(description="When this version was recorded (server clock).")
    recorded_by: RecordedBy = Field(description="Who made this version.")
    change: Line = Field(description="What made the version: created, updated, ended or voided.")
    url: Line = Field(description="Where the record stands as it was then.")


DISCLOSING[Version] = disclosing("versions")
