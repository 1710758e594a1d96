"""What can be wrong with a national document, in three languages. Pure."""

from dataclasses import dataclass

from walmu_api.foundation import request_body
from walmu_api.foundation.locales import Reason
from walmu_api.foundation.problems import Finding, ProblemType

STRUCTURE_OF_TASK = Reason("structure-of-task")

Location = tuple[int | str, ...]
LONGEST_KEY = 139
"""Characters of the longest national key."""


def pointer(location: Location) -> str:
    """Where something stands in a document; national keys are longer than other names."""
    return request_body.pointer(location, LONGEST_KEY)


EMPTY = ProblemType("empty-value", 422, located=True)
ONE_ROOT_KEY = ProblemType("one-root-key", 422, located=True)
CONDITIONALLY_REQUIRED = ProblemType("conditionally-required", 422, located=True)
REPEATED = ProblemType("repeated-here", 422, located=True)
NOT_APPLICABLE = ProblemType("not-applicable", 422, located=True)
UNKNOWN_STRUCTURE = ProblemType("unknown-structure", 422, located=True)
CLIENT_MISMATCH = ProblemType("client-mismatch", 422)
NOT_YOUR_STRUCTURE = ProblemType("not-your-structure", 403)
NOT_A_MEASUREMENT = ProblemType("not-a-measurement", 422)
DOCUMENT_INCOMPLETE = ProblemType("document-incomplete", 409)
PROBLEMS = (
    CLIENT_MISMATCH,
    NOT_YOUR_STRUCTURE,
    NOT_A_MEASUREMENT,
    DOCUMENT_INCOMPLETE,
    UNKNOWN_STRUCTURE,
    EMPTY,
    ONE_ROOT_KEY,
    CONDITIONALLY_REQUIRED,
    REPEATED,
    NOT_APPLICABLE,
)

WHOLE_DATE = Reason("whole-date")
CONTROLS = Reason("control-characters")
TOO_LARGE_NUMBER = Reason("too-large-number")
OFFICIAL = Reason("official-schema")
FIXED_SENTENCE = Reason("fixed-sentence")


@dataclass(frozen=True)
class DocumentFinding(Finding):
    """A finding in a national document; `our_field` is what our record calls the place, where it is mapped."""

    source: str = "schema"
    our_field: str | None = None

    def render(self, language: str) -> dict[str, str]:
        data = super().render(language) | {"severity": self.severity, "source": self.source}
        return data | ({"field": self.our_field} if self.our_field else {})
