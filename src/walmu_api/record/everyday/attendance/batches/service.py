"""A batch of days: validated line by line, read and written as sets. No query per line.

One read of the agreements, one of the days already stored; one insert and one update, each with its journal
rows; one outcome for each line, in order. A batch may be sent again at any time: what is stored already is
`unchanged`."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg

from walmu_api.access import visibility
from walmu_api.access.caller import Caller
from walmu_api.access.context import RequestContext
from walmu_api.access.visible_findings import visible_findings
from walmu_api.foundation.problems import UNAVAILABLE
from walmu_api.foundation.record_ids import uuid7s
from walmu_api.record.everyday.attendance import rules, statements, workplace_view
from walmu_api.record.everyday.attendance.batches.outcomes import LineResult, Outcomes, outcomes_of
from walmu_api.record.everyday.attendance.batches.parsing import ParsedLine
from walmu_api.record.everyday.attendance.batches.schemas import AttendanceLine
from walmu_api.record.everyday.attendance.justifications.superseding import Before, reasons_of, supersede
from walmu_api.record.everyday.attendance.row_mapping import (
    ARRIVED,
    LEFT,
    OF_PARTS,
    PARTS,
    REASON,
    SOURCE_ID,
    comparable,
    entry_of,
    facts_of,
    of_comparable,
)
from walmu_api.record.everyday.attendance.validation import is_unchanged, validate
from walmu_api.record.parties.codes import service as codes
from walmu_api.record.parties.codes.rules import CodeList
from walmu_api.record.parties.codes.shipped import shipped_lists

Pending = tuple[int, AttendanceLine, rules.AgreementFacts]
"""A line that may be recorded: its number, entry and agreement."""
Change = tuple[Pending, LineResult, tuple[Any, ...], Before | None]
"""A line that is to be written, with its result, the values of its row, and what its day was before."""
_SENT = slice(4, 4 + len(statements.MEMBERS))
"""Where the members of an entry stand in a row of `statements.DAYS`."""
MANY = 1000
"""Up to so many outcomes are rendered in the event loop, more in a thread."""


async def record(
    ctx: RequestContext, lines: Sequence[ParsedLine], *, atomic: bool, dry_run: bool, language: str
) -> tuple[Outcomes, bool]:
    """Validate and record the lines. Returns their outcomes, and whether the batch is atomic and refused."""
    in_order, refused = await record_lines(ctx, lines, atomic=atomic, dry_run=dry_run)
    written = not (dry_run or refused)
    if len(lines) <= MANY:
        return outcomes_of(in_order, written=written, language=language), refused
    # ten thousand outcomes take a tenth of a second, in which the event loop answers other requests
    return await asyncio.to_thread(outcomes_of, in_order, written=written, language=language), refused


async def record_lines(
    ctx: RequestContext, lines: Sequence[ParsedLine], *, atomic: bool = False, dry_run: bool
) -> tuple[list[LineResult], bool]:
    """The same, what becomes of each line in their order."""
    names = _names(lines)
    agreements, reasons = await _find_agreements(ctx, set(names))
    reasons = workplace_view.reasons_for(ctx.caller, reasons)
    results, pending = _match_agreements(lines, names, agreements)
    ctx.session.log_access(*{agreement.client_id for _, _, agreement in pending})
    matched = pending
    refused = False
    for _ in range(4):
        validated, changes = await _validate(ctx, pending, reasons)
        results |= validated
        refused = atomic and any(result.outcome == "rejected" for result in results.values())
        if dry_run or refused:
            break
        pending = await _write(ctx, changes)
        if not pending:
            break
    else:  # other senders kept changing the same days between our reading and writing
        raise UNAVAILABLE().with_headers(Retry_After="1")
    if ctx.caller.system.role == "workplace":
        ctx.session.disclosed += _disclosed(matched, results)
    return [results[number] for number in sorted(results)], refused


def _disclosed(
    pending: list[Pending], results: dict[int, LineResult]
) -> Iterator[tuple[UUID, UUID, str, Any, UUID | None]]:
    """What the outcomes tell a workplace of each day that it reads."""
    for number, _, agreement in pending:
        _, source_id, outcome, findings, _, day_id, version = results[number]
        data = (source_id, outcome, [finding.kind.code for finding in findings], day_id, version)
        yield agreement.client_id, agreement.id, "attendance", data, None


Name = int | str | None
"""What a line calls its agreement: our id as a number, because the standard library hashes its UUIDs in
Python; or the sender's key. None: the line cannot be read."""


