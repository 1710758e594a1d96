"""What every record that mirrors a national document has on the wire."""

from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from walmu_api.foundation.schema_types import Day, Id, Line, Lines, Message, SourceId, Stored
from walmu_api.foundation.withholding import Within
from walmu_api.record.case_file.documents.withholding import without_whereabouts

DocumentStatus = TypeAliasType(
    "DocumentStatus",
    Annotated[
        Literal["unconfirmed", "final", "voided"],
        Field(
            description="The state of a record that mirrors a document: `unconfirmed` until a person confirms it."
        ),
    ],
)


class Keyed(Message):
    """An entry that its sender may name with a key of its own."""

    source_id: SourceId | None = None


class Belonging(Keyed):
    """Whose record it is: the service relationship, the agreement or the client. Each may be named by the key that your
    own system gave instead of the id."""

    client_id: Id | None = Field(
        None, description="The client whom it is about; left out where another member names whose it is."
    )
    client_source_id: SourceId | None = Field(
        None, description="Your own key of the client, instead of `client_id`."
    )
    service_relationship_id: Id | None = Field(
        None, description="The service relationship (palvelun asiakkuus) that it belongs to."
    )
    service_relationship_source_id: SourceId | None = Field(
        None, description="Your own key of the service relationship, instead of its id."
    )
    agreement_id: Id | None = Field(None, description="The agreement (sopimus) that it belongs to.")
    agreement_source_id: SourceId | None = Field(
        None, description="Your own key of the agreement, instead of its id."
    )


class InCase(Belonging):
    """The same for what may belong to a case as well."""

    case_id: Id | None = Field(None, description="The case (asia) that it belongs to.")
    case_source_id: SourceId | None = Field(
        None, description="Your own key of the case, instead of `case_id`."
    )


class Filed(Stored):
    """What the server sets on every such record."""

    provider_id: Id | None = Field(
        None, description="The provider whose record it is; left out of the organiser's own."
    )
    workplace_id: Id | None = Field(
        None, description="The workplace that wrote it; left out of what others wrote."
    )
    dated_on: Day = Field(description="The day by which lists order and filter it.")
    status: DocumentStatus = Field(
        description="`unconfirmed`: written by a workplace, not yet confirmed by the provider."
    )
    status_reason: Lines | None = Field(None, description="Why it is void; left out while it is not.")
    structure: Line | None = Field(
        None, description="OID and version of the national structure, where there is one."
    )


class OnItsDay(Message):
    """Of what a workplace wrote: the day by which the workplace finds it."""

    dated_on: Day | None = Field(
        None, description="The day by which the workplace finds its own words in lists."
    )


NATIONAL_CONTENT = (
    "The document in the national form: one root key, Finnish keys. What it holds follows from its structure, of which `GET "
    "/v1/documents/structures` has every field; the JSON Schema of a structure is THL's."
)


class PassedOn(InCase):
    """A document without a resource of its own: kept in its national form."""

    structure: Line = Field(description="OID of the national structure with its version.")
    content: Annotated[dict[str, Any], Within(without_whereabouts)] = Field(description=NATIONAL_CONTENT)


class DocumentRecord(PassedOn, Filed):
    """Such a document as recorded."""


class Voiding(Message):
    """The act of voiding: it stays readable as `voided`."""

    reason: Line = Field(description="Why it is void; stays readable with the record as `status_reason`.")
