"""Importing a worksheet: one read of the clients, one of what is there already, one insert for each few
thousand lines.

A worksheet may be sent again at any time: what is there answers `unchanged`, and nothing is ever
overwritten."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
from pydantic_core import from_json, to_json

from walmu_api.access import visibility
from walmu_api.access.context import RequestContext
from walmu_api.foundation.identity_codes import PERSONAL_IDENTITY_CODE
from walmu_api.foundation.pacing import Progress, paced, progress_of
from walmu_api.foundation.problems import UNAVAILABLE
from walmu_api.foundation.record_ids import uuid7s
from walmu_api.record.everyday.measurements import rules
from walmu_api.record.everyday.measurements.imports import statements
from walmu_api.record.everyday.measurements.imports.import_lines import Import, complete, outcome_json
from walmu_api.record.everyday.measurements.imports.line_reader import ImportLine
from walmu_api.record.everyday.measurements.instruments import service as instruments
from walmu_api.record.everyday.measurements.instruments.rules import Instrument
from walmu_api.record.everyday.measurements.service import check_alive, content_of, validate
from walmu_api.record.parties.clients import identities

AT_ONCE = 500
"""Lines of one statement: more of them are felt by others while the driver packs them. The database hears of a
transaction between any two parts: one that is idle for ten seconds, on a machine that has much to do, is ended."""
KEYS_AT_ONCE = 4000
Whose = tuple[UUID, UUID | None, UUID | None]
"""Client, relationship, provider."""


async def run(ctx: RequestContext, data: Import, *, dry_run: bool, language: str) -> bytes:
    """Judge and record the lines, in short slices: others are answered between them."""
    lines = data.lines
    progress = progress_of.get() or Progress()
    progress.lines, progress.judged = len(lines), 0
    whose = await _whose(ctx, data.mapping.client.by, lines)
    known = await instruments.in_use(ctx.session)
    deaths = await _deaths(ctx, whose)
    seen: set[str] = set()
    for some in _parts(lines):
        await _judge(some, whose, deaths, known, ctx.today, seen)
        await _record(ctx, [line for line in some if line.entry is not None], dry_run=dry_run)
        progress.judged += len(some)
    return await outcome_json(data, dry_run=dry_run, language=language)


async def _record(ctx: RequestContext, waiting: list[ImportLine], *, dry_run: bool) -> None:
    """Compare with what is there, and write what is not."""
    for _ in range(4):
        await _compare(ctx, waiting)
        if dry_run:
            break
        waiting = await _insert(ctx, [line for line in waiting if line.outcome == "created"])
        if not waiting:
            break
    else:  # others kept importing the same lines between our reading and writing
        raise UNAVAILABLE().with_headers(Retry_After="1")


async def _whose(
    ctx: RequestContext, by: str, lines: Sequence[ImportLine]
) -> dict[str, list[asyncpg.Record]]:
    """What the lines' keys lead to, among what the caller sees; and the caller's relationships of those
    clients."""
    keys = {line.key for line in lines if line.key is not None and not line.findings}
    data = dict.fromkeys(keys, "")
    async for key in paced(keys):
        hidden = by == "identity_code"
        data[key] = (
            ctx.cipher.blind_index(ctx.organiser_id, PERSONAL_IDENTITY_CODE, key).hex() if hidden else key
        )
    if by.endswith("_id") and "source" not in by:
        data = {key: key.lower() for key in keys}
    ctx.session.logged_anyway = ctx.session.logged_anyway or by == "identity_code"
    asked = visibility.parameters(ctx)
    if "source" in by:
        asked["source_system"] = ctx.caller.system.id
    wanted = list(data.values())
    rows: list[asyncpg.Record] = []
    for at in range(0, len(wanted), KEYS_AT_ONCE):
        some = wanted[at : at + KEYS_AT_ONCE]
        if by == "identity_code":
            rows += await identities.by_codes(ctx, some)
        else:
            rows += await ctx.session.fetch(statements.FOUND_BY[by], **asked, keys=some)
    ctx.session.log_access(*{row["client_id"] for row in rows})
    by_key = defaultdict(list)
    async for row in paced(rows):
        by_key[row["key"]].append(row)
    found = {key: by_key.get(text, []) for key, text in data.items()}
    if ctx.tenant_scope is not None and by.startswith(("client", "identity")):
        await _add_relationships(ctx, found)
    return found


async def _add_relationships(ctx: RequestContext, found: dict[str, list[asyncpg.Record]]) -> None:
    """A provider's relationships with these clients: the one that covers the day is the measurement's."""
    ids = list({row["client_id"] for rows in found.values() for row in rows})
    asked = visibility.parameters(ctx) | {"clients": ids}
    of_client = defaultdict(list)
    for row in await ctx.session.fetch(statements.RELATIONSHIPS_OF, **asked):
        of_client[row["client_id"]].append(row)
    async for rows in paced(found.values()):
        rows += [each for row in rows[:1] for each in of_client[row["client_id"]]]


async def _deaths(ctx: RequestContext, whose: Mapping[str, list[asyncpg.Record]]) -> dict[UUID, date]:
    """The days on which clients of the lines died."""
    ids = list({row["client_id"] for rows in whose.values() for row in rows})
    found = await ctx.session.fetch(statements.DEATHS, organiser=ctx.organiser_id, clients=ids)
    return {row["id"]: row["died_on"] for row in found}


async def _judge(
    lines: Sequence[ImportLine],
    whose: Mapping[str, list[asyncpg.Record]],
    deaths: Mapping[UUID, date],
    known: Mapping[str, Instrument],
    today: date,
    seen: set[str],
) -> None:
    async for line in paced(lines):
        if line.findings:
            continue
        rows = whose.get(line.key or "", [])
        if not rows:
            line.reject(rules.UNKNOWN_CLIENT.at("/client"))
            continue
        client, relationship, provider = _belongs(rows, line.fields["answered_on"])
        complete(line, client, relationship)
        if line.entry is None or line.entry.source_id is None:
            continue
        found = validate(line.entry, known.get(line.entry.instrument), today)
        if found := found or check_alive(line.entry.answered_on, deaths.get(client)):
            line.reject(*found[:10])
        elif line.entry.source_id in seen:
            line.reject(rules.MEASUREMENT_REPEATED.at(""))
        else:
            seen.add(line.entry.source_id)
            line.values = content_of(line.entry) | {"provider_id": provider}


def _belongs(rows: Sequence[asyncpg.Record], day: date) -> Whose:
    first = rows[0]
    if "relationship_id" in first:
        return first["client_id"], first["relationship_id"], first["provider_id"]
    covering = [
        row
        for row in rows[1:]
        if row["starts_on"] <= day and (row["ends_on"] is None or row["ends_on"] >= day)
    ]
    return first["client_id"], covering[0]["id"] if len(covering) == 1 else None, None


async def _compare(ctx: RequestContext, lines: Sequence[ImportLine]) -> None:
    """What is there with equal content is unchanged; with other content it stays as it is."""
    there: dict[str, asyncpg.Record] = {}
    for some in _parts(lines):
        keys = [line.values["source_id"] for line in some]
        rows = await ctx.session.fetch(
            statements.THERE, organiser=ctx.organiser_id, source_system=ctx.caller.system.id, source_ids=keys
        )
        there |= {row["source_id"]: row for row in rows}
    await _match(lines, there)


async def _match(lines: Sequence[ImportLine], there: Mapping[str, asyncpg.Record]) -> None:
    async for line in paced(lines):
        row = there.get(line.values["source_id"])
        if row is None:
            line.outcome = "created"
            continue
        line.id, line.version = row["id"], row["version"]
        if _equal(row, line.values):
            line.outcome = "unchanged"
        else:
            line.reject(rules.MEASUREMENT_RECORDED.at(""))


def _parts(lines: Sequence[ImportLine]) -> Iterator[Sequence[ImportLine]]:
    return (lines[at : at + AT_ONCE] for at in range(0, len(lines), AT_ONCE))


def _equal(row: asyncpg.Record, values: Mapping[str, Any]) -> bool:
    for name in statements.CONTENT:
        data, known = values[name], row[name]
        if name in statements.JSON and known is not None:
            known = from_json(known)
        if data != known and (name != "service_relationship_id" or data is not None):
            return False
    return True


async def _insert(ctx: RequestContext, lines: Sequence[ImportLine]) -> list[ImportLine]:
    """Write them; those that another sender was faster with are compared again."""
    late: list[ImportLine] = []
    for some in _parts(lines):
        for line, created in zip(some, uuid7s(len(some)), strict=True):
            line.id, line.version = created, 1
            line.values["provider_id"] = line.values["provider_id"] or ctx.tenant_scope
        rows = await ctx.session.fetch(
            statements.INSERT,
            organiser=ctx.organiser_id,
            **ctx.actor.parameters(),
            **statements.LINES.values(map(_row, some)),
        )
        stored = {row["id"] for row in rows}
        late += [line for line in some if line.id not in stored]
    return late


def _row(line: ImportLine) -> tuple[Any, ...]:
    values = line.values
    data = [values[name] for name in statements.CONTENT]
    data = [to_json(each).decode() if isinstance(each, list | dict) else each for each in data]
    return line.id, values["provider_id"], *data
