"""A batch of days: judged line by line, read and written as sets. No query per line.

One read of the agreements; one read of the days already there; one insert and one update,
each with its journal rows; one outcome for each line, in order. A batch may be sent again at any time: what is there
answers `unchanged`."""

import asyncio
from datetime import date
from uuid import UUID

import asyncpg

from walmu_api.access import visibility
from walmu_api.access.caller import Caller
from walmu_api.access.context import RequestContext
from walmu_api.foundation.identifiers import uuid7s
from walmu_api.foundation.problems import UNAVAILABLE
from walmu_api.record.everyday.attendance import rules, statements
from walmu_api.record.everyday.attendance.batch_io import BatchLine, Outcomes, outcomes_of
from walmu_api.record.everyday.attendance.row_mapping import comparable, entry_of, facts_of
from walmu_api.record.everyday.attendance.schemas import AttendanceLine
from walmu_api.record.everyday.attendance.service import reasons_of, validate
from walmu_api.record.parties.codes.rules import CodeList
from walmu_api.record.parties.codes.shipped import shipped_lists

Key = tuple[UUID, date]
MANY = 1000
"""Outcomes that are told in a moment; more are told beside the loop."""


async def record(
    ctx: RequestContext, lines: list[BatchLine], *, atomic: bool, dry_run: bool, language: str
) -> tuple[Outcomes, bool]:
    """Judge and record the lines. Answers what became of them, and whether anything was refused that stops an atomic batch."""
    reasons = await _find_agreements(ctx, lines)
    _reject_duplicates(lines)
    waiting = [line for line in lines if line.agreement is not None and not line.findings]
    ctx.session.log_access(*{line.agreement.client_id for line in lines if line.agreement is not None})
    today = ctx.today
    for _ in range(4):
        await _judge(ctx, waiting, today, reasons)
        if dry_run or (atomic and any(line.outcome == "rejected" for line in lines)):
            break
        waiting = await _write(ctx, waiting)
        if not waiting:
            break
    else:  # other senders kept changing the same days between our reading and writing
        raise UNAVAILABLE().with_headers(Retry_After="1")
    refused = atomic and any(line.outcome == "rejected" for line in lines)
    if len(lines) <= MANY:
        return outcomes_of(lines, dry_run=dry_run, language=language), refused
    # beside the loop: ten thousand outcomes take a tenth of a second, in which others want to be answered
    return await asyncio.to_thread(outcomes_of, lines, dry_run=dry_run, language=language), refused


async def _find_agreements(ctx: RequestContext, lines: list[BatchLine]) -> CodeList:
    """Gives each line its agreement, and answers the reasons for absence that the organiser has."""
    named = [(line, line.entry, _name(line.entry)) for line in lines if line.entry]
    names = {name for _, _, name in named}
    rows = await ctx.session.fetch(
        statements.AGREEMENTS,
        **visibility.parameters(ctx),
        ids=[UUID(int=name) for name in names if isinstance(name, int)],
        source_system=ctx.caller.system.id,
        source_ids=[name for name in names if isinstance(name, str)],
    )
    found: dict[int | str | None, rules.AgreementFacts] = {}
    for row in rows:
        found[row["id"].int] = facts = facts_of(row)
        if row["source_system"] == ctx.caller.system.id:
            found[row["source_id"]] = facts
    for line, entry, name in named:
        line.agreement = found.get(name)
        if line.agreement is None:
            line.reject(
                rules.UNKNOWN_AGREEMENT.at("/agreement_id" if entry.agreement_id else "/agreement_source_id")
            )
    return await reasons_of(ctx.session, rows[0]) if rows else shipped_lists()[rules.REASONS]


def _name(entry: AttendanceLine) -> int | str | None:
    """What a line calls its agreement: our id as a number, for the standard library hashes its UUIDs in Python; or a key."""
    return entry.agreement_source_id if entry.agreement_id is None else entry.agreement_id.int


