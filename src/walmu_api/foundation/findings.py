"""Findings of a record: what is doubtful in what was recorded, worked out again whenever they are asked for.

A resource tells them with two acts: its reading of `…/{id}/findings` answers `response_of`, and its writes
answer through `linked`, which adds a link to that place where there is something to tell."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response
from typing_extensions import TypeAliasType

from walmu_api.foundation import responses
from walmu_api.foundation.negotiation import language_of
from walmu_api.foundation.openapi import Responses, gives
from walmu_api.foundation.problems import Finding
from walmu_api.foundation.schema_types import Line, Message

Severity = TypeAliasType(
    "Severity",
    Annotated[Literal["error", "warning"], Field(description="An error refuses, a warning does not.")],
)


class RecordFinding(Message):
    """One finding of a record, in the language asked for."""

    severity: Severity = Field(description="How grave it is; either way the record stays as it was recorded.")
    pointer: str = Field(description="JSON Pointer to the place in the record.")
    code: Line = Field(description="What is doubtful, as a stable code.")
    detail: str = Field(description="For people, in the language of the answer.")
    rule: Line | None = Field(None, description="The rule that says so, where one does.")
    fix: str | None = Field(None, description="What to do about it, in the language of the answer.")


class RecordFindings(Message):
    """The findings of a record as it is now. They go by what is known now: when a list is imported, its codes are no longer
    told of here."""

    items: list[RecordFinding] = Field(description="Empty when nothing is doubtful.")


LISTED: Responses = gives(RecordFindings, "What is doubtful in the record.", "Content-Language", etag=False)


def response_of(request: Request, findings: Sequence[Finding]) -> Response:
    language = language_of(request.headers.get("accept-language"))
    items = [{"severity": finding.severity, **finding.render(language)} for finding in findings]
    response = responses.plain(to_json({"items": items}))
    response.headers.update({"Content-Language": language, "Vary": "Accept-Language"})
    return response


def linked(response: Response, record: str, findings: Sequence[Finding]) -> Response:
    """The answer of a write, with a link to the findings of the record at this path where there are any."""
    if findings:
        response.headers["Link"] = f'<{record}/findings>; rel="findings"'
    return response
