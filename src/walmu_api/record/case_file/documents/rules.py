"""What holds of every record that mirrors a national document. Pure."""

from walmu_api.foundation.problems import ProblemType

UNCONFIRMED = "unconfirmed"
FINAL = "final"
VOIDED = "voided"
ALREADY_VOIDED = ProblemType("already-voided", 409)
CLIENT_NEEDED = ProblemType("client-needed", 422, located=True)
NOT_YOURS_TO_CHANGE = ProblemType("not-yours-to-change", 403)
PROBLEMS = (ALREADY_VOIDED, CLIENT_NEEDED, NOT_YOURS_TO_CHANGE)
