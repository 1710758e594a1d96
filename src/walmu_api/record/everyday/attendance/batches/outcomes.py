"""The outcomes of a batch: one result for each line, the counts, and the rejected lines grouped by cause."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from json.encoder import encode_basestring_ascii as _quoted
from typing import Any, NamedTuple
from uuid import UUID

from pydantic_core import from_json, to_json

from walmu_api.foundation.preconditions import etag
from walmu_api.foundation.problems import Finding
from walmu_api.record.everyday.worksheets.outcomes import causes_of
from walmu_api.record.everyday.worksheets.schemas import RecordingOutcome


class LineResult(NamedTuple):
    """What becomes of a line. `version` is the one stored when the line was validated, 0 where nothing was
    stored."""

    number: int
    source_id: str | None
    outcome: RecordingOutcome
    findings: Sequence[Finding]
    agreement: UUID | str | None = None
    """Our id, or the sender's key of an agreement that is not found."""
    day_id: UUID | None = None
    version: int = 0


@dataclass(frozen=True)
class Outcomes:
    """The outcomes of a batch, ready for the response: `lines` are JSON texts."""

    lines: list[str]
    counts: dict[str, int]
    causes: list[dict[str, Any]]

    def as_json(self) -> bytes:
        """The schema `BatchOutcome`."""
        counts, causes = to_json(self.counts).decode(), to_json(self.causes).decode()
        return f'{{"counts":{counts},"outcomes":[{",".join(self.lines)}],"causes":{causes}}}'.encode()

    def as_ndjson(self) -> bytes:
        """An outcome a line; the last line has the counts and causes."""
        last = to_json({"counts": self.counts, "causes": self.causes}).decode()
        return "\n".join([*self.lines, last, ""]).encode()

    def as_members(self) -> dict[str, Any]:
        """Members of the problem document when the whole batch is refused."""
        return {"outcomes": from_json(f"[{','.join(self.lines)}]"), "causes": self.causes}


def outcomes_of(results: Sequence[LineResult], *, written: bool, language: str) -> Outcomes:
    """`written`: whether the created and updated days are stored; they are not after a dry run or a refusal."""
    counts = dict.fromkeys(("created", "updated", "unchanged", "rejected"), 0)
    for result in results:
        counts[result.outcome] += 1
    changes: tuple[RecordingOutcome, ...] = ("created", "updated") if written else ()
    lines = [_outcome(result, changes, language) for result in results]
    return Outcomes(lines, counts, causes(results, language) if counts["rejected"] else [])


def _outcome(result: LineResult, changes: tuple[RecordingOutcome, ...], language: str) -> str:
    """The schema `LineOutcome`, put together as text: in nearly all lines only the source_id can need
    escaping, and a document of Python objects would take three times as long."""
    number, source_id, outcome, findings, _, day_id, version = result
    if outcome in changes:
        version += 1
    source = f',"source_id":{_quoted(source_id)}' if source_id is not None else ""
    stored = f',"id":"{day_id}","etag":{_etag(version)}' if version else ""
    problems = (
        to_json([{"severity": f.severity, **_problem(f, language)} for f in findings]).decode()
        if findings
        else "[]"
    )
    return f'{{"line":{number}{source},"outcome":"{outcome}"{stored},"problems":{problems}}}'


@lru_cache
def _etag(version: int) -> str:
    return _quoted(etag(version))


def _problem(finding: Finding, language: str) -> dict[str, str]:
    data = finding.render(language)
    data.pop("fix", None)
    return data


def causes(results: Sequence[LineResult], language: str) -> list[dict[str, Any]]:
    """Rejected lines grouped by root cause: the same agreement, the same unknown reference, the same rule."""
    return causes_of(
        (
            (result.number, result.findings[0], _root(result))
            for result in results
            if result.outcome == "rejected"
        ),
        language,
    )


def _root(result: LineResult) -> UUID | str | None:
    return result.agreement if result.findings[0].kind.code in _BY_AGREEMENT else None


_BY_AGREEMENT = frozenset(
    {
        "unknown-agreement",
        "day-outside-agreement",
        "ask-provider",
        "decision-not-in-force",
        "agreement-not-signed",
        "no-attendance-in-employment",
    }
)