def _names(lines: Sequence[ParsedLine]) -> list[Name]:
    names: list[Name] = []
    for line in lines:
        if not isinstance(line, AttendanceLine):
            names.append(None)
        elif (agreement_id := line.agreement_id) is not None:
            names.append(agreement_id.int)
        else:
            names.append(line.agreement_source_id)
    return names


async def _find_agreements(
    ctx: RequestContext, names: set[Name]
) -> tuple[dict[Name, rules.AgreementFacts], CodeList]:
    """The agreements that are named, and the organiser's reasons for absence."""
    rows = await ctx.session.fetch(
        statements.AGREEMENTS,
        **visibility.parameters(ctx),
        ids=[UUID(int=name) for name in names if isinstance(name, int)],
        source_system=ctx.caller.system.id,
        source_ids=[name for name in names if isinstance(name, str)],
    )
    found: dict[Name, rules.AgreementFacts] = {}
    for row in rows:
        found[row["id"].int] = facts = facts_of(row)
        if row["source_system"] == ctx.caller.system.id:
            found[row["source_id"]] = facts
    book = await codes.book(ctx.session, rows[0]["codes_revision"]) if rows else shipped_lists()
    return found, book[rules.REASONS]


def _match_agreements(
    lines: Sequence[ParsedLine], names: list[Name], agreements: dict[Name, rules.AgreementFacts]
) -> tuple[dict[int, LineResult], list[Pending]]:
    """The results of lines that are rejected before any rule is applied, by their numbers, and the lines that
    go on.

    Rejected are those that cannot be read, name an unknown agreement, or repeat a day of an earlier line."""
    rejected: dict[int, LineResult] = {}
    pending: list[Pending] = []
    seen: set[tuple[UUID, date]] = set()
    for number, (line, name) in enumerate(zip(lines, names, strict=True), 1):
        if not isinstance(line, AttendanceLine):
            rejected[number] = LineResult(number, line.source_id, "rejected", line.findings)
        elif (agreement := agreements.get(name)) is None:
            rejected[number] = _unknown_agreement(number, line)
        elif (key := (agreement.id, line.date)) in seen:
            findings = [rules.DUPLICATE_LINE.at("/date")]
            rejected[number] = LineResult(number, line.source_id, "rejected", findings)
        else:
            seen.add(key)
            pending.append((number, line, agreement))
    return rejected, pending


def _unknown_agreement(number: int, entry: AttendanceLine) -> LineResult:
    member = "agreement_id" if entry.agreement_id else "agreement_source_id"
    findings = [rules.UNKNOWN_AGREEMENT.at(f"/{member}")]
    return LineResult(number, entry.source_id, "rejected", findings, getattr(entry, member))


async def _validate(
    ctx: RequestContext, pending: list[Pending], reasons: CodeList
) -> tuple[dict[int, LineResult], list[Change]]:
    """Compare the lines with the days already stored and apply the rules."""
    rows = await ctx.session.fetch(
        statements.DAYS,
        organiser=ctx.organiser_id,
        agreement_ids=[agreement.id for _, _, agreement in pending],
        dates=[entry.date for _, entry, _ in pending],
    )
    stored = {row[0]: row for row in rows}
    new_ids = iter(uuid7s(len(pending) - len(rows)))
    is_workplace = ctx.caller.system.role == "workplace"
    organisation_id, today = ctx.caller.organisation_id, ctx.today
    results: dict[int, LineResult] = {}
    changes: list[Change] = []
    for place, line in enumerate(pending, 1):
        number, entry, agreement = line
        row = stored.get(place)
        day_id, version, status = (None, 0, None) if row is None else (row[1], row[2], row[4])
        version_matches = None if (if_version := entry.if_version) is None else if_version == version
        merged = _beside_stored(ctx.caller, entry, row) if is_workplace and row is not None else None
        if row is not None and is_unchanged(
            same_content=row[_SENT] == comparable(entry) if merged is None else merged[1],
            version_matches=version_matches,
            confirmation=row[3],
            provider_id=agreement.provider_id,
            organisation_id=organisation_id,
        ):
            results[number] = LineResult(
                number, entry.source_id, "unchanged", (), agreement.id, day_id, version
            )
            continue
        values, day = entry_of(entry) if merged is None else merged[0], entry.date
        outcome, findings = validate(
            entry,
            day,
            agreement,
            arrived_at=values[ARRIVED],
            left_at=values[LEFT],
            stored_status=status,
            version_matches=version_matches,
            today=today,
            reasons=reasons,
            parts_stand=row is not None and OF_PARTS(values) == OF_PARTS(row[_SENT]),
        )
        if outcome == "created":
            day_id = next(new_ids)
        findings = visible_findings(ctx, findings) if findings else findings
        result = LineResult(number, entry.source_id, outcome, findings, agreement.id, day_id, version)
        results[number] = result
        if outcome != "rejected":
            whose = (
                (None, None) if row is None and not is_workplace else _whose(ctx.caller, entry, values, row)
            )
            before = None
            if row is not None:
                aside = row["reason_aside"] and reasons_of(row["reason_aside"], row["reasons_aside"])
                by, at = row["absence_reason_by"], row["recorded_at"]
                reasons_before = reasons_of(row[4 + REASON], row[4 + PARTS])
                before = Before(agreement.id, day, row[4], reasons_before, by, aside, at)
            changes.append((line, result, values + whose, before))
    return results, changes