def _reject_duplicates(lines: list[BatchLine]) -> None:
    seen: set[Key] = set()
    for line in lines:
        if line.agreement is None or line.entry is None:
            continue
        key = (line.agreement.id, line.entry.date)
        if key in seen:
            line.reject(rules.DUPLICATE_LINE.at("/date"))
        seen.add(key)


async def _judge(ctx: RequestContext, lines: list[BatchLine], today: date, reasons: CodeList) -> None:
    """Compare with what is there, then ask the rules."""
    keys = [(line.agreement.id, line.entry.date) for line in lines if line.agreement and line.entry]
    rows = await ctx.session.fetch(
        statements.DAYS,
        organiser=ctx.organiser_id,
        agreement_ids=[key[0] for key in keys],
        dates=[key[1] for key in keys],
    )
    there = {row[0]: row for row in rows}
    for place, line in enumerate(lines, 1):
        assert line.agreement is not None
        assert line.entry is not None
        day = there.get(place)
        if day is not None:
            line.id, line.version = day[1], day[2]
        if day is not None and day[4:] == comparable(line.entry) and not _settles(line, day, ctx.caller):
            line.outcome = "unchanged"
            continue
        line.values = entry_of(line.entry)
        recorded = day is not None and day["status"] != "voided"
        line.findings = validate(
            line.entry, line.values, line.entry.date, line.agreement, today, reasons, recorded=recorded
        )
        if line.findings and line.findings[0].severity == "error":
            line.outcome = "rejected"
        elif day is None:
            _judge_new(line)
        elif line.entry.if_version is None:
            line.reject(rules.ALREADY_RECORDED.at("/if_version"))
        elif line.entry.if_version != line.version:
            line.reject(rules.STALE_LINE.at("/if_version"))
        else:
            line.outcome = "updated"


def _settles(line: BatchLine, day: asyncpg.Record, caller: Caller) -> bool:
    """Whether the same words are the provider's answer to the version of its workplace that the line names."""
    assert line.agreement is not None
    assert line.entry is not None
    waits = rules.settles(day["confirmation"], line.agreement.provider_id, caller.organisation_id)
    return waits and line.entry.if_version == line.version


def _judge_new(line: BatchLine) -> None:
    assert line.entry is not None
    if line.entry.if_version is not None:
        line.reject(rules.STALE_LINE.at("/if_version"))
    else:
        line.outcome = "created"


async def _write(ctx: RequestContext, lines: list[BatchLine]) -> list[BatchLine]:
    """Write what is to be created and updated; the lines that another sender was faster with are judged again."""
    by = {"organiser": ctx.organiser_id, **ctx.actor.parameters()}
    late: list[BatchLine] = []
    if created := [line for line in lines if line.outcome == "created"]:
        for line, new in zip(created, uuid7s(len(created)), strict=True):
            line.id, line.version = new, 1
        agreements = {line.agreement.id: line.agreement for line in created if line.agreement}.values()
        copies = [
            (a.id, a.client_id, a.service_relationship_id, a.provider_id, a.workplace_id, a.service_kind)
            for a in agreements
        ]
        days = [
            (line.id, line.agreement.id, line.entry.date, *line.values)
            for line in created
            if line.agreement and line.entry
        ]
        arrays = statements.NEW_DAYS.values(days) | statements.THEIR_AGREEMENTS.values(copies)
        late += _missed(created, await ctx.session.fetchrow(statements.INSERT_DAYS, **by, **arrays))
    if updated := [line for line in lines if line.outcome == "updated"]:
        arrays = statements.CHANGED_DAYS.values((line.id, line.version, *line.values) for line in updated)
        late += _missed(updated, await ctx.session.fetchrow(statements.UPDATE_DAYS, **by, **arrays))
        for line in updated:
            line.version = (line.version or 0) + 1
    return late


def _missed(lines: list[BatchLine], written: asyncpg.Record | None) -> list[BatchLine]:
    """Those that were not written. The ids are told only when some were not."""
    assert written is not None
    if written["count"] == len(lines):
        return []
    ids = set(written["ids"] or ())
    return [line for line in lines if line.id not in ids]
