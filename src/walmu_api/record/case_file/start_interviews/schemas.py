"""Start interviews (alkuhaastattelut) on the wire; given out as summaries (national structure 16009)."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints
from typing_extensions import TypeAliasType

from walmu_api.foundation.schema_types import CodeWord, Day, Line, Lines, Message
from walmu_api.record.case_file.documents.schemas import Filed, InCase
from walmu_api.record.document_schemas import Authors, NationalCode

EscoConcept = Annotated[
    str, StringConstraints(pattern=r"^http://data\.europa\.eu/esco/[A-Za-z0-9/_.-]{1,100}$")
]
SkillLevel = TypeAliasType(
    "SkillLevel",
    Annotated[
        Literal["wants_to_learn", "has_tried", "can", "can_well"],
        Field(description="How well the client has a skill."),
    ],
)


class SkillCode(Message):
    """A code of a list of the organiser's own."""

    list: CodeWord = Field(description="The name of the list.")
    code: CodeWord
    label: Line | None = None


class Skill(Message):
    """A skill as a code, in words, or both; so that a fitting workplace can be sought."""

    text: Line | None = None
    esco: EscoConcept | None = Field(None, description="The URI of a concept of ESCO.")
    esco_label: Line | None = Field(None, description="The label of the concept, as it was chosen.")
    occupation: NationalCode | None = Field(None, description="Code set 1.2.246.537.6.74.")
    local_code: SkillCode | None = None
    level: SkillLevel | None = None


class StartInterviewEntry(InCase):
    """A start interview: where the client stands, what they can and want."""

    written_on: Day | None = Field(
        None, description="The day of the interview; left out: the day it is recorded."
    )
    situation: Lines | None = Field(
        None, description="The client's situation. National text comes in here, unsplit."
    )
    skills: Annotated[list[Skill], Field(min_length=1, max_length=50)] | None = None
    strengths: Lines | None = None
    interests: Lines | None = None
    motivation: Lines | None = None
    wishes_for_work: Lines | None = None
    support_needed: Lines | None = None
    benefits: Annotated[list[CodeWord], Field(min_length=1, max_length=20)] | None = Field(
        None, description="Codes of the list benefit: which benefits the client has, never how much."
    )
    conclusions: Lines | None = None
    further_information: Lines | None = None
    legal_notice: Lines | None = Field(None, description="Lakiselostus.")
    authors: Authors = Field(description="Laatija.")


class StartInterview(StartInterviewEntry, Filed):
    """A start interview as recorded."""