def _whose(
    caller: Caller, entry: AttendanceLine, values: tuple[Any, ...], row: asyncpg.Record | None
) -> tuple[UUID | None, UUID | None]:
    """The workplace whose word the reason is, and the system whose the source_id is, where not the sender's."""
    before: workplace_view.Reasons = (None, None) if row is None else (row[4 + REASON], row[4 + PARTS])
    before_by, key, owner = (
        (None, None, None)
        if row is None
        else (row["absence_reason_by"], row[4 + SOURCE_ID], row["source_owner"])
    )
    named_by = workplace_view.gives_reason_as(caller, entry)
    reason_by = workplace_view.reason_by((values[REASON], values[PARTS]), before, before_by, named_by)
    return reason_by, workplace_view.others_key(caller, key, owner)


def _beside_stored(
    caller: Caller, entry: AttendanceLine, row: asyncpg.Record
) -> tuple[tuple[Any, ...], bool]:
    """What would be stored for a workplace, and whether it is what is stored, as far as it reads that."""
    values, same = workplace_view.merged(
        statements.MEMBERS,
        comparable(entry),
        row[_SENT],
        workplace_view.hidden_from(caller, row["absence_reason_by"]),
        gives_reason=entry.absence_reason is not None,
        own_key=row["source_owner"] == caller.system.id,
    )
    return of_comparable(values), same


async def _write(ctx: RequestContext, changes: list[Change]) -> list[Pending]:
    """Write what is to be created and updated. Returns the lines whose day another sender has changed in the
    meantime: they are to be validated again."""
    by = {"organiser": ctx.organiser_id, **ctx.actor.parameters()}
    late: list[Pending] = []
    if created := [each for each in changes if each[1].outcome == "created"]:
        agreements = {agreement.id: agreement for (_, _, agreement), *_ in created}.values()
        copies = [
            (
                a.id,
                a.client_named,
                a.service_relationship_id,
                a.provider_id,
                a.workplace_id,
                a.service_kind,
                a.at_place_since,
            )
            for a in agreements
        ]
        days = [
            (result.day_id, agreement.id, entry.date, *values)
            for (_, entry, agreement), result, values, _ in created
        ]
        arrays = statements.NEW_DAYS.values(days) | statements.THEIR_AGREEMENTS.values(copies)
        late += _missed(created, await ctx.session.fetchrow(statements.INSERT_DAYS, **by, **arrays))
    if updated := [each for each in changes if each[1].outcome == "updated"]:
        arrays = statements.CHANGED_DAYS.values(
            (result.day_id, result.version, *values) for _, result, values, _ in updated
        )
        late += _missed(updated, await ctx.session.fetchrow(statements.UPDATE_DAYS, **by, **arrays))
        await supersede(ctx, [before for *_, before in updated if before is not None])
    return late


def _missed(changes: list[Change], written: asyncpg.Record | None) -> list[Pending]:
    """The lines that were not written. The statement lists the ids only when some were not."""
    assert written is not None
    if written["count"] == len(changes):
        return []
    ids = set(written["ids"] or ())
    return [line for line, result, *_ in changes if result.day_id not in ids]
