"""The client's path so far, and what ends next. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from walmu_api.foundation.statements import Record
from walmu_api.record.document_schemas import finnish_day
from walmu_api.reports.overview.schemas import EndsNext, PathStep


def steps(
    relationships: Iterable[Record],
    decisions: Iterable[Record],
    agreements: Iterable[Record],
    documents: Iterable[Record],
    measurements: Iterable[Record],
) -> list[PathStep]:
    """Everything that marks the path, by day; what falls on one day is in the order in which it usually
    happens."""
    found = [
        *_of_relationships(relationships),
        *_of_decisions(decisions),
        *_of_agreements(agreements),
        *_of_documents(documents),
        *_of_measurements(measurements),
    ]
    return sorted(found, key=lambda step: (step.on, _ORDER[step.what], step.id))


_ORDER = {
    what: at
    for at, what in enumerate(
        (
            "referred",
            "case_opened",
            "decided",
            "plan",
            "agreed",
            "started",
            "measured",
            "assessed",
            "paused",
            "resumed",
            "agreement_ended",
            "revoked",
            "ended",
        )
    )
}


def _of_relationships(rows: Iterable[Record]) -> Iterator[PathStep]:
    for row in rows:
        data = row["referral"]
        yield _step(
            date.fromisoformat(data["received_on"]), "referred", "service-relationship", row, data["source"]
        )


def _of_decisions(rows: Iterable[Record]) -> Iterator[PathStep]:
    for row in rows:
        yield _step(row["decided_on"] or row["valid_from"], "decided", "decision", row, row["service_kind"])
        if row["revoked_on"] is not None:
            yield _step(row["revoked_on"], "revoked", "decision", row, row["service_kind"])


def _of_agreements(rows: Iterable[Record]) -> Iterator[PathStep]:
    for row in rows:
        yield _step(row["starts_on"], "agreed", "agreement", row, row["kind"])
        if row["status"] == "terminated":
            yield _step(row["ends_on"], "agreement_ended", "agreement", row, row["kind"])


def _of_documents(rows: Iterable[Record]) -> Iterator[PathStep]:
    for row in rows:
        data = row["content"]
        match row["resource_type"]:
            case "case":
                yield _step(row["dated_on"], "case_opened", "case", row, data.get("initiated_by"))
            case "plan":
                yield _step(row["dated_on"], "plan", "plan", row, data["kind"])
            case "assessment":
                yield _step(row["dated_on"], "assessed", "assessment", row, data.get("form"))
            case "service-event" if data["kind"] != "notice":
                yield _step(row["dated_on"], data["kind"], "service-event", row, data.get("onward_path"))


def _of_measurements(rows: Iterable[Record]) -> Iterator[PathStep]:
    for row in rows:
        yield _step(row["answered_on"], "measured", "measurement", row, row["instrument"])


def _step(on: date, what: Any, resource_type: str, row: Record, code: str | None) -> PathStep:
    return PathStep(on=on, what=what, resource_type=resource_type, id=row["id"], code=code)


def in_force(decisions: Iterable[Record], today: date) -> list[Record]:
    """Decisions that hold today."""
    return [
        row
        for row in decisions
        if row["outcome"] != "denied"
        and row["valid_from"] <= today
        and (row["valid_to"] is None or row["valid_to"] >= today)
        and (row["revoked_on"] is None or row["revoked_on"] > today)
    ]


def ends_next(
    relationships: Iterable[Record],
    decisions: Iterable[Record],
    agreements: Iterable[Record],
    plans: Iterable[Record],
    today: date,
) -> list[EndsNext]:
    """What of this ends or is reviewed from today on, the soonest first."""
    last: list[tuple[date | None, str, Record]] = [
        *((row["ends_on"], "service-relationship", row) for row in relationships),
        *((row["valid_to"], "decision", row) for row in decisions),
        *((row["ends_on"], "agreement", row) for row in agreements),
        *((finnish_day((row["content"].get("review") or {}).get("at")), "plan", row) for row in plans),
    ]
    found = [
        EndsNext.model_validate({"on": on, "resource_type": kind, "id": row["id"]})
        for on, kind, row in last
        if on is not None and on >= today
    ]
    return sorted(found, key=lambda each: (each.on, each.resource_type, each.id))


def agreements_in_force(rows: Sequence[Record], today: date) -> list[Record]:
    """Those that run, in a service relationship that is not over."""
    return [
        row
        for row in current(rows, today)
        if row["relationship_ends_on"] is None or row["relationship_ends_on"] >= today
    ]


def current(rows: Sequence[Record], today: date) -> list[Record]:
    """Relationships or agreements that have begun and are not over."""
    return [
        row
        for row in rows
        if row["starts_on"] <= today and (row["ends_on"] is None or row["ends_on"] >= today)
    ]
