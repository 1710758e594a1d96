"""The row of a record that mirrors a national document, and where it belongs."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, FetchedValue
from sqlalchemy.orm import Mapped, mapped_column

from walmu_api.foundation.tables import OfClient, Recorded, Row


class DocumentRow(OfClient, Recorded, Row):
    __tablename__ = "documents"

    resource_type: Mapped[str]
    document_number: Mapped[int] = mapped_column(BigInteger, server_default=FetchedValue())
    structure: Mapped[str | None]
    owner_id: Mapped[UUID]
    provider_id: Mapped[UUID | None]
    workplace_id: Mapped[UUID | None]
    service_relationship_id: Mapped[UUID | None]
    agreement_id: Mapped[UUID | None]
    case_id: Mapped[UUID | None]
    service_task: Mapped[str | None]
    shared: Mapped[bool]
    dated_on: Mapped[date]
    status: Mapped[str]
    status_reason: Mapped[str | None]
    content: Mapped[dict[str, Any]]
    received: Mapped[dict[str, Any] | None]


@dataclass(frozen=True)
class Place:
    """Where a record belongs. `service_task` is the code of the relationship's service task."""

    client_id: UUID
    provider_id: UUID | None = None
    workplace_id: UUID | None = None
    service_relationship_id: UUID | None = None
    agreement_id: UUID | None = None
    case_id: UUID | None = None
    service_task: str | None = None
