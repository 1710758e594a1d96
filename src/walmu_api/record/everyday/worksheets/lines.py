"""A line of a worksheet on its way from cells to its outcome, and the reading of its cells. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from walmu_api.foundation import request_body, validation_messages
from walmu_api.foundation.locales import Reason
from walmu_api.foundation.problems import INVALID_VALUE, MISSING, Finding
from walmu_api.foundation.texts import folded
from walmu_api.foundation.worksheets.limits import Formula, Value
from walmu_api.record.everyday.worksheets.cells import identifier_of, shown_in
from walmu_api.record.everyday.worksheets.rules import FORMULA_VALUE
from walmu_api.record.everyday.worksheets.schemas import RecordingOutcome

FORMULA = Reason("formula")
CELL_DAY = Reason("cell-day")
AS_TEXT = Reason("as-text")
BEYOND = Reason("beyond-columns")
SHORT = Reason("short-row")


@dataclass(slots=True)
class WorksheetLine:
    """One line and what becomes of it."""

    number: int
    row: int
    source_id: str | None = None
    findings: list[Finding] = field(default_factory=list)
    """What rejects it."""
    warnings: list[Finding] = field(default_factory=list)
    outcome: RecordingOutcome = "rejected"
    id: UUID | None = None
    version: int | None = None

    def does_not_fit(self, cells: Sequence[Value], columns: Mapping[str, int]) -> bool:
        """Whether it has more or fewer cells than the first row; then it is rejected whole. The cell too many says which."""
        if len(cells) <= len(columns):
            return False
        self.findings = [INVALID_VALUE.at("", reason=BEYOND if cells[-1] else SHORT)]
        return True


class Cells:
    """The cells of one line by the names of their columns. What cannot be read is in `found`."""

    def __init__(
        self, line: WorksheetLine, cells: Sequence[Value], columns: Mapping[str, int], nothing: set[str]
    ) -> None:
        self.line, self._cells, self._columns, self._nothing = line, cells, columns, nothing
        self.found: list[Finding] = []

    def cell(self, column: str, pointer: str) -> Value:
        """What stands in the column; nothing where it says so. What was stored for a formula is taken, and told of."""
        value = self._cells[self._columns[column]]
        if isinstance(value, Formula) and value.value is not None:
            self.line.warnings.append(FORMULA_VALUE.at(pointer).warning())
            value = value.value
        text = shown_in(value)
        return None if text is not None and folded(text) in self._nothing else value

    def is_there(self, value: Value, pointer: str) -> bool:
        """Whether there is something that can be read."""
        if value is None:
            self.found.append(MISSING.at(pointer))
        return value is not None and self.can_be_read(value, pointer)

    def can_be_read(self, value: Value, pointer: str) -> bool:
        if isinstance(value, Formula):
            self.refuse(pointer, FORMULA)
        return not isinstance(value, Formula)

    def refuse(self, pointer: str, reason: Reason) -> None:
        self.found.append(INVALID_VALUE.at(pointer, reason=reason))

    def own_key(self, value: Value, pointer: str) -> str | None:
        """A key of the sender's own system, which is said again."""
        text = identifier_of(value)
        if text is None:
            self.refuse(pointer, AS_TEXT)
        elif not request_body.is_source_id(text):
            self.refuse(pointer, validation_messages.OWN_KEY)
        else:
            return text
        return None
