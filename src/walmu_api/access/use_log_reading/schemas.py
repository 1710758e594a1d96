"""The use log on the wire."""

from pydantic import Field

from walmu_api.foundation.schema_types import ActingPerson, Id, Instant, Line, Lines, Message


class UseLogItem(Message):
    """One answer that carried client data (käyttöloki)."""

    id: Id = Field(description="Made by the server (UUID version 7): later rows sort after earlier ones.")
    at: Instant = Field(description="When the answer was given (server clock).")
    client_ids: list[Id] = Field(
        description="Whose data it carried; empty for a search that found nobody, and for figures of groups."
    )
    organisation_id: Id = Field(description="The organisation whose system read.")
    system_id: Id = Field(description="The connected system that read.")
    person: ActingPerson | None = Field(
        None, description="The person for whom it read, by the claim `act`; left out where nobody was named."
    )
    operation: Line = Field(description="The `operationId` of what was called.")
    resource_type: Line = Field(description="What kind of data the answer carried, as in the change feed.")
    question: Lines | None = Field(
        None,
        description="What was asked, where figures of groups were told and no client is named.",
        examples=["from=2026-01-01&to=2026-06-30&by=provider"],
    )
    purpose: Line = Field(description="Follows from role and relationship; the sender does not choose it.")
    request_id: Line = Field(description="`X-Request-Id` of the request, to find it in both sides' logs.")
