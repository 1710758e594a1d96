"""Assessment forms (arviointilomakkeet) on the wire: what is asked in assessments is the organiser's data."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints
from typing_extensions import TypeAliasType

from walmu_api.foundation.schema_types import Count, Day, Id, Instant, Line, Message, RecordedBy, Step

FormAudience = TypeAliasType(
    "FormAudience", Annotated[Literal["provider", "workplace"], Field(description="Who fills in the form.")]
)
FormKind = TypeAliasType(
    "FormKind",
    Annotated[Literal["interim", "final", "short"], Field(description="When the form is filled in.")],
)
Voice = TypeAliasType(
    "Voice",
    Annotated[
        Literal["client", "professional", "workplace"], Field(description="Whose words an item holds.")
    ],
)
NationalField = TypeAliasType(
    "NationalField",
    Annotated[
        Literal[
            "working_hours_kept",
            "absences_reported",
            "strengths",
            "initiative",
            "suitability",
            "quality_and_skills",
            "community_skills",
            "goals_reached",
            "other_observations",
            "skills_to_develop",
            "onward",
        ],
        Field(description="A field of the national structure 1003 that an answer goes into."),
    ],
)
FormKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
FormOrigin = TypeAliasType(
    "FormOrigin",
    Annotated[
        Literal["shipped", "organiser"],
        Field(description="Whether the form came with the product or is the organiser's own."),
    ],
)


class Labels(Message):
    """One wording in each language that the form is filled in."""

    fi: Line = Field(description="The wording in Finnish.")
    sv: Line | None = Field(None, description="The wording in Swedish, where it is known.")
    easy_fi: Line | None = Field(None, description="Easy Finnish (selkosuomi), language tag `fi-x-selko`.")


class ScaleStep(Message):
    """One step of a rating scale and what it means."""

    value: Step = Field(description="The step, 0–100, as an assessment's `rating` says it.")
    labels: Labels = Field(description="What the step means, for people.")


class RatingScale(Message):
    """A rating scale that items of the form use."""

    key: FormKey = Field(description="The scale's key, by which items name it; unique on the form.")
    steps: Annotated[list[ScaleStep], Field(min_length=2, max_length=11)] = Field(
        description="From the least value up."
    )


class FormItem(Message):
    """One thing that is asked. It holds text, a rating, or both."""

    key: FormKey = Field(description="The item's key, by which assessments answer it; unique on the form.")
    labels: Labels = Field(description="What is asked, for people.")
    national_field: NationalField | None = Field(
        None,
        description="The field of structure 1003 that the answer goes into. Answers without one go into "
        "`other_observations`, each under its label.",
    )
    text: bool = Field(description="True: it takes text.")
    scale: FormKey | None = Field(None, description="The key of the scale it is rated on.")
    voices: Annotated[list[Voice], Field(min_length=1, max_length=3)] | None = Field(
        None, description="Whose views it holds beside the common text."
    )
    required: bool = Field(False, description="True: an assessment must answer it.")


class AssessmentFormEntry(Message):
    """An assessment form as the organiser says it."""

    name: Labels = Field(description="The form's name for people.")
    kind: FormKind = Field(
        description="What the form is for: a period, the end of the service, or a short look."
    )
    audience: FormAudience = Field(description="Who fills it in: professionals or the workplace.")
    valid_from: Day = Field(description="The first day on which assessments may be written on it.")
    valid_to: Day | None = Field(
        None, description="The last such day. A later version takes over from its first day on."
    )
    scales: Annotated[list[RatingScale], Field(min_length=1, max_length=10)] | None = Field(
        None, description="Rating scales that the items use; left out where nothing is rated."
    )
    items: Annotated[list[FormItem], Field(min_length=1, max_length=60)] = Field(
        description="What is asked, 1–60, in the order of the form."
    )


class AssessmentForm(AssessmentFormEntry):
    """One version of a form. It never changes: new content is a new version."""

    form: FormKey = Field(description="The form's key, the same in all its versions.")
    version: Count = Field(description="From 1; the strong ETag is this number in quotes.")
    origin: FormOrigin = Field(
        description="`shipped`: comes with the product, until the organiser says a version of its own."
    )
    id: Id | None = Field(
        None, description="As the change feed names it; forms that ship with the product have none."
    )
    recorded_at: Instant | None = Field(
        None, description="When this version was recorded; left out of one that ships."
    )
    recorded_by: RecordedBy | None = Field(
        None, description="Who recorded this version; left out of one that ships."
    )
