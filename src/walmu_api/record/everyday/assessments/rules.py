"""Which structure an assessment follows, and what can be wrong with it (`judging` finds it). Pure."""

from collections.abc import Sequence

from walmu_api.foundation.locales import Reason
from walmu_api.foundation.problems import ProblemType

WORK = "1.2.246.537.6.1506.1003.2022.6.28"
"""Assessment of rehabilitative work activity (kuntouttavan työtoiminnan arvio)."""
SUMMARY = "1.2.246.537.6.1506.16009.2022.6.28"
"""Summary of social welfare (sosiaalihuollon yhteenveto)."""

FORM_NOT_IN_FORCE = ProblemType("form-not-in-force", 422, located=True)
OTHER_AUDIENCE = ProblemType("other-audience", 422, located=True)
ITEM_NOT_ON_FORM = ProblemType("item-not-on-form", 422, located=True)
ITEM_MISSING = ProblemType("item-missing", 422, located=True)
NO_PLACE_ON_ITEM = ProblemType("no-place-on-item", 422, located=True)
RATING_OUTSIDE_SCALE = ProblemType("rating-outside-scale", 422, located=True)
PROBLEMS = (
    FORM_NOT_IN_FORCE,
    OTHER_AUDIENCE,
    ITEM_NOT_ON_FORM,
    ITEM_MISSING,
    NO_PLACE_ON_ITEM,
    RATING_OUTSIDE_SCALE,
)
ANSWERED_ONCE = Reason("item-twice")
ONLY_IN_SUMMARIES = Reason("only-in-summaries")
OF_THE_PROVIDER = Reason("of-the-provider")


def structure(service_kind: str, legal_bases: Sequence[str]) -> str:
    """Rehabilitative work activity has a structure of its own; everything else is assessed in a summary."""
    rehabilitative = service_kind == "rehabilitative_work" or "KTT_189_2001" in legal_bases
    return WORK if rehabilitative else SUMMARY
