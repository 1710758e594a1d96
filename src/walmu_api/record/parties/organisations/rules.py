"""What must hold of organisations and units."""

from walmu_api.foundation.problems import ProblemType

BUSINESS_ID_TAKEN = ProblemType("business-id-taken", 409)
PROBLEMS = (BUSINESS_ID_TAKEN,)
