"""The cells of a line as what is said of a day. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from walmu_api.foundation import validation_messages
from walmu_api.foundation.clock import HELSINKI
from walmu_api.foundation.identity_codes import PERSONAL_IDENTITY_CODE, identity
from walmu_api.foundation.locales import Reason
from walmu_api.foundation.problems import MISSING, UNKNOWN_CODE
from walmu_api.foundation.texts import folded
from walmu_api.foundation.worksheets.limits import Value
from walmu_api.record.everyday.attendance.imports.schemas import FIELDS, WORDS, AttendanceMapping
from walmu_api.record.everyday.attendance.imports.words import Meanings
from walmu_api.record.everyday.worksheets.cells import (
    day_of,
    identifier_of,
    minutes_of,
    number_of,
    text_of,
    time_of,
)
from walmu_api.record.everyday.worksheets.lines import AS_TEXT, CELL_DAY, Cells, WorksheetLine

CELL_TIME = Reason("cell-time")
CLOCK_CHANGE = Reason("clock-change")
CELL_DURATION = Reason("cell-duration")
NAMES = ("agreement", "client", "identity_code")
"""What a line names its agreement by, the first that does deciding where something is missing."""
_OF_THE_DAY = frozenset(FIELDS) - {
    *NAMES,
    "date",
    "planned_minutes",
    "planned_hours",
    "source_id",
    "if_version",
}
"""What says how a day went. A row without any of it is still to be filled in."""
_CODE_SYSTEMS = {"status": "attendance_status", "absence_reason": "absence_reason", "form": "attendance_form"}
_MOST_MINUTES = 24 * 60


@dataclass(slots=True)
class DayLine(WorksheetLine):
    """A line that becomes a day."""

    names: dict[str, str] = field(default_factory=dict)
    """What its agreement is named by; never told."""
    fields: dict[str, Any] = field(default_factory=dict)


class LineReader:
    """Reads the lines of one worksheet, of whose columns it is known what they hold."""

    def __init__(
        self,
        mapping: AttendanceMapping,
        held: Mapping[str, str],
        columns: Mapping[str, int],
        meanings: Mapping[str, Meanings],
    ) -> None:
        self.held, self.columns, self.meanings = held, columns, meanings
        self.constant = {
            name: cell.value
            for name in FIELDS
            if (cell := getattr(mapping, name)) is not None and cell.value is not None
        }
        self.nothing = {folded(text) for text in mapping.missing}

    def line(self, number: int, row: int, cells: Sequence[Value]) -> DayLine | None:
        """A line, rejected where its cells are not what its fields hold; nothing where it is still to be filled in."""
        line = DayLine(number, row)
        if line.does_not_fit(cells, self.columns):
            return line
        reading = _Reading(self, line, cells)
        if not _OF_THE_DAY & reading.values.keys():
            return None
        reading.read()
        line.findings = reading.found
        return line


class _Reading(Cells):
    """The reading of one line."""

    line: DayLine

    def __init__(self, reader: LineReader, line: DayLine, cells: Sequence[Value]) -> None:
        super().__init__(line, cells, reader.columns, reader.nothing)
        self.reader = reader
        found = {name: self.cell(column, f"/{name}") for name, column in reader.held.items()}
        self.values = {name: value for name, value in (reader.constant | found).items() if value is not None}

    def read(self) -> None:
        values = self.values
        named = [name for name in NAMES if name in values]
        if not named:
            first = next(name for name in NAMES if name in self.reader.held or name in self.reader.constant)
            self.found.append(MISSING.at(f"/{first}"))
        self.found += [MISSING.at(f"/{name}") for name in ("date", "status") if name not in values]
        for name, value in values.items():
            if self.can_be_read(value, f"/{name}"):
                self._field(name, value)
        if not self.found:
            for name in self.line.fields.keys() & {"arrived_at", "left_at"}:
                at = datetime.combine(self.line.fields["date"], self.line.fields[name], HELSINKI)
                if at.utcoffset() != at.replace(fold=1).utcoffset():
                    self.refuse(f"/{name}", CLOCK_CHANGE)
                self.line.fields[name] = at

    def _field(self, name: str, value: Value) -> None:
        at, fields = f"/{name}", self.line.fields
        if name in NAMES:
            self._name(name, value)
        elif name in WORDS:
            text = text_of(value)
            code = self.reader.meanings[name].get(folded(text)) if text is not None else None
            if code is None:
                self.found.append(UNKNOWN_CODE.at(at, code_system=_CODE_SYSTEMS[name]))
            fields[name] = code
        elif name in {"date", "rescheduled_to", "rescheduled_from"}:
            self._set(name, day_of(value), CELL_DAY)
        elif name in {"arrived_at", "left_at"}:
            self._set(name, time_of(value), CELL_TIME)
        elif name == "if_version":
            number = number_of(value)
            whole = number is not None and number.is_integer() and 1 <= number < 2**31
            self._set(name, int(number or 0) if whole else None, validation_messages.NUMBER)
        elif name == "source_id":
            self.line.source_id = fields[name] = self.own_key(value, at)
        else:
            minutes = minutes_of(value, in_hours=name.endswith("_hours"))
            if minutes is None or not 0 <= minutes <= _MOST_MINUTES:
                self.refuse(at, CELL_DURATION)
            fields[name.replace("_hours", "_minutes")] = minutes

    def _set(self, name: str, value: Any, reason: Reason) -> None:
        if value is None:
            self.refuse(f"/{name}", reason)
        self.line.fields[name] = value

    def _name(self, name: str, value: Value) -> None:
        text, reason = identifier_of(value), AS_TEXT
        if name == "identity_code" and text is not None:
            text, reason = identity(PERSONAL_IDENTITY_CODE, text), validation_messages.IDENTIFIER
        if text is None:
            self.refuse(f"/{name}", reason)
        else:
            self.line.names[name] = text
