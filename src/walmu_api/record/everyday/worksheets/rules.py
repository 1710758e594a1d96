"""What is doubtful about a cell. Pure."""

from walmu_api.foundation.problems import ProblemType

FORMULA_VALUE = ProblemType("formula-value", 422, located=True)
