"""The row of a client. The identity code is sealed; equality is asked of its blind index."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Mapped

from walmu_api.foundation.tables import Mirrored, Row


class ClientRow(Mirrored, Row):
    __tablename__ = "clients"
    names_client = "id"

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
