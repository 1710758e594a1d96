"""The use log on the wire."""

from pydantic import Field

from walmu_api.foundation.schema_types import ActingPerson, Id, Instant, Line, Lines, Message


class UseLogItem(Message):
    """One answer that carried client data (käyttöloki)."""

    id: Id
    at: Instant
    client_ids: list[Id] = Field(
        description="Whose data it carried; empty for a search that found nobody, and for figures of groups."
    )
    organisation_id: Id
    system_id: Id
    person: ActingPerson | None = None
    operation: Line = Field(description="The operationId.")
    resource_type: Line
    question: Lines | None = Field(
        None,
        description="What was asked, where figures of groups were told and no client is named.",
        examples=["from=2026-01-01&to=2026-06-30&by=provider"],
    )
    purpose: Line = Field(description="Follows from role and relationship; the sender does not choose it.")
    request_id: Line
