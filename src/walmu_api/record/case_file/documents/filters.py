"""The filters that lists of such records share, documented once."""

from typing import Annotated

from fastapi import Query

from walmu_api.foundation.schema_types import Day, Id, SourceId
from walmu_api.record.case_file.documents.schemas import DocumentStatus

ClientId = Annotated[Id | None, Query(description="Only this client's.")]
RelationshipId = Annotated[Id | None, Query(description="Only of this service relationship.")]
AgreementId = Annotated[Id | None, Query(description="Only of this agreement.")]
CaseId = Annotated[Id | None, Query(description="Only of this case.")]
Status = Annotated[DocumentStatus | None, Query(description="Only with this status.")]
From = Annotated[
    Day | None, Query(alias="from", description="From this day (`dated_on`) on, itself included.")
]
To = Annotated[Day | None, Query(description="Up to this day (`dated_on`), itself included.")]
Source = Annotated[
    SourceId | None, Query(description="Only the record to which your own system gave this key.")
]
