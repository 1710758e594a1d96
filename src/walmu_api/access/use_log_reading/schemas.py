"""The use log on the wire."""

from pydantic import Field

from walmu_api.foundation.schema_types import EXAMPLE_ID, ActingPerson, Id, Instant, Line, Message


class UseLogItem(Message):
    """One answer that carried client data (käyttöloki)."""

    EXAMPLE = {
        "id": EXAMPLE_ID,
        "at": "2026-10-05T10:30:00.000000Z",
        "client_ids": [EXAMPLE_ID],
        "organisation_id": EXAMPLE_ID,
        "system_id": EXAMPLE_ID,
        "person": {"sub": "u-1234", "name": "Aino Korhonen"},
        "operation": "recordAttendance",
        "resource_type": "attendance",
        "purpose": "carrying-out-the-service",
        "request_id": EXAMPLE_ID,
    }

    id: Id
    at: Instant
    client_ids: list[Id] = Field(description="Whose data it carried; empty for a search that found nobody.")
    organisation_id: Id
    system_id: Id
    person: ActingPerson | None = None
    operation: Line = Field(description="The operationId.")
    resource_type: Line
    purpose: Line = Field(description="Follows from role and relationship; the sender does not choose it.")
    request_id: Line
