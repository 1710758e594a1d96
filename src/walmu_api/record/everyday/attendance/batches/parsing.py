"""Parse the lines of a batch: one JSON document, or NDJSON with a line for each day.

A line that cannot be read or does not fit its schema is rejected alone; what is no batch at all is refused
whole."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from walmu_api.foundation import request_body, validation_messages
from walmu_api.foundation.locales import Text
from walmu_api.foundation.non_blank import AT_THE_DOOR
from walmu_api.foundation.problems import INVALID_VALUE, Finding, Problem, invalid
from walmu_api.record.everyday.attendance.batches.schemas import (
    MOST_LINES,
    AnyLines,
    AttendanceBatch,
    AttendanceLine,
)

NDJSON = "application/x-ndjson"
AT_ONCE = 1024 * 1024
"""Bytes of a document that may be validated in one call."""
_batch = TypeAdapter(AttendanceBatch)
_any_lines = TypeAdapter(AnyLines)
_line = TypeAdapter(AttendanceLine)
_BLANK = b" \t\r"


class UnreadableLine(NamedTuple):
    """A line that is not JSON or does not fit its schema, and why."""

    source_id: str | None
    findings: Sequence[Finding]


ParsedLine = AttendanceLine | UnreadableLine


def parse_json(raw: bytes) -> Sequence[ParsedLine]:
    """The lines of a JSON document.

    A batch of the usual size is validated in one call when all of it is valid, else line by line: one call
    for a large document would block every other request, and a hostile one has hundreds of thousands of
    errors to report."""
    if len(raw) <= AT_ONCE and (entries := _parse_valid(raw)) is not None:
        return entries
    return _parse_each(request_body.parse(raw))


def _parse_valid(raw: bytes) -> Sequence[ParsedLine] | None:
    try:
        entries = _batch.validate_json(raw, context=AT_THE_DOOR).items
    except ValidationError:
        return None
    members = 1 + sum(len(entry.__pydantic_fields_set__) for entry in entries)
    return entries if request_body.no_member_twice(raw, members) else None


def _parse_each(parsed: Any) -> Sequence[ParsedLine]:
    try:
        items = _any_lines.validate_python(parsed).items
    except ValidationError as error:
        raise invalid(*request_body.findings(error, parsed)) from None
    return [_parse_line(json.dumps(item).encode(), item) for item in items]


def parse_ndjson(raw: bytes) -> Sequence[ParsedLine]:
    """The lines of NDJSON; blank ones may follow the last."""
    raw = raw.rstrip(_BLANK + b"\n")
    if not raw:
        raise invalid(INVALID_VALUE.at("", reason=validation_messages.TOO_FEW, min_length=1))
    if raw.count(b"\n") >= MOST_LINES:
        raise invalid(INVALID_VALUE.at("", reason=validation_messages.TOO_MANY, max_length=MOST_LINES))
    return [_parse_ndjson_line(line) for line in raw.split(b"\n")]


def _parse_ndjson_line(raw: bytes) -> ParsedLine:
    try:
        return _parse_line(raw, request_body.parse(raw))
    except Problem as problem:
        findings = list(problem.errors) or [INVALID_VALUE.at("", reason=_why_not_json(problem))]
        return UnreadableLine(None, findings)


def _why_not_json(problem: Problem) -> Text:
    """Without the position in the line, so that equal mistakes are one cause."""
    why: Text = problem.values["why"]
    return validation_messages.NOT_JSON if why is validation_messages.NOT_JSON_AT else why


def _parse_line(raw: bytes, parsed: Any) -> ParsedLine:
    try:
        return _line.validate_json(raw, context=AT_THE_DOOR)
    except ValidationError as error:
        named = parsed.get("source_id") if isinstance(parsed, dict) else None
        source = named if isinstance(named, str) and request_body.is_source_id(named) else None
        return UnreadableLine(source, request_body.findings(error, parsed, AttendanceLine)[:10])


def describe_ndjson(description: str, examples: list[Any]) -> dict[str, Any]:
    """NDJSON in the contract: OpenAPI cannot describe lines, so it is a string with an example."""
    schema = {"type": "string", "maxLength": request_body.BATCH_LIMIT, "description": description}
    return {"schema": schema, "example": "".join(to_json(line).decode() + "\n" for line in examples)}
