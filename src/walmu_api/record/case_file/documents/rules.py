"""What holds of every record that mirrors a national document. Pure."""

from walmu_api.foundation.content_types import Content
from walmu_api.foundation.problems import ProblemType

UNCONFIRMED = "unconfirmed"
FINAL = "final"
VOIDED = "voided"
ALREADY_VOIDED = ProblemType("already-voided", 409)
CLIENT_NEEDED = ProblemType("client-needed", 422, located=True)
NOT_YOURS_TO_CHANGE = ProblemType("not-yours-to-change", 403)
PROBLEMS = (ALREADY_VOIDED, CLIENT_NEEDED, NOT_YOURS_TO_CHANGE)


def without_day(reported: Content) -> Content:
    """The words of a workplace, without the day by which it finds them."""
    return {name: value for name, value in reported.items() if name != "dated_on"}
