"""Which structure an assessment follows, and what can be wrong with it (`judging` finds it). Pure."""

from collections.abc import Sequence

from walmu_api.foundation.problems import ProblemType, Text

WORK = "1.2.246.537.6.1506.1003.2022.6.28"
"""Assessment of rehabilitative work activity (kuntouttavan työtoiminnan arvio)."""
SUMMARY = "1.2.246.537.6.1506.16009.2022.6.28"
"""Summary of social welfare (sosiaalihuollon yhteenveto)."""

FORM_NOT_IN_FORCE = ProblemType(
    "form-not-in-force",
    422,
    Text("The form is not in force", "Lomake ei ole voimassa", "Blanketten gäller inte"),
    Text(
        "This version of the form is not in force on the day of the assessment.",
        "Tämä lomakkeen versio ei ole voimassa arvioinnin päivänä.",
        "Denna version av blanketten gäller inte på bedömningsdagen.",
    ),
)
OTHER_AUDIENCE = ProblemType(
    "other-audience",
    422,
    Text("The form is for others", "Lomake on muille", "Blanketten är avsedd för andra"),
    Text(
        "The form is filled in by: {audience}.",
        "Lomakkeen täyttää: {audience}.",
        "Blanketten fylls i av: {audience}.",
    ),
)
ITEM_NOT_ON_FORM = ProblemType(
    "item-not-on-form",
    422,
    Text("Not an item of the form", "Kohtaa ei ole lomakkeella", "Punkten finns inte på blanketten"),
    Text(
        "The form has no such item.",
        "Lomakkeella ei ole tällaista kohtaa.",
        "Blanketten har ingen sådan punkt.",
    ),
)
ITEM_MISSING = ProblemType(
    "item-missing",
    422,
    Text("An item is not answered", "Kohtaan ei ole vastattu", "En punkt är obesvarad"),
    Text(
        "The form requires an answer to {item}.",
        "Lomake vaatii vastauksen kohtaan {item}.",
        "Blanketten kräver ett svar på {item}.",
    ),
)
NO_PLACE_ON_ITEM = ProblemType(
    "no-place-on-item",
    422,
    Text("The item does not hold it", "Kohdassa ei ole tälle paikkaa", "Punkten har ingen plats för det"),
    Text(
        "The form gives this item no place for it.",
        "Lomake ei anna tälle paikkaa kyseisessä kohdassa.",
        "Blanketten ger ingen plats för detta i punkten.",
    ),
)
RATING_OUTSIDE_SCALE = ProblemType(
    "rating-outside-scale",
    422,
    Text("Not a step of the scale", "Arvosana ei kuulu asteikkoon", "Betyget hör inte till skalan"),
    Text("The steps of the scale are {steps}.", "Asteikon portaat ovat {steps}.", "Skalans steg är {steps}."),
)
PROBLEMS = (
    FORM_NOT_IN_FORCE,
    OTHER_AUDIENCE,
    ITEM_NOT_ON_FORM,
    ITEM_MISSING,
    NO_PLACE_ON_ITEM,
    RATING_OUTSIDE_SCALE,
)
ANSWERED_ONCE = Text("the item is there twice", "kohta on kahteen kertaan", "punkten finns två gånger")
ONLY_IN_SUMMARIES = Text(
    "rehabilitative work activity is assessed in structure 1003, which has no place for it",
    "kuntouttava työtoiminta arvioidaan rakenteella 1003, jossa tälle ei ole paikkaa",
    "arbetsverksamhet i rehabiliteringssyfte bedöms enligt struktur 1003, som saknar plats för detta",
)


def structure(service_kind: str, legal_bases: Sequence[str]) -> str:
    """Rehabilitative work activity has a structure of its own; everything else is assessed in a summary."""
    rehabilitative = service_kind == "rehabilitative_work" or "KTT_189_2001" in legal_bases
    return WORK if rehabilitative else SUMMARY
