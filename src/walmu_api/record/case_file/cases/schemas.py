"""Cases (asiat, national structure 1505.2) on the wire."""

from typing import Annotated

from pydantic import Field

from walmu_api.foundation.past_days import PastDay
from walmu_api.foundation.schema_types import CodeWord
from walmu_api.record.case_file.documents.schemas import Belonging, Filed
from walmu_api.record.document_schemas import (
    Identifier,
    NamedClient,
    NationalCode,
    RelatedPerson,
    Texts,
    WrittenInstant,
)


class CaseClient(NamedClient):
    """A client of the case; several where the case is a common one."""

    joined_at: WrittenInstant | None = Field(None, description="When the client joined the case.")
    left_at: WrittenInstant | None = Field(
        None, description="When the client left the case; left out while they are in it."
    )


class CaseEntry(Belonging):
    """A case: opened by a referral, before there is a provider."""

    case_identifier: Identifier | None = Field(
        None, description="Asiatunnus: the same as in the metadata of the case's documents."
    )
    name: NationalCode | None = Field(None, description="What it is about, code set 1.2.246.537.6.1265.")
    name_note: Texts | None = Field(None, description="Needed with the code for other (99).")
    state: NationalCode | None = Field(
        None, description="Where the case stands (tila), code set 1.2.246.537.6.1501."
    )
    opened_on: PastDay | None = Field(
        None, description="The day on which the case was opened (avauspäivä). Not a day to come."
    )
    closed_on: PastDay | None = Field(
        None,
        description="When the case was closed; retention counts from it (703/2023, annex). Not a day to come.",
    )
    common: bool | None = Field(None, description="True: a common case (yhteinen asia) of several clients.")
    service_task: NationalCode | None = Field(
        None, description="Palvelutehtävä, code set 1.2.246.537.6.1221."
    )
    deciding_unit: NationalCode = Field(description="The organiser's unit, code set 1.2.246.537.6.202.")
    initiated_by: CodeWord | None = Field(None, description="A code of the list referral_source.")
    received_on: PastDay | None = Field(
        None, description="When the referral or application came. Not a day to come."
    )
    clients: Annotated[list[CaseClient], Field(min_length=1, max_length=20)] | None = Field(
        None, description="The clients of the case; left out, it has one, the client of `client_id`."
    )
    related_persons: Annotated[list[RelatedPerson], Field(min_length=1, max_length=20)] | None = Field(
        None, description="Others whom the case concerns (muut asiaan liittyvät henkilöt)."
    )


class Case(CaseEntry, Filed):
    """A case as recorded."""
