"""The cells of a line, as the mapping reads them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from walmu_api.foundation import validation_messages
from walmu_api.foundation.identity_codes import PERSONAL_IDENTITY_CODE, identity
from walmu_api.foundation.problems import Finding
from walmu_api.foundation.texts import folded
from walmu_api.foundation.worksheets.limits import Value
from walmu_api.record.everyday.measurements.imports.schemas import WORDS, MeasurementMapping, ScoreColumn
from walmu_api.record.everyday.measurements.schemas import MeasurementEntry
from walmu_api.record.everyday.worksheets.cells import day_of, identifier_of, is_uuid, number_of, text_of
from walmu_api.record.everyday.worksheets.lines import AS_TEXT, CELL_DAY, Cells, WorksheetLine
from walmu_api.record.everyday.worksheets.schemas import WorksheetCell


@dataclass(slots=True)
class ImportLine(WorksheetLine):
    """A line that becomes a measurement."""

    key: str | None = None
    """What the client is found by; never told."""
    fields: dict[str, Any] = field(default_factory=dict)
    entry: MeasurementEntry | None = None
    values: dict[str, Any] = field(default_factory=dict)

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
        if line.does_not_fit(cells, self.columns):
            return line
        reading = _Reading(self, line, cells)
        reading.read()
        if reading.found:
            line.reject(*reading.found)
        return line


class _Reading(Cells):
    """The reading of one line."""

    line: ImportLine

    def __init__(self, reader: LineReader, line: ImportLine, cells: Sequence[Value]) -> None:
        super().__init__(line, cells, reader.columns, reader.nothing)
        self.reader, self.mapping = reader, reader.mapping

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
            value = self.cell(mapping.source_id, "/source_id")
            if self.is_there(value, "/source_id"):
                line.source_id = self.own_key(value, "/source_id")

    def _from(self, data: WorksheetCell, pointer: str) -> Value:
        return self.cell(data.column, pointer) if data.column is not None else data.value

    def _key(self) -> str | None:
        by, value = self.mapping.client.by, self.cell(self.mapping.client.column, "/client")
        if not self.is_there(value, "/client"):
            return None
        text, reason = identifier_of(value), AS_TEXT
        if by == "identity_code" and text is not None:
            text, reason = identity(PERSONAL_IDENTITY_CODE, text), validation_messages.IDENTIFIER
        elif by in {"client_id", "service_relationship_id"} and text is not None and not is_uuid(text):
            text, reason = None, validation_messages.UUID
        if text is None:
            self.refuse("/client", reason)
        return text

    def _word(self, name: str) -> None:
        data: WorksheetCell | None = getattr(self.mapping, name)
        if data is None:
            return
        pointer = f"/{name}"
        value = self._from(data, pointer)
        if (value is None and name == "assisted") or not self.is_there(value, pointer):
            return
        text = text_of(value)
        if text is None:
            self.refuse(pointer, AS_TEXT)
            return
        text = self.reader.words.get((name, folded(text)), text)
        if name != "assisted":
            self.line.fields[name] = text
        elif text.casefold() in {"true", "false"}:
            self.line.fields[name] = text.casefold() == "true"
        else:
            self.refuse(pointer, validation_messages.TRUE_OR_FALSE)

    def _answered_on(self) -> date | None:
        value = self._from(self.mapping.answered_on, "/answered_on")
        if not self.is_there(value, "/answered_on"):
            return None
        day = day_of(value)
        if day is None:
            self.refuse("/answered_on", CELL_DAY)
        return day

    def _score(self, at: int, data: ScoreColumn) -> dict[str, Any]:
        plain = {"scale": data.scale, **self._figure(f"/scores/{at}/value", data.column)}
        extra = {name: getattr(data, name) for name in ("min", "max", "algorithm", "computed_by")}
        return plain | {name: each for name, each in extra.items() if each is not None}

    def _figure(self, pointer: str, column: str) -> dict[str, Any]:
        value = self.cell(column, pointer)
        if value is None:
            return {"missing_reason": self.mapping.missing_reason}
        if not self.is_there(value, pointer):
            return {}
        number = number_of(value)
        if number is None:
            self.refuse(pointer, validation_messages.NUMBER)
        return {"value": number}
