"""Workers and other persons by name, as they stand in records."""

import re
from typing import Annotated
from unicodedata import category, normalize

from pydantic import AfterValidator, Field, StringConstraints

from walmu_api.foundation.schema_types import Line, Message, no_identity_code

_PARTS = re.compile(r"[-\s]+")


def _no_identity_code(value: str) -> str:
    """However it is written: with digits of full width, another dash, a blank."""
    plain = (
        "-" if category(each) == "Pd" or each == "\N{MINUS SIGN}" else each
        for each in normalize("NFKC", value)
    )
    no_identity_code(_PARTS.sub("-", "".join(plain)))
    return value


WorkerId = Annotated[
    Line,
    AfterValidator(_no_identity_code),
    Field(
        description="The worker's id in the system of their organisation, the same as `act.sub`; never a personal "
        "identity code.",
        examples=["u-1234"],
    ),
]


class NamedPerson(Message):
    """A person by name, and how they are reached."""

    family_name: Line = Field(description="Family name (sukunimi).", examples=["Korhonen"])
    given_names: Line = Field(description="Given names (etunimet).", examples=["Aino"])
    title: Line | None = Field(None, description="Title or task.", examples=["ohjaaja"])
    email: Line | None = Field(None, description="E-mail address, as written.")
    phone: Line | None = Field(None, description="Phone number, as written.")
    registration_number: Annotated[str, StringConstraints(pattern=r"^[0-9]{11}$")] | None = Field(
        None, description="Registration number of a social or health care professional, 11 digits."
    )


class Person(NamedPerson):
    """A worker or contact (never the client)."""

    id: WorkerId | None = None
