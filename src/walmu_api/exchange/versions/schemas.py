"""What a record was before, on the wire."""

from pydantic import Field

from walmu_api.foundation.schema_types import EXAMPLE_ID, Count, Instant, Line, Message, RecordedBy


class Version(Message):
    """One version of a record."""

    EXAMPLE = {
        "version": 1,
        "recorded_at": "2026-10-05T10:30:00.000000Z",
        "recorded_by": {"organisation_id": EXAMPLE_ID, "system_id": EXAMPLE_ID},
        "change": "created",
        "url": f"/v1/cases/{EXAMPLE_ID}/versions/1",
    }

    version: Count
    recorded_at: Instant = Field(description="When this version was recorded (server clock).")
    recorded_by: RecordedBy
    change: Line = Field(description="created, updated, ended or voided.")
    url: Line = Field(description="Where the record stands as it was then.")
