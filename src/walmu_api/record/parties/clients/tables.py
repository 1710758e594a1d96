"""The row of a client. The identity code is sealed; equality is asked of its blind index."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import FetchedValue, LargeBinary
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

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
    merged_into: Mapped[UUID | None]
    merge_reason: Mapped[str | None]
    name_words: Mapped[list[bytes] | None] = mapped_column(ARRAY(LargeBinary()))
    person_index: Mapped[bytes | None]
    birthday_index: Mapped[bytes | None]
    protected_with: Mapped[bool] = mapped_column(server_default=FetchedValue())
    withheld_with: Mapped[bool] = mapped_column(server_default=FetchedValue())
    died_on: Mapped[date | None]
    died_with: Mapped[date | None]
    emigrated_on: Mapped[date | None]

    @property
    def died(self) -> date | None:
        """The day of death, as it was recorded of it, or of one who was merged into it; of several the first."""
        return min((day for day in (self.died_on, self.died_with) if day is not None), default=None)

    @property
    def is_protected(self) -> bool:
        """Under non-disclosure: by what was recorded of it, or of one who was merged into it."""
        return self.turvakielto or self.protected_with

    @property
    def is_withheld(self) -> bool:
        """Whether contacts are secret or withheld from providers too, by what was recorded of it or of such another."""
        return self.withheld_with or bool(
            self.content.get("secret_contacts") or self.content.get("contacts_withheld")
        )

    @property
    def has_secret_contacts(self) -> bool:
        """Whether nobody but the organiser is told how the client is reached, but for what is `given` all the same."""
        return self.is_protected or self.is_withheld or self.died is not None
