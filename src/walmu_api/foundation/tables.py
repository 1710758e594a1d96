"""Base classes of rows. They hold columns, never behaviour."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, FetchedValue, MetaData, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Row(DeclarativeBase):
    metadata = MetaData()
    type_annotation_map = {
        UUID: Uuid(),
        str: Text(),
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB(none_as_null=True),
        list[dict[str, Any]]: JSONB(none_as_null=True),
        list[str]: ARRAY(Text()),
        list[UUID]: ARRAY(Uuid()),
    }
    names_client: ClassVar[str] = "client_id"
    """The column that says whose data a row is, where there is one."""


class Tenanted:
    """A row of one organiser: the tenant is first in every key."""

    organiser_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)


class Recorded(Tenanted):
    """A record: versioned, with who recorded it when, and the sender's own key."""

    version: Mapped[int] = mapped_column(default=1)
    recorded_at: Mapped[datetime]
    recorded_by_organisation: Mapped[UUID]
    recorded_by_system: Mapped[UUID]
    recorded_by_person: Mapped[dict[str, Any] | None]
    source_id: Mapped[str | None]
    source_system: Mapped[UUID | None]

    @property
    def recorded_by(self) -> dict[str, Any]:
        return {
            "organisation_id": self.recorded_by_organisation,
            "system_id": self.recorded_by_system,
            "person": self.recorded_by_person,
        }


class OfClient:
    """A row of a client: the one under whom it is read, and the one whom it named itself. They differ where the latter was
    merged into the former; a trigger sets the second (ADR 62)."""

    client_id: Mapped[UUID]
    client_named: Mapped[UUID] = mapped_column(server_default=FetchedValue())


class Mirrored(Recorded):
    """A record that mirrors a national document and has a table of its own: columns for what rules and
    queries need, `content` for all else that it says, `received` for the document as it came (null when the
    record was said in our JSON)."""

    document_number: Mapped[int] = mapped_column(BigInteger, server_default=FetchedValue())
    content: Mapped[dict[str, Any]] = mapped_column(default=dict)
    received: Mapped[dict[str, Any] | None]
