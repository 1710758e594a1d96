"""The cells of a line, as the mapping reads them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from walmu_api.foundation import request_body, validation_messages
from walmu_api.foundation.identity_codes import PERSONAL_IDENTITY_CODE, identity
from walmu_api.foundation.locales import Reason
from walmu_api.foundation.problems import INVALID_VALUE, MISSING, Finding
from walmu_api.foundation.worksheets.headings import folded
from walmu_api.foundation.worksheets.limits import Formula, Value
from walmu_api.record.everyday.measurements import rules
from walmu_api.record.everyday.measurements.imports.cells import (
    day_of,
    identifier_of,
    is_uuid,
    number_of,
    shown_in,
    text_of,
)
from walmu_api.record.everyday.measurements.imports.schemas import (
    WORDS,
    MeasurementMapping,
    ScoreColumn,
    WorksheetCell,
)
from walmu_api.record.everyday.measurements.schemas import MeasurementEntry

FORMULA = Reason("formula")
CELL_DAY = Reason("cell-day")
AS_TEXT = Reason("as-text")
BEYOND = Reason("beyond-columns")
SHORT = Reason("short-row")


@dataclass(slots=True)
class ImportLine:
    """One line on its way from cells to its outcome."""

    number: int
    row: int
    key: str | None = None
    """What the client is found by; never told."""
    fields: dict[str, Any] = field(default_factory=dict)
    entry: MeasurementEntry | None = None
    source_id: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    """What rejects it."""
    warnings: list[Finding] = field(default_factory=list)
    outcome: str = "rejected"
    id: UUID | None = None
    version: int | None = None

    def reject(self, *findings: Finding) -> None:
        self.outcome, self.findings, self.entry = "rejected", list(findings), None


class LineReader:
    """Reads the lines of one worksheet, whose columns stand at these places."""

    def __init__(self, mapping: MeasurementMapping, columns: Mapping[str, int]) -> None:
        self.mapping, self.columns = mapping, columns
        self.words: dict[tuple[str, str], str] = {
            (each.field, folded(each.text)): each.value for each in mapping.translations
        }
        self.nothing = {folded(text) for text in mapping.missing}

    def line(self, number: int, row: int, cells: Sequence[Value]) -> ImportLine:
        """A line, rejected where its cells are not what its fields hold."""
        line = ImportLine(number, row)
        if len(cells) > len(self.columns):  # the cell too many says what does not fit
            line.reject(INVALID_VALUE.at("", reason=BEYOND if cells[-1] else SHORT))
            return line
        reading = _Reading(self, line, cells)
        reading.read()
        if reading.found:
            line.reject(*reading.found)
        return line


class _Reading:
    """The reading of one line."""

    def __init__(self, reader: LineReader, line: ImportLine, cells: Sequence[Value]) -> None:
        self.reader, self.mapping = reader, reader.mapping
        self.line, self.cells = line, cells
        self.found: list[Finding] = []

    def read(self) -> None:
        line, mapping = self.line, self.mapping
        line.key = self._key()
        for name in WORDS:
            self._word(name)
        line.fields["answered_on"] = self._answered_on()
        line.fields["scores"] = [self._score(at, each) for at, each in enumerate(mapping.scores)]
        if mapping.items:
            line.fields["items"] = [
                {"key": each.key, **self._figure(f"/items/{at}/value", each.column)}
                for at, each in enumerate(mapping.items)
            ]
        if mapping.author is not None:
            line.fields["author"] = mapping.author
        if mapping.source_id is not None:
            self._source(mapping.source_id)

    def _cell(self, column: str, pointer: str) -> Value:
        """What stands in the column; nothing where it says so. What was stored for a formula is taken, and told of."""
        value = self.cells[self.reader.columns[column]]
        if isinstance(value, Formula) and value.value is not None:
            self.line.warnings.append(rules.FORMULA_VALUE.at(pointer).warning())
            value = value.value
        text = shown_in(value)
        return None if text is not None and folded(text) in self.reader.nothing else value

    def _from(self, data: WorksheetCell, pointer: str) -> Value:
        return self._cell(data.column, pointer) if data.column is not None else data.value

    def _is_there(self, value: Value, pointer: str) -> bool:
        """Whether there is something that can be read."""
        if value is None:
            self.found.append(MISSING.at(pointer))
        elif isinstance(value, Formula):
            self.found.append(INVALID_VALUE.at(pointer, reason=FORMULA))
        return value is not None and not isinstance(value, Formula)

    def _key(self) -> str | None:
        by, value = self.mapping.client.by, self._cell(self.mapping.client.column, "/client")
        if not self._is_there(value, "/client"):
            return None
        text, reason = identifier_of(value), AS_TEXT
        if by == "identity_code" and text is not None:
            text, reason = identity(PERSONAL_IDENTITY_CODE, text), validation_messages.IDENTIFIER
        elif by in {"client_id", "service_relationship_id"} and text is not None and not is_uuid(text):
            text, reason = None, validation_messages.UUID
        if text is None:
            self.found.append(INVALID_VALUE.at("/client", reason=reason))
        return text

    def _word(self, name: str) -> None:
        data: WorksheetCell | None = getattr(self.mapping, name)
        if data is None:
            return
        pointer = f"/{name}"
        value = self._from(data, pointer)
        if (value is None and name == "assisted") or not self._is_there(value, pointer):
            return
        text = text_of(value)
        if text is None:
            self.found.append(INVALID_VALUE.at(pointer, reason=AS_TEXT))
            return
        text = self.reader.words.get((name, folded(text)), text)
        if name != "assisted":
            self.line.fields[name] = text
        elif text.casefold() in {"true", "false"}:
            self.line.fields[name] = text.casefold() == "true"
        else:
            self.found.append(INVALID_VALUE.at(pointer, reason=validation_messages.TRUE_OR_FALSE))

    def _answered_on(self) -> date | None:
        value = self._from(self.mapping.answered_on, "/answered_on")
        if not self._is_there(value, "/answered_on"):
            return None
        day = day_of(value)
        if day is None:
            self.found.append(INVALID_VALUE.at("/answered_on", reason=CELL_DAY))
        return day

    def _score(self, at: int, data: ScoreColumn) -> dict[str, Any]:
        plain = {"scale": data.scale, **self._figure(f"/scores/{at}/value", data.column)}
        extra = {name: getattr(data, name) for name in ("min", "max", "algorithm", "computed_by")}
        return plain | {name: each for name, each in extra.items() if each is not None}

    def _figure(self, pointer: str, column: str) -> dict[str, Any]:
        value = self._cell(column, pointer)
        if value is None:
            return {"missing_reason": self.mapping.missing_reason}
        if not self._is_there(value, pointer):
            return {}
        number = number_of(value)
        if number is None:
            self.found.append(INVALID_VALUE.at(pointer, reason=validation_messages.NUMBER))
        return {"value": number}

    def _source(self, column: str) -> None:
        value = self._cell(column, "/source_id")
        if not self._is_there(value, "/source_id"):
            return
        text = identifier_of(value)
        if text is None:
            self.found.append(INVALID_VALUE.at("/source_id", reason=AS_TEXT))
        elif not request_body.is_source_id(text):
            self.found.append(INVALID_VALUE.at("/source_id", reason=validation_messages.OWN_KEY))
        else:
            self.line.source_id = text
