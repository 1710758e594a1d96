"""The days of agreements in a period, judged as the attendance summary judges them, and how often the client
came."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from uuid import UUID

import asyncpg

from walmu_api.foundation.database import Session
from walmu_api.record.everyday.assessments.schemas import AbsencesByReason
from walmu_api.record.everyday.attendance.planning import Span
from walmu_api.record.everyday.attendance.row_mapping import facts_of
from walmu_api.reports.follow_up.schemas import SummaryDay
from walmu_api.reports.follow_up.summary import days_of, planned_until
from walmu_api.reports.overview import statements
from walmu_api.reports.overview.schemas import OverviewDay

Pauses = Mapping[UUID, Sequence[Span]]
ATTENDED = ("present", "partial")


async def read(
    session: Session, agreements: Sequence[asyncpg.Record], first: date, last: date, pauses: Pauses
) -> dict[UUID, list[OverviewDay]]:
    """By agreement, in order, every day of the period that was planned or recorded."""
    wanted = [row for row in agreements if row["ends_on"] >= first and row["starts_on"] <= last]
    wanted = [row for row in wanted if row["kind"] != "employment"]
    recorded: dict[UUID, list[asyncpg.Record]] = defaultdict(list)
    ids = [row["id"] for row in wanted]
    for row in await session.fetchmany(
        statements.DAYS,
        [
            {"organiser": session.organiser_id, "agreement_id": each, "first": first, "last": last}
            for each in ids
        ],
    ):
        recorded[row["agreement_id"]].append(row)
    return {row["id"]: _judged(row, recorded[row["id"]], first, last, pauses) for row in wanted}


def _judged(
    agreement: asyncpg.Record, rows: Sequence[asyncpg.Record], first: date, last: date, pauses: Pauses
) -> list[OverviewDay]:
    """Judged from the last day attended before the period on, as that breaks every run; from the beginning
    where none was."""
    facts = facts_of(agreement)
    since = rows[0]["since"] or facts.starts_on if rows else max(first, facts.starts_on)
    known = replace(facts, starts_on=max(facts.starts_on, since))
    paused = pauses.get(agreement["service_relationship_id"], ())
    planned = planned_until(known, agreement["schedule"], rows, last, paused)
    day = partial(OverviewDay, agreement_id=agreement["id"])
    return [
        item for item in days_of(rows, planned, agreement["legal_bases"], day) if first <= item.date <= last
    ]


def attended_share(items: Iterable[SummaryDay]) -> float | None:
    """Out of the planned days of which it is known: attended, in part too."""
    data = [item.status for item in items if item.planned_minutes is not None]
    attended = sum(status in ATTENDED for status in data)
    known = attended + data.count("absent")
    return round(attended / known, 3) if known else None


def by_reason(items: Iterable[SummaryDay]) -> list[AbsencesByReason]:
    """Absences and part-days by reason, the most frequent first."""
    found = Counter(item.absence_reason for item in items if item.absence_reason is not None)
    ordered = sorted(found.items(), key=lambda each: (-each[1], each[0]))
    return [AbsencesByReason(reason=reason, days=days) for reason, days in ordered]
