"""The row of a disclosure. Rows are added by a plain statement: whoever adds one may not be let to read it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, FetchedValue, Uuid, literal_column
from sqlalchemy.orm import Mapped, column_property, mapped_column

from walmu_api.access.merged_clients import read_under
from walmu_api.foundation.tables import Row, Tenanted

_READ_UNDER = read_under("disclosures.client_id", "disclosures.organiser_id")
"""The log only grows: it keeps the client who was named, and tells the one under whom that one is read (ADR 62)."""


class DisclosureRow(Tenanted, Row):
    __tablename__ = "disclosures"

    document_number: Mapped[int | None] = mapped_column(BigInteger, server_default=FetchedValue())
    client_named: Mapped[UUID] = mapped_column("client_id")
    client_id: Mapped[UUID] = column_property(literal_column(_READ_UNDER, Uuid()))
    service_relationship_id: Mapped[UUID | None]
    provider_id: Mapped[UUID | None]
    notice_id: Mapped[UUID | None]
    agreement_id: Mapped[UUID | None]
    recipient: Mapped[dict[str, Any]]
    recipient_id: Mapped[UUID | None]
    recipient_person: Mapped[str | None]
    purpose: Mapped[str]
    permission_id: Mapped[UUID | None]
    law: Mapped[str | None]
    field_groups: Mapped[list[str]]
    content_hash: Mapped[str]
    service_task: Mapped[dict[str, Any] | None]
    service: Mapped[dict[str, Any] | None]
    discloser: Mapped[dict[str, Any] | None]
    grounds: Mapped[str]
    disclosed_at: Mapped[datetime]
    organisation_id: Mapped[UUID]
    system_id: Mapped[UUID]
    person: Mapped[dict[str, Any] | None]
