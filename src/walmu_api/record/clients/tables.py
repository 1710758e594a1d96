"""The row of a client. The identity code is sealed; equality is asked of its blind index."""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, FetchedValue
from sqlalchemy.orm import Mapped, mapped_column

from walmu_api.foundation.tables import Recorded, Row


class ClientRow(Recorded, Row):
    __tablename__ = "clients"

    family_name: Mapped[str]
    given_names: Mapped[str]
    identity_system: Mapped[str | None]
    identity_sealed: Mapped[bytes | None]
    identity_index: Mapped[bytes | None]
    date_of_birth: Mapped[date | None]
    turvakielto: Mapped[bool]
    turvakielto_ends_on: Mapped[date | None]
    contact: Mapped[dict[str, Any] | None]
    language: Mapped[str | None]
    document_number: Mapped[int] = mapped_column(BigInteger, server_default=FetchedValue())
    content: Mapped[dict[str, Any]] = mapped_column(default=dict)
    received: Mapped[dict[str, Any] | None]
