"""Code systems on the wire."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from walmu_api.foundation import validation_messages
from walmu_api.foundation.identity_codes import ANYWHERE
from walmu_api.foundation.patterns import NOT_IN_A_LINE
from walmu_api.foundation.schema_types import (
    Code,
    CodeWord,
    Count,
    Day,
    Instant,
    Line,
    Message,
    Quantity,
    RecordedBy,
)

LABEL = rf"^[^=+\-@{NOT_IN_A_LINE}][^{NOT_IN_A_LINE}]*$"
Label = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=LABEL)]
"""A line that no spreadsheet takes for a formula: it does not begin with = + - or @."""


def _no_identity_code(value: str) -> str:
    if ANYWHERE.search(value):
        raise validation_messages.OWN_KEY.error()
    return value


OwnCodeWord = Annotated[CodeWord, AfterValidator(_no_identity_code)]
"""A code stands in addresses: never a personal identity code."""


class Title(Message):
    """The name of a code system for people, in the languages in which it is known."""

    fi: Line = Field(description="Name in Finnish.")
    sv: Line | None = Field(None, description="Name in Swedish, where it is known.")
    en: Line | None = Field(None, description="Name in English, where it is known.")


class CodeMapping(Code):
    """The national code that a local code is told as."""

    display: Line = Field(description="Its name, as the national code set has it.")


class OwnCodeEntry(Message):
    """What an organiser says of a code of its own, or says otherwise of one that ships."""

    fi: Label = Field(description="Label in Finnish.", examples=["Hautajaiset"])
    sv: Label | None = Field(None, description="Label in Swedish.")
    en: Label | None = Field(None, description="Label in English.")
    easy_fi: Label | None = Field(
        None, description="In easy Finnish (selkokieli), as it is said to the client (sinä)."
    )
    valid_from: Day | None = Field(
        None, description="The first day on which it may be used; none: always was."
    )
    valid_to: Day | None = Field(
        None, description="The last day on which it may be used; a code is never deleted."
    )
    mapping: CodeMapping | None = Field(
        None,
        description="The national code that it is told as. Once given it stays: another mapping is "
        "another code.",
    )


class CodeLabel(OwnCodeEntry):
    """One code of a code system."""

    code: OwnCodeWord = Field(description="The code itself, as records say it.")


class OwnCode(CodeLabel):
    """One code as it stands for the organiser; what was recorded by whom is left out for a code that ships."""

    version: Count | None = Field(None, description="The strong ETag is this number in quotes.")
    recorded_at: Instant | None = Field(None, description="When the organiser last changed it.")
    recorded_by: RecordedBy | None = Field(None, description="Who in the organiser's name last changed it.")


class CodeSystem(Message):
    """A code system (koodisto): labels in Finnish, Swedish and English where they are known."""

    name: Line = Field(
        description="Our name, the OID of a national code set, or the path of a structure's own list "
        "with dots.",
        examples=["absence_reason"],
    )
    oid: Line | None = Field(None, description="OID of the national code set; left out of a list of ours.")
    system: Line | None = Field(
        None, description="What stands in `system` of its codes, without the version of the set."
    )
    title: Title | None = Field(None, description="Name for people.")
    version: Line | None = Field(
        None, description="Version of a national code set: the end of its versioned OID."
    )
    valid_from: Day | None = Field(None, description="From when this version is in use.")
    verified: bool = Field(
        description="False: only a part of the list is known here; other codes pass with a warning."
    )
    additions: bool = Field(description="True: the organiser may add codes of its own.")
    source: Line = Field(description="Where the codes come from, and how far they are proven.")
    code_count: Quantity = Field(description="How many codes it has (on the day that was asked for).")
    codes: list[CodeLabel] | None = Field(
        None,
        description="Left out of the list of code systems where there are more than 200: read that one by "
        "its name.",
    )
