"""Clients (asiakkaat) on the wire."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from walmu_api.foundation import reasons
from walmu_api.foundation.identifiers import identity
from walmu_api.foundation.wire import Day, Line, Message, SourceId, Stored


class Identity(Message):
    """An identifier of the person. `urn:oid:1.2.246.21` is the personal identity code (henkilötunnus); temporary
    identifiers have the system `urn:oid:1.2.246.10.<business id>.22.<year>`."""

    system: Annotated[str, StringConstraints(pattern=r"^urn:oid:[0-9.]{3,80}$")] = Field(
        examples=["urn:oid:1.2.246.21"]
    )
    value: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z+-]{11}$")] = Field(examples=["010190-999W"])

    @model_validator(mode="after")
    def well_formed(self) -> Self:
        if identity(self.system, self.value) is None:
            raise ValueError(reasons.IDENTIFIER.en)
        return self

    @property
    def canonical(self) -> str:
        return identity(self.system, self.value) or ""


class ClientContact(Message):
    """How the client is reached. With turvakielto it is given to the organiser only."""

    phone: Line | None = None
    email: Line | None = None
    street_address: Line | None = None
    postal_code: Line | None = None
    municipality: Line | None = None


class ClientEntry(Message):
    """A person served (asiakas)."""

    EXAMPLE = {
        "family_name": "Virtanen", "given_names": "Eeva Maria",
        "identity": {"system": "urn:oid:1.2.246.21", "value": "020290-999B"}, "date_of_birth": "1990-02-02",
        "turvakielto": False, "contact": {"phone": "+358 50 000 0000", "municipality": "Esimerkkilä"}, "language": "fi",
        "source_id": "asiakas-1001",
    }  # fmt: skip

    family_name: Line = Field(examples=["Virtanen"])
    given_names: Line = Field(examples=["Eeva Maria"])
    identity: Identity | None = None
    date_of_birth: Day | None = None
    turvakielto: bool = Field(
        description="Non-disclosure for personal safety (661/2009, 36 §): contacts are withheld from all but the organiser."
    )
    turvakielto_ends_on: Day | None = None
    contact: ClientContact | None = None
    language: Literal["fi", "sv", "en", "se", "other"] | None = Field(None, description="Language of service.")
    source_id: SourceId | None = None


class Client(ClientEntry, Stored):
    """A client as recorded, as far as the caller may see it."""


class ClientSearch(Message):
    """Look a client up by identifier; in a body, because addresses end up in logs."""

    EXAMPLE = {"identity": {"system": "urn:oid:1.2.246.21", "value": "010190-999W"}}

    identity: Identity


class ClientSearchResult(Message):
    """The client found, or nobody."""

    EXAMPLE = {"items": [{**Stored.EXAMPLE, **ClientEntry.EXAMPLE}]}

    items: list[Client]
