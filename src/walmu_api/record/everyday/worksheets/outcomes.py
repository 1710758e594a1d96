"""The outcomes of many lines as they are told: one for each, and the rejected ones grouped by root cause."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

from pydantic_core import to_json

from walmu_api.foundation.pacing import paced
from walmu_api.foundation.preconditions import etag
from walmu_api.foundation.problems import Finding
from walmu_api.record.everyday.worksheets.lines import WorksheetLine


async def outcome_json(
    lines: Sequence[WorksheetLine],
    causes: Sequence[Mapping[str, Any]],
    *,
    read_as: Mapping[str, Any],
    columns: Mapping[str, str],
    dry_run: bool,
    language: str,
) -> bytes:
    """The schema `ImportOutcome`, made line by line: all at once it would hold others for a tenth of a second. `columns` are
    the names of the worksheet's columns by the places that they stand for."""
    counts = dict.fromkeys(("created", "updated", "unchanged", "rejected"), 0)
    outcomes = []
    async for line in paced(lines):
        counts[line.outcome] += 1
        outcomes.append(to_json(_outcome(line, columns, dry_run, language)))
    around = {"read_as": read_as, "counts": counts, "causes": causes}
    return to_json(around)[:-1] + b',"outcomes":[' + b",".join(outcomes) + b"]}"


def _outcome(line: WorksheetLine, columns: Mapping[str, str], dry_run: bool, language: str) -> dict[str, Any]:
    data: dict[str, Any] = {"line": line.number, "row": line.row}
    if line.source_id is not None:
        data["source_id"] = line.source_id
    data["outcome"] = line.outcome
    if line.version and not (dry_run and line.outcome == "created"):
        data |= {"id": line.id, "etag": etag(line.version)}
    data["problems"] = [_problem(finding, columns, language) for finding in (*line.findings, *line.warnings)]
    return data


def _problem(finding: Finding, columns: Mapping[str, str], language: str) -> dict[str, str]:
    data = finding.render(language)
    data.pop("fix", None)
    place = "/".join(
        finding.pointer.split("/")[: 3 if finding.pointer.startswith(("/scores/", "/items/")) else 2]
    )
    column = {"column": columns[place]} if place in columns else {}
    return {"severity": finding.severity, **data, **column}


def causes_of(rejected: Iterable[tuple[int, Finding, Hashable]], language: str) -> list[dict[str, Any]]:
    """Rejected lines, each with what is wrong first and what it hangs on, grouped by both; the most frequent first."""
    groups: dict[tuple[Any, ...], dict[str, Any]] = {}
    for number, finding, root in rejected:
        data = finding.render(language)
        fix = {"fix": data["fix"]} if "fix" in data else {}
        first = {"code": data["code"], "detail": data["detail"], "count": 0, "lines": [], **fix}
        group = groups.setdefault((data["code"], data["detail"], root), first)
        group["count"] += 1
        if len(group["lines"]) < 20:
            group["lines"].append(number)
    return sorted(groups.values(), key=lambda group: -group["count"])
