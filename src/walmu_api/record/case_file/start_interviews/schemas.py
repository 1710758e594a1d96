"""Start interviews (alkuhaastattelut) on the wire; given out as summaries (national structure 16009)."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints
from typing_extensions import TypeAliasType

from walmu_api.foundation.past_days import PastDay
from walmu_api.foundation.schema_types import CodeWord, Line, Lines, Message
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

    list: CodeWord = Field(description="Name of the organiser's own list of skills.")
    code: CodeWord = Field(description="The code, as that list spells it.")
    label: Line | None = Field(None, description="Its name, as it was chosen.")


class Skill(Message):
    """A skill as a code, in words, or both; so that a fitting workplace can be sought."""

    text: Line | None = Field(None, description="The skill in words.")
    esco: EscoConcept | None = Field(
        None, description="URI of a skill or occupation in ESCO, the European classification."
    )
    esco_label: Line | None = Field(None, description="The label of the concept, as it was chosen.")
    occupation: NationalCode | None = Field(None, description="Ammatti, code set 1.2.246.537.6.74.")
    local_code: SkillCode | None = Field(None, description="A code of the organiser's own list.")
    level: SkillLevel | None = Field(None, description="How well: from wanting to learn it to doing it well.")


class StartInterviewEntry(InCase):
    """A start interview: where the client stands, what they can and want."""

    written_on: PastDay | None = Field(
        None, description="The day of the interview; left out: the day it is recorded. Not a day to come."
    )
    situation: Lines | None = Field(
        None, description="The client's situation. National text comes in here, unsplit."
    )
    skills: Annotated[list[Skill], Field(min_length=1, max_length=50)] | None = Field(
        None, description="Skills, by which a fitting workplace can be sought."
    )
    strengths: Lines | None = Field(None, description="What the client is good at, in words.")
    interests: Lines | None = Field(None, description="What the client is interested in.")
    motivation: Lines | None = Field(None, description="What moves the client to take part.")
    wishes_for_work: Lines | None = Field(None, description="What work the client would like.")
    support_needed: Lines | None = Field(None, description="What support the client needs to manage at work.")
    benefits: Annotated[list[CodeWord], Field(min_length=1, max_length=20)] | None = Field(
        None, description="Codes of the list benefit: which benefits the client has, never how much."
    )
    conclusions: Lines | None = Field(None, description="What follows from it (johtopäätökset).")
    further_information: Lines | None = Field(None, description="What no other member has room for.")
    legal_notice: Lines | None = Field(
        None, description="Lakiselostus: the law that the document refers to, in words."
    )
    authors: Authors = Field(description="Who made the interview (laatija), 1 at least.")


class StartInterview(StartInterviewEntry, Filed):
    """A start interview as recorded."""
